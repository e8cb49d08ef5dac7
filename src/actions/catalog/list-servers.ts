// Which servers there are in a store, and all keys of each with their versions, one server after the other.
import { isServerName } from '../../domain/stores/object-names.ts';
import { LifeboatError } from '../../errors.ts';
import type { KeyVersions, StoreInspector, StoreReader } from '../../ports/store.ts';

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

export interface Listing {
  readonly list: List;
  /** Whether deletions and older versions are in it. */
  readonly hasVersions: boolean;
}

/** With versions where these credentials may see them, else what is current alone. They may be limited to the servers that are named. */
export async function openListing(
  { store, inspector }: { readonly store: StoreReader; readonly inspector: StoreInspector | undefined },
  servers: readonly string[],
  signal: AbortSignal,
): Promise<Listing> {
  const plain: List = async function* (folder) {
    for await (const current of store.list(folder, signal)) yield { key: current.key, current, hidden: [] };
  };
  if (inspector === undefined) return { list: plain, hasVersions: false };
  try {
    const trial = inspector.listVersions(servers[0] ?? '', signal)[Symbol.asyncIterator]();
    await trial.next();
    await trial.return?.();
    return { list: (folder) => inspector.listVersions(folder, signal), hasVersions: true };
  } catch (error) {
    // A store that does not answer is none that keeps no versions.
    if (!(error instanceof LifeboatError) || !REFUSED.includes(error.code)) throw error;
    return { list: plain, hasVersions: false };
  }
}

export interface ServerKeys {
  readonly server: string;
  readonly keys: ReadonlyMap<string, KeyVersions>;
}

/** Every key of a server. */
export async function listServer(list: List, server: string): Promise<ReadonlyMap<string, KeyVersions>> {
  const keys = new Map<string, KeyVersions>();
  for await (const versions of list(server)) keys.set(versions.key, versions);
  return keys;
}

/** One server in memory at a time: lists are sorted, so that its keys come together. */
export async function* groupByServer(list: List, names: readonly string[]): AsyncGenerator<ServerKeys> {
  if (names.length > 0) {
    for (const server of names) yield { server, keys: await listServer(list, server) };
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
