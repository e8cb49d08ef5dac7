// Where the text of an object becomes ciphertext: on the target, or here, out of what the target has compressed.
import { createHash } from 'node:crypto';
import type { Encryption, Recipient } from '../../ports/encryption.ts';
import type { DumpTask } from '../../ports/engine.ts';
import type { SealedResult, SealedStream } from '../../ports/remote.ts';
import { checkedMessage } from './checked-message.ts';
import type { Sealing } from './sealing.ts';

/** Programs that the target needs to seal objects. */
export const SEALING_TOOLS: Readonly<Record<Sealing['inputs']['encryptOn'], readonly string[]>> = {
  target: ['zstd', 'gpg'],
  runner: ['zstd', 'sha256sum'],
};

/** What of a backup says how its objects are sealed. */
interface HowToSeal extends Pick<Sealing, 'inputs' | 'session'> {
  readonly keys: { readonly recipients: readonly Recipient[] };
  readonly ports: { readonly encryption: Encryption };
}

/** Starts the task. What comes is ciphertext for exactly the recipients, wherever it was encrypted. */
export function sealObject(
  { inputs: { compression, encryptOn }, keys: { recipients }, ports, session }: HowToSeal,
  { task, explain }: DumpTask,
): SealedStream {
  const armored = encryptOn === 'target' ? recipients.map((recipient) => recipient.armored) : null;
  const sent = session.seal({ ...task, recipients: armored, compression }, explain);
  const sealed = encryptOn === 'target' ? sent : encryptHere(sent, recipients, ports.encryption);
  return { ...sealed, bytes: checkedMessage(sealed.bytes, recipients, ports.encryption) };
}

/** Ends well only when `compressed` did, of which every byte was compared with what the target sent. */
function encryptHere(
  compressed: SealedStream,
  recipients: readonly Recipient[],
  encryption: Encryption,
): SealedStream {
  const settled = Promise.withResolvers<SealedResult>();
  // Whoever reads the bytes sees the failure there; the promise must not become an unhandled rejection beside it.
  settled.promise.catch(() => undefined);
  async function* encrypted(): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    try {
      for await (const chunk of encryption.encrypt(compressed.bytes, recipients)) {
        hash.update(chunk);
        yield chunk;
      }
      settled.resolve({ ...(await compressed.result), sha256: hash.digest('hex') });
    } catch (error) {
      settled.reject(error);
      throw error;
    }
  }
  return { bytes: encrypted(), result: settled.promise };
}
