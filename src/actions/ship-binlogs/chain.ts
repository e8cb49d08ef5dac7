// Which binary logs are wanted, whether what nothing closes is whole, and how far recovery gets with them. Pure: what the server said is given.
import type { BinlogFacts } from '../../domain/binlogs/binlog-manifest.ts';
import { baseOf, findBreak, hasExecuted, numberOf } from '../../domain/binlogs/binlog-order.ts';
import { isSameSource } from '../../domain/binlogs/binlog-timeline.ts';
import type { SourceIdentity } from '../../domain/dumps/manifest.ts';
import { formatDuration } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { BinlogHead, ListedBinlog, SeenBinlog } from '../../ports/binlog-engine.ts';
import type { Anchor } from '../anchor.ts';
import type { BinlogState, ChainStart, LastBinlog } from './state.ts';

/** Between the clocks of the store and of the database server when both are asked one after the other. */
const CLOCK_TOLERANCE_MS = 2_000;
/** As of the runner's clock: src/domain/stores/store-clock.ts. */
const MAX_SKEW_MS = 10 * 60_000;
const SKEW_WORTH_A_WARNING_MS = 60_000;

export interface Choice {
  /** Closed, not shipped and not passed over, oldest first. */
  readonly wanted: readonly ListedBinlog[];
  /** The one that was dealt with before the first of `wanted`, or before the active file; undefined: nothing that is remembered counts. */
  readonly previous: LastBinlog | undefined;
  /** Why it does not. */
  readonly gap: string | undefined;
}

/**
 * `headOf` is asked for the last shipped file only, where the server lists one of its name. One that cannot be read any more is not needed:
 * whether it is the same shows in what continues it.
 */
export async function chooseBinlogs(
  listed: readonly ListedBinlog[],
  state: BinlogState,
  source: SourceIdentity,
  headOf: (name: string) => Promise<BinlogHead | undefined>,
): Promise<Choice> {
  const { last } = state;
  const closed = listed.slice(0, -1);
  const [oldest] = listed;
  const passedOver = new Set(state.passedOver.map(({ name }) => name));
  const isNew = ({ name }: ListedBinlog) => !passedOver.has(name);
  if (last === null || oldest === undefined)
    return { wanted: closed.filter(isNew), previous: undefined, gap: undefined };
  const broken = (gap: string): Choice => ({ wanted: closed, previous: undefined, gap });
  if (!isSameSource(state.source, source)) {
    return broken(
      `this is another database server (${nameServer(source)}) than the one whose binary logs were shipped before (${nameServer(state.source)})`,
    );
  }
  const index = listed.findIndex(({ name }) => name === last.name);
  const found = listed[index];
  if (found !== undefined) {
    const isClosed = index < closed.length;
    const isSame =
      isClosed &&
      found.sizeBytes === last.sizeBytes &&
      ((await headOf(last.name))?.createdAt ?? last.createdAt) === last.createdAt;
    if (isSame) return { wanted: closed.slice(index + 1).filter(isNew), previous: last, gap: undefined };
    return broken(`the binary logs were reset: ${last.name} is not the file of this name that was shipped`);
  }
  if (baseOf(oldest.name) !== baseOf(last.name)) {
    return broken(`binary logs have another name now: ${last.name} was shipped, and ${oldest.name} is there`);
  }
  if (numberOf(oldest.name) <= numberOf(last.name)) {
    return broken(
      `the binary logs were reset: ${last.name} was shipped, and the server begins with ${oldest.name}`,
    );
  }
  // One that is missing in between shows when it is asked what continues what.
  return { wanted: closed.filter(isNew), previous: last, gap: undefined };
}

/** Only what is shipped shows that nothing was written: an idle server rotates once in this time, too. */
const IDLE_ROTATION_MS = 3_600_000;

/** Whether the active file is to be closed. `head`: undefined where it cannot be read. The file that a dump began is closed in any case. */
export function isRotationDue(
  head: Pick<BinlogHead, 'isEmpty' | 'createdAt'> | undefined,
  isOfDump: boolean,
  now: Date,
): boolean {
  if (head?.isEmpty !== true || isOfDump) return true;
  return now.getTime() - Date.parse(head.createdAt) >= IDLE_ROTATION_MS;
}

/** A chain that was to begin anew behind a damaged file or a gap begins with a certain file: why it is lost; undefined when it is not. */
export function findLostBeginning(
  { gtidsAfter }: Pick<LastBinlog, 'gtidsAfter'>,
  chainStart: ChainStart | null,
  first: Pick<ChainStart, 'name' | 'createdAt'>,
): string | undefined {
  if (gtidsAfter !== null || chainStart === null) return undefined;
  if (chainStart.name === first.name && chainStart.createdAt === first.createdAt) return undefined;
  return `the server has removed ${chainStart.name}, not shipped by then, with which it would have begun again`;
}

/** What the server lists behind it. */
export interface Successor {
  readonly name: string;
  readonly head: BinlogHead;
}

/** A file that nothing closes is what a crash leaves, or has lost its end. Throws `binlog-damaged`. */
export function judgeEnd(
  name: string,
  seen: Omit<SeenBinlog, 'closedBy'>,
  successor: Successor,
): Omit<BinlogFacts, 'format' | 'rowImage'> {
  const lost = successor.head.beginsAtStart
    ? findBreak({ ...seen, name, next: null }, successor.name, successor.head)
    : `${successor.name} was begun by a rotation, which would have closed it`;
  if (lost === undefined) return { ...seen, name, closedBy: 'crash' };
  throw new LifeboatError(
    'binlog-damaged',
    `the binary log ${name} is damaged: its end is missing, for ${lost}`,
    {
      hint: 'Make a new dump now: point-in-time recovery cannot get past this file. Then look at the disk of the database server.',
    },
  );
}

/** A warning: a lost end cannot be told from one that a crash left, where nothing counts transactions. */
export function findUntoldEnds(binlogs: readonly BinlogFacts[]): string | undefined {
  const names = binlogs
    .filter(({ closedBy, gtidsAfter }) => closedBy === 'crash' && gtidsAfter === '')
    .map(({ name }) => name);
  return names.length === 0
    ? undefined
    : `nothing closes ${names.join(', ')}, and without GTIDs nothing tells whether transactions are missing at the end: switch GTIDs on, and make a new dump now`;
}

function nameServer({ flavour, serverUuid, serverId, hostName }: SourceIdentity): string {
  return `${flavour} ${serverUuid ?? `with server_id ${serverId}`} on ${hostName}`;
}

/** What of the chain a restore could use. */
export interface Reach {
  readonly anchor: Anchor;
  /** Whether the chain reaches back to the anchor; `unknown`: it may, with files of which nothing is remembered. */
  readonly chain: 'whole' | 'broken' | 'unknown';
  /** Newest instant that can be restored for certain: the server's time of the last rotation, or the anchor's own instant. */
  readonly until: string;
}

export interface Present {
  /** The file that the server writes to. */
  readonly active: string;
  /** How far the server's clock is ahead of the store's. */
  readonly aheadMs: number;
}

/** Undefined where no anchor is known. */
export function findReach(
  anchor: Anchor | undefined,
  state: BinlogState,
  present: Present,
): Reach | undefined {
  if (anchor === undefined) return undefined;
  const { last, reach } = state;
  const chain = findChain(anchor, state, present);
  if (chain !== 'whole') {
    const until = reach?.backupId === anchor.backupId ? reach.until : anchor.instant;
    return { anchor, chain, until };
  }
  const isIn = last !== null && numberOf(last.name) >= numberOf(anchor.file);
  return { anchor, chain, until: isIn ? last.closedAt : anchor.instant };
}

function findChain(
  anchor: Anchor,
  { source, last, chainStart }: BinlogState,
  { active, aheadMs }: Present,
): Reach['chain'] {
  const number = numberOf(anchor.file);
  if (chainStart === null || !isSameSource(anchor.source, source)) return 'broken';
  // What ended with a reset still leads to the file behind its last one, whatever the server writes to now.
  const newest = Math.max(numberOf(active), last === null ? 0 : numberOf(last.name) + 1);
  if (baseOf(anchor.file) !== baseOf(chainStart.name) || number > newest) return 'broken';
  if (number < numberOf(chainStart.name)) return chainStart.isAfterBreak ? 'broken' : 'unknown';
  const hasBegun = Date.parse(anchor.instant) + aheadMs + CLOCK_TOLERANCE_MS;
  if (hasBegun < Date.parse(chainStart.createdAt)) return 'broken';
  // What the dump holds is in the log by then.
  if (last === null || numberOf(last.name) < number) return 'whole';
  const holdsDump =
    last.gtidsAfter === null || hasExecuted(anchor.source, last.gtidsAfter, anchor.gtid ?? '');
  return last.serverId === anchor.source.serverId && holdsDump ? 'whole' : 'broken';
}

/** A finding, worth a failure or a warning; undefined for a clock that is about right. */
export function judgeServerClock(aheadMs: number): LifeboatError | string | undefined {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const said = `the database server's clock is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the store's`;
  if (Math.abs(aheadMs) > MAX_SKEW_MS) {
    return new LifeboatError(
      'clock-skew',
      `${said}: which binary log belongs to a dump, and until when data can be recovered, cannot be told`,
      {
        hint: 'What could be shipped was shipped. Set the clock of the database server (timedatectl set-ntp true), and make a dump then.',
      },
    );
  }
  return Math.abs(aheadMs) > SKEW_WORTH_A_WARNING_MS
    ? `${said}; times of binary logs are those of the server`
    : undefined;
}

/** Of remembered files those that the server still has. */
export function stillListed<T extends { readonly name: string }>(
  remembered: readonly T[],
  listed: readonly ListedBinlog[],
): T[] {
  const names = new Set(listed.map(({ name }) => name));
  return remembered.filter(({ name }) => names.has(name));
}

/** A warning when the server keeps files for less than two intervals between runs, given as the times at which runs began. */
export function findTightExpiry(runs: readonly string[], expireMs: number | undefined): string | undefined {
  const starts = runs.map((at) => Date.parse(at));
  const longest = Math.max(0, ...starts.slice(1).map((at, index) => at - (starts[index] ?? at)));
  if (expireMs === undefined || expireMs >= 2 * longest) return undefined;
  return `the server removes binary logs after ${formatDuration(expireMs)}, and up to ${formatDuration(longest)} passed between two runs: after one missed run some could be gone. Run more often, or raise binlog_expire_logs_seconds`;
}

/** By their numbers. */
export function isNewer(name: string, than: string): boolean {
  return numberOf(name) > numberOf(than);
}
