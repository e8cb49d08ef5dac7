// Which servers there are in a store, and all keys of each with their versions, one server after the other.
import { isServerName } from '../../domain/object-names.ts';
import { LifeboatError } from '../../errors.ts';
import type { KeyVersions, StoreInspector, StoreReader } from '../../ports/store.ts';
import type { Unchecked } from './finding.ts';

/** What backups lie in; anything else below a server is not looked at. */
const KINDS = /^[^/]+\/(?:dumps|binlogs|storage|proofs)\//;

/** Services that keep no versions have many ways to say so. */
const REFUSED: readonly string[] = ['store-denied', 'store-upload-failed'];

export function isBackupKey(key: string): boolean {
  return KINDS.test(key);
}

export function holdsBackups(keys: ReadonlyMap<string, unknown>): boolean {
  return [...keys.keys()].some(isBackupKey);
}

export type List = (folder: string) => AsyncIterable<KeyVersions>;

/** With versions where these credentials may see them, else what is current alone. */
export async function openListing(
  { store, inspector }: { readonly store: StoreReader; readonly inspector: StoreInspector | undefined },
  signal: AbortSignal,
): Promise<{ readonly list: List; readonly unchecked: Unchecked | undefined }> {
  const plain: List = async function* (folder) {
    for await (const current of store.list(folder, signal)) yield { key: current.key, current, hidden: [] };
  };
  if (inspector === undefined) return { list: plain, unchecked: undefined };
  try {
    const trial = inspector.listVersions('', signal)[Symbol.asyncIterator]();
    await trial.next();
    await trial.return?.();
    return { list: (folder) => inspector.listVersions(folder, signal), unchecked: undefined };
  } catch (error) {
    // A store that does not answer is none that keeps no versions.
    if (!(error instanceof LifeboatError) || !REFUSED.includes(error.code)) throw error;
    const line =
      'deletions and hidden versions: the service keeps none, or the reader lacks s3:ListBucketVersions';
    return { list: plain, unchecked: { check: 'history', line } };
  }
}

export interface ServerKeys {
  readonly server: string;
  readonly keys: ReadonlyMap<string, KeyVersions>;
}

/** One server in memory at a time: lists are sorted, so that its keys come together. */
export async function* groupByServer(list: List, names: readonly string[]): AsyncGenerator<ServerKeys> {
  if (names.length > 0) {
    for (const server of names) {
      const keys = new Map<string, KeyVersions>();
      for await (const versions of list(server)) keys.set(versions.key, versions);
      yield { server, keys };
    }
    return;
  }
  let open: { server: string; keys: Map<string, KeyVersions> } | undefined;
  for await (const versions of list('')) {
    const [server = '', ...rest] = versions.key.split('/');
    if (rest.length === 0 || !isServerName(server)) continue;
    if (open?.server !== server) {
      if (open !== undefined) yield open;
      open = { server, keys: new Map() };
    }
    open.keys.set(versions.key, versions);
  }
  if (open !== undefined) yield open;
}
