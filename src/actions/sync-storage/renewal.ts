// What is stored again although nothing in it changed: what is missing in the store, what grows too old for its lock, and what somebody who is to
// read backups now cannot read.
import type { StoredMessage } from '../../domain/statements/stored-message.ts';
import { packIdOf } from '../../domain/stores/object-names.ts';
import { parseRunId } from '../../domain/run-id.ts';
import type { IndexObject } from './state.ts';

/** So many runs share what is to be packed again: a first snapshot grows too old all at once. */
const SHARES = 14;

export interface Renewal {
  /** Id of this run. */
  readonly now: string;
  /** Ids of the keys that are encrypted to now. */
  readonly recipients: readonly string[];
  readonly refreshAfter: number;
  /** Ids of packs, and keys of packs and index objects. */
  readonly repack: readonly string[];
}

/** Ids of the packs. Of what is not missing the oldest first, no more than a share of all that is stored. */
export function chooseRenewed(packs: readonly StoredMessage[], renewal: Renewal): string[] {
  const named = packs.filter((pack) => isMissing(pack, renewal) || renewal.repack.includes(packIdOf(pack)));
  const outdated = packs.filter((pack) => !named.includes(pack) && isOutdated(pack, packIdOf(pack), renewal));
  const share = packs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / SHARES;
  let taken = 0;
  // The one that passes the limit is taken, too: there is always progress.
  const due = outdated.filter(({ sizeBytes }) => taken < share && (taken += sizeBytes) > 0);
  return [...named, ...due].map(packIdOf);
}

/** Every snapshot needs the whole chain of its index: one object that cannot stay makes it a new one. */
export function isIndexOutdated(chain: readonly IndexObject[], renewal: Renewal): boolean {
  return chain.some(
    ({ kept, stored }) => isMissing(stored, renewal) || isOutdated(stored, kept.run, renewal),
  );
}

function isMissing({ parts }: StoredMessage, { repack }: Renewal): boolean {
  return parts.some(({ key }) => repack.includes(key));
}

/** `id` is that of the run that stored it, or begins with one. */
function isOutdated(message: StoredMessage, id: string, { now, recipients, refreshAfter }: Renewal): boolean {
  return (
    startOf(id) < startOf(now) - refreshAfter || recipients.some((key) => !message.recipients.includes(key))
  );
}

function startOf(id: string): number {
  return parseRunId(id.slice(0, 'YYYYMMDDTHHMMSSZ-12345678'.length))?.startedAt.getTime() ?? Number.NaN;
}
