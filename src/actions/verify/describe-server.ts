// What the report says of a server, besides what is wrong with it.
import { hasFilesAlone } from '../catalog/inventory.ts';
import { recoverableUntil, type AnchorTimeline } from './checks/chains.ts';
import type { DumpProof } from '../../domain/proofs/proof.ts';
import { newestClosing, type Judged } from './judged.ts';
import type { ServerReport } from './report.ts';

export function describeServer(
  judged: Judged,
  timelines: readonly AnchorTimeline[],
  maxDumpAge: number,
): ServerReport {
  const { inventory, wholeDumps, wholeBinlogs, currentSnapshots, filesProofs } = judged;
  const [dump] = wholeDumps;
  const isOfFiles = hasFilesAlone(inventory);
  const snapshots = currentSnapshots.map(({ name, instant }) => ({
    ...{ name, instant, provenAt: filesProofs.get(name)?.startedAt },
  }));
  const count = (wanted: string) => inventory.kept.filter(({ kind }) => kind === wanted).length;
  let bytes = 0;
  for (const { current } of inventory.keys.values()) bytes += current?.sizeBytes ?? 0;
  return {
    server: inventory.server,
    // All of the files, so that the storage that is furthest behind counts.
    recoverableUntil: isOfFiles
      ? snapshots.map(({ instant }) => instant).toSorted()[0]
      : recoverableUntil(judged, timelines),
    newestDump: dump && { id: dump.id, instant: dump.manifest.instant },
    newestBinlog: newestClosing(wholeBinlogs),
    newestSnapshots: snapshots,
    newestProof: isOfFiles ? findFilesProofs(judged) : describeProof(judged.mainProof),
    inTimeSince: findInTimeSince(judged, maxDumpAge),
    counts: { dumps: count('dump'), binlogs: count('binlog'), snapshots: count('snapshot') },
    bytes,
  };
}

function describeProof(proof: DumpProof | undefined): ServerReport['newestProof'] {
  return proof && { id: proof.id, startedAt: proof.startedAt, level: proof.level };
}

/** The one that is furthest back; undefined where a storage was never proven. */
function findFilesProofs({ currentSnapshots, filesProofs }: Judged): ServerReport['newestProof'] {
  const proofs = currentSnapshots.map(({ name }) => filesProofs.get(name));
  const oldest = proofs.toSorted(
    (a, b) => Date.parse(a?.startedAt ?? '') - Date.parse(b?.startedAt ?? ''),
  )[0];
  return oldest === undefined || proofs.includes(undefined)
    ? undefined
    : { id: oldest.id, startedAt: oldest.startedAt };
}

/** Back from the newest dump, as long as none came later than the limit after the one before it. */
function findInTimeSince({ wholeDumps }: Judged, maxDumpAge: number): string | undefined {
  let since: string | undefined;
  for (const { manifest } of wholeDumps) {
    if (since !== undefined && Date.parse(since) - Date.parse(manifest.instant) > maxDumpAge) break;
    since = manifest.instant;
  }
  return since;
}
