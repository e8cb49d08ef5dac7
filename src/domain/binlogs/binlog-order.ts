// Which binlog follows which, and what a file says of itself that can be believed: the same rules for who ships and for who restores.
import type { BinlogFacts } from './binlog-manifest.ts';
import { GtidSet } from './gtid-set.ts';
import type { SourceIdentity } from '../dumps/manifest.ts';

/** A rotation closes a file and begins the next one. */
const ROTATION_MS = 60_000;
/** Times are told in whole seconds, and the clocks of the store and of the database server are asked one after the other. */
const CLOCK_PRECISION_MS = 2_000;

/** What is to be continued. */
export interface BinlogEnd extends Pick<
  BinlogFacts,
  'name' | 'createdAt' | 'closedAt' | 'serverId' | 'next'
> {
  /** What the file says itself, where a session's own time made that something else than `closedAt`: that is when the next one begins. */
  readonly saidClosedAt?: string;
  /** Null: nothing has to continue it. */
  readonly gtidsAfter: string | null;
}

/** Why a file does not continue the one before it; undefined when it does, or when that one is known to be an end. */
export function findBreak(
  previous: BinlogEnd,
  name: string,
  head: Pick<BinlogFacts, 'gtidsBefore' | 'serverId' | 'createdAt'>,
): string | undefined {
  if (previous.gtidsAfter === null) return undefined;
  const lost = numberOf(name) - numberOf(previous.name) - 1;
  if (lost > 0) {
    const them = lost === 1 ? 'a binary log' : `${lost} binary logs`;
    return `the server has removed ${them} between ${previous.name} and ${name}, not shipped by then`;
  }
  const isNamed = previous.next === null ? baseOf(previous.name) === baseOf(name) : previous.next === name;
  if (lost < 0 || !isNamed)
    return `${name} does not follow ${previous.name}, which names ${previous.next ?? 'no other file'}`;
  if (previous.gtidsAfter !== head.gtidsBefore)
    return `${name} does not continue ${previous.name}: what had been executed when it began is not what had been executed at the end of the one before`;
  if (previous.serverId !== head.serverId)
    return `${name} was written under the server_id ${head.serverId}, and ${previous.name} under ${previous.serverId}`;
  if (previous.gtidsAfter === '' && !isInTime(previous, head))
    return `${name} was begun at ${head.createdAt}, which is not when ${previous.name} was closed, and there are no GTIDs that would tie them together`;
  return undefined;
}

/**
 * Without transactions to compare only the clock tells it from a file of the same name after a reset. With them it does not count: a file
 * begins at the time of the statement that filled the one before, which may have begun earlier than that one.
 */
function isInTime(
  { next, createdAt, closedAt, saidClosedAt = closedAt }: BinlogEnd,
  head: Pick<BinlogFacts, 'createdAt'>,
): boolean {
  if (next === null) return head.createdAt >= createdAt;
  return Math.abs(Date.parse(head.createdAt) - Date.parse(saidClosedAt)) <= ROTATION_MS;
}

/** When a file was closed: a session may have set its own time and rotated with it, and no clock is known to be right. */
export function believeClosing(closedAt: string, ...bounds: readonly Date[]): string {
  const latest = Math.min(...bounds.map((bound) => bound.getTime()));
  return Date.parse(closedAt) > latest + CLOCK_PRECISION_MS ? new Date(latest).toISOString() : closedAt;
}

/** Whether what a dump holds was in the log by the end of a file. MariaDB's numbers may go down: there only a replay knows. */
export function hasExecuted({ flavour }: SourceIdentity, gtidsAfter: string, held: string): boolean {
  if (flavour !== 'mysql' || held === '') return true;
  const [after, before] = [GtidSet.parse(gtidsAfter), GtidSet.parse(held)];
  return after !== undefined && before !== undefined && after.contains(before);
}

/** The server counts on in these, and begins again with 1 after a reset. */
export function numberOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? 0);
}

export function baseOf(name: string): string {
  return name.replace(/\d+$/, '');
}
