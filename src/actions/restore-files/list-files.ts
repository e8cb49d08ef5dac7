// What is in a snapshot, line by line as its index is read: nothing is kept of an entry that was printed.
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { PathPattern } from '../../domain/snapshots/path-pattern.ts';
import { readRecord, typeOfRecord, type IndexEntry } from '../../domain/snapshots/snapshot-index.ts';
import { countOf } from '../../domain/text/units.ts';
import { showName } from '../../domain/text/visible.ts';
import { LifeboatError } from '../../errors.ts';
import { FetchedIndex } from '../restoring/read-index.ts';
import {
  chooseSnapshot,
  type ChosenSnapshot,
  type SnapshotPorts,
  type SnapshotRequest,
} from './choose-snapshot.ts';
import { showPath } from './names.ts';
import type { RestoreFilesKeys } from './restore-files.ts';

export interface ListFilesRequest extends SnapshotRequest {
  /** Undefined: everything. */
  readonly pattern: PathPattern | undefined;
  /** For ciphertext, removed at the end. */
  readonly temporaryDirectory: string;
}

export interface ListFilesPorts extends SnapshotPorts {
  /** False: nobody reads any more. */
  readonly print: (lines: readonly string[]) => Promise<boolean>;
}

/** Throws `restore-choice` when there is nothing to print, and what reading throws. */
export async function listFiles(
  { pattern, temporaryDirectory, ...request }: ListFilesRequest,
  { identity, trustedSigners }: RestoreFilesKeys,
  ports: ListFilesPorts,
  signal: AbortSignal,
): Promise<ChosenSnapshot> {
  const { store, encryption, reporter, print } = ports;
  const snapshot = await chooseSnapshot(request, trustedSigners, ports, signal);
  const directory = await mkdtemp(path.join(temporaryDirectory, 'list-files-'));
  try {
    const index = await FetchedIndex.fetch(snapshot.manifest, {
      ...{ store, encryption, identity, directory, signal },
    });
    const count = await printEntries(index, pattern, { print, signal });
    if (count === 0) throw nothingFits(pattern, snapshot);
    reporter.info(`${countOf(count, 'entry')} listed`);
    return snapshot;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Returns how many. */
export async function printEntries(
  index: Pick<FetchedIndex, 'batches'>,
  pattern: PathPattern | undefined,
  { print, signal }: Pick<ListFilesPorts, 'print'> & { readonly signal: AbortSignal },
): Promise<number> {
  let count = 0;
  for await (const batch of index.batches()) {
    signal.throwIfAborted();
    const fit = batch.filter(
      (record) => pattern?.fits(showPath(record.path), typeOfRecord(record) === 'd') ?? true,
    );
    count += fit.length;
    if (fit.length > 0 && !(await print(fit.map((record) => renderEntry(readRecord(record)))))) break;
  }
  return count;
}

function nothingFits(pattern: PathPattern | undefined, { manifest: { id, name } }: ChosenSnapshot) {
  const what = pattern === undefined ? 'is there' : `fits ${pattern.text}`;
  return new LifeboatError('restore-choice', `nothing in ${id} of ${name} ${what}`, {
    hint: 'Names are those of the server, from the root. An older snapshot may have it: `lifeboat list` shows what there are.',
  });
}

/** As `ls -ln` shows it, with the time in UTC. */
export function renderEntry(entry: IndexEntry): string {
  return [
    showMode(entry),
    `${entry.uid}:${entry.gid}`.padStart(11),
    String(entry.size).padStart(13),
    showTime(entry.mtimeNs),
    showName(entry.path),
  ].join(' ');
}

function showMode({ type, mode }: IndexEntry): string {
  const [user = '', group = '', others = ''] = [6, 3, 0].map((shift) =>
    Array.from('rwx', (letter, at) => ((mode >> shift) & (4 >> at) ? letter : '-')).join(''),
  );
  const letters = [
    mark(user, mode & 0o4000, 's'),
    mark(group, mode & 0o2000, 's'),
    mark(others, mode & 0o1000, 't'),
  ];
  return (type === 'f' ? '-' : type) + letters.join('');
}

/** In the place of the `x`; a capital where there is none. */
function mark(letters: string, isSet: number, letter: string): string {
  if (isSet === 0) return letters;
  return letters.slice(0, 2) + (letters.endsWith('x') ? letter : letter.toUpperCase());
}

/** A file may be of a year that no `Date` has. */
function showTime(mtimeNs: bigint): string {
  const seconds =
    (mtimeNs - (((mtimeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)) / 1_000_000_000n;
  const date = new Date(Number(seconds) * 1_000);
  return Number.isNaN(date.getTime()) ? `@${seconds}` : date.toISOString().replace('.000Z', 'Z');
}
