// Which snapshot of a storage is meant, believed or refused.
import { snapshotKeys, storageFolder } from '../../domain/object-names.ts';
import { parseRunId } from '../../domain/run-id.ts';
import {
  MAX_SNAPSHOT_MANIFEST_BYTES,
  parseSnapshotManifest,
  type SnapshotManifest,
} from '../../domain/snapshot.ts';
import { LifeboatError } from '../../errors.ts';
import { checkSignature, type Reading } from './find-backups.ts';
import { readSmallObject } from './read-small-object.ts';

export interface ReadSnapshot {
  readonly manifest: SnapshotManifest;
  /** Fingerprint of the key that signed; undefined when signatures were not asked for. */
  readonly signedBy: string | undefined;
}

/** Never another one than asked for. Throws `backup-not-found`, `signature-invalid`, `manifest-invalid`. */
export async function findSnapshot(
  reading: Reading,
  name: string,
  choice: 'latest' | { readonly id: string },
): Promise<ReadSnapshot> {
  const { store, server, signal } = reading;
  const id = choice === 'latest' ? await findNewestId(reading, name) : choice.id;
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
  return { manifest: parseSnapshotManifest(bytes, { server, name, id }), signedBy };
}

/** Runs of one storage hold a lock, so that the one that began last has the newest state. */
async function findNewestId({ store, server, signal }: Reading, name: string): Promise<string> {
  const folder = `${storageFolder(server, name)}snapshots`;
  let newest: string | undefined;
  for await (const { key } of store.list(folder, signal)) {
    const id = key.slice(folder.length + 1).replace(/\.json$/, '');
    if (key.endsWith('.json') && parseRunId(id) && (newest === undefined || id > newest)) newest = id;
  }
  if (newest !== undefined) return newest;
  throw new LifeboatError('backup-not-found', `${server} has no snapshot of ${name} in ${store.location}`, {
    hint: 'Check `server`, `name` and the prefix in `store`. A run that failed leaves no manifest and is no snapshot.',
  });
}
