// What of a server counts, of all that its folder holds.
import { closingOf, type ShippedBinlog } from '../../domain/binlogs/binlog-timeline.ts';
import { parseBackupId } from '../../domain/stores/object-names.ts';
import { isOfDump, type DumpProof, type Proof } from '../../domain/proofs/proof.ts';
import { snapshotId, type Kept, type ServerInventory, type SnapshotFacts } from '../catalog/inventory.ts';
import { findWhole } from '../catalog/whole.ts';
import type { ReadBackup } from '../restoring/backup.ts';
import type { CheckContext } from './context.ts';
import type { Finding } from './finding.ts';
import { findFurthestBack, findMainSeries } from './main-series.ts';
import { doubtProof, findFilesProof } from './proven.ts';

/** A server with what of it counts. */
export interface Judged {
  readonly inventory: ServerInventory;
  /** All parts there; newest first, as everything below. */
  readonly wholeDumps: readonly ReadBackup[];
  /** The same by engine and label, which hold different things: `mariadb`, `mariadb-deploy`. */
  readonly series: ReadonlyMap<string, readonly [ReadBackup, ...ReadBackup[]]>;
  /** Whether a dump stands for the server, by its id; see `findMainSeries`. */
  readonly isMain: (id: string) => boolean;
  /** The newest dump, and that of each series that is not too old: what backup jobs make now. */
  readonly currentDumps: readonly ReadBackup[];
  readonly wholeBinlogs: readonly ShippedBinlog[];
  /** The complete ones. */
  readonly wholeSnapshots: readonly SnapshotFacts[];
  /** The newest of each storage. */
  readonly currentSnapshots: readonly SnapshotFacts[];
  /** Of dumps, whatever these hold. */
  readonly proofs: readonly DumpProof[];
  /** The dump, and the proof, with which all databases of the server come back; see `findFurthestBack`. */
  readonly mainDump: ReadBackup | undefined;
  readonly mainProof: DumpProof | undefined;
  /** The newest that read something, by storage. */
  readonly filesProofs: ReadonlyMap<string, Proof>;
}

/** One check: what it finds in one server. */
export type ServerCheck = (judged: Judged, context: CheckContext) => readonly Finding[];

export function judgeServer(inventory: ServerInventory, context: CheckContext): Judged {
  const { now, limits } = context;
  const whole = findWhole(inventory, context);
  const ids = (kind: Kept['kind']) =>
    new Set([...whole].filter((one) => one.kind === kind).map(({ id }) => id));
  const [dumps, binlogs, snapshots] = [ids('dump'), ids('binlog'), ids('snapshot')];
  const wholeDumps = inventory.dumps.filter(({ id }) => dumps.has(id));
  const series = groupBySeries(wholeDumps);
  const wholeSnapshots = inventory.snapshots.filter(
    (facts) => facts.complete && snapshots.has(snapshotId(facts)),
  );
  const isCurrent = ({ manifest }: ReadBackup, index: number) =>
    index === 0 || now.getTime() - Date.parse(manifest.instant) <= limits.maxDumpAge;
  const proofs = inventory.proofs
    .filter(isOfDump)
    .filter((proof) => doubtProof(proof, inventory, context) === undefined);
  const main = findMainSeries(inventory, wholeDumps, limits.acknowledge);
  return {
    ...{ inventory, wholeDumps, series, proofs, isMain: main.has },
    mainDump: findFurthestBack(
      wholeDumps.filter(({ id }) => main.has(id)),
      main,
      ({ manifest }) => manifest.excluded.databases,
    ),
    mainProof: findFurthestBack(
      proofs.filter(({ backup }) => main.has(backup.id)),
      main,
      ({ excluded }) => excluded.databases,
    ),
    filesProofs: new Map(
      [...inventory.storages].flatMap((name) => {
        const proof = findFilesProof(name, inventory, context);
        return proof === undefined ? [] : [[name, proof] as const];
      }),
    ),
    currentDumps: [...series.values()].map(([newest]) => newest).filter(isCurrent),
    wholeBinlogs: inventory.binlogs.filter(({ manifest }) => binlogs.has(manifest.id)),
    wholeSnapshots,
    currentSnapshots: newestOfEach(wholeSnapshots),
  };
}

/** Of each storage, from a list with the newest first. */
export function newestOfEach(snapshots: readonly SnapshotFacts[]): readonly SnapshotFacts[] {
  return snapshots.filter(({ name }, index) => snapshots.findIndex((one) => one.name === name) === index);
}

/** `mariadb`, `mariadb-deploy`. */
export function seriesOf(backupId: string): string {
  const { engine = '', label } = parseBackupId(backupId) ?? {};
  return label === undefined ? engine : `${engine}-${label}`;
}

/** The series of the newest dump comes first. */
function groupBySeries(dumps: readonly ReadBackup[]): Map<string, [ReadBackup, ...ReadBackup[]]> {
  const series = new Map<string, [ReadBackup, ...ReadBackup[]]>();
  for (const backup of dumps) {
    const name = seriesOf(backup.id);
    const known = series.get(name);
    if (known === undefined) series.set(name, [backup]);
    else known.push(backup);
  }
  return series;
}

/** When the newest of them was closed, which a session's own clock cannot put off. */
export function newestClosing(
  binlogs: readonly ShippedBinlog[],
): { id: string; closedAt: string } | undefined {
  return binlogs
    .map((binlog) => ({
      id: binlog.manifest.id,
      closedAt: closingOf({ facts: binlog.manifest.binlog, copies: [binlog] }),
    }))
    .toSorted((a, b) => (a.closedAt < b.closedAt ? 1 : -1))[0];
}
