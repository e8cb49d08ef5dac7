// Reads from a directory. Follows no links, and passes over files that are not finished.
import { constants } from 'node:fs';
import { lstat, open, readdir, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { joinFolder, joinKey } from '../../domain/object-key.ts';
import { LifeboatError } from '../../errors.ts';
import type { ListedObject, StoreReader } from '../../ports/store.ts';
import { wholeStream } from '../whole-stream.ts';
import { explainFileErrors } from './failure.ts';
import { checkRoot, findFile } from './paths.ts';

export class DirectoryStoreReader implements StoreReader {
  readonly location: string;
  readonly #root: string;

  constructor({ directory }: { readonly directory: string }) {
    this.location = `file://${directory}`;
    this.#root = directory;
  }

  /** A reader may not write, and only what is written gets the file system's time: this machine's own is the next best. */
  async readClock(signal: AbortSignal): Promise<Date> {
    signal.throwIfAborted();
    await explainReading(this.#root, () => checkRoot(this.#root));
    return new Date();
  }

  async get(key: string, signal: AbortSignal): Promise<Readable> {
    signal.throwIfAborted();
    const place = `${this.#root}/${joinKey('', key)}`;
    const handle = await explainReading(place, async () =>
      open(await findFile(this.#root, key), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
    );
    const sizeBytes = await measureFile(handle, place);
    return wholeStream(handle.createReadStream(), sizeBytes, place, signal);
  }

  async *list(folder: string, signal: AbortSignal): AsyncGenerator<ListedObject> {
    await explainReading(this.#root, () => checkRoot(this.#root));
    yield* this.#walk(joinFolder('', folder), signal);
  }

  /** In the order of whole keys: a directory counts as its name with the slash, so that `a-b` comes before `a/b`. */
  async *#walk(folder: string, signal: AbortSignal): AsyncGenerator<ListedObject> {
    signal.throwIfAborted();
    const entries = await explainReading(`${this.#root}/${folder}`, () => readEntries(this.#root, folder));
    for (const { name, isDirectory } of entries) {
      const key = folder === '' ? name : `${folder}/${name}`;
      if (isDirectory) yield* this.#walk(key.slice(0, -1), signal);
      else yield* await describeFile(this.#root, key);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function explainReading<T>(what: string, work: () => Promise<T>): Promise<T> {
  return explainFileErrors(what, work, 'store-unreachable');
}

async function measureFile(handle: FileHandle, place: string): Promise<number> {
  const found = await handle.stat();
  if (found.isFile()) return found.size;
  await handle.close();
  throw new LifeboatError('store-not-found', `${place} is not a file`);
}

/** Directories have their slash; what is neither directory nor file, or hidden, is not of the store. */
async function readEntries(root: string, folder: string): Promise<{ name: string; isDirectory: boolean }[]> {
  const found = await readdir(path.join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return found
    .filter((entry) => (entry.isFile() || entry.isDirectory()) && !entry.name.startsWith('.'))
    .map((entry) => ({
      name: entry.isDirectory() ? `${entry.name}/` : entry.name,
      isDirectory: entry.isDirectory(),
    }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

/** Nothing for a file that went away since the directory was read. */
async function describeFile(root: string, key: string): Promise<ListedObject[]> {
  const found = await lstat(path.join(root, key)).catch(() => undefined);
  return found?.isFile() === true ? [{ key, sizeBytes: found.size, lastModified: found.mtime }] : [];
}
