// Writes to a directory: the same names and the same promises as a bucket's writer.
import { posix } from 'node:path';
import type { FileTree } from '../../ports/file-tree.ts';
import type { StoredObject, StoreWriter, UploadOptions } from '../../ports/store.ts';
import { unlessAborted } from '../abortable.ts';
import { MAX_PARTS, PART_SIZE_BYTES } from '../limits.ts';
import { explainFileErrors } from './failure.ts';
import { locate, type DirectoryStoreOptions } from './options.ts';
import { checkRoot } from './paths.ts';
import { temporaryName } from './pending-file.ts';
import { writeStream } from './stream-write.ts';

export interface DirectoryStoreWriterOptions extends DirectoryStoreOptions {
  /** A stream goes on in a second object after so many bytes: where it would in a bucket. */
  readonly maxObjectBytes?: number;
  /** Told once each, when something is written: protections that are missing here. */
  readonly onNotice?: (notice: string) => void;
}

export class DirectoryStoreWriter implements StoreWriter {
  readonly location: string;
  readonly #files: FileTree;
  readonly #root: string;
  readonly #maxObjectBytes: number;
  #onNotice: ((notice: string) => void) | undefined;

  constructor(options: DirectoryStoreWriterOptions) {
    const { files, location } = locate(options);
    this.location = location;
    this.#files = files;
    this.#root = options.directory;
    this.#maxObjectBytes = options.maxObjectBytes ?? PART_SIZE_BYTES * MAX_PARTS;
    this.#onNotice = options.onNotice;
  }

  /** The time of the file system, which on another machine is that machine's. */
  async readClock(signal: AbortSignal): Promise<Date> {
    signal.throwIfAborted();
    return unlessAborted(
      explainFileErrors(this.#root, () => this.#probe()),
      signal,
    );
  }

  async put(key: string, bytes: Uint8Array, options: UploadOptions): Promise<StoredObject> {
    const [stored] = await this.#write(key, once(bytes), Number.POSITIVE_INFINITY, options);
    if (stored === undefined) throw new Error('a stream of bytes made no file');
    return stored;
  }

  async upload(
    key: string,
    body: AsyncIterable<Uint8Array>,
    options: UploadOptions,
  ): Promise<StoredObject[]> {
    return this.#write(key, body, this.#maxObjectBytes, options);
  }

  close(): Promise<void> {
    return this.#files.close();
  }

  /** A file of our own gets the time. */
  async #probe(): Promise<Date> {
    await checkRoot(this.#files, this.#root);
    const probe = posix.join(this.#root, temporaryName());
    const file = await this.#files.create(probe);
    try {
      await file.close();
      return (await this.#files.lstat(probe)).modifiedAt;
    } finally {
      await this.#files.remove(probe);
    }
  }

  async #write(
    key: string,
    body: AsyncIterable<Uint8Array>,
    maxObjectBytes: number,
    options: UploadOptions,
  ): Promise<StoredObject[]> {
    const stored = await writeStream(this.#files, this.#root, key, body, maxObjectBytes, options);
    const tell = this.#onNotice;
    this.#onNotice = undefined;
    if (tell !== undefined) (await this.#files.findLacks()).forEach(tell);
    return stored;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
