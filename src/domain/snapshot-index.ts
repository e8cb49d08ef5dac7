// The index of a snapshot (docs/format.md, "Storage"): which entry is in which pack. Paths are bytes as latin1 text.

export interface IndexEntry {
  readonly type: 'f' | 'd' | 'l';
  readonly size: number;
  readonly inode: string;
  readonly links: number;
  /** Of a file's content; undefined for what has none, and for what changed each time it was read. */
  readonly sha256: string | undefined;
  readonly packId: string;
}

export class IndexError extends Error {
  override readonly name = 'IndexError';
}

const ATTRIBUTES =
  /^([fdl]) (\d+) -?\d+\.\d+ -?\d+\.\d+ (\d+) (\d+) [0-7]+ \d+ \d+ (-|[0-9a-f]{64}) (\d{8}T\d{6}Z-[0-9a-f]{8}-\d+)$/;
/** From the root, no empty component and none that goes anywhere else. */
const PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)+$/;

/** Puts the records of one index object over what earlier ones of the chain said. Throws `IndexError`. */
export async function applyIndex(
  entries: Map<string, IndexEntry>,
  text: AsyncIterable<Uint8Array>,
): Promise<void> {
  let rest = '';
  for await (const chunk of text) {
    const records = (rest + Buffer.from(chunk).toString('latin1')).split('\0');
    rest = records.pop() ?? '';
    for (const record of records) apply(entries, record);
  }
  if (rest !== '') throw new IndexError('its last record breaks off');
}

function apply(entries: Map<string, IndexEntry>, record: string): void {
  const end = record.indexOf('//');
  const path = record.slice(0, end);
  if (end < 0 || !PATH.test(path)) throw new IndexError('a record without a path');
  const attributes = record.slice(end + 2);
  if (attributes === '-') {
    entries.delete(path);
    return;
  }
  const [, type, size, inode = '', links, sha256, packId = ''] = ATTRIBUTES.exec(attributes) ?? [];
  if (type === undefined) throw new IndexError('a record with other attributes than an index has');
  entries.set(path, {
    type: type as IndexEntry['type'],
    size: Number(size),
    inode,
    links: Number(links),
    sha256: sha256 === '-' ? undefined : sha256,
    packId,
  });
}

/** Names of the same file within the same pack; the first of them in the pack has its content. */
export function linkKey({ type, links, packId, inode }: IndexEntry): string | undefined {
  return type === 'f' && links > 1 ? `${packId}:${inode}` : undefined;
}

/** Throws `IndexError` for an entry that is not below directories alone: through a link it would leave the tree. */
export function checkParents(entries: ReadonlyMap<string, IndexEntry>): void {
  for (const path of entries.keys()) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const parent = entries.get(path.slice(0, at));
      if (parent === undefined) continue;
      if (parent.type !== 'd') throw new IndexError('an entry below something that is no directory');
      break;
    }
  }
}
