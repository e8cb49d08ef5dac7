// What lies below a server and belongs to no backup: left by a run that failed, or put there by somebody else.
import { kindOfKey } from '../../domain/stores/catalog.ts';
import { isSafeKey } from '../../domain/stores/object-key.ts';
import { LifeboatError } from '../../errors.ts';
import type { ListedObject } from '../../ports/store.ts';
import { mapAtOnce } from '../at-once.ts';
import { readStart, type Start, type StartContext } from './read-start.ts';

export interface Unnamed extends ListedObject {
  /** Whether a run may have left it; otherwise nothing of Lifeboat's has such a name. */
  readonly isOwn: boolean;
  /** Undefined where nobody looked, or nothing can be told: further parts begin anywhere. */
  readonly start: Start | undefined;
}

/** What is empty is passed over: consoles make such files for folders. */
export function listUnnamed(
  current: readonly ListedObject[],
  named: ReadonlySet<string>,
  server: string,
): readonly Unnamed[] {
  return current.flatMap((listed) => {
    const kind = kindOfKey(listed.key, server);
    if (kind === 'document' || named.has(listed.key) || listed.sizeBytes === 0) return [];
    return { ...listed, isOwn: kind === 'object', start: undefined };
  });
}

/** The same, with what their beginnings say; those that went away meanwhile are left out. */
export async function lookInto(
  unnamed: readonly Unnamed[],
  atOnce: number,
  context: StartContext,
): Promise<readonly Unnamed[]> {
  const looked = await mapAtOnce(unnamed, atOnce, async (one) => {
    if (one.isOwn && !one.key.endsWith('.gpg')) return one;
    const start = await tryStart(one.key, context);
    return start === 'gone' ? [] : { ...one, start };
  });
  return looked.flat();
}

/** Somebody else's object may be archived, or encrypted by the store with a key of theirs: that is no reason to look at nothing. */
async function tryStart(key: string, context: StartContext): Promise<Start | 'gone'> {
  if (!isSafeKey(key)) return { reason: 'nobody can look into it by this name' };
  try {
    return await readStart(key, context);
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.code === 'store-unreachable') throw error;
    if (error.code === 'store-not-found') return 'gone';
    return { reason: `it cannot be read: ${error.message}` };
  }
}
