// Decrypts the data of a message with openpgp.js, for machines without gpg. Text is given out before the modification detection code
// was seen: to wait for it would mean to hold the whole message in memory. Those who call have compared its SHA-256 before.
import type { ReadableStreamDefaultReader } from 'node:stream/web';
import { ReadableStream } from 'node:stream/web';
import { decrypt, readMessage } from 'openpgp';
import { unlessAborted } from './abortable.ts';
import type { DataDecryptor } from './decrypt.ts';
import { refuseMessage } from './message-head.ts';

export const decryptWithLibrary: DataDecryptor = async function* (message, sessionKey, signal) {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    reader = (await openText(message, sessionKey)).getReader();
    for (;;) {
      const { done, value } = await unlessAborted(reader.read(), signal);
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw refuseMessage(`openpgp.js says "${error instanceof Error ? error.message : String(error)}"`);
  } finally {
    // Fails once more with what was thrown before.
    await reader?.cancel().catch(() => undefined);
  }
};

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
