// Small objects that are no backups themselves: manifests, signatures, proofs.
import { LifeboatError, type ErrorCode } from '../../errors.ts';
import type { StoreReader } from '../../ports/store.ts';

/** A signature by the largest keys there are has two kilobytes. */
export const MAX_SIGNATURE_BYTES = 64 * 1024;

/** Undefined when there is none. Throws `code` when it is larger than anything of its kind. */
export async function readSmallObject(
  store: StoreReader,
  key: string,
  maxBytes: number,
  code: ErrorCode,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const stream = await store.get(key, signal).catch((error: unknown) => {
    if (error instanceof LifeboatError && error.code === 'store-not-found') return undefined;
    throw error;
  });
  if (stream === undefined) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new LifeboatError(code, `${key} has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
