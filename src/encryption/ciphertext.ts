// The bytes of a message on their way to what decrypts them: read once, by the one who asks, and followed to the last byte of its
// encrypted packet. Keeps what went wrong with them, because those who decrypt wrap the errors that they meet, or never say them.
import { unlessAborted } from './abortable.ts';
import type { MessageHead } from './message-head.ts';
import { readMessageHead, refuseMessage } from './message-head.ts';
import { PacketFollower } from './packets.ts';

export class Ciphertext {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal;
  readonly #follower = new PacketFollower();
  /** The first bytes of the message, with those that were read beyond its head. */
  #start: Uint8Array = new Uint8Array();
  #encryptedAt = 0;
  #isSourceOver = false;
  #isWhole = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(source: AsyncIterable<Uint8Array>, signal: AbortSignal) {
    this.#source = source[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  /** Throws `decryption-failed`, or what the source throws. */
  async readHead(): Promise<MessageHead> {
    for (;;) {
      const head = readMessageHead(this.#start);
      if (head) {
        this.#encryptedAt = head.encryptedAt;
        return head;
      }
      const chunk = await this.#next();
      if (!chunk) throw refuseMessage(this.#start.length === 0 ? 'it is empty' : 'it is cut short');
      this.#start = Buffer.concat([this.#start, chunk]);
    }
  }

  /** The whole message, once, after `readHead`. What it throws stands in for the failure that `check` throws. */
  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      this.#follow(this.#start.subarray(this.#encryptedAt));
      yield this.#start;
      for (let chunk = await this.#next(); chunk; chunk = await this.#next()) {
        this.#follow(chunk);
        yield chunk;
      }
      if (!this.#follower.isWhole) throw refuseMessage('it is cut short');
      this.#isWhole = true;
    } catch (error) {
      this.#failure = { error };
      throw new Error('the ciphertext did not arrive whole', { cause: error });
    }
  }

  /** Throws what went wrong with the bytes, as it was thrown. */
  throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Whether all bytes were read, and nothing stood behind the encrypted packet. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Tells the source that no more will be read; waits for it unless the signal fires. */
  async close(): Promise<void> {
    if (this.#isSourceOver) return;
    this.#isSourceOver = true;
    const closed = Promise.resolve(this.#source.return?.());
    try {
      await unlessAborted(closed, this.#signal);
    } catch {
      // How it ended was decided before.
    }
  }

  #follow(chunk: Uint8Array): void {
    if (!this.#follower.take(chunk)) throw refuseMessage('something stands behind its end');
  }

  async #next(): Promise<Uint8Array | undefined> {
    try {
      const next = await unlessAborted(this.#source.next(), this.#signal);
      if (next.done !== true) return next.value;
    } catch (error) {
      // An iterator that threw is closed; one that was not waited for is not.
      if (!this.#signal.aborted) this.#isSourceOver = true;
      throw error;
    }
    this.#isSourceOver = true;
    return undefined;
  }
}
