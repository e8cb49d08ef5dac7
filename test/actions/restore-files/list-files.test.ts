// Entries of an index as lines, and that they come one by one.
import { expect, it } from 'vitest';
import { printEntries, renderEntry } from '../../../src/actions/restore-files/list-files.ts';
import { PathPattern } from '../../../src/domain/snapshots/path-pattern.ts';
import { readRecord, type IndexRecord } from '../../../src/domain/snapshots/snapshot-index.ts';

function recordOf(
  path: string,
  { type = 'f', mode = '644', time = '1763607912.5000000000' } = {},
): IndexRecord {
  const hash = type === 'f' ? 'a'.repeat(64) : '-';
  const attributes = `${type} 1234 ${time} 1.0 1 1 ${mode} 33 1000 ${hash} 20261120T040512Z-7f3a9c1e-1`;
  return { path, attributes };
}

it.each([
  [{}, '-rw-r--r--     33:1000          1234 2025-11-20T03:05:12Z /a'],
  [{ type: 'd', mode: '1777' }, 'drwxrwxrwt     33:1000          1234 2025-11-20T03:05:12Z /a'],
  [{ mode: '6741' }, '-rwsr-S--x     33:1000          1234 2025-11-20T03:05:12Z /a'],
  [{ type: 'l', mode: '777' }, 'lrwxrwxrwx     33:1000          1234 2025-11-20T03:05:12Z /a'],
  [{ mode: '1000', time: '-1.7500000000' }, '---------T     33:1000          1234 1969-12-31T23:59:59Z /a'],
  [{ time: '99999999999999.0000000000' }, '-rw-r--r--     33:1000          1234 @99999999999999 /a'],
])('%j', (attributes, line) => {
  expect(renderEntry(readRecord(recordOf('/a', attributes)))).toBe(line);
});

it('cannot be made to print a line that is no entry', () => {
  const line = renderEntry(readRecord(recordOf('/a\n-rw-r--r-- /etc/shadow\x1b[1A')));
  expect(line).toMatch(/ \/a\\n-rw-r--r-- \/etc\/shadow\\x1b\[1A$/);
  expect(line).not.toMatch(/\p{Cc}/u);
});

const BATCHES = 5;

function listing() {
  const state = { read: 0, isClosed: false };
  async function* batches(): AsyncGenerator<readonly IndexRecord[]> {
    try {
      for (; state.read < BATCHES; state.read += 1)
        yield await Promise.resolve([
          recordOf(`/d${state.read}`, { type: 'd' }),
          recordOf(`/f${state.read}`),
        ]);
    } finally {
      state.isClosed = true;
    }
  }
  return { state, index: { batches } };
}

it('reads on only when what it read is printed', async () => {
  const { state, index } = listing();
  const printed: string[] = [];
  const { signal } = new AbortController();
  const count = await printEntries(index, undefined, {
    signal,
    print: async (lines) => {
      expect(state.read).toBe(printed.length / 2);
      await Promise.resolve();
      printed.push(...lines);
      return true;
    },
  });
  expect(count).toBe(2 * BATCHES);
  expect(printed.map((line) => line.replace(/.* /, ''))).toEqual(
    [0, 1, 2, 3, 4].flatMap((at) => [`/d${at}`, `/f${at}`]),
  );
});

it('prints what fits, and counts it', async () => {
  const { index } = listing();
  const printed: string[] = [];
  const { signal } = new AbortController();
  const print = (lines: readonly string[]) => Promise.resolve(printed.push(...lines) > 0);
  expect(await printEntries(index, new PathPattern('?3/'), { print, signal })).toBe(1);
  expect(printed).toEqual([expect.stringMatching(/^d.* \/d3$/)]);
  expect(await printEntries(index, new PathPattern('none'), { print, signal })).toBe(0);
  expect(printed).toHaveLength(1);
});

it('stops when nobody reads any more, and when the run is to end', async () => {
  const unread = listing();
  const { signal } = new AbortController();
  expect(await printEntries(unread.index, undefined, { print: () => Promise.resolve(false), signal })).toBe(
    2,
  );
  expect(unread.state).toEqual({ read: 0, isClosed: true });
  const cancelled = listing();
  const stop = new AbortController();
  const print = () => {
    stop.abort(new Error('stopped'));
    return Promise.resolve(true);
  };
  await expect(printEntries(cancelled.index, undefined, { print, signal: stop.signal })).rejects.toThrow(
    'stopped',
  );
  expect(cancelled.state.isClosed).toBe(true);
});
