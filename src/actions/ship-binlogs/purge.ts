// Which binary logs the server may be told to remove: only what an earlier run shipped, is old enough, and nobody is known to need.
import { DAY_MS, formatDuration } from '../../domain/text/units.ts';
import type { BinlogHead, ListedBinlog } from '../../ports/binlog-engine.ts';
import type { BinlogState } from './state.ts';

/** A replica that was away for longer is expected to be made anew. */
export const READER_MEMORY_MS = 7 * DAY_MS;
/** Between two looks at who is connected: once a day, as late as schedules may be. Who came and went in a longer time was seen by nobody. */
export const MAX_UNWATCHED_MS = 26 * 3_600_000;

export interface PurgeRequest {
  readonly listed: readonly ListedBinlog[];
  /** As the run before left it, but for `readers` and `watched`, which this run found when it began: hours may have passed since. */
  readonly state: BinlogState;
  /** Who is connected now, asked last of all. The server itself keeps what they are being sent, and all after it. */
  readonly listReaders: () => Promise<readonly string[]>;
  readonly keepMs: number;
  /** Of the store and of the database server. */
  readonly now: Date;
  readonly serverNow: Date;
}

export interface PurgePlan {
  /** The first file that stays; undefined: nothing is removed. */
  readonly to: string | undefined;
  readonly removed: readonly ListedBinlog[];
  /** Why nothing may be removed although it would be due. */
  readonly obstacle: string | undefined;
}

export async function planPurge(
  { listed, state, listReaders, keepMs, now, serverNow }: PurgeRequest,
  headOf: (name: string) => Promise<BinlogHead | undefined>,
): Promise<PurgePlan> {
  const shipped = new Map(state.shipped.map((binlog) => [binlog.name, binlog]));
  const removed: ListedBinlog[] = [];
  // The newest shipped one stays: the next run recognises the server by it.
  for (const binlog of listed.slice(0, -1)) {
    const known = shipped.get(binlog.name);
    if (known === undefined || binlog.name === state.last?.name) break;
    if (serverNow.getTime() - Date.parse(known.closedAt) < keepMs) break;
    const head = known.sizeBytes === binlog.sizeBytes ? await headOf(binlog.name) : undefined;
    if (head?.createdAt !== known.createdAt) break;
    removed.push(binlog);
  }
  const to = listed[removed.length]?.name;
  if (removed.length === 0 || to === undefined) return { to: undefined, removed: [], obstacle: undefined };
  const obstacle = findObstacle(state, await listReaders(), now);
  return obstacle === undefined ? { to, removed, obstacle } : { to: undefined, removed: [], obstacle };
}

/** Where a replica that is away has stopped reading, only itself knows. */
function findObstacle(state: BinlogState, readers: readonly string[], now: Date): string | undefined {
  const away = state.readers.filter(
    ({ name, seenAt }) => now.getTime() - Date.parse(seenAt) < READER_MEMORY_MS && !readers.includes(name),
  );
  if (away.length > 0) {
    const names = away.map(({ name }) => name).join(', ');
    return `${names} read binary logs within the last 7 days and is not connected now: how far it got is not known`;
  }
  const watchedMs = state.watched === null ? 0 : now.getTime() - Date.parse(state.watched.since);
  return watchedMs < READER_MEMORY_MS
    ? `readers of the binary log have been watched without a break for ${formatDuration(watchedMs)}; a replica that is away now could need them. Purging begins after 7 days`
    : undefined;
}

/** What is known of readers after they were looked at. */
export function watchReaders(
  state: BinlogState,
  readers: readonly string[],
  now: Date,
): Pick<BinlogState, 'readers' | 'watched'> {
  const seenAt = now.toISOString();
  const sinceMs = (at: string) => now.getTime() - Date.parse(at);
  const old = state.readers.filter(
    (one) => !readers.includes(one.name) && sinceMs(one.seenAt) < READER_MEMORY_MS,
  );
  const isUnbroken = state.watched !== null && sinceMs(state.watched.last) <= MAX_UNWATCHED_MS;
  return {
    readers: [...old, ...readers.map((name) => ({ name, seenAt }))],
    watched: { since: isUnbroken ? state.watched.since : seenAt, last: seenAt },
  };
}
