// The directory that a backup is fetched into: files come into it by renaming, and what is somebody else's stays.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ManifestPart } from '../../domain/statements/stored-message.ts';
import { LifeboatError } from '../../errors.ts';

/** Ends the names of files that are not whole yet. */
const SUFFIX = '.fetching';

export class FetchDirectory {
  /** Absolute. */
  readonly path: string;
  readonly signal: AbortSignal;

  constructor(directory: string, signal: AbortSignal) {
    this.path = directory;
    this.signal = signal;
  }

  static digest(bytes: Uint8Array): string {
    return createHash('sha256').update(bytes).digest('hex');
  }

  /** Throws `input-invalid` when a file of this name is there with other content. */
  async expect(name: string, content: Uint8Array): Promise<void> {
    const size = await this.#sizeOf(name);
    if (size === undefined) return;
    if (size !== content.length || (await this.#hash(name)) !== FetchDirectory.digest(content))
      throw this.#taken(name);
  }

  /** Whether the part is there. Throws `input-invalid` when something else is there under its name. */
  async has({ key, sizeBytes, sha256 }: ManifestPart): Promise<boolean> {
    const name = path.posix.basename(key);
    const size = await this.#sizeOf(name);
    if (size === undefined) return false;
    if (size !== sizeBytes || (await this.#hash(name)) !== sha256) throw this.#taken(name);
    return true;
  }

  /** A file that another program made meanwhile stays. */
  async add(name: string, write: (file: string) => Promise<void>): Promise<void> {
    await this.#sweep(name);
    const temporary = this.#temporary(name);
    try {
      await write(temporary);
      await link(temporary, path.join(this.path, name)).catch((error: unknown) => {
        if (isCode(error, 'EEXIST')) throw this.#taken(name);
        throw error;
      });
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async replace(name: string, content: Uint8Array): Promise<void> {
    const temporary = this.#temporary(name);
    try {
      await writeFile(temporary, content, { mode: 0o600, flag: 'wx' });
      await rename(temporary, path.join(this.path, name));
    } finally {
      await rm(temporary, { force: true });
    }
  }

  #temporary(name: string): string {
    return path.join(this.path, `.${name}.${randomBytes(4).toString('hex')}${SUFFIX}`);
  }

  /** What a run that was killed left of this file. */
  async #sweep(name: string): Promise<void> {
    for (const found of await readdir(this.path)) {
      if (found.startsWith(`.${name}.`) && found.endsWith(SUFFIX)) await rm(path.join(this.path, found));
    }
  }

  async #sizeOf(name: string): Promise<number | undefined> {
    try {
      const found = await stat(path.join(this.path, name));
      if (!found.isFile()) throw this.#taken(name);
      return found.size;
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async #hash(name: string): Promise<string> {
    const hash = createHash('sha256');
    const { signal } = this;
    for await (const chunk of createReadStream(path.join(this.path, name), {
      signal,
    }) as AsyncIterable<Buffer>)
      hash.update(chunk);
    return hash.digest('hex');
  }

  #taken(name: string): LifeboatError {
    return new LifeboatError(
      'input-invalid',
      `\`directory\`: ${path.join(this.path, name)} is there already, and is not that of this backup`,
      {
        hint: 'Nothing is overwritten. Fetch into another directory, or, to go on with a backup that was begun, give its id.',
      },
    );
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
