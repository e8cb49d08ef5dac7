// What is in the store of one server, also while runs store and rules remove: what came or went between the list and the look is no fault.
import { LifeboatError } from '../../errors.ts';
import type { KeyVersions } from '../../ports/store.ts';
import { gatherServer, type GatherContext } from './gather.ts';
import { partsOf, type ServerInventory } from './inventory.ts';
import { listServer, type List, type ServerKeys } from './list-servers.ts';
import { findPartFault } from './whole.ts';

/** Where something is missing the list is read once more, and all of it where the list is another one. */
export async function lookAtServer(
  { server, keys }: ServerKeys,
  list: List,
  context: GatherContext,
): Promise<ServerInventory> {
  const seen = await gatherServer(server, keys, context).catch((error: unknown) => {
    if (error instanceof LifeboatError && error.code === 'store-not-found') return undefined;
    throw error;
  });
  if (seen !== undefined && !isAnyMissing(seen)) return seen;
  const again = await listServer(list, server);
  return seen !== undefined && isSame(keys, again) ? seen : gatherServer(server, again, context);
}

function isAnyMissing({ refused, kept, keys }: ServerInventory): boolean {
  return (
    refused.length > 0 ||
    kept.some((each) => partsOf(each).some((part) => findPartFault(part, keys) !== undefined))
  );
}

function isSame(before: ReadonlyMap<string, KeyVersions>, after: ReadonlyMap<string, KeyVersions>): boolean {
  const isThere = ({ current }: KeyVersions) => current !== undefined;
  return (
    before.size === after.size &&
    [...after].every(([key, versions]) => {
      const known = before.get(key);
      return known !== undefined && isThere(known) === isThere(versions);
    })
  );
}
