import { describe, expect, it } from 'vitest';
import { planPurge, rememberReaders, type PurgeRequest } from '../../../src/actions/ship-binlogs/purge.ts';
import { headOf, listed, nameOf, shipped, STATE, at } from './examples.ts';

const HOUR_MS = 3_600_000;
const NOW = new Date(at('09:00:00'));
const ago = (days: number) => new Date(NOW.getTime() - days * 24 * HOUR_MS).toISOString();
const WATCHED = { ...STATE, watchedSince: ago(8) };

const plan = (
  changes: Partial<PurgeRequest> = {},
  createdAt = (name: string) => shipped(numberIn(name)).createdAt,
) =>
  planPurge(
    {
      listed: listed(40, 41, 42, 43),
      state: WATCHED,
      readers: [],
      keepMs: HOUR_MS,
      now: NOW,
      serverNow: NOW,
      ...changes,
    },
    (name) => Promise.resolve(headOf({ createdAt: createdAt(name) })),
  );
const numberIn = (name: string) => Number(name.slice(-6));

describe('what may be purged', () => {
  it('is what an earlier run shipped, but for the newest of it', async () => {
    expect(await plan()).toEqual({ to: nameOf(42), removed: listed(40, 41), obstacle: undefined });
  });

  it.each([
    ['too young', { keepMs: 8.5 * HOUR_MS }, 0],
    ['partly too young', { keepMs: 7.5 * HOUR_MS }, 1],
    ['not shipped by an earlier run', { state: { ...WATCHED, shipped: [shipped(40)] } }, 1],
    ['not shipped at all', { state: { ...WATCHED, shipped: [] } }, 0],
    ['behind one that was not shipped', { listed: listed(39, 40, 41, 42, 43) }, 0],
    ['of another size', { listed: [{ name: nameOf(40), sizeBytes: 7 }, ...listed(41, 42, 43)] }, 0],
  ] as const)('is not what is %s', async (_, changes, count) => {
    expect((await plan(changes)).removed).toHaveLength(count);
  });

  it('is not another file of the same name', async () => {
    expect((await plan({}, () => at('08:59:00'))).removed).toEqual([]);
  });

  it('is nothing as long as it is not known who needs it', async () => {
    const reader = { name: 'replica@10.0.0.7', seenAt: ago(6.9) };
    const away = { ...WATCHED, readers: [reader] };
    expect((await plan({ state: away })).obstacle).toContain('replica@10.0.0.7 read binary logs within');
    expect(await plan({ state: away, readers: [reader.name] })).toMatchObject({ to: nameOf(42) });
    const gone = { ...WATCHED, readers: [{ ...reader, seenAt: ago(7.1) }] };
    expect(await plan({ state: gone })).toMatchObject({ to: nameOf(42) });
    for (const watchedSince of [null, ago(6.9)]) {
      expect(await plan({ state: { ...WATCHED, watchedSince } })).toMatchObject({
        to: undefined,
        removed: [],
        obstacle: expect.stringContaining('Purging begins after 7 days') as string,
      });
    }
  });
});

it('readers are remembered for seven days', () => {
  const state = {
    ...STATE,
    readers: [
      { name: 'old', seenAt: ago(8) },
      { name: 'away', seenAt: ago(3) },
      { name: 'here', seenAt: ago(3) },
    ],
  };
  expect(rememberReaders(state, ['here', 'new'], NOW)).toEqual([
    { name: 'away', seenAt: ago(3) },
    { name: 'here', seenAt: NOW.toISOString() },
    { name: 'new', seenAt: NOW.toISOString() },
  ]);
});
