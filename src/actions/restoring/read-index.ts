// The index of a snapshot on this machine: its ciphertext on a disk, its entries in the clear only while they pass by.
import { IndexError, mergeIndex, type IndexEntry } from '../../domain/snapshot-index.ts';
import type { SnapshotManifest } from '../../domain/snapshot.ts';
import { LifeboatError } from '../../errors.ts';
import { fetchObject } from './fetch-object.ts';
import type { FetchContext } from './fetch-backup.ts';
import { openObject } from './open-object.ts';

type IndexContext = Omit<FetchContext, 'reporter'>;

/** May be read as often as it takes. The files are in the context's directory, and stay there. */
export class FetchedIndex {
  readonly #id: string;
  readonly #files: readonly string[];
  readonly #context: IndexContext;

  private constructor(id: string, files: readonly string[], context: IndexContext) {
    this.#id = id;
    this.#files = files;
    this.#context = context;
  }

  /** Throws `object-mismatch`. */
  static async fetch({ id, index }: SnapshotManifest, context: IndexContext): Promise<FetchedIndex> {
    const files: string[] = [];
    for (const [at, object] of index.entries())
      files.push(await fetchObject(object, { ...context, name: `index-${id}-${at}.gpg` }));
    return new FetchedIndex(id, files, context);
  }

  /** Every entry once. Throws `manifest-invalid`, and what opening an object throws. */
  async *batches(): AsyncGenerator<readonly IndexEntry[], void, undefined> {
    try {
      yield* mergeIndex(this.#files.map((file) => openObject(file, this.#context)));
    } catch (error) {
      if (!(error instanceof IndexError)) throw error;
      throw new LifeboatError(
        'manifest-invalid',
        `the index of ${this.#id} cannot be used: ${error.message}`,
      );
    }
  }
}
