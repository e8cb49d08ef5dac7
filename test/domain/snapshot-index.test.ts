import { describe, expect, it } from 'vitest';
import { applyIndex, checkParents, IndexError, type IndexEntry } from '../../src/domain/snapshot-index.ts';

const PACK = '20261120T040512Z-7f3a9c1e-1';
const record = (path: string, type = 'f', sha256 = 'a'.repeat(64)) =>
  `${path}//${type} 3 1763729633.1234567890 1763729633.1234567890 77 1 644 0 0 ${sha256} ${PACK}\0`;

async function read(...objects: readonly string[]): Promise<Map<string, IndexEntry>> {
  const entries = new Map<string, IndexEntry>();
  for (const text of objects) {
    const bytes = Buffer.from(text, 'latin1');
    const chunks = async function* () {
      for (let at = 0; at < bytes.length; at += 50) yield await Promise.resolve(bytes.subarray(at, at + 50));
    };
    await applyIndex(entries, chunks());
  }
  return entries;
}

describe('an index', () => {
  it('is what the whole chain says', async () => {
    const entries = await read(
      record('/a') + record('/b') + record('/odd\nname \xff'),
      `/a//-\0${record('/b', 'd', '-')}${record('/c', 'f', '-')}`,
    );
    expect([...entries.keys()]).toEqual(['/b', '/odd\nname \xff', '/c']);
    expect(entries.get('/b')).toMatchObject({ type: 'd', sha256: undefined, packId: PACK });
  });

  it.each([
    ['breaks off', record('/a').slice(0, -1)],
    ['goes up', record('/a/../b')],
    ['stands still', record('/a/.')],
    ['is relative', record('a')],
    ['is empty', '\0'],
    ['knows another kind', record('/a', 's')],
    ['lacks attributes', '/a//f 3\0'],
  ])('is refused when a record %s', async (_what, text) => {
    await expect(read(text)).rejects.toThrow(IndexError);
  });

  it('is refused when something is below a link', async () => {
    const link = await read(record('/dir', 'l', '-') + record('/dir/deep/file'));
    expect(() => checkParents(link)).toThrow(IndexError);
    const directory = await read(record('/dir', 'd', '-') + record('/dir/deep/file'));
    expect(() => checkParents(directory)).not.toThrow();
  });
});
