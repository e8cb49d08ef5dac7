// The newest of each kind that there is, beside its limit.
import { isOfDump, type Proof } from '../../../domain/proofs/proof.ts';
import { formatDuration, formatInstant } from '../../../domain/text/units.ts';
import type { CheckContext } from '../context.ts';
import { hasFilesAlone } from '../../catalog/inventory.ts';
import type { Finding } from '../finding.ts';
import { newestClosing, newestOfEach, type Judged, type ServerCheck } from '../judged.ts';

const STOPPED = 'Look at the last runs of its workflow, and whether it still runs at all.';

interface Newest {
  readonly what: string;
  readonly input: string;
  /** ISO 8601. */
  readonly at: string;
  readonly maxAgeMs: number;
  readonly subject?: string;
}

export const checkAges: ServerCheck = (judged, context) => [
  ...findNewest(judged, context).flatMap((newest) => judgeAge(newest, context.now)),
  ...noneLeft(judged),
  ...findIncomplete(judged),
];

function findNewest(
  { series, wholeBinlogs, currentSnapshots }: Judged,
  { limits }: CheckContext,
): readonly Newest[] {
  const closed = newestClosing(wholeBinlogs)?.closedAt;
  const newest = [...series].map(([name, [{ manifest }]]): Newest => {
    const limit = { input: 'max-dump-age', at: manifest.instant, maxAgeMs: limits.maxDumpAge };
    // One that is made by hand, or was given up, can be acknowledged; the only one there is cannot.
    return series.size === 1
      ? { what: 'dump', ...limit }
      : { what: `dump of \`${name}\``, ...limit, subject: name };
  });
  return [
    ...newest,
    // By what is in it: what was committed later cannot be brought back.
    ...(closed === undefined
      ? []
      : [{ what: 'binlog', input: 'max-binlog-age', at: closed, maxAgeMs: limits.maxBinlogAge }]),
    ...currentSnapshots.map(({ name, instant: at }) => ({
      ...{ what: `snapshot of \`${name}\``, input: 'max-storage-age', at, maxAgeMs: limits.maxStorageAge },
      ...(series.size + currentSnapshots.length === 1 ? {} : { subject: `snapshot-of-${name}` }),
    })),
  ];
}

function judgeAge({ what, input, at, maxAgeMs, subject }: Newest, now: Date): Finding[] {
  const ageMs = now.getTime() - Date.parse(at);
  if (ageMs <= maxAgeMs) return [];
  return [
    {
      check: 'age',
      severity: 'red',
      line: `the newest ${what} has the state of ${formatInstant(at)}, ${formatDuration(ageMs)} ago: more than \`${input}\` (${formatDuration(maxAgeMs)})`,
      fix: STOPPED,
      since: new Date(Date.parse(at) + maxAgeMs).toISOString(),
      ...(subject === undefined ? {} : { subject }),
    },
  ];
}

/** What was backed up once, or should have been, and of which nothing counts any more. */
function noneLeft({ wholeDumps, wholeBinlogs, currentSnapshots, inventory }: Judged): Finding[] {
  const { binlogs, refused, proofs } = inventory;
  const hadBinlogs =
    binlogs.length > 0 || refused.some(({ kind }) => kind === 'binlog') || proofs.some(replayedBinlogs);
  const lost = [
    // A server that is there at all has dumps, unless its storage alone is backed up.
    ...(wholeDumps.length === 0 && !hasFilesAlone(inventory) ? ['no dump'] : []),
    ...(wholeBinlogs.length === 0 && hadBinlogs ? ['no binlog'] : []),
    ...[...inventory.storages]
      .filter((storage) => !currentSnapshots.some(({ name }) => name === storage))
      .map((storage) => `no complete snapshot of \`${storage}\``),
  ];
  return lost.map((what) => ({
    check: 'age',
    severity: 'red',
    line: `${what} is left that can be restored`,
    fix: STOPPED,
    subject: what.replaceAll('`', '').replaceAll(' ', '-'),
  }));
}

function replayedBinlogs(proof: Proof): boolean {
  return isOfDump(proof) && (proof.replay?.binlogs.length ?? 0) > 0;
}

/** It counts for nothing, and what it lacks is missing from day to day. */
function findIncomplete({ inventory }: Judged): Finding[] {
  return newestOfEach(inventory.snapshots).flatMap(({ name, id, complete }): Finding[] => {
    const line = `the newest snapshot of \`${name}\`, \`${id}\`, is not complete: something could not be read`;
    return complete
      ? []
      : [{ check: 'age', severity: 'warning', line, fix: 'Look at the run that made it.' }];
  });
}
