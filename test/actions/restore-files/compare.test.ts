// Files on the disk against what an index says of them, and what that takes.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { compare } from '../../../src/actions/restore-files/compare.ts';
import type { IndexRecord } from '../../../src/domain/snapshots/snapshot-index.ts';

let to: string;

beforeEach(() => {
  to = mkdtempSync(path.join(tmpdir(), 'compare-'));
});
afterEach(() => rmSync(to, { recursive: true }));

function recordOf(name: string): IndexRecord {
  const place = path.join(to, name);
  const stats = lstatSync(place, { bigint: true });
  const { size, mode, uid, gid, mtimeNs, nlink } = stats;
  const isFile = stats.isFile();
  const hash = isFile ? createHash('sha256').update(readFileSync(place)).digest('hex') : '-';
  const [seconds, decimals] = [mtimeNs / 1_000_000_000n, String(mtimeNs % 1_000_000_000n).padStart(9, '0')];
  const time = `${seconds}.${decimals}0`;
  return {
    path: `/${name}`,
    attributes: `${isFile ? 'f' : stats.isDirectory() ? 'd' : 'l'} ${size} ${time} ${time} 1 ${nlink} ${(mode & 0o7777n).toString(8)} ${uid} ${gid} ${hash} 20261120T040512Z-7f3a9c1e-1`,
  };
}

function compareAll(
  records: readonly IndexRecord[],
  { signal = new AbortController().signal, isWanted = () => true, isRoot = true } = {},
) {
  async function* batches(): AsyncGenerator<readonly IndexRecord[]> {
    yield await Promise.resolve(records);
  }
  return compare({ batches }, { isWanted }, { to, isRoot, signal });
}

it('takes no memory for files that it has read', async () => {
  for (let n = 0; n < 1_000; n += 1) writeFileSync(path.join(to, `${n}`), `${n}`);
  const records = Array.from({ length: 1_000 }, (_, n) => recordOf(`${n}`));
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  await compareAll(records, {
    isWanted: () => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      return true;
    },
  });
  // Streams have a buffer for each of them, of 64 KiB, and leave it to the collector.
  expect(most).toBeLessThan(4e6);
});

it.each([
  ['at once', 0],
  ['in the background, with a slow disk', 1],
])('names some of what differs, and counts the rest, read %s', async (_how, readMs) => {
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += readMs));
  const names = Array.from({ length: 30 }, (_, n) => `file-${n + 10}`);
  for (const name of names) writeFileSync(path.join(to, name), name);
  symlinkSync('a', path.join(to, 'link'));
  const records = [...names, 'link'].map(recordOf);
  await compareAll(records);
  rmSync(path.join(to, 'file-10'));
  writeFileSync(path.join(to, 'file-11'), 'elif-11');
  writeFileSync(path.join(to, 'file-12'), 'longer than before');
  for (const name of names.slice(3, 20)) utimesSync(path.join(to, name), 1, 1);
  rmSync(path.join(to, 'link'));
  symlinkSync('another', path.join(to, 'link'));
  await expect(compareAll(records)).rejects.toMatchObject({
    code: 'restore-differs',
    message: expect.stringMatching(/: \/file-10, (\/[-\w]+, ){8}\/[-\w]+ and 11 more$/) as string,
  });
});

it('takes a directory with another time as it is, and with other permissions for another one', async () => {
  mkdirSync(path.join(to, 'sub'), 0o755);
  const records = [recordOf('sub')];
  utimesSync(path.join(to, 'sub'), 1, 1);
  expect((await compareAll(records)).loose.count).toBe(0);
  chmodSync(path.join(to, 'sub'), 0o700);
  await expect(compareAll(records)).rejects.toMatchObject({ code: 'restore-differs' });
});

it('says what a user may not look at, and finds nothing wrong with it', async () => {
  mkdirSync(path.join(to, 'sub/below'), { recursive: true });
  for (const name of ['sub/file', 'open']) writeFileSync(path.join(to, name), name);
  const records = ['open', 'sub', 'sub/below', 'sub/file'].map(recordOf);
  chmodSync(path.join(to, 'sub'), 0o600);
  chmodSync(to, 0o755);
  const { closed } = await asAnybody(() => compareAll(records, { isRoot: false }));
  expect(closed.text).toBe('/sub/below, /sub/file');
  rmSync(path.join(to, 'open'));
  await expect(asAnybody(() => compareAll(records, { isRoot: false }))).rejects.toMatchObject({
    message: 'not what was backed up: /open',
  });
  chmodSync(path.join(to, 'sub'), 0o700);
});

/** Nothing is closed to root. */
async function asAnybody<T>(work: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

it('reads what is larger than its buffer, and ends when it is told to while it does', async () => {
  const large = Buffer.alloc(16 * 2 ** 20, 'x');
  writeFileSync(path.join(to, 'large'), large);
  const record = recordOf('large');
  await compareAll([record]);
  large[large.length - 1] = 0;
  writeFileSync(path.join(to, 'large'), large);
  await expect(compareAll([record])).rejects.toMatchObject({ code: 'restore-differs' });
  const controller = new AbortController();
  const ended = compareAll(
    Array.from({ length: 100 }, () => record),
    controller,
  );
  setTimeout(() => controller.abort(new Error('enough')), 1);
  await expect(ended).rejects.toThrow('enough');
});
