// A file that is not there before it is whole: written beside its place under a hidden name, then given its own, never over another.
import { createHash, randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { LifeboatError } from '../../errors.ts';
import type { FileTree, NewFile } from '../../ports/file-tree.ts';
import type { StoredObject } from '../../ports/store.ts';
import { makeParent } from './paths.ts';

/** Begins with a dot, as no key does; readers pass over it. */
export function temporaryName(): string {
  return `.${randomBytes(8).toString('hex')}.unfinished`;
}

export class PendingFile {
  readonly key: string;
  readonly #files: FileTree;
  readonly #place: string;
  readonly #temporary: string;
  readonly #file: NewFile;
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;

  private constructor(files: FileTree, key: string, place: string, temporary: string, file: NewFile) {
    this.#files = files;
    this.key = key;
    this.#place = place;
    this.#temporary = temporary;
    this.#file = file;
  }

  static async create(files: FileTree, root: string, key: string): Promise<PendingFile> {
    const parent = await makeParent(files, root, key);
    const temporary = posix.join(parent, temporaryName());
    try {
      return new PendingFile(files, key, posix.join(root, key), temporary, await files.create(temporary));
    } catch (error) {
      // It may have been made, and only the answer be lost.
      await files.remove(temporary).catch(() => undefined);
      throw error;
    }
  }

  /** What it was given so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get writtenBytes(): number {
    return this.#file.writtenBytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#sizeBytes += bytes.length;
    await this.#file.write(bytes);
  }

  /** Everything is on the disk after this. */
  async finish(): Promise<void> {
    await this.#file.finish();
    const { sizeBytes } = await this.#files.lstat(this.#temporary);
    if (sizeBytes === this.#sizeBytes) return;
    throw new LifeboatError(
      'store-upload-failed',
      `${this.#place}: ${this.#sizeBytes} bytes were written, and ${sizeBytes} are there`,
    );
  }

  /** Makes the file readable under its key. Throws `store-exists`. */
  async publish(): Promise<StoredObject> {
    const sha256 = this.#hash.digest('hex');
    try {
      await this.#files.publish(this.#temporary, this.#place, sha256);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new LifeboatError('store-exists', `${this.#place} is already there and was not replaced`);
    }
    await this.#files.syncDirectory(posix.dirname(this.#place));
    return { key: this.key, sizeBytes: this.#sizeBytes, sha256 };
  }

  /** Removes what is not published. Never throws. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await this.#files.remove(this.#temporary).catch(() => undefined);
  }
}
