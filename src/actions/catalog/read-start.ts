// For whom an object is encrypted, told from its first bytes.
import { LifeboatError } from '../../errors.ts';
import type { Encryption } from '../../ports/encryption.ts';
import type { StoreReader } from '../../ports/store.ts';

/** Session keys for three RSA keys of 4,096 bits, with room. */
const START_BYTES = 4_096;
/** For more recipients than anybody has; beyond that it is no message. */
const MAX_START_BYTES = 256 * 1_024;

/** What the beginning of an object says: for whom it is encrypted, or why it is no message. */
export type Start = { readonly keyIds: readonly string[] } | { readonly reason: string };

export interface StartContext {
  readonly store: StoreReader;
  readonly encryption: Encryption;
  readonly signal: AbortSignal;
}

export async function readStart(key: string, { store, encryption, signal }: StartContext): Promise<Start> {
  for (let maxBytes = START_BYTES; ; maxBytes *= 8) {
    try {
      const head = await readBeginning(store, key, maxBytes, signal);
      const keyIds = encryption.readMessageRecipients(head);
      if (keyIds !== undefined) return { keyIds };
      if (head.length < maxBytes || maxBytes >= MAX_START_BYTES)
        return { reason: 'it ends before its encrypted data begins' };
    } catch (error) {
      if (!(error instanceof LifeboatError) || error.code !== 'decryption-failed') throw error;
      return { reason: error.message };
    }
  }
}

async function readBeginning(
  store: StoreReader,
  key: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of (await store.get(key, signal, maxBytes)) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}
