import { describe, expect, it } from 'vitest';
import {
  addSize,
  IndexError,
  mergeIndex,
  readRecord,
  RecordText,
  type IndexEntry,
} from '../../../src/domain/snapshots/snapshot-index.ts';
import { keptBytes } from '../../helpers/collect-garbage.ts';

const PACK = '20261120T040512Z-7f3a9c1e-1';
const record = (path: string, type = 'f', sha256 = type === 'f' ? 'a'.repeat(64) : '-') =>
  `${path}//${type} 3 1763729633.1234567890 1763729633.1234567890 77 1 644 0 33 ${sha256} ${PACK}\0`;

async function* inChunks(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += 50) yield await Promise.resolve(bytes.subarray(at, at + 50));
}

async function read(...objects: readonly string[]): Promise<IndexEntry[]> {
  const entries: IndexEntry[] = [];
  for await (const batch of mergeIndex(objects.map(inChunks))) entries.push(...batch.map(readRecord));
  return entries;
}

describe('an index', () => {
  it('is what the whole chain says', async () => {
    const entries = await read(
      record('/a') + record('/b') + record('/f') + record('/odd\nname \xff'),
      `/a//-\0${record('/b', 'd')}${record('/c', 'f', '-')}/f//-\0`,
      `/c//-\0/f//-\0${record('/f', 'l')}`,
    );
    expect(entries.map(({ path, type }) => `${type} ${path}`)).toEqual(['d /b', 'l /f', 'f /odd\nname \xff']);
    expect(entries[2]).toEqual({
      ...{ path: '/odd\nname \xff', type: 'f', size: 3, mtimeNs: 1763729633123456789n, inode: '77' },
      ...{ links: 1, mode: 0o644, uid: 0, gid: 33, sha256: 'a'.repeat(64), packId: PACK },
    });
  });

  it('knows times before 1970, which find prints in its own way', async () => {
    const [entry] = await read(record('/a').replace('1763729633.1234567890', '-2.2500000000'));
    expect(entry?.mtimeNs).toBe(-1_750_000_000n);
  });

  it('may be long', async () => {
    const names = Array.from({ length: 10_000 }, (_, n) => `/f${String(n).padStart(5, '0')}`);
    const entries = await read(
      names.map((name) => record(name)).join(''),
      names.map((name, n) => (n % 2 === 0 ? `${name}//-\0` : '')).join(''),
    );
    expect(entries.map(({ path }) => path)).toEqual(names.filter((_, n) => n % 2 === 1));
  });

  it.each([
    ['breaks off', record('/a').slice(0, -1)],
    ['goes up', record('/a/../b')],
    ['stands still', record('/a/.')],
    ['is relative', record('a')],
    ['is empty', '\0'],
    ['knows another kind', record('/a', 's')],
    ['lacks attributes', '/a//f 3\0'],
    ['stands in the wrong place', record('/b') + record('/a')],
  ])('is refused when a record %s', async (_what, text) => {
    await expect(read(text)).rejects.toThrow(IndexError);
  });

  // A blank sorts before a slash, and so do the children before their parent.
  it.each([
    ['/dir//', '/dir/file'],
    ['/dir/ a//', '/dir/ a/b/c'],
  ])('is refused when something is below a link: %s', async (_what, child) => {
    const parent = child.slice(0, child.lastIndexOf('/'));
    const top = child.split('/').slice(0, 2).join('/');
    const sorted = (...records: string[]) => records.sort().join('');
    for (const type of ['l', 'f'] as const) {
      await expect(read(sorted(record(parent, type), record(child)))).rejects.toThrow(IndexError);
      await expect(read(sorted(record(top, type), record(child)))).rejects.toThrow(IndexError);
      await expect(read(sorted(record(top, type), record(`${top}/-x`)))).rejects.toThrow(IndexError);
      // In two objects of the chain.
      await expect(read(record(top, type), record(child))).rejects.toThrow(IndexError);
    }
    await expect(
      read(sorted(record(top, 'd'), record(child), record('/dir-x', 'l'), record('/dir.'))),
    ).resolves.toHaveLength(4);
  });
});

describe('of a long index', () => {
  const COUNT = 50_000;

  /** In objects of 100 KB, as an index comes from its decompression; each thousandth entry is in a pack of its own. */
  async function* long(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < COUNT; at += 500) {
      const records = Array.from({ length: 500 }, (_, n) =>
        record(`/directory/file-${String(at + n).padStart(7, '0')}.txt`).replace(
          /-1\0/,
          `-${1 + Math.trunc(at / 1_000)}\0`,
        ),
      );
      yield await Promise.resolve(Buffer.from(records.join(''), 'latin1'));
    }
  }

  it('nothing is kept but the records that are asked for', async () => {
    const before = keptBytes();
    const [text, sizes] = [new RecordText(), new Map<string, number>()];
    let seen = 0;
    for await (const batch of mergeIndex([long()])) {
      for (const each of batch) {
        addSize(sizes, each);
        if (seen % 250 === 0) text.add(each);
        seen += 1;
      }
    }
    expect(keptBytes() - before).toBeLessThan(500e3);
    expect(seen).toBe(COUNT);
    expect(sizes.size).toBe(50);
    const entries = text.read();
    expect(entries).toHaveLength(200);
    expect(entries.at(-1)).toEqual(
      readRecord({
        path: '/directory/file-0049750.txt',
        attributes: record('').slice(2, -1).replace(/-1$/, '-50'),
      }),
    );
  });
});
