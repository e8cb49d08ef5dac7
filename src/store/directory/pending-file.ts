// A file that is not there before it is whole: written beside its place under a hidden name, then linked, never over another.
import { createHash, randomBytes } from 'node:crypto';
import { link, open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { LifeboatError } from '../../errors.ts';
import type { StoredObject } from '../../ports/store.ts';
import { makeParent, syncDirectory } from './paths.ts';

const FILE_MODE = 0o600;

/** Begins with a dot, as no key does; readers pass over it. */
export function temporaryName(): string {
  return `.${randomBytes(8).toString('hex')}.unfinished`;
}

export class PendingFile {
  readonly key: string;
  readonly #place: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  readonly #sha256 = createHash('sha256');
  #sizeBytes = 0;
  #isOpen = true;

  private constructor(key: string, place: string, temporary: string, handle: FileHandle) {
    this.key = key;
    this.#place = place;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  static async create(root: string, key: string): Promise<PendingFile> {
    const parent = await makeParent(root, key);
    const temporary = path.join(parent, temporaryName());
    const handle = await open(temporary, 'wx', FILE_MODE);
    return new PendingFile(key, path.join(root, key), temporary, handle);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#sha256.update(bytes);
    this.#sizeBytes += bytes.length;
    await this.#handle.writeFile(bytes);
  }

  /** Everything is on the disk after this. */
  async finish(): Promise<void> {
    await this.#handle.sync();
    await this.#close();
  }

  /** Makes the file readable under its key. Throws `store-exists`. */
  async publish(): Promise<StoredObject> {
    try {
      await link(this.#temporary, this.#place);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new LifeboatError('store-exists', `${this.#place} is already there and was not replaced`);
    }
    await rm(this.#temporary);
    await syncDirectory(path.dirname(this.#place));
    return { key: this.key, sizeBytes: this.#sizeBytes, sha256: this.#sha256.digest('hex') };
  }

  /** Removes what is not published. Never throws. */
  async discard(): Promise<void> {
    await this.#close().catch(() => undefined);
    await rm(this.#temporary, { force: true }).catch(() => undefined);
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#handle.close();
  }
}
