// Reads an object whole, for what its bytes are now.
import { createHash } from 'node:crypto';
import { LifeboatError } from '../../errors.ts';
import type { StoreReader } from '../../ports/store.ts';

/** Of one object that breaks off on its way; the store's own requests are repeated besides. */
const ATTEMPTS = 3;

/** SHA-256; undefined: it went away. */
export async function hashStored(
  key: string,
  store: StoreReader,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const hash = createHash('sha256');
      for await (const chunk of (await store.get(key, signal)) as AsyncIterable<Buffer>) hash.update(chunk);
      return hash.digest('hex');
    } catch (error) {
      if (!(error instanceof LifeboatError)) throw error;
      if (error.code === 'store-not-found') return undefined;
      if (error.code !== 'store-unreachable' || attempt === ATTEMPTS || signal.aborted) throw error;
    }
  }
}
