// Encrypts on the runner, in the one format that every gpg reads.
import { randomBytes } from 'node:crypto';
import { ReadableStream } from 'node:stream/web';
import type { PublicKey } from 'openpgp';
import { createMessage, encrypt, readKey } from 'openpgp';
import type { Recipient } from '../ports/encryption.ts';
import { ENCRYPTING_CONFIG } from './openpgp-config.ts';

const AES_256_KEY_BYTES = 32;

/** See `Encryption.encrypt`. */
export async function* encryptMessage(
  data: AsyncIterable<Uint8Array>,
  recipients: readonly Recipient[],
): AsyncGenerator<Uint8Array, void, undefined> {
  if (recipients.length === 0) throw new RangeError('a message needs a recipient');
  yield* await encrypt({
    message: await createMessage({
      binary: ReadableStream.from<Uint8Array>(data),
      // Neither a name nor a date: they say something about the source and nothing to the reader.
      filename: '',
      date: new Date(0),
    }),
    encryptionKeys: await Promise.all(recipients.map(readPublicKey)),
    // With a session key of ours, and no AEAD algorithm beside it, openpgp.js writes version 1 packets. Left to itself it writes
    // version 2 as soon as all keys announce that they can read it, and no option stops that.
    sessionKey: { data: randomBytes(AES_256_KEY_BYTES), algorithm: 'aes256' },
    format: 'binary',
    config: ENCRYPTING_CONFIG,
  });
}

async function readPublicKey({ armored }: Recipient): Promise<PublicKey> {
  return (await readKey({ armoredKey: armored })).toPublic();
}
