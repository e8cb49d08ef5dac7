// Cuts a stream of chunks into parts of one size. Knows nothing of where they go.
import { createHash, type Hash } from 'node:crypto';
import { unlessAborted } from './abortable.ts';
import type { BufferPool } from './buffer-pool.ts';

export interface Part {
  /** Valid until `release`. */
  readonly bytes: Buffer;
  /** Of `bytes`, 16 bytes. */
  readonly md5: Buffer;
  /** Of `bytes`, 32 bytes. */
  readonly sha256: Buffer;
  /** The stream ended with this part. */
  readonly isLast: boolean;
  /** Gives the memory back: nothing may read `bytes` afterwards. */
  release(): void;
}

const NO_BYTES: Uint8Array = new Uint8Array(0);

export class PartCollector {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #pool: BufferPool;
  #rest = NO_BYTES;

  constructor(source: AsyncIterable<Uint8Array>, pool: BufferPool) {
    this.#source = source[Symbol.asyncIterator]();
    this.#pool = pool;
  }

  /**
   * The next part: full, or the last one. An empty stream gives one empty last part. The bytes are added to `objectHash` while
   * they are hot. Throws what the source throws, or the signal's reason even when the source is silent.
   */
  async next(objectHash: Hash, signal: AbortSignal): Promise<Part> {
    const buffer = await this.#pool.acquire(signal);
    const hashes = [createHash('md5'), createHash('sha256'), objectHash] as const;
    let used = 0;
    let isLast = true;
    while (await this.#hasBytes(signal)) {
      if (used === buffer.length) {
        isLast = false;
        break;
      }
      const taken = this.#rest.subarray(0, buffer.length - used);
      buffer.set(taken, used);
      for (const hash of hashes) hash.update(taken);
      used += taken.length;
      this.#rest = this.#rest.subarray(taken.length);
    }
    return {
      bytes: buffer.subarray(0, used),
      md5: hashes[0].digest(),
      sha256: hashes[1].digest(),
      isLast,
      release: () => this.#pool.release(buffer),
    };
  }

  /** Tells the source that nobody will read on. Not waited for: a silent source would not answer. */
  abandon(): void {
    this.#source.return?.().catch(() => undefined);
  }

  async #hasBytes(signal: AbortSignal): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await unlessAborted(this.#source.next(), signal);
      if (next.done === true) return false;
      this.#rest = next.value;
    }
    return true;
  }
}
