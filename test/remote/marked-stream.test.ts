import { expect, it } from 'vitest';
import { readMarked } from '../../src/remote/marked-stream.ts';

const MARKER = '0123456789abcdef end 1\n';

/** What comes before the marker when the stream arrives in chunks of this size. */
async function read(text: string, chunkBytes: number): Promise<string> {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkBytes)
      yield await Promise.resolve(bytes.subarray(at, at + chunkBytes));
  }
  const parts: Buffer[] = [];
  for await (const part of readMarked(chunks(), MARKER, () => Promise.resolve(new Error('it ended')))) {
    expect(part.length).toBeGreaterThan(0);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

it.each([1, 2, 7, 22, 23, 24, 64, 100_000])(
  'gives exactly what stands before the marker, in chunks of %i',
  async (size) => {
    const like = `${MARKER.slice(0, -1)} ${MARKER.slice(1)}${MARKER.slice(0, 10)}`;
    for (const payload of ['', 'a', like, 'x'.repeat(500), `${'y'.repeat(22)}\n`])
      expect(await read(`${payload}${MARKER}`, size)).toBe(payload);
  },
);

it.each([1, 7, 100_000])('says why the stream ended before the marker, in chunks of %i', async (size) => {
  for (const text of ['', 'payload', `payload${MARKER.slice(0, -1)}`])
    await expect(read(text, size)).rejects.toThrow('it ended');
});

it('leaves what comes after the marker to the next reader', async () => {
  const source = ['one', MARKER, 'two', MARKER].map((text) => Buffer.from(text)).values();
  const chunks: AsyncIterator<Buffer> = {
    next: () => {
      const next = source.next();
      return Promise.resolve(next.done === true ? { done: true, value: undefined } : next);
    },
  };
  const next = async () => {
    const parts: string[] = [];
    for await (const part of readMarked(chunks, MARKER, () => Promise.resolve(new Error('ended'))))
      parts.push(part.toString());
    return parts.join('');
  };
  expect([await next(), await next()]).toEqual(['one', 'two']);
  await expect(next()).rejects.toThrow('ended');
});

it('takes a stream that breaks for one that ended', async () => {
  const chunks: AsyncIterator<Buffer> = { next: () => Promise.reject(new Error('premature close')) };
  const reading = readMarked(chunks, MARKER, () => Promise.resolve(new Error('the connection broke')));
  await expect(reading.next()).rejects.toThrow('the connection broke');
});
