// The chain of binlogs from every dump that they can be replayed onto: where it ends, and whether it should.
import {
  buildTimeline,
  isSameSource,
  type ShippedBinlog,
  type Timeline,
} from '../../../domain/binlogs/binlog-timeline.ts';
import type { DumpProof } from '../../../domain/proofs/proof.ts';
import { binlogKeys, MANIFEST_NAME } from '../../../domain/stores/object-names.ts';
import {
  countOf,
  DAY_MS,
  formatBytes,
  formatCount,
  formatDuration,
  formatInstant,
} from '../../../domain/text/units.ts';
import type { ReadBackup } from '../../restoring/backup.ts';
import type { CheckContext } from '../context.ts';
import type { Finding } from '../finding.ts';
import type { Judged, ServerCheck } from '../judged.ts';
import { findEnding } from '../rules.ts';

/**
 * Retention keeps binlogs for the newest days alone, and older dumps for the state of their own moment. What is missing behind a younger
 * dump was no retention.
 */
export const MIN_KEPT_MS = 7 * DAY_MS;

export interface AnchorTimeline {
  readonly backup: ReadBackup;
  readonly timeline: Timeline;
}

/** A replay runs one transaction after the other, and needs each of the files: beyond this it takes an hour, or one bad file is likely to end it. */
const MAX_BINLOGS = 1_000;
const MAX_REPLAYED_BYTES = 20e9;
/** Of fewer a test shows how long it takes to begin, not how fast it goes. */
const MIN_TIMED_TRANSACTIONS = 1_000;

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

/** Until when all of a server can be brought back: by binlogs from a dump, or as a dump has it. Undefined: not at all. */
export function recoverableUntil(
  { mainDump }: Judged,
  timelines: readonly AnchorTimeline[],
): string | undefined {
  const ends = [
    ...(mainDump === undefined ? [] : [mainDump.manifest.instant]),
    ...timelines.map(({ timeline }) => timeline.recoverableUntil),
  ];
  return ends.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
}

export function checkChains(timelines: readonly AnchorTimeline[]): ServerCheck {
  return (judged, context) => {
    const { wholeDumps, isMain, wholeBinlogs, inventory, proofs } = judged;
    if (inventory.binlogs.length === 0) return [];
    return [
      ...findGaps(timelines, judged, context),
      ...findAlarms(timelines, wholeBinlogs),
      ...judgeNewest(
        wholeDumps.find(({ id }) => isMain(id)),
        timelines,
        wholeBinlogs,
      ),
      ...judgeLength(timelines, proofs),
    ];
  };
}

/** One for each gap, not for each dump before it. */
function findGaps(timelines: readonly AnchorTimeline[], judged: Judged, context: CheckContext): Finding[] {
  const isMeant = (one: AnchorTimeline) =>
    isFollowed(one, timelines) && (isBeforeBinlogs(one, context) || isAtItsEnd(one, judged, context));
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
    const dumps = `${countOf(before.length, 'dump')}, the newest \`${newest.backup.id}\``;
    if (before.every(isMeant)) {
      const line =
        chain.length === 0
          ? `${dumps}, from before the oldest binlogs that are kept: each brings back its own moment alone`
          : `${dumps}, whose binlogs rules of the bucket have begun to remove: they lead to ${formatInstant(end)}`;
      return [{ check: 'chain', severity: 'note', line }];
    }
    return [
      {
        check: 'chain',
        severity: 'red',
        line: `binlogs: ${gap}; ${dumps}, cannot be brought forward beyond ${formatInstant(end)}`,
        fix: 'Make a new dump: recovery to a point in time starts anew with it. The moments in the gap are lost.',
        subject: chain.at(-1)?.copies[0].manifest.id ?? newest.backup.id,
        since: end,
      },
    ];
  });
}

/** The chain of a newer dump is whole. */
function isFollowed({ backup }: AnchorTimeline, timelines: readonly AnchorTimeline[]): boolean {
  const instant = Date.parse(backup.manifest.instant);
  return timelines.some(
    (other) =>
      Date.parse(other.backup.manifest.instant) > instant &&
      other.timeline.gap === undefined &&
      other.timeline.chain.length > 0,
  );
}

/** Nothing of its chain is there any more. */
function isBeforeBinlogs({ backup, timeline }: AnchorTimeline, { now }: Pick<CheckContext, 'now'>): boolean {
  return timeline.chain.length === 0 && isOlderThanKept(backup, now);
}

/** Rules remove what is due on one day in no order: for some hours the rest of a chain, or the dump, outlives what is behind it. */
function isAtItsEnd(
  { backup, timeline }: AnchorTimeline,
  { inventory: { server, keys } }: Judged,
  { settings, now }: CheckContext,
): boolean {
  const isEnding = (key: string) => findEnding(key, key, keys, settings?.expiry ?? [], now) !== undefined;
  const last = timeline.chain.at(-1)?.copies[0].manifest.id;
  return (
    isEnding(backup.folder + MANIFEST_NAME) ||
    (last !== undefined && isOlderThanKept(backup, now) && isEnding(binlogKeys(server, last).manifest))
  );
}

function isOlderThanKept({ manifest }: ReadBackup, now: Date): boolean {
  return now.getTime() - Date.parse(manifest.instant) > MIN_KEPT_MS;
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

/** `newest`: of those that stand for the server. */
function judgeNewest(
  newest: ReadBackup | undefined,
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

type Timed = Pick<DumpProof, 'replay' | 'timings'>;

/** What it takes to come from the newest dump that binlogs can be replayed onto to the newest moment. */
export function judgeLength(
  [newest]: readonly {
    readonly backup: Pick<ReadBackup, 'id'>;
    readonly timeline: Pick<Timeline, 'chain'>;
  }[],
  proofs: readonly Timed[],
): Finding[] {
  if (newest === undefined) return [];
  const { backup, timeline } = newest;
  const facts = timeline.chain.map((link) => link.facts);
  const bytes = facts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (facts.length <= MAX_BINLOGS && bytes <= MAX_REPLAYED_BYTES) return [];
  const transactions = facts.reduce((sum, one) => sum + one.transactions, 0);
  const line = `${countOf(facts.length, 'binlog')} with ${formatBytes(bytes)} follow the newest dump that they can be replayed onto, \`${backup.id}\`: ${describeReplay(transactions, proofs)}`;
  const fix = 'Make such dumps more often: each begins a new chain.';
  return [{ check: 'chain', severity: 'warning', line, fix }];
}

function describeReplay(transactions: number, proofs: readonly Timed[]): string {
  const timed = proofs.find(({ replay }) => (replay?.transactions ?? 0) >= MIN_TIMED_TRANSACTIONS);
  const { replay, timings } = timed ?? {};
  if (replay === undefined || timings?.replayMs === undefined)
    return 'how long a replay takes no restore test has shown (`point-in-time`)';
  const replayMs = (transactions / replay.transactions) * timings.replayMs;
  return `at the rate of the newest restore test with a replay all ${formatCount(transactions)} transactions take about ${formatDuration(replayMs)}`;
}
