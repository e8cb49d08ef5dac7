// Brings a backup onto this machine, as ciphertext, and reads its inventory.
import { createHash } from 'node:crypto';
import { MAX_INVENTORY_BYTES, parseInventory, type Inventory } from '../../domain/dumps/inventory.ts';
import type { ManifestObject } from '../../domain/dumps/manifest.ts';
import type { StoredMessage } from '../../domain/statements/stored-message.ts';
import { LifeboatError } from '../../errors.ts';
import type { Encryption, Identity } from '../../ports/encryption.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { StoreReader } from '../../ports/store.ts';
import { startProgressLog } from '../progress-log.ts';
import type { ReadBackup } from './backup.ts';
import { checkRoom } from './check-room.ts';
import { fetchObject } from './fetch-object.ts';
import { readObject } from './open-object.ts';

export interface FetchedObject {
  readonly object: ManifestObject;
  /** Its ciphertext, whose bytes are those of the manifest. */
  readonly file: string;
}

export interface FetchContext {
  readonly store: StoreReader;
  readonly encryption: Encryption;
  readonly identity: Identity;
  readonly reporter: Reporter;
  /** Private and on a disk. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** Throws `object-mismatch`, `sandbox-space`. */
export async function fetchObjects(
  objects: readonly ManifestObject[],
  { store, reporter, directory, signal }: FetchContext,
): Promise<readonly FetchedObject[]> {
  const sizeBytes = objects.reduce((sum, object) => sum + object.sizeBytes, 0);
  await checkRoom(directory, sizeBytes);
  const progress = startProgressLog('fetched', sizeBytes, reporter);
  try {
    const fetched: FetchedObject[] = [];
    for (const object of objects) {
      const name = `${object.role}-${object.name}.gpg`;
      const options = { store, directory, name, signal, onBytes: (count: number) => progress.add(count) };
      fetched.push({ object, file: await fetchObject(object, options) });
    }
    return fetched;
  } finally {
    progress.end();
  }
}

/** One object that is no part of a backup. Throws `object-mismatch`, `sandbox-space`. */
export async function fetchStored(
  object: StoredMessage,
  name: string,
  { store, directory, signal }: FetchContext,
): Promise<string> {
  await checkRoom(directory, object.sizeBytes);
  return fetchObject(object, { store, directory, name: `${name}.gpg`, signal });
}

/** Throws `manifest-invalid`, and what opening an object throws. */
export async function fetchInventory(
  { manifest, id }: ReadBackup,
  context: FetchContext,
): Promise<{ readonly inventory: Inventory; readonly sha256: string }> {
  const object = manifest.objects.find(({ role }) => role === 'inventory');
  if (object === undefined)
    throw new LifeboatError(
      'manifest-invalid',
      `the backup ${id} has no inventory, so that nothing can be compared with it`,
    );
  const [fetched] = await fetchObjects([object], context);
  const bytes = await readObject(fetched?.file ?? '', MAX_INVENTORY_BYTES, context);
  return {
    inventory: parseInventory(bytes, manifest),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
