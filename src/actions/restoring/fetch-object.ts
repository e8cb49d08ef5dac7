// Brings an object from the store onto this machine's disk, as ciphertext, and compares it with the manifest before anybody opens it.
import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { ManifestPart, StoredMessage } from '../../domain/statements/stored-message.ts';
import { LifeboatError } from '../../errors.ts';
import type { StoreReader } from '../../ports/store.ts';

/** Of one part that breaks off on its way; the store's own requests are repeated besides. */
const ATTEMPTS = 3;

export interface FetchOptions {
  readonly store: StoreReader;
  /** Where the file is put. */
  readonly directory: string;
  /** Of the file. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Told how many bytes came. */
  readonly onBytes?: (count: number) => void;
}

export type PartOptions = Omit<FetchOptions, 'directory' | 'name'>;

/** Writes one part into a new file of its own. Throws `object-mismatch`; the file is to be removed then. */
export async function fetchPartAlone(part: ManifestPart, file: string, options: PartOptions): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await fetchPart(part, { handle, offset: 0, whole: createHash('sha256') }, options);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Returns the path of a file with all parts joined, whose size and SHA-256 are those of the manifest. Throws `object-mismatch`
 * naming the key and what is wrong with it.
 */
export async function fetchObject(object: StoredMessage, options: FetchOptions): Promise<string> {
  const file = path.join(options.directory, options.name);
  const handle = await open(file, 'w', 0o600);
  try {
    let whole = createHash('sha256');
    let offset = 0;
    for (const part of object.parts) {
      whole = await fetchPart(part, { handle, offset, whole }, options);
      offset += part.sizeBytes;
    }
    if (whole.digest('hex') !== object.sha256)
      throw mismatch(object.parts[0]?.key ?? options.name, 'and its other parts do not make the object');
    return file;
  } finally {
    await handle.close();
  }
}

interface Place {
  readonly handle: FileHandle;
  /** Where the part begins in the file. */
  readonly offset: number;
  /** Of everything before it. */
  readonly whole: Hash;
}

/** Returns the hash of everything up to the end of the part. */
async function fetchPart(part: ManifestPart, place: Place, options: PartOptions): Promise<Hash> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readPart(part, place, options);
    } catch (error) {
      const hasBrokenOff = error instanceof LifeboatError && error.code === 'store-unreachable';
      if (!hasBrokenOff || attempt === ATTEMPTS || options.signal.aborted) throw error;
    }
  }
}

async function readPart(part: ManifestPart, place: Place, options: PartOptions): Promise<Hash> {
  const { store, signal, onBytes } = options;
  const stream = await store.get(part.key, signal).catch((error: unknown) => {
    throw error instanceof LifeboatError && error.code === 'store-not-found'
      ? mismatch(part.key, 'is missing', error)
      : error;
  });
  const [own, whole] = [createHash('sha256'), place.whole.copy()];
  let sizeBytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (sizeBytes + chunk.length > part.sizeBytes) throw mismatch(part.key, longer(part));
    await writeWhole(place.handle, chunk, place.offset + sizeBytes);
    own.update(chunk);
    whole.update(chunk);
    sizeBytes += chunk.length;
    onBytes?.(chunk.length);
  }
  if (sizeBytes !== part.sizeBytes) throw mismatch(part.key, `has ${sizeBytes} bytes, not ${part.sizeBytes}`);
  const sha256 = own.digest('hex');
  if (sha256 !== part.sha256) throw mismatch(part.key, `has the SHA-256 ${sha256}, not ${part.sha256}`);
  return whole;
}

async function writeWhole(handle: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, position + written);
    written += bytesWritten;
  }
}

function longer({ sizeBytes }: ManifestPart): string {
  return `has more than its ${sizeBytes} bytes`;
}

function mismatch(key: string, what: string, cause?: unknown): LifeboatError {
  return new LifeboatError('object-mismatch', `${key} ${what}`, {
    hint: 'It is not what was stored, and was not decrypted. Where the bucket keeps versions, the right one may still be there: list the versions of this key, and find out who wrote the newest.',
    cause,
  });
}
