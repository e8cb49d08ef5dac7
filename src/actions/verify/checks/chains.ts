// The chain of binlogs from every dump that they can be replayed onto: where it ends, and whether it should.
import {
  buildTimeline,
  isSameSource,
  type ShippedBinlog,
  type Timeline,
} from '../../../domain/binlog-timeline.ts';
import { countOf, formatInstant } from '../../../domain/units.ts';
import type { ReadBackup } from '../../restoring/backup.ts';
import type { Judged, ServerCheck } from '../context.ts';
import type { Finding } from '../finding.ts';

export interface AnchorTimeline {
  readonly backup: ReadBackup;
  readonly timeline: Timeline;
}

/** Of the clock of the store against that of the database server, as in the timeline itself. */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

/** Newest dump first. Chains end in each other: each is followed once. */
export function followAnchors({ wholeDumps, wholeBinlogs }: Judged): readonly AnchorTimeline[] {
  const followed: AnchorTimeline[] = [];
  const anchors = wholeDumps.filter(({ manifest }) => manifest.pitrAnchor.isAnchor);
  for (const backup of anchors.toReversed()) {
    const timeline =
      endOfKnown(backup, followed.at(-1), wholeBinlogs) ?? buildTimeline(backup.manifest, wholeBinlogs);
    followed.push({ backup, timeline });
  }
  return followed.toReversed();
}

/** The rest of the chain of an older dump, where it holds the file that this one was made at. */
function endOfKnown(
  { manifest }: ReadBackup,
  older: AnchorTimeline | undefined,
  binlogs: readonly ShippedBinlog[],
): Timeline | undefined {
  const { source, instant, coordinates } = manifest;
  if (older === undefined || !isSameSource(older.backup.manifest.source, source)) return undefined;
  const latest = Date.parse(instant) + CLOCK_TOLERANCE_MS;
  const isFirst = (facts: { name: string; serverId: number; createdAt: string }) =>
    facts.name === coordinates?.file &&
    facts.serverId === source.serverId &&
    Date.parse(facts.createdAt) <= latest;
  const { chain, ...rest } = older.timeline;
  const at = chain.findIndex(({ facts }) => isFirst(facts));
  const link = chain[at];
  if (link === undefined) return undefined;
  // A reset makes names anew: then it may be another file of that name.
  const isNewest = !binlogs.some(
    ({ manifest: { binlog } }) => isFirst(binlog) && binlog.createdAt > link.facts.createdAt,
  );
  return isNewest ? { ...rest, chain: chain.slice(at) } : undefined;
}

/** Until when a server can be brought back: by binlogs from a dump, or as a dump has it. Undefined: not at all. */
export function recoverableUntil(
  { wholeDumps }: Judged,
  timelines: readonly AnchorTimeline[],
): string | undefined {
  const ends = [
    ...wholeDumps.map(({ manifest }) => manifest.instant),
    ...timelines.map(({ timeline }) => timeline.recoverableUntil),
  ];
  return ends.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
}

export function checkChains(timelines: readonly AnchorTimeline[]): ServerCheck {
  return ({ wholeDumps, wholeBinlogs, inventory }) => {
    if (inventory.binlogs.length === 0) return [];
    return [
      ...findGaps(timelines),
      ...findAlarms(timelines, wholeBinlogs),
      ...judgeNewest(wholeDumps, timelines, wholeBinlogs),
    ];
  };
}

/** One for each gap, not for each dump before it. */
function findGaps(timelines: readonly AnchorTimeline[]): Finding[] {
  const gaps = new Map<string, AnchorTimeline[]>();
  for (const one of timelines) {
    const { gap, chain } = one.timeline;
    if (gap === undefined) continue;
    const key = JSON.stringify([gap, chain.at(-1)?.facts.sha256 ?? one.backup.id]);
    gaps.set(key, [...(gaps.get(key) ?? []), one]);
  }
  return [...gaps.values()].flatMap((before): Finding[] => {
    const [newest] = before;
    if (newest === undefined) return [];
    const { gap = '', recoverableUntil: end, chain } = newest.timeline;
    return [
      {
        check: 'chain',
        severity: 'red',
        line: `binlogs: ${gap}; ${countOf(before.length, 'dump')}, the newest \`${newest.backup.id}\`, cannot be brought forward beyond ${formatInstant(end)}`,
        fix: 'Make a new dump: recovery to a point in time starts anew with it. The moments in the gap are lost.',
        subject: chain.at(-1)?.copies[0].manifest.id ?? newest.backup.id,
        since: end,
      },
    ];
  });
}

/** Each is about the binlog of its first name that was shipped last: another one that comes is another fault. */
function findAlarms(timelines: readonly AnchorTimeline[], binlogs: readonly ShippedBinlog[]): Finding[] {
  const alarms = new Set(timelines.flatMap(({ timeline }) => timeline.alarms));
  return [...alarms].map((alarm) => {
    const name = /^[^\s,:]+/.exec(alarm)?.[0];
    const subject = binlogs.find(({ manifest }) => manifest.binlog.name === name)?.manifest.id ?? alarm;
    return { check: 'chain', severity: 'red', line: `binlogs: ${alarm}`, subject };
  });
}

function judgeNewest(
  [newest]: readonly ReadBackup[],
  timelines: readonly AnchorTimeline[],
  binlogs: readonly ShippedBinlog[],
): Finding[] {
  if (newest === undefined || binlogs.length === 0 || newest.manifest.pitrAnchor.isAnchor) return [];
  const what = timelines.length === 0 ? 'no dump is one that' : 'the newest dump is not one that';
  return [
    {
      check: 'chain',
      severity: 'warning',
      line: `${what} binlogs can be replayed onto: ${newest.manifest.pitrAnchor.reasons.join('; ')}`,
    },
  ];
}
