// A few large buffers that are used again and again: what bounds the memory of an upload.
import { unlessAborted } from './abortable.ts';

export class BufferPool {
  readonly #bufferBytes: number;
  readonly #maxBuffers: number;
  readonly #free: Buffer[] = [];
  readonly #waiting: ((buffer: Buffer) => void)[] = [];
  #made = 0;

  constructor(bufferBytes: number, maxBuffers: number) {
    this.#bufferBytes = bufferBytes;
    this.#maxBuffers = maxBuffers;
  }

  /** How many buffers exist; never more than the maximum. */
  get bufferCount(): number {
    return this.#made;
  }

  /** A buffer of the pool's size with anything in it, as soon as there is one. Throws the signal's reason. */
  async acquire(signal: AbortSignal): Promise<Buffer> {
    signal.throwIfAborted();
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#made < this.#maxBuffers) {
      this.#made++;
      // The system hands out such memory page by page as it is filled, so that a short stream costs little.
      return Buffer.allocUnsafeSlow(this.#bufferBytes);
    }
    return unlessAborted(new Promise((resolve) => this.#waiting.push(resolve)), signal);
  }

  release(buffer: Buffer): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(buffer);
    else next(buffer);
  }
}
