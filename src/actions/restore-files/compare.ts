// What is on the disk now against the index: content by hash, and attributes as far as this user can set them.
import { createHash } from 'node:crypto';
import { closeSync, constants, lstatSync, openSync, read, readSync, type BigIntStats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { readRecord, type IndexEntry } from '../../domain/snapshots/snapshot-index.ts';
import { LifeboatError } from '../../errors.ts';
import type { FetchedIndex } from '../restoring/read-index.ts';
import { Names, showPath } from './names.ts';
import type { Selection } from './selection.ts';

/**
 * Files are read without the event loop: what was just written is in memory, a small file takes ten microseconds, and asking for it in the
 * background ten times as long. After so long at most signals are answered.
 */
const MAX_STRETCH_MS = 50;
/** A read that takes longer waits for the disk; then the next ones wait in the background, several at a time. */
const MAX_READ_MS = 0.5;
const READS_IN_BACKGROUND = 256;
const AT_ONCE = 16;
const BUFFER_BYTES = 128 * 1024;

const readInBackground = promisify(read);

export interface Compared {
  /** Files that have no hash. */
  readonly unproven: readonly string[];
  /** Files that their own permissions keep this user from reading, and everything that those of a directory do. */
  readonly closed: Names;
  /** Owners as `user:group` numbers, and how many entries are not theirs now. */
  readonly strangers: ReadonlyMap<string, number>;
  /** Entries with other permissions or times. */
  readonly loose: Names;
}

export interface CompareOptions {
  readonly to: string;
  /** For root everything must be equal. */
  readonly isRoot: boolean;
  readonly signal: AbortSignal;
}

/** Throws `restore-differs`. */
export async function compare(
  index: Pick<FetchedIndex, 'batches'>,
  selection: Pick<Selection, 'isWanted'>,
  { to, isRoot, signal }: CompareOptions,
): Promise<Compared> {
  const [wrong, closed, loose] = [new Names(), new Names(), new Names()];
  const unproven: string[] = [];
  const strangers = new Map<string, number>();
  const files = new FileReader(signal);
  const top = Buffer.from(to === '/' ? '' : to).toString('latin1');
  for await (const batch of index.batches()) {
    const wanted = batch.filter((record) => selection.isWanted(record));
    for (let at = 0; at < wanted.length; at += AT_ONCE)
      await Promise.all(wanted.slice(at, at + AT_ONCE).map((record) => look(readRecord(record))));
  }
  if (wrong.count === 0) return { unproven, closed, strangers, loose };
  throw new LifeboatError('restore-differs', `not what was backed up: ${wrong.text}`, {
    hint: `Everything is left in ${to} to be looked at. Try an older snapshot.`,
  });

  async function look(entry: IndexEntry): Promise<void> {
    const place = Buffer.from(top + entry.path, 'latin1');
    const found = lstatUnlessClosed(place, isRoot);
    if (found === CLOSED) {
      closed.add(entry.path);
      return;
    }
    const isEqual = found !== undefined && (await isSame(entry, found, () => files.hash(place)));
    if (!isEqual) {
      wrong.add(entry.path);
      return;
    }
    if (isEqual === CLOSED) closed.add(entry.path);
    // What changed while it was read has attributes of another moment, too.
    if (entry.type === 'f' && entry.sha256 === undefined) {
      unproven.push(showPath(entry.path));
      return;
    }
    if (!hasMode(entry, found) || !hasTime(entry, found)) (isRoot ? wrong : loose).add(entry.path);
    else if (isRoot && !hasOwner(entry, found)) wrong.add(entry.path);
    if (!isRoot && !hasOwner(entry, found)) {
      const owner = `${entry.uid}:${entry.gid}`;
      strangers.set(owner, (strangers.get(owner) ?? 0) + 1);
    }
  }
}

/** What it is, its own permissions say to nobody but root. */
const CLOSED = Symbol('closed');

async function isSame(
  { type, size, sha256 }: IndexEntry,
  found: BigIntStats,
  hash: () => Promise<string | typeof CLOSED>,
): Promise<boolean | typeof CLOSED> {
  if (type === 'd') return found.isDirectory();
  if (type === 'l') return found.isSymbolicLink() && found.size === BigInt(size);
  if (!found.isFile() || sha256 === undefined) return found.isFile();
  if (found.size !== BigInt(size)) return false;
  const now = await hash();
  return now === CLOSED ? CLOSED : now === sha256;
}

function hasMode({ type, mode }: IndexEntry, found: BigIntStats): boolean {
  return type === 'l' || Number(found.mode & 0o7777n) === mode;
}

/** What is put into a directory, and taken out of it, between being listed and being packed changes its time. */
function hasTime({ type, mtimeNs }: IndexEntry, found: BigIntStats): boolean {
  return type === 'd' || found.mtimeNs === mtimeNs;
}

function hasOwner({ uid, gid }: IndexEntry, found: BigIntStats): boolean {
  return found.uid === BigInt(uid) && found.gid === BigInt(gid);
}

/** undefined: it is not there. Nothing is closed to root. */
function lstatUnlessClosed(place: Buffer, isRoot: boolean): BigIntStats | typeof CLOSED | undefined {
  try {
    return lstatSync(place, { bigint: true });
  } catch (error) {
    return !isRoot && isRefusal(error) ? CLOSED : undefined;
  }
}

class FileReader {
  readonly #signal: AbortSignal;
  /** Of files that nobody reads at the moment. */
  readonly #buffers: Buffer[] = [];
  #pausedMs = performance.now();
  #leftInBackground = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  async hash(place: Buffer): Promise<string | typeof CLOSED> {
    const file = openUnlessClosed(place);
    if (file === CLOSED) return CLOSED;
    const buffer = this.#buffers.pop() ?? Buffer.allocUnsafe(BUFFER_BYTES);
    try {
      const hash = createHash('sha256');
      for (;;) {
        if (performance.now() - this.#pausedMs > MAX_STRETCH_MS) await this.#pause();
        const bytes =
          this.#leftInBackground > 0 ? await this.#readLater(file, buffer) : this.#readNow(file, buffer);
        if (bytes === 0) return hash.digest('hex');
        hash.update(buffer.subarray(0, bytes));
      }
    } finally {
      closeSync(file);
      this.#buffers.push(buffer);
    }
  }

  #readNow(file: number, buffer: Buffer): number {
    const begunMs = performance.now();
    const bytes = readSync(file, buffer);
    if (performance.now() - begunMs > MAX_READ_MS) this.#leftInBackground = READS_IN_BACKGROUND;
    return bytes;
  }

  async #readLater(file: number, buffer: Buffer): Promise<number> {
    this.#leftInBackground -= 1;
    const { bytesRead } = await readInBackground(file, buffer, 0, buffer.length, null);
    return bytesRead;
  }

  async #pause(): Promise<void> {
    await setImmediate();
    this.#signal.throwIfAborted();
    this.#pausedMs = performance.now();
  }
}

function openUnlessClosed(place: Buffer): number | typeof CLOSED {
  try {
    return openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (isRefusal(error)) return CLOSED;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EACCES';
}
