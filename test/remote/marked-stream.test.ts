// The cutter between payload and marker, at every way of cutting the stream into chunks.
import { describe, expect, it } from 'vitest';
import { readMarked } from '../../src/remote/marked-stream.ts';
import { generateStream, readAll } from '../helpers/bytes.ts';

const MARKER = 'abcabd end 7\n';
const ended = () => Promise.resolve(new Error('ended before the marker'));

function cut(text: string, chunkBytes: number): AsyncGenerator<Buffer> {
  return readMarked(generateStream(Buffer.from(text), chunkBytes) as AsyncGenerator<Buffer>, MARKER, ended);
}

describe.each([
  ['nothing', ''],
  ['plain bytes', 'some payload\n'],
  ['bytes that end like the beginning of the marker', 'payload abcab'],
  ['most of a marker', MARKER.slice(0, -1)],
  ['beginnings of the marker in a row', 'abcabcabcabcabcab'],
])('a payload of %s', (_what, payload) => {
  it.each([1, 2, 3, 5, 7, 12, 1000])('comes whole from chunks of %i bytes', async (chunkBytes) => {
    expect((await readAll(cut(payload + MARKER, chunkBytes))).toString()).toBe(payload);
  });

  it('fails when the stream ends before the marker does', async () => {
    await expect(readAll(cut(payload + MARKER.slice(0, -1), 4))).rejects.toThrow('ended before the marker');
  });
});

it('passes chunks on without copying them', async () => {
  const chunk = Buffer.alloc(70_000, 'x');
  const chunks = [chunk, Buffer.from(MARKER)][Symbol.iterator]();
  const source = { next: () => Promise.resolve(chunks.next()) } as AsyncIterator<Buffer>;
  const first = await readMarked(source, MARKER, ended).next();
  expect((first.value as Buffer).buffer).toBe(chunk.buffer);
  expect(first.value).toHaveLength(chunk.length);
});
