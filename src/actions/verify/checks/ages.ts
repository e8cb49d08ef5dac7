// The newest of each kind that there is, beside its limit.
import { formatDuration, formatInstant } from '../../../domain/units.ts';
import type { CheckContext, Judged, ServerCheck } from '../context.ts';
import type { Finding } from '../finding.ts';

const STOPPED = 'Look at the last runs of its workflow, and whether it still runs at all.';

interface Newest {
  readonly what: string;
  readonly input: string;
  /** ISO 8601. */
  readonly at: string;
  readonly maxAgeMs: number;
}

export const checkAges: ServerCheck = (judged, context) => [
  ...findNewest(judged, context).flatMap((newest) => judgeAge(newest, context.now)),
  ...noneLeft(judged),
];

/** Binlogs by what is in them: what was committed later cannot be brought back. */
function findNewest({ wholeDumps, wholeBinlogs, inventory }: Judged, { limits }: CheckContext): Newest[] {
  const [dump] = wholeDumps;
  const closed = wholeBinlogs.map(({ manifest }) => manifest.binlog.closedAt).toSorted();
  const last = closed.at(-1);
  return [
    ...(dump === undefined
      ? []
      : [{ what: 'dump', input: 'max-dump-age', at: dump.manifest.instant, maxAgeMs: limits.maxDumpAge }]),
    ...(last === undefined
      ? []
      : [{ what: 'binlog', input: 'max-binlog-age', at: last, maxAgeMs: limits.maxBinlogAge }]),
    ...inventory.snapshots.map(({ name, instant: at }) => ({
      ...{ what: `snapshot of \`${name}\``, input: 'max-storage-age', at, maxAgeMs: limits.maxStorageAge },
    })),
  ];
}

function judgeAge({ what, input, at, maxAgeMs }: Newest, now: Date): Finding[] {
  const ageMs = now.getTime() - Date.parse(at);
  if (ageMs <= maxAgeMs) return [];
  return [
    {
      check: 'age',
      severity: 'red',
      line: `the newest ${what} has the state of ${formatInstant(at)}, ${formatDuration(ageMs)} ago: more than \`${input}\` (${formatDuration(maxAgeMs)})`,
      fix: STOPPED,
      since: new Date(Date.parse(at) + maxAgeMs).toISOString(),
    },
  ];
}

/** What was backed up once, and of which nothing counts any more. */
function noneLeft({ wholeDumps, wholeBinlogs, wholeSnapshots, inventory }: Judged): Finding[] {
  const { dumps, binlogs, snapshots, refused } = inventory;
  const hasRefused = (wanted: string) => refused.some(({ kind }) => kind === wanted);
  const kinds = [
    { what: 'dump', isLost: wholeDumps.length === 0 && (dumps.length > 0 || hasRefused('dump')) },
    { what: 'binlog', isLost: wholeBinlogs.length === 0 && (binlogs.length > 0 || hasRefused('binlog')) },
    {
      what: 'snapshot',
      isLost: wholeSnapshots.length === 0 && (snapshots.length > 0 || hasRefused('snapshot')),
    },
  ];
  return kinds.flatMap(({ what, isLost }): Finding[] =>
    isLost
      ? [{ check: 'age', severity: 'red', line: `no ${what} is left that can be restored`, fix: STOPPED }]
      : [],
  );
}
