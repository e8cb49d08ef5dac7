// Bytes that are the same in every run and differ at every offset, and streams of them.
import { createCipheriv } from 'node:crypto';

const KEYS = { key: Buffer.alloc(16, 1), iv: Buffer.alloc(16, 2) };

/** No two parts of it are equal, so that parts in a wrong order are seen. */
export function generateBytes(count: number): Buffer {
  return createCipheriv('aes-128-ctr', KEYS.key, KEYS.iv).update(Buffer.alloc(Math.floor(count)));
}

/** In chunks of a size that no part is a multiple of. */
export async function* generateStream(bytes: Uint8Array, chunkBytes = 60_001): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    yield await Promise.resolve(bytes.subarray(start, start + chunkBytes));
  }
}

export async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
