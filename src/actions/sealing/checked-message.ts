// Looks at the first bytes that are to be stored: ciphertext for exactly our recipients, or nothing is forwarded.
import { LifeboatError } from '../../errors.ts';
import type { Encryption, Recipient } from '../../ports/encryption.ts';

/** Session-key packets of a hundred recipients with 4096-bit keys fit; what is not decided by then is no message. */
const MAX_HEAD_BYTES = 64 * 1024;

/** Passes `ciphertext` on once its beginning has been checked. Throws `encryption-format`. */
export async function* checkedMessage(
  ciphertext: AsyncIterable<Uint8Array>,
  recipients: readonly Recipient[],
  encryption: Encryption,
): AsyncGenerator<Uint8Array> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of ciphertext) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (encryption.checkMessageStart(head, recipients) === true) {
      yield head;
      head = undefined;
    } else if (head.length > MAX_HEAD_BYTES) {
      break;
    }
  }
  if (head !== undefined) {
    throw new LifeboatError('encryption-format', 'what was to be stored is not a whole OpenPGP message', {
      hint: 'Nothing of this run counts.',
    });
  }
}
