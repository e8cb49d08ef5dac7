// The index of a snapshot on this machine: its ciphertext on a disk, its records in the clear only in memory, and only of some packs at a time.
import { inGroups, type IdentifiedPack } from '../../domain/snapshots/packs.ts';
import {
  IndexError,
  mergeIndex,
  packIdOf,
  RecordText,
  type IndexEntry,
  type IndexRecord,
} from '../../domain/snapshots/snapshot-index.ts';
import type { SnapshotManifest } from '../../domain/snapshots/snapshot.ts';
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
  async *batches(): AsyncGenerator<readonly IndexRecord[], void, undefined> {
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

  /**
   * The entries of these packs that are wanted, one pack after the other. `recordBytes` says how much text that is, and which packs have any.
   * Throws as `batches` does.
   */
  async *entriesOf(
    packs: readonly IdentifiedPack[],
    recordBytes: ReadonlyMap<string, number>,
    isWanted: (record: IndexRecord) => boolean = () => true,
  ): AsyncGenerator<{ readonly pack: IdentifiedPack; readonly entries: readonly IndexEntry[] }> {
    for (const group of inGroups(packs, recordBytes)) {
      const texts = new Map(group.map(({ packId }) => [packId, new RecordText()]));
      for await (const batch of this.batches()) {
        for (const record of batch) {
          const text = texts.get(packIdOf(record));
          if (text !== undefined && isWanted(record)) text.add(record);
        }
      }
      for (const pack of group) {
        const entries = texts.get(pack.packId)?.read() ?? [];
        texts.delete(pack.packId);
        yield { pack, entries };
      }
    }
  }
}
