// Which of the manifests that are believed stand for something that can be restored: all parts are there, and it was stored when it says.
import type { ManifestPart } from '../../domain/statements/stored-message.ts';
import { isFromTheFuture } from '../../domain/stores/store-clock.ts';
import type { KeyVersions } from '../../ports/store.ts';
import { partsOf, type Kept, type ServerInventory } from './inventory.ts';

/** From the last part to the manifest it takes a request or two; clocks and slow stores get the rest. */
const MAX_LATE_MS = 15 * 60_000;

export type PartFault =
  | { readonly what: 'gone' }
  | { readonly what: 'deleted'; readonly deletedAt: Date; readonly isThere: boolean }
  | { readonly what: 'size'; readonly sizeBytes: number };

/** Undefined for a part that is there with its size. */
export function findPartFault(
  { key, sizeBytes }: ManifestPart,
  keys: ReadonlyMap<string, KeyVersions>,
): PartFault | undefined {
  const versions = keys.get(key);
  const current = versions?.current;
  if (current !== undefined)
    return current.sizeBytes === sizeBytes ? undefined : { what: 'size', sizeBytes: current.sizeBytes };
  if (versions?.deletedAt === undefined) return { what: 'gone' };
  const isThere = versions.hidden.some((hidden) => hidden.sizeBytes === sizeBytes);
  return { what: 'deleted', deletedAt: versions.deletedAt, isThere };
}

/** How far the time at which the store got a manifest is from the one that it tells; undefined where that is little. */
export function findLateness(
  { finishedAt, manifestKey }: Kept,
  keys: ReadonlyMap<string, KeyVersions>,
): number | undefined {
  const storedAt = keys.get(manifestKey)?.current?.lastModified;
  if (storedAt === undefined) return undefined;
  const lateMs = storedAt.getTime() - Date.parse(finishedAt);
  return Math.abs(lateMs) > MAX_LATE_MS ? lateMs : undefined;
}

/** Those that count. `hasStoreTimes`: the store says itself when it got something, and nobody else can. */
export function findWhole(
  { kept, keys }: Pick<ServerInventory, 'kept' | 'keys'>,
  { now, hasStoreTimes }: { readonly now: Date; readonly hasStoreTimes: boolean },
): ReadonlySet<Kept> {
  return new Set(
    kept.filter(
      (each) =>
        partsOf(each).every((part) => findPartFault(part, keys) === undefined) &&
        !isFromTheFuture(new Date(each.finishedAt), now) &&
        !(hasStoreTimes && findLateness(each, keys) !== undefined),
    ),
  );
}
