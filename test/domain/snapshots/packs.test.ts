import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { choosePacks, inGroups, packsOf } from '../../../src/domain/snapshots/packs.ts';
import type { StoredMessage } from '../../../src/domain/statements/stored-message.ts';

const stored = Array.from({ length: 40 }, (_, n): StoredMessage => {
  const key = `atlas/storage/files/packs/20261120T040512Z-7f3a9c1e-${n + 1}.tar.zst.gpg`;
  const of = { sizeBytes: 100 + n, sha256: 'd'.repeat(64) };
  return { codec: 'zstd', recipients: [], ...of, parts: [{ key, ...of }] };
});
const packs = packsOf({ packs: stored });
const choose = (percent: number, test = 'a test') =>
  choosePacks(packs, percent, test).map(({ packId }) => packId);

it('draws a share of the bytes, and the same one for the same test', () => {
  const total = stored.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const chosen = choosePacks(packs, 20, 'a test');
  const bytes = chosen.map(({ stored }) => stored.sizeBytes);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(total / 5);
  expect(bytes.slice(0, -1).reduce((sum, size) => sum + size, 0)).toBeLessThan(total / 5);
  expect(choosePacks(packs.toReversed(), 20, 'a test')).toEqual(chosen);
  expect(choose(20, 'another test')).not.toEqual(choose(20));
});

it('draws as the documentation says', () => {
  const lot = (packId: string) => createHash('sha256').update(`a test/${packId}`).digest('hex');
  expect(choose(30).map(lot)).toEqual(choose(30).map(lot).toSorted());
  expect(choose(100).map(lot).toSorted().slice(0, choose(30).length)).toEqual(choose(30).map(lot));
});

it('draws one at least, all of them, or none', () => {
  expect(choose(0.001)).toHaveLength(1);
  expect(choose(100)).toHaveLength(40);
  expect(choose(0)).toEqual([]);
  expect(choosePacks([], 100, 'a test')).toEqual([]);
});

it('are read together as long as their records fit into memory', () => {
  const sizes = [24, 40, 0, 1, 300, 20].map((mebibytes) => mebibytes * 2 ** 20);
  const bytes = new Map(sizes.map((size, at) => [packs[at]?.packId ?? '', size]));
  const groups = inGroups(packs, bytes).map((group) =>
    group.map(({ packId }) => (bytes.get(packId) ?? 0) / 2 ** 20),
  );
  expect(groups).toEqual([[24, 40], [1], [300], [20]]);
});
