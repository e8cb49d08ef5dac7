// What is on the disk now against the index: content by hash, and attributes as far as this user can set them.
import { createHash } from 'node:crypto';
import { createReadStream, type BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import type { IndexEntry } from '../../domain/snapshot-index.ts';
import { LifeboatError } from '../../errors.ts';
import type { FetchedIndex } from '../restoring/read-index.ts';
import type { Selection } from './selection.ts';

/** Looked at together: most of the time goes into waiting for the disk. */
const AT_ONCE = 16;
/** Named in an error. */
const MAX_NAMED = 10;

export interface Compared {
  /** Files that have no hash. */
  readonly unproven: readonly string[];
  /** Files that their own permissions keep this user from reading. */
  readonly closed: readonly string[];
  /** Owners as `user:group` numbers, and how many entries are not theirs now. */
  readonly strangers: ReadonlyMap<string, number>;
  /** Entries with other permissions or times. */
  readonly loose: readonly string[];
}

export interface CompareOptions {
  readonly to: string;
  /** For root everything must be equal. */
  readonly isRoot: boolean;
  readonly signal: AbortSignal;
}

/** Throws `restore-differs`. */
export async function compare(
  index: FetchedIndex,
  selection: Selection,
  { to, isRoot, signal }: CompareOptions,
): Promise<Compared> {
  const wrong: string[] = [];
  const unproven: string[] = [];
  const closed: string[] = [];
  const loose: string[] = [];
  const strangers = new Map<string, number>();
  for await (const batch of index.batches()) {
    const wanted = batch.filter((entry) => selection.isWanted(entry));
    for (let at = 0; at < wanted.length; at += AT_ONCE)
      await Promise.all(wanted.slice(at, at + AT_ONCE).map(look));
  }
  if (wrong.length === 0) return { unproven, closed, strangers, loose };
  const more = wrong.length > MAX_NAMED ? ` and ${wrong.length - MAX_NAMED} more` : '';
  throw new LifeboatError(
    'restore-differs',
    `not what was backed up: ${wrong.slice(0, MAX_NAMED).join(', ')}${more}`,
    { hint: `Everything is left in ${to} to be looked at. Try an older snapshot.` },
  );

  async function look(entry: IndexEntry): Promise<void> {
    const name = Buffer.from(entry.path, 'latin1');
    const place = Buffer.concat([Buffer.from(to === '/' ? '' : to), name]);
    const found = await lstat(place, { bigint: true }).catch(() => undefined);
    const shown = name.toString('utf8');
    if (found === undefined) {
      wrong.push(shown);
      return;
    }
    const isEqual = await isSame(entry, found, place, signal).catch((error: unknown) => {
      if (isDenied(error)) return undefined;
      throw error;
    });
    if (isEqual === undefined) closed.push(shown);
    else if (!isEqual) {
      wrong.push(shown);
      return;
    }
    // What changed while it was read has attributes of another moment, too.
    if (entry.type === 'f' && entry.sha256 === undefined) {
      unproven.push(shown);
      return;
    }
    if (!hasMode(entry, found) || found.mtimeNs !== entry.mtimeNs) (isRoot ? wrong : loose).push(shown);
    else if (isRoot && !hasOwner(entry, found)) wrong.push(shown);
    if (!isRoot && !hasOwner(entry, found)) {
      const owner = `${entry.uid}:${entry.gid}`;
      strangers.set(owner, (strangers.get(owner) ?? 0) + 1);
    }
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EACCES';
}

async function isSame(
  { type, size, sha256 }: IndexEntry,
  found: BigIntStats,
  place: Buffer,
  signal: AbortSignal,
): Promise<boolean> {
  if (type === 'd') return found.isDirectory();
  if (type === 'l') return found.isSymbolicLink() && found.size === BigInt(size);
  if (!found.isFile() || sha256 === undefined) return found.isFile();
  return found.size === BigInt(size) && (await hashOf(place, signal)) === sha256;
}

function hasMode({ type, mode }: IndexEntry, found: BigIntStats): boolean {
  return type === 'l' || Number(found.mode & 0o7777n) === mode;
}

function hasOwner({ uid, gid }: IndexEntry, found: BigIntStats): boolean {
  return found.uid === BigInt(uid) && found.gid === BigInt(gid);
}

async function hashOf(place: Buffer, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(place, { signal }) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}
