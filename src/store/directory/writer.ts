// Writes to a directory: the same names and the same promises as a bucket's writer.
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { StoredObject, StoreWriter, UploadOptions } from '../../ports/store.ts';
import { MAX_PARTS, PART_SIZE_BYTES } from '../limits.ts';
import { explainFileErrors } from './failure.ts';
import { checkRoot } from './paths.ts';
import { temporaryName } from './pending-file.ts';
import { writeStream } from './stream-write.ts';

export interface DirectoryStoreOptions {
  /** Absolute; must exist, so that backups do not end below the mount point of a disk that is away. */
  readonly directory: string;
  /** A stream goes on in a second object after so many bytes: where it would in a bucket. */
  readonly maxObjectBytes?: number;
}

export class DirectoryStoreWriter implements StoreWriter {
  readonly location: string;
  readonly #root: string;
  readonly #maxObjectBytes: number;

  constructor({ directory, maxObjectBytes = PART_SIZE_BYTES * MAX_PARTS }: DirectoryStoreOptions) {
    this.location = `file://${directory}`;
    this.#root = directory;
    this.#maxObjectBytes = maxObjectBytes;
  }

  /** The time of the file system, which on a network file system is the server's. */
  async readClock(signal: AbortSignal): Promise<Date> {
    signal.throwIfAborted();
    return explainFileErrors(this.#root, async () => {
      await checkRoot(this.#root);
      const probe = path.join(this.#root, temporaryName());
      const handle = await open(probe, 'wx', 0o600);
      try {
        return (await handle.stat()).mtime;
      } finally {
        await handle.close();
        await rm(probe);
      }
    });
  }

  async put(key: string, bytes: Uint8Array, options: UploadOptions): Promise<StoredObject> {
    const [stored] = await writeStream(this.#root, key, once(bytes), Number.POSITIVE_INFINITY, options);
    if (stored === undefined) throw new Error('a stream of bytes made no file');
    return stored;
  }

  async upload(
    key: string,
    body: AsyncIterable<Uint8Array>,
    options: UploadOptions,
  ): Promise<StoredObject[]> {
    return writeStream(this.#root, key, body, this.#maxObjectBytes, options);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
