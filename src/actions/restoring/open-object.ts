// From a file of ciphertext, whose bytes were compared with a manifest, to its text.
import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { LifeboatError } from '../../errors.ts';
import type { Encryption, Identity } from '../../ports/encryption.ts';

/** Larger ones save turns of the event loop; memory of more than 128 KiB is asked of the kernel anew each time (mallopt(3)). */
const CHUNK_BYTES = 96 * 1024;

export interface OpenOptions {
  readonly encryption: Encryption;
  readonly identity: Identity;
  readonly signal: AbortSignal;
}

/**
 * Decrypts and decompresses. Ends only when the message was whole. Throws `identity-unfit`, `decryption-failed`; nothing that came
 * before an error may be believed.
 */
export async function* openObject(
  file: string,
  { encryption, identity, signal }: OpenOptions,
): AsyncGenerator<Uint8Array> {
  const ciphertext = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const message = Readable.from(encryption.decrypt(ciphertext, identity, signal), { objectMode: false });
  const text = createZstdDecompress({ chunkSize: CHUNK_BYTES });
  let failure: Error | null | undefined;
  pipeline(message, text, (error) => (failure = error));
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    const cause = failure ?? error;
    if (cause instanceof LifeboatError || signal.aborted) throw cause;
    throw new LifeboatError('decryption-failed', 'what was decrypted is not a whole zstd stream', { cause });
  } finally {
    message.destroy();
    ciphertext.destroy();
  }
}

/** The whole text of a small object. Throws `manifest-invalid` when it is larger than `maxBytes`. */
export async function readObject(file: string, maxBytes: number, options: OpenOptions): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of openObject(file, options)) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new LifeboatError('manifest-invalid', `an object has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
