// Decrypts a message: opens its session key here, and leaves the data to what this machine does best.
import type { Identity } from '../ports/encryption.ts';
import { Ciphertext } from './ciphertext.ts';
import { OpenPgpIdentity } from './identity.ts';
import { refuseMessage } from './message-head.ts';
import { openSessionKey } from './session-key.ts';

/**
 * Decrypts a whole message with its AES-256 key, in bounded memory. Ends only when its modification detection code was right; throws
 * `decryption-failed`. Reads to the end; ends whatever it started when its consumer stops or the signal fires.
 */
export type DataDecryptor = (
  message: AsyncIterable<Uint8Array>,
  sessionKey: Uint8Array,
  signal: AbortSignal,
) => AsyncIterable<Uint8Array>;

/** See `Encryption.decrypt`. */
export async function* decryptMessage(
  source: AsyncIterable<Uint8Array>,
  identity: Identity,
  signal: AbortSignal,
  chooseDecryptor: () => Promise<DataDecryptor>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!(identity instanceof OpenPgpIdentity))
    throw new TypeError('an identity that readIdentity did not give');
  signal.throwIfAborted();
  const ciphertext = new Ciphertext(source, signal);
  try {
    const sessionKey = await openSessionKey(await ciphertext.readHead(), identity);
    const decryptData = await chooseDecryptor();
    for await (const chunk of decryptData(ciphertext.read(), sessionKey, signal)) {
      signal.throwIfAborted();
      yield chunk;
    }
    if (!ciphertext.isWhole) throw refuseMessage('it was not read to its end');
  } catch (error) {
    signal.throwIfAborted();
    ciphertext.throwFailure();
    throw error;
  } finally {
    await ciphertext.close();
  }
}
