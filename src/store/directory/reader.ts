// Reads from a directory. Follows no links, and passes over files that are not finished.
import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { joinFolder, joinKey } from '../../domain/stores/object-key.ts';
import { LifeboatError } from '../../errors.ts';
import type { FileTree, NamedFile } from '../../ports/file-tree.ts';
import type { ListedObject, StoreReader } from '../../ports/store.ts';
import { unlessAborted } from '../abortable.ts';
import { wholeStream } from '../whole-stream.ts';
import { explainFileErrors, orUndefined } from './failure.ts';
import { locate, type DirectoryStoreOptions } from './options.ts';
import { checkRoot, findFile } from './paths.ts';

export class DirectoryStoreReader implements StoreReader {
  readonly location: string;
  readonly #files: FileTree;
  readonly #root: string;

  constructor(options: DirectoryStoreOptions) {
    const { files, location } = locate(options);
    this.location = location;
    this.#files = files;
    this.#root = options.directory;
  }

  /** A reader may not write, and only what is written gets the file system's time: this machine's own is the next best. */
  async readClock(signal: AbortSignal): Promise<Date> {
    await explainReading(this.#root, signal, () => checkRoot(this.#files, this.#root));
    return new Date();
  }

  async get(key: string, signal: AbortSignal): Promise<Readable> {
    const place = `${this.#root}/${joinKey('', key)}`;
    const file = await explainReading(place, signal, async () =>
      this.#files.open(await findFile(this.#files, this.#root, key)),
    );
    if (file.kind === 'file') return wholeStream(file.read(), file.sizeBytes, place, signal);
    await file.close();
    throw new LifeboatError('store-not-found', `${place} is not a file`);
  }

  async *list(folder: string, signal: AbortSignal): AsyncGenerator<ListedObject> {
    await explainReading(this.#root, signal, () => checkRoot(this.#files, this.#root));
    yield* this.#walk(joinFolder('', folder), signal);
  }

  /** In the order of whole keys: a directory counts as its name with the slash, so that `a-b` comes before `a/b`. */
  async *#walk(folder: string, signal: AbortSignal): AsyncGenerator<ListedObject> {
    const directory = posix.join(this.#root, folder);
    const entries = await explainReading(directory, signal, () => this.#readEntries(directory));
    for (const { name, kind, sizeBytes, modifiedAt } of entries) {
      const key = folder === '' ? name : `${folder}/${name}`;
      if (kind === 'directory') yield* this.#walk(key.slice(0, -1), signal);
      else yield { key, sizeBytes, lastModified: modifiedAt };
    }
  }

  /** Directories have their slash; what is neither directory nor file, or hidden, is not of the store. */
  async #readEntries(directory: string): Promise<NamedFile[]> {
    const found = (await orUndefined('ENOENT', this.#files.list(directory))) ?? [];
    return found
      .filter(({ name, kind }) => (kind === 'file' || kind === 'directory') && !name.startsWith('.'))
      .map((entry) => (entry.kind === 'directory' ? { ...entry, name: `${entry.name}/` } : entry))
      .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  }

  close(): Promise<void> {
    return this.#files.close();
  }
}

async function explainReading<T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return unlessAborted(explainFileErrors(what, work, 'store-unreachable'), signal);
}
