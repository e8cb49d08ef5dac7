// The index of a snapshot (docs/format.md, "Storage"): which entry is in which pack. Read as a stream, since it may have a million
// records. Paths are bytes as latin1 text.

/** An entry as it stands there. Its attributes are of the documented form, and its path leads nowhere but down. */
export interface IndexRecord {
  readonly path: string;
  /** What stands behind `<path>//`. */
  readonly attributes: string;
}

export interface IndexEntry {
  readonly path: string;
  readonly type: 'f' | 'd' | 'l';
  readonly size: number;
  /** Since 1970. */
  readonly mtimeNs: bigint;
  readonly inode: string;
  readonly links: number;
  /** Permission bits, setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a file's content; undefined for what has none, and for what changed each time it was read. */
  readonly sha256: string | undefined;
  readonly packId: string;
}

export class IndexError extends Error {
  override readonly name = 'IndexError';
}

/** Records that are handed on together: a turn of the event loop for each would cost more than all the rest. */
const BATCH = 4_096;
const ATTRIBUTES =
  /^([fdl]) (\d+) (-?\d+)\.(\d{9})\d -?\d+\.\d+ (\d+) (\d+) ([0-7]+) (\d+) (\d+) (-|[0-9a-f]{64}) (\d{8}T\d{6}Z-[0-9a-f]{8}-\d+)$/;
/** From the root, no empty component and none that goes anywhere else. */
const PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)+$/;
const GONE = '-';

/**
 * What the objects of a chain say together, the later ones over the earlier ones, in the order of `<path>//`. Every object is sorted, so
 * that they are merged as they are read, and no more than a piece of each is in memory. Throws `IndexError`, also for an entry that is
 * not below directories alone: through a link it would leave the tree.
 */
export async function* mergeIndex(
  chain: readonly AsyncIterable<Uint8Array>[],
): AsyncGenerator<readonly IndexRecord[], void, undefined> {
  const objects = chain.map((text) => new RecordReader(text));
  const parents = new ParentCheck();
  let batch: IndexRecord[] = [];
  try {
    for (const object of objects) await object.next();
    for (;;) {
      const newest = newestOfLeast(objects);
      if (newest?.key === undefined) break;
      const { key, attributes } = newest;
      for (const object of objects) if (object.key === key) await object.next();
      if (attributes === GONE) continue;
      const record = { path: key.slice(0, -2), attributes };
      if (!PATH.test(record.path)) throw new IndexError('a record without a path');
      if (!ATTRIBUTES.test(attributes))
        throw new IndexError('a record with other attributes than an index has');
      parents.add(record.path, typeOfRecord(record));
      batch.push(record);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    parents.end();
    yield batch;
  } finally {
    for (const object of objects) await object.close();
  }
}

/** Of the objects whose next key is the least, the last in the chain. */
function newestOfLeast(objects: readonly RecordReader[]): RecordReader | undefined {
  let least: RecordReader | undefined;
  for (const object of objects) {
    if (object.key !== undefined && (least?.key === undefined || object.key <= least.key)) least = object;
  }
  return least;
}

/** What it says. */
export function readRecord({ path, attributes }: IndexRecord): IndexEntry {
  const [, type, size, seconds = '', nanoseconds = '', inode = '', links, mode = '', ...rest] =
    ATTRIBUTES.exec(attributes) ?? [];
  const [uid, gid, sha256, packId = ''] = rest;
  return {
    path,
    type: type as IndexEntry['type'],
    size: Number(size),
    // Before 1970 the decimals still count upwards: that is how find prints them.
    mtimeNs: BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds),
    inode,
    links: Number(links),
    mode: Number.parseInt(mode, 8),
    uid: Number(uid),
    gid: Number(gid),
    sha256: sha256 === '-' ? undefined : sha256,
    packId,
  };
}

/** The same as in what it says, for a tenth of the time. */
export function packIdOf({ attributes }: IndexRecord): string {
  return attributes.slice(attributes.lastIndexOf(' ') + 1);
}

export function typeOfRecord({ attributes }: IndexRecord): IndexEntry['type'] {
  return attributes.charAt(0) as IndexEntry['type'];
}

/** As text. */
function bytesOf({ path, attributes }: IndexRecord): number {
  return path.length + attributes.length + 3;
}

/** Adds the size of the record, as text, to that of its pack. */
export function addSize(sizes: Map<string, number>, record: IndexRecord): void {
  const packId = packIdOf(record);
  const size = sizes.get(packId);
  sizes.set(size === undefined ? copyText(packId) : packId, (size ?? 0) + bytesOf(record));
}

/** For what is kept: a string that was cut out of a longer one keeps all of that in memory. */
export function copyText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** Records one behind the other, as in an index object: they take a third of what entries would. */
export class RecordText {
  #bytes = Buffer.allocUnsafe(1_024);
  #size = 0;

  add(record: IndexRecord): void {
    const size = this.#size + bytesOf(record);
    if (size > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(size, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    this.#bytes.write(`${record.path}//${record.attributes}\0`, this.#size, 'latin1');
    this.#size = size;
  }

  read(): readonly IndexEntry[] {
    const records = this.#bytes.toString('latin1', 0, this.#size).split('\0').slice(0, -1);
    return records.map((record) => {
      const end = record.indexOf('//');
      return readRecord({ path: record.slice(0, end), attributes: record.slice(end + 2) });
    });
  }
}

/** Names of the same file within the same pack; the first of them in the pack has its content. */
export function linkKey({ type, links, packId, inode }: IndexEntry): string | undefined {
  return type === 'f' && links > 1 ? `${packId}:${inode}` : undefined;
}

/** The records of one object, one at a time; of several in a row with one path the last. */
class RecordReader {
  /** `<path>//` of the record at hand; undefined behind the last one. */
  key: string | undefined;
  attributes = '';
  readonly #chunks: AsyncIterator<Uint8Array>;
  #records: string[] = [];
  #at = 0;
  #rest = '';
  #hasEnded = false;

  constructor(text: AsyncIterable<Uint8Array>) {
    this.#chunks = text[Symbol.asyncIterator]();
  }

  async next(): Promise<void> {
    const before = this.key;
    this.key = undefined;
    for (;;) {
      if (this.#at === this.#records.length && !this.#hasEnded) await this.#fill();
      const record = this.#records[this.#at];
      if (record === undefined) return;
      const end = record.indexOf('//') + 2;
      const key = record.slice(0, end);
      if (end < 3) throw new IndexError('a record without a path');
      if (this.key !== undefined && key !== this.key) return;
      if (before !== undefined && key <= before) throw new IndexError('records that are not sorted');
      this.key = key;
      this.attributes = record.slice(end);
      this.#at += 1;
    }
  }

  async #fill(): Promise<void> {
    while (this.#at === this.#records.length) {
      const next = await this.#chunks.next();
      if (next.done === true) {
        this.#hasEnded = true;
        if (this.#rest !== '') throw new IndexError('its last record breaks off');
        return;
      }
      this.#records = (this.#rest + Buffer.from(next.value).toString('latin1')).split('\0');
      this.#rest = this.#records.pop() ?? '';
      this.#at = 0;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

interface OpenEntry {
  readonly path: string;
  type: IndexEntry['type'] | undefined;
  hasChildren: boolean;
}

/**
 * Whether everything is below directories alone. Whatever begins with `<path>/` stands together in the order of an index, the record of the
 * path itself among it: only the entries above the last one are kept.
 */
class ParentCheck {
  readonly #open: OpenEntry[] = [];

  add(path: string, type: IndexEntry['type']): void {
    for (;;) {
      const last = this.#open.at(-1);
      if (last === undefined || last.path === path || path.startsWith(`${last.path}/`)) break;
      this.#close();
    }
    const last = this.#open.at(-1);
    if (last?.path === path) {
      last.type = type;
      return;
    }
    if (last !== undefined) last.hasChildren = true;
    for (let at = path.indexOf('/', (last?.path.length ?? 0) + 1); at > 0; at = path.indexOf('/', at + 1))
      this.#open.push({ path: path.slice(0, at), type: undefined, hasChildren: true });
    this.#open.push({ path, type, hasChildren: false });
  }

  end(): void {
    while (this.#open.length > 0) this.#close();
  }

  #close(): void {
    const entry = this.#open.pop();
    if (entry?.hasChildren === true && entry.type !== undefined && entry.type !== 'd')
      throw new IndexError('an entry below something that is no directory');
  }
}
