// Which entries of an index are wanted. Nothing is kept of each: whoever needs them reads the index once more.
import {
  addSize,
  copyText,
  linkKey,
  readRecord,
  type IndexRecord,
} from '../../domain/snapshots/snapshot-index.ts';
import { LifeboatError } from '../../errors.ts';
import type { FetchedIndex } from '../restoring/read-index.ts';

export interface Selection {
  readonly files: number;
  /** Of all files. */
  readonly bytes: number;
  /** For each pack that has wanted entries the size of their records. */
  readonly packs: ReadonlyMap<string, number>;
  isWanted(record: Pick<IndexRecord, 'path'>): boolean;
  /** Another name of a wanted file, which has to come along: the content is with one of them. */
  isHelper(record: IndexRecord): boolean;
}

/** `paths` undefined: everything. Throws `restore-choice`. */
export async function selectEntries(
  index: FetchedIndex,
  paths: readonly string[] | undefined,
): Promise<Selection> {
  const choices = paths?.map((given) => {
    const exact = Buffer.from(given, 'utf8').toString('latin1');
    return { given, exact, below: exact === '/' ? '/' : `${exact}/` };
  });
  const isWanted = ({ path }: Pick<IndexRecord, 'path'>) =>
    choices === undefined || choices.some(({ exact, below }) => path === exact || path.startsWith(below));
  const missing = new Set(choices);
  const packs = new Map<string, number>();
  const links = new Set<string>();
  const figures = { files: 0, bytes: 0 };
  for await (const batch of index.batches()) {
    for (const record of batch.filter(isWanted)) {
      const entry = readRecord(record);
      const { path, type, size } = entry;
      for (const choice of missing)
        if (path === choice.exact || path.startsWith(choice.below)) missing.delete(choice);
      addSize(packs, record);
      const key = linkKey(entry);
      // Of everything there is nothing left that could come along.
      if (key !== undefined && choices !== undefined) links.add(copyText(key));
      if (type !== 'f') continue;
      figures.files += 1;
      figures.bytes += size;
    }
  }
  if (missing.size > 0)
    throw new LifeboatError(
      'restore-choice',
      `not in the snapshot: ${[...missing].map(({ given }) => given).join(', ')}`,
      { hint: 'Names are those of the server, from the root. An older snapshot may have it.' },
    );
  return {
    ...{ ...figures, packs, isWanted },
    isHelper: (record) => links.size > 0 && !isWanted(record) && links.has(linkKey(readRecord(record)) ?? ''),
  };
}
