// Buffers and parts: what keeps the memory of an upload flat.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BufferPool } from '../../src/store/buffer-pool.ts';
import { PartCollector } from '../../src/store/part-collector.ts';
import { generateBytes, generateStream } from '../helpers/bytes.ts';

const { signal } = new AbortController();

describe('BufferPool', () => {
  it('makes as many buffers as it may, then hands out those that come back', async () => {
    const pool = new BufferPool(10, 2);
    const first = await pool.acquire(signal);
    const second = await pool.acquire(signal);
    let third: Buffer | undefined;
    const waiting = pool.acquire(signal).then((buffer) => (third = buffer));
    await Promise.resolve();
    expect(third).toBeUndefined();
    pool.release(first);
    expect(await waiting).toBe(first);
    pool.release(second);
    expect(await pool.acquire(signal)).toBe(second);
    expect(pool.bufferCount).toBe(2);
  });

  it('makes none before it is asked', () => {
    expect(new BufferPool(10, 2).bufferCount).toBe(0);
  });

  it('does not let anybody wait after the signal', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped');
    const pool = new BufferPool(10, 1);
    await pool.acquire(stop.signal);
    const waiting = pool.acquire(stop.signal);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(pool.acquire(stop.signal)).rejects.toBe(reason);
  });
});

describe('PartCollector', () => {
  async function collectParts(size: number, chunkBytes: number, partBytes = 100) {
    const bytes = generateBytes(size);
    const pool = new BufferPool(partBytes, 2);
    const parts = new PartCollector(generateStream(bytes, chunkBytes), pool);
    const hash = createHash('sha256');
    const found: { bytes: Buffer; isLast: boolean }[] = [];
    for (;;) {
      const part = await parts.next(hash, signal);
      expect(part.md5).toEqual(createHash('md5').update(part.bytes).digest());
      found.push({ bytes: Buffer.from(part.bytes), isLast: part.isLast });
      part.release();
      if (part.isLast) break;
    }
    expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(Buffer.concat(found.map((part) => part.bytes)).equals(bytes)).toBe(true);
    expect(pool.bufferCount).toBe(1);
    return found.map(({ bytes: { length }, isLast }) => [length, isLast]);
  }

  it.each([1, 7, 100, 250, 1_000])(
    'cuts a stream in chunks of %d bytes into parts of one size',
    async (chunkBytes) => {
      expect(await collectParts(250, chunkBytes)).toEqual([
        [100, false],
        [100, false],
        [50, true],
      ]);
    },
  );

  it('knows the last part even when it is full', async () => {
    expect(await collectParts(200, 30)).toEqual([
      [100, false],
      [100, true],
    ]);
  });

  it('gives one empty part for an empty stream', async () => {
    expect(await collectParts(0, 30)).toEqual([[0, true]]);
  });

  it('does not reuse a buffer before it is released', async () => {
    const parts = new PartCollector(generateStream(generateBytes(300), 40), new BufferPool(100, 2));
    const first = await parts.next(createHash('sha256'), signal);
    const second = await parts.next(createHash('sha256'), signal);
    const copies = [Buffer.from(first.bytes), Buffer.from(second.bytes)];
    const third = parts.next(createHash('sha256'), signal);
    await Promise.resolve();
    expect([first.bytes, second.bytes]).toEqual(copies);
    first.release();
    expect((await third).bytes).toEqual(generateBytes(300).subarray(200));
    expect(second.bytes).toEqual(copies[1]);
  });

  it('stops waiting for a silent source when the signal fires', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped');
    const silent = (async function* () {
      yield Buffer.from('a');
      await new Promise(() => undefined);
    })();
    const next = new PartCollector(silent, new BufferPool(100, 1)).next(createHash('sha256'), stop.signal);
    stop.abort(reason);
    await expect(next).rejects.toBe(reason);
  });
});
