// The index of a snapshot: objects that each say what changed since the one before, the first of them complete by itself.
import { expectFigures, inconsistent } from '../../domain/snapshots/snapshot-figures.ts';
import type { StoredMessage } from '../../domain/statements/stored-message.ts';
import { packIdOf, snapshotKeys } from '../../domain/stores/object-names.ts';
import type { KeptFile, StorageConclusion } from '../../ports/storage.ts';
import { storeSealed } from '../sealing/store-sealed.ts';
import type { Run } from './run.ts';
import type { IndexObject, StorageState } from './state.ts';

export type NewIndex =
  | { readonly isNew: false; readonly needed?: undefined }
  | {
      readonly isNew: true;
      readonly stored: StoredMessage;
      readonly lists: { readonly listing: KeptFile; readonly index: KeptFile };
      /** Ids of the packs that are still needed, when the index is complete by itself. */
      readonly needed: ReadonlySet<string> | undefined;
      readonly isComplete: boolean;
    };

/** An index that is complete by itself holds what the snapshot holds, in packs that there are. */
export async function storeIndex(
  run: Run,
  { records, holds, indexed }: StorageConclusion,
  base: StorageState | undefined,
  isDue: boolean,
  packs: readonly StoredMessage[],
): Promise<NewIndex> {
  if (base !== undefined && records === 0 && !isDue) return { isNew: false };
  const { server, name } = run.inputs;
  const complete = base !== undefined && isDue ? await run.work.completeIndex(keptOf(base)) : undefined;
  const isComplete = base === undefined || complete !== undefined;
  if (isComplete) expectFigures('by the complete index', complete?.indexed ?? indexed, holds);
  const known = new Set(packs.map(packIdOf));
  const absent = [...(complete?.needed ?? [])].find((id) => !known.has(id));
  if (absent !== undefined) throw inconsistent(`the complete index needs the pack ${absent}`);
  const key = snapshotKeys(server, name, run.id).index;
  const { read, ...task } = run.work.index(run.id);
  const { object, judgement } = await storeSealed(run, key, task, read);
  return { isNew: true, stored: object, lists: judgement, needed: complete?.needed, isComplete };
}

export function chainOf(base: StorageState | undefined, index: NewIndex): readonly IndexObject[] {
  const before = base?.chain ?? [];
  if (!index.isNew) return before;
  return [...(index.isComplete ? [] : before), { kept: index.lists.index, stored: index.stored }];
}

export function keptOf(state: StorageState | undefined) {
  return state?.chain.map(({ kept }) => kept) ?? [];
}
