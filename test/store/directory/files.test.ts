// What the contract does not ask of every store: rights, links, file systems that refuse.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileTree } from '../../../src/ports/file-tree.ts';
import { explainFileErrors } from '../../../src/store/directory/failure.ts';
import { localFiles } from '../../../src/store/directory/local-files.ts';
import { DirectoryStoreReader } from '../../../src/store/directory/reader.ts';
import { DirectoryStoreWriter } from '../../../src/store/directory/writer.ts';
import { collect, generateBytes, generateStream, readAll } from '../../helpers/bytes.ts';

const { signal } = new AbortController();
let directory: string;
let writer: DirectoryStoreWriter;
let reader: DirectoryStoreReader;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'lifeboat-store-'));
  writer = new DirectoryStoreWriter({ directory });
  reader = new DirectoryStoreReader({ directory });
});
afterEach(() => rm(directory, { recursive: true }));

async function modeOf(name: string): Promise<number> {
  return (await stat(path.join(directory, name))).mode & 0o777;
}

describe('what is written', () => {
  it('is for its owner only, whatever the umask', async () => {
    const umask = process.umask(0);
    try {
      await writer.put('atlas/dumps/object', generateBytes(1), { signal });
    } finally {
      process.umask(umask);
    }
    expect(await modeOf('atlas')).toBe(0o700);
    expect(await modeOf('atlas/dumps')).toBe(0o700);
    expect(await modeOf('atlas/dumps/object')).toBe(0o600);
  });

  it('is not there before it is whole, under any name that a reader sees', async () => {
    const seen: string[][] = [];
    const source = async function* () {
      for await (const chunk of generateStream(generateBytes(300_000))) {
        yield chunk;
        seen.push((await collect(reader.list('', signal))).map(({ key }) => key));
      }
    };
    await writer.upload('object', source(), { signal });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.flat()).toEqual([]);
    expect(await readdir(directory)).toEqual(['object']);
  });

  it('does not create the store itself: the disk may not be mounted', async () => {
    const missing = new DirectoryStoreWriter({ directory: path.join(directory, 'missing') });
    const reading = new DirectoryStoreReader({ directory: path.join(directory, 'missing') });
    for (const work of [
      () => missing.put('object', generateBytes(1), { signal }),
      () => missing.readClock(signal),
      () => reading.readClock(signal),
      () => reading.get('object', signal),
      () => collect(reading.list('', signal)),
    ]) {
      const refusal = { code: 'store-not-found', hint: expect.stringContaining('Mount the disk') as string };
      await expect(work()).rejects.toMatchObject(refusal);
    }
    expect(await readdir(directory)).toEqual([]);
  });

  // No file system that is at hand loses what it says it wrote.
  it('does not count when less of it is there than was written', async () => {
    const lstat: FileTree['lstat'] = async (place) => {
      const found = await localFiles.lstat(place);
      return place.endsWith('.unfinished') ? { ...found, sizeBytes: found.sizeBytes - 1 } : found;
    };
    const elsewhere = { files: { ...localFiles, lstat }, location: 'file:///forgetful' };
    const put = new DirectoryStoreWriter({ directory, elsewhere }).put('object', generateBytes(10), {
      signal,
    });
    await expect(put).rejects.toMatchObject({
      code: 'store-upload-failed',
      message: `${directory}/object: 10 bytes were written, and 9 are there`,
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('cannot go where a file is in the way', async () => {
    await writeFile(path.join(directory, 'atlas'), 'a file');
    const put = writer.put('atlas/object', generateBytes(1), { signal });
    await expect(put).rejects.toMatchObject({ code: 'store-denied' });
    await mkdir(path.join(directory, 'folder'));
    const replacing = writer.put('folder', generateBytes(1), { signal });
    await expect(replacing).rejects.toMatchObject({ code: 'store-exists' });
    expect((await readdir(directory)).toSorted()).toEqual(['atlas', 'folder']);
  });
});

describe('links', () => {
  let outside: string;
  beforeEach(async () => {
    outside = await mkdtemp(path.join(tmpdir(), 'lifeboat-outside-'));
    await writeFile(path.join(outside, 'object'), 'outside');
  });
  afterEach(() => rm(outside, { recursive: true }));

  it('are not followed out of the store, neither for writing nor for reading', async () => {
    await symlink(outside, path.join(directory, 'atlas'));
    const put = writer.put('atlas/new', generateBytes(1), { signal });
    await expect(put).rejects.toMatchObject({ code: 'store-denied' });
    await expect(reader.get('atlas/object', signal)).rejects.toMatchObject({ code: 'store-denied' });
    expect(await readdir(outside)).toEqual(['object']);
  });

  it('are not objects', async () => {
    await symlink(path.join(outside, 'object'), path.join(directory, 'link'));
    await expect(reader.get('link', signal)).rejects.toMatchObject({ code: 'store-denied' });
    expect(await collect(reader.list('', signal))).toEqual([]);
    await expect(writer.put('link', generateBytes(1), { signal })).rejects.toMatchObject({
      code: 'store-exists',
    });
    expect(await readFile(path.join(outside, 'object'), 'utf8')).toBe('outside');
  });

  it('may lead to the store itself', async () => {
    const link = path.join(outside, 'store');
    await symlink(directory, link);
    await new DirectoryStoreWriter({ directory: link }).put('object', Buffer.from('x'), { signal });
    const stream = await new DirectoryStoreReader({ directory: link }).get('object', signal);
    expect((await readAll(stream)).toString()).toBe('x');
  });
});

describe('reading', () => {
  it('fails when the file is shorter than it was', async () => {
    const place = path.join(directory, 'object');
    await writeFile(place, generateBytes(1_000_000));
    const stream = await reader.get('object', signal);
    await truncate(place, 500);
    await expect(readAll(stream)).rejects.toMatchObject({ code: 'store-unreachable' });
  });

  it('passes over what is unfinished, hidden, or no file', async () => {
    await writeFile(path.join(directory, '.0123.unfinished'), 'x');
    await mkdir(path.join(directory, '.hidden'));
    await writeFile(path.join(directory, '.hidden', 'object'), 'x');
    await writeFile(path.join(directory, 'object'), 'x');
    expect((await collect(reader.list('', signal))).map(({ key }) => key)).toEqual(['object']);
  });

  it('stops when the signal fires', async () => {
    const reason = new Error('stopped');
    await expect(collect(reader.list('', AbortSignal.abort(reason)))).rejects.toBe(reason);
    await expect(reader.get('object', AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(reader.readClock(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('what the system refuses', () => {
  const failure = (code: string, syscall = 'open') => Object.assign(new Error(code), { code, syscall });

  it.each([
    ['EACCES', 'open', 'store-denied'],
    ['EROFS', 'open', 'store-denied'],
    ['ENOSPC', 'write', 'store-upload-failed'],
    ['EDQUOT', 'write', 'store-upload-failed'],
    ['EIO', 'fsync', 'store-upload-failed'],
    ['ENOENT', 'open', 'store-not-found'],
    ['EPERM', 'open', 'store-denied'],
    ['EPERM', 'link', 'store-upload-failed'],
    ['SSH_FX_FAILURE', 'write', 'store-upload-failed'],
    ['ENOTSUP', 'rename', 'store-upload-failed'],
  ])('%s of %s is told as %s', async (code, syscall, expected) => {
    const work = explainFileErrors('/place', () => Promise.reject(failure(code, syscall)));
    await expect(work).rejects.toMatchObject({
      code: expected,
      message: `${syscall} for /place failed: ${code}`,
    });
  });

  it('does not dress up what is no system call', async () => {
    const bug = new TypeError('a bug');
    await expect(explainFileErrors('/place', () => Promise.reject(bug))).rejects.toBe(bug);
  });

  it('leaves the error of the source alone, even if it looks like one of the system', async () => {
    const reset = failure('ECONNRESET', 'read');
    const source = (async function* () {
      yield await Promise.resolve(generateBytes(10));
      throw reset;
    })();
    await expect(writer.upload('object', source, { signal })).rejects.toBe(reset);
    expect(await readdir(directory)).toEqual([]);
  });
});
