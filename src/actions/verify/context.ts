// What checks know besides what is in the store of a server.
import { closingOf, type ShippedBinlog } from '../../domain/binlog-timeline.ts';
import { parseBackupId } from '../../domain/object-names.ts';
import type { Proof } from '../../domain/proof.ts';
import type { Recipient } from '../../ports/encryption.ts';
import type { StoreSettings } from '../../ports/store.ts';
import type { ReadBackup } from '../restoring/backup.ts';
import type { Kept, ServerInventory, SnapshotFacts } from './inventory.ts';
import type { Finding } from './finding.ts';
import { doubtProof } from './proven.ts';
import { findWhole } from './whole.ts';

export interface Limits {
  readonly maxDumpAge: number;
  readonly maxBinlogAge: number;
  readonly maxStorageAge: number;
  readonly maxProofAge: number | undefined;
  readonly minSize: number | undefined;
  readonly maxShrink: number;
  /** What `acknowledge` names. */
  readonly acknowledge: readonly string[];
}

export interface CheckContext {
  readonly now: Date;
  readonly limits: Limits;
  /** Undefined: not given. */
  readonly recipients: readonly Recipient[] | undefined;
  /** Whether there are keys that signatures of backups are checked with. */
  readonly asksWhoSigned: boolean;
  /** Undefined: the store has none. */
  readonly settings: StoreSettings | undefined;
  /** Whether the store says itself when it got something. */
  readonly hasStoreTimes: boolean;
}

/** A server with what of it counts. */
export interface Judged {
  readonly inventory: ServerInventory;
  /** All parts there; newest first, as everything below. */
  readonly wholeDumps: readonly ReadBackup[];
  /** The same by engine and label, which hold different things: `mariadb`, `mariadb-deploy`. */
  readonly series: ReadonlyMap<string, readonly [ReadBackup, ...ReadBackup[]]>;
  /** The newest dump, and that of each series that is not too old: what backup jobs make now. */
  readonly currentDumps: readonly ReadBackup[];
  readonly wholeBinlogs: readonly ShippedBinlog[];
  /** The complete ones. */
  readonly wholeSnapshots: readonly SnapshotFacts[];
  readonly proofs: readonly Proof[];
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
  const isCurrent = ({ manifest }: ReadBackup, index: number) =>
    index === 0 || now.getTime() - Date.parse(manifest.instant) <= limits.maxDumpAge;
  return {
    ...{ inventory, wholeDumps, series },
    currentDumps: [...series.values()].map(([newest]) => newest).filter(isCurrent),
    wholeBinlogs: inventory.binlogs.filter(({ manifest }) => binlogs.has(manifest.id)),
    wholeSnapshots: inventory.snapshots.filter(
      ({ name, id, complete }) => complete && snapshots.has(`${name}/${id}`),
    ),
    proofs: inventory.proofs.filter((proof) => doubtProof(proof, inventory, context) === undefined),
  };
}

/** The series of the newest dump comes first. */
function groupBySeries(dumps: readonly ReadBackup[]): Map<string, [ReadBackup, ...ReadBackup[]]> {
  const series = new Map<string, [ReadBackup, ...ReadBackup[]]>();
  for (const backup of dumps) {
    const { engine = '', label } = parseBackupId(backup.id) ?? {};
    const name = label === undefined ? engine : `${engine}-${label}`;
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
