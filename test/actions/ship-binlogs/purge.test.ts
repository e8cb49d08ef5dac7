import { describe, expect, it } from 'vitest';
import {
  MAX_UNWATCHED_MS,
  planPurge,
  watchReaders,
  type PurgeRequest,
} from '../../../src/actions/ship-binlogs/purge.ts';
import { headOf, listed, nameOf, shipped, STATE, at } from './examples.ts';

const HOUR_MS = 3_600_000;
const NOW = new Date(at('09:00:00'));
const ago = (days: number) => new Date(NOW.getTime() - days * 24 * HOUR_MS).toISOString();
const watchedFor = (days: number) => ({ since: ago(days), last: NOW.toISOString() });
const WATCHED = { ...STATE, watched: watchedFor(8) };

const plan = (
  changes: Partial<PurgeRequest> = {},
  createdAt = (name: string) => shipped(numberIn(name)).createdAt,
) =>
  planPurge(
    {
      listed: listed(40, 41, 42, 43),
      state: WATCHED,
      listReaders: () => Promise.resolve([]),
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
    expect(await plan({ state: away, listReaders: () => Promise.resolve([reader.name]) })).toMatchObject({
      to: nameOf(42),
    });
    const gone = { ...WATCHED, readers: [{ ...reader, seenAt: ago(7.1) }] };
    expect(await plan({ state: gone })).toMatchObject({ to: nameOf(42) });
    for (const watched of [null, watchedFor(6.9)]) {
      expect(await plan({ state: { ...WATCHED, watched } })).toMatchObject({
        to: undefined,
        removed: [],
        obstacle: expect.stringContaining('Purging begins after 7 days') as string,
      });
    }
  });
});

it('readers are asked for last: one that was there when the run began and went away since is in the way', async () => {
  const asked: string[] = [];
  const state = { ...WATCHED, readers: [{ name: 'replica@10.0.0.7', seenAt: NOW.toISOString() }] };
  const listReaders = () => Promise.resolve((asked.push('readers'), []));
  const planned = await plan(
    { state, listReaders },
    (name) => (asked.push(name), shipped(numberIn(name)).createdAt),
  );
  expect(planned.obstacle).toContain('replica@10.0.0.7 read binary logs within');
  expect(asked).toEqual([nameOf(40), nameOf(41), 'readers']);
});

it('one whose beginning cannot be read stays, and so does what is behind it', async () => {
  const request = {
    listed: listed(40, 41, 42, 43),
    state: WATCHED,
    listReaders: () => Promise.resolve([]),
    keepMs: HOUR_MS,
  };
  const heads = (name: string) =>
    name === nameOf(41) ? undefined : headOf({ createdAt: shipped(40).createdAt });
  const planned = await planPurge({ ...request, now: NOW, serverNow: NOW }, (name) =>
    Promise.resolve(heads(name)),
  );
  expect(planned).toMatchObject({ to: nameOf(41), removed: listed(40) });
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
  expect(watchReaders(state, ['here', 'new'], NOW).readers).toEqual([
    { name: 'away', seenAt: ago(3) },
    { name: 'here', seenAt: NOW.toISOString() },
    { name: 'new', seenAt: NOW.toISOString() },
  ]);
});

describe('readers are watched', () => {
  const now = NOW.toISOString();
  const last = (ms: number) => ({
    ...STATE,
    watched: { since: ago(30), last: new Date(NOW.getTime() - ms).toISOString() },
  });

  it('since the first look, as long as one follows another within a day', () => {
    expect(watchReaders(STATE, [], NOW).watched).toEqual({ since: now, last: now });
    expect(watchReaders(last(MAX_UNWATCHED_MS), [], NOW).watched).toEqual({ since: ago(30), last: now });
  });

  it('anew after a hole: who came and went in it was seen by nobody', async () => {
    const { watched } = watchReaders(last(MAX_UNWATCHED_MS + 1), [], NOW);
    expect(watched).toEqual({ since: now, last: now });
    expect(await plan({ state: { ...STATE, watched } })).toMatchObject({
      to: undefined,
      obstacle: expect.stringContaining('watched without a break for 0') as string,
    });
  });
});
