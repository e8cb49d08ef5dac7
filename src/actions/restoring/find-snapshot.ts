// Which snapshot of a storage is meant, believed or refused.
import { createHash } from 'node:crypto';
import type { DumpManifest } from '../../domain/dumps/manifest.ts';
import {
  isStorageName,
  parsePackKey,
  snapshotKeys,
  storageFolder,
} from '../../domain/stores/object-names.ts';
import { parseRunId } from '../../domain/run-id.ts';
import type { SnapshotManifest } from '../../domain/snapshots/snapshot.ts';
import { MAX_SNAPSHOT_MANIFEST_BYTES, parseSnapshotManifest } from '../../domain/snapshots/snapshot-text.ts';
import { LifeboatError } from '../../errors.ts';
import { checkSignature, type Reading } from './find-backups.ts';
import { passOverFuture } from './pass-over.ts';
import { readSmallObject } from './read-small-object.ts';

/** Of one set: the run of a dump and that of the files belong to one night. */
const MAX_LOOKED_AT = 5;
/** Where none of so many is complete, none is meant to be. */
const MAX_LOOKED_BACK = 30;

export interface ReadSnapshot {
  readonly manifest: SnapshotManifest;
  readonly manifestSha256: string;
  /** Fingerprint of the key that signed; undefined when signatures were not asked for. */
  readonly signedBy: string | undefined;
}

/** What the list of keys says of one storage. */
export interface ListedStorage {
  readonly name: string;
  /** Of snapshots that have a manifest, in the order in which their runs began. Runs of one storage hold a lock. */
  readonly snapshotIds: readonly string[];
  /** Bytes of every part of a pack, by key. */
  readonly packs: ReadonlyMap<string, number>;
}

export interface FoundSnapshot extends ReadSnapshot {
  /** Newer ones that are not to be believed, and why. */
  readonly refused: readonly string[];
}

/** `latest`: the newest valid one. Throws `backup-not-found`, `signature-invalid`, `manifest-invalid`. */
export async function findSnapshot(
  reading: Reading,
  name: string,
  choice: 'latest' | { readonly id: string },
): Promise<FoundSnapshot> {
  if (choice !== 'latest') return { ...(await readSnapshot(reading, name, choice.id)), refused: [] };
  const { server, store } = reading;
  const [storage] = await listStorages(reading, `${storageFolder(server, name)}snapshots`);
  const refused: string[] = [];
  let why: LifeboatError | undefined;
  for (const id of storage?.snapshotIds.toReversed() ?? []) {
    try {
      return { ...(await readSnapshot(reading, name, id)), refused };
    } catch (error) {
      if (!isInvalid(error)) throw error;
      why ??= error;
      refused.push(`${id}: ${error.message}`);
    }
  }
  if (why !== undefined) throw why;
  throw new LifeboatError('backup-not-found', `${server} has no snapshot of ${name} in ${store.location}`, {
    hint: 'Check `server`, `name` and the prefix in `store`. A run that failed leaves no manifest and is no snapshot.',
  });
}

export interface SnapshotOfDump {
  /** The first complete one that was begun after the dump; undefined while there is none. */
  readonly after: ReadSnapshot | undefined;
  /** The newest complete one before that. Where none is complete both are of those that are not. */
  readonly before: ReadSnapshot | undefined;
  /** Those that are not to be believed, and why. */
  readonly refused: readonly string[];
}

function isInvalid(error: unknown): error is LifeboatError {
  return error instanceof LifeboatError && ['manifest-invalid', 'signature-invalid'].includes(error.code);
}

/**
 * What belongs to a dump: of several that may, the one of its own `set`. One that is not valid is passed over; throws `signature-invalid`,
 * `manifest-invalid` where it may be what belongs to the dump and nothing else does.
 */
export async function findSnapshotOf(
  { instant, set }: Pick<DumpManifest, 'instant' | 'set'>,
  { name, snapshotIds }: ListedStorage,
  reading: Reading,
  now: Date,
): Promise<SnapshotOfDump> {
  const refused: string[] = [];
  const errors: LifeboatError[] = [];
  const read = async (id: string) => {
    try {
      return await readSnapshot(reading, name, id);
    } catch (error) {
      if (!isInvalid(error)) throw error;
      errors.push(error);
      refused.push(`${id}: ${error.message}`);
      return undefined;
    }
  };
  const begun = snapshotIds.map((id) => ({ id, startedAt: parseRunId(id)?.startedAt ?? new Date(0) }));
  const ids = passOverFuture(begun, ({ startedAt }) => startedAt.getTime(), {
    now,
    warn: (sentence) => refused.push(sentence),
  });
  // A run that began before the dump may have begun to list after it.
  const firstAfter = ids.findLastIndex(
    ({ startedAt }) => startedAt.toISOString() < `${instant.slice(0, 19)}.000Z`,
  );
  let first: ReadSnapshot | undefined;
  let incompleteAfter: ReadSnapshot | undefined;
  for (const [at, { id }] of ids.slice(Math.max(firstAfter, 0)).entries()) {
    if (first !== undefined && at >= MAX_LOOKED_AT) break;
    const found = await read(id);
    if (found === undefined || found.manifest.instant < instant) continue;
    if (!found.manifest.complete) {
      incompleteAfter ??= found;
      continue;
    }
    first ??= found;
    if (set === undefined || found.manifest.set === set) return { after: found, before: undefined, refused };
  }
  if (first !== undefined) return { after: first, before: undefined, refused };
  if (errors[0] !== undefined) throw errors[0];
  let incompleteBefore: ReadSnapshot | undefined;
  for (const { id } of ids
    .slice(0, firstAfter + 1)
    .toReversed()
    .slice(0, MAX_LOOKED_BACK)) {
    const found = await read(id);
    if (found?.manifest.complete === true) return { after: undefined, before: found, refused };
    incompleteBefore ??= found;
  }
  const error = errors.at(0);
  if (error !== undefined && !incompleteAfter && !incompleteBefore) throw error;
  return { after: incompleteAfter, before: incompleteAfter ? undefined : incompleteBefore, refused };
}

/** The storages of a server that have a snapshot, by name; `below` is a folder that is enough to look at. */
export async function listStorages(
  { store, server, signal }: Reading,
  below = `${server}/storage`,
): Promise<readonly ListedStorage[]> {
  const found = new Map<string, { name: string; snapshotIds: string[]; packs: Map<string, number> }>();
  for await (const { key, sizeBytes } of store.list(below, signal)) {
    const [, , name = '', kind, file = '', ...deeper] = key.split('/');
    if (!isStorageName(name) || deeper.length > 0) continue;
    const storage = found.get(name) ?? { name, snapshotIds: [], packs: new Map<string, number>() };
    found.set(name, storage);
    const id = file.replace(/\.json$/, '');
    if (kind === 'snapshots' && id !== file && parseRunId(id)) storage.snapshotIds.push(id);
    if (kind === 'packs' && parsePackKey(key.replace(/\.\d{3}$/, ''))) storage.packs.set(key, sizeBytes);
  }
  for (const { snapshotIds } of found.values()) snapshotIds.sort();
  return [...found.values()].filter(({ snapshotIds }) => snapshotIds.length > 0);
}

async function readSnapshot(reading: Reading, name: string, id: string): Promise<ReadSnapshot> {
  const { store, server, signal } = reading;
  const keys = snapshotKeys(server, name, id);
  const bytes = await readSmallObject(
    store,
    keys.manifest,
    MAX_SNAPSHOT_MANIFEST_BYTES,
    'manifest-invalid',
    signal,
  );
  if (bytes === undefined)
    throw new LifeboatError('backup-not-found', `${keys.manifest} is not in ${store.location}`);
  const signedBy = await checkSignature(
    reading,
    { document: keys.manifest, signature: keys.signature },
    bytes,
  );
  const manifest = parseSnapshotManifest(bytes, { server, name, id });
  return { manifest, manifestSha256: createHash('sha256').update(bytes).digest('hex'), signedBy };
}
