// Which packs are packed again although nothing in them changed: those that are missing in the store, and those that grow too old for its lock.
import type { StoredMessage } from '../../domain/statements/stored-message.ts';
import { packIdOf, packKey } from '../../domain/stores/object-names.ts';
import { parseRunId } from '../../domain/run-id.ts';

/** So many runs share what is too old: a first snapshot is as old as itself all at once. */
const SHARES = 14;

/** Ids of the packs. `now` is the id of this run. Of what is too old the oldest first, no more than a share of all that is stored. */
export function chooseRenewed(
  packs: readonly StoredMessage[],
  now: string,
  {
    server,
    name,
    refreshAfter,
    repack,
  }: { server: string; name: string; refreshAfter: number; repack: readonly string[] },
): string[] {
  const isMissing = (packId: string) =>
    repack.includes(packId) || repack.includes(packKey(server, name, packId));
  const named = packs.filter((pack) => isMissing(packIdOf(pack)));
  const latest = startOf(now) - refreshAfter;
  const old = packs.filter((pack) => !named.includes(pack) && startOf(packIdOf(pack)) < latest);
  const share = packs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / SHARES;
  let taken = 0;
  // The one that passes the limit is taken, too: there is always progress.
  const due = old.filter(({ sizeBytes }) => taken < share && (taken += sizeBytes) > 0);
  return [...named, ...due].map(packIdOf);
}

/** Of a run's id, or what begins with one. */
function startOf(id: string): number {
  return parseRunId(id.slice(0, 'YYYYMMDDTHHMMSSZ-12345678'.length))?.startedAt.getTime() ?? Number.NaN;
}
