// Decrypts the data of a message with openpgp.js, for machines without gpg. Text is given out before the modification detection code
// was seen: to wait for it would mean to hold the whole message in memory. Those who call have compared its SHA-256 before.
import type { ReadableStreamDefaultReader } from 'node:stream/web';
import { ReadableStream } from 'node:stream/web';
import { decrypt, readMessage } from 'openpgp';
import { unlessAborted } from './abortable.ts';
import type { DataDecryptor } from './decrypt.ts';
import { refuseMessage } from './message-head.ts';

/**
 * Of a message whose inner packets are damaged the library sometimes waits for bytes that nobody will give it. When it has neither
 * asked for any nor answered for so long, it does not answer any more; what it computes takes milliseconds.
 */
const STUCK_MS = 5_000;

export const decryptWithLibrary: DataDecryptor = async function* (message, sessionKey, signal) {
  const source = new Asked(message);
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    reader = (await source.unlessStuck(openText(source, sessionKey), signal)).getReader();
    for (;;) {
      const { done, value } = await source.unlessStuck(reader.read(), signal);
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw refuseMessage(`openpgp.js says "${error instanceof Error ? error.message : String(error)}"`);
  } finally {
    // Fails once more with what was thrown before, or does not answer either.
    reader?.cancel().catch(() => undefined);
  }
};

/** The message, and whether the library is waiting for more of it. */
class Asked implements AsyncIterable<Uint8Array> {
  readonly #message: AsyncIterable<Uint8Array>;
  #isAsked = false;
  #answeredMs = performance.now();

  constructor(message: AsyncIterable<Uint8Array>) {
    this.#message = message;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    this.#isAsked = true;
    try {
      for await (const chunk of this.#message) {
        this.#answer();
        yield chunk;
        this.#isAsked = true;
      }
    } finally {
      this.#answer();
    }
  }

  /** What the library promised, unless the signal fires or it is stuck. */
  async unlessStuck<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
    const { promise: stuck, reject } = Promise.withResolvers<never>();
    this.#answeredMs = performance.now();
    const timer = setInterval(() => {
      if (!this.#isAsked && performance.now() - this.#answeredMs > STUCK_MS)
        reject(new Error('nothing any more'));
    }, STUCK_MS / 5);
    try {
      return await unlessAborted(Promise.race([promise, stuck]), signal);
    } finally {
      clearInterval(timer);
    }
  }

  #answer(): void {
    this.#isAsked = false;
    this.#answeredMs = performance.now();
  }
}

async function openText(
  message: AsyncIterable<Uint8Array>,
  sessionKey: Uint8Array,
): Promise<ReadableStream<Uint8Array>> {
  const { data, signatures } = await decrypt({
    message: await readMessage({ binaryMessage: ReadableStream.from<Uint8Array>(message) }),
    sessionKeys: { data: sessionKey, algorithm: 'aes256' },
    format: 'binary',
    config: { allowUnauthenticatedStream: true },
  });
  if (signatures.length > 0) throw new Error('There is a signature inside');
  return data;
}
