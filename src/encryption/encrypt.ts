// Encrypts on the runner, in the one format that every gpg reads.
import { randomBytes } from 'node:crypto';
import type { PublicKey } from 'openpgp';
import { encryptSessionKey, readKey } from 'openpgp';
import type { Recipient } from '../ports/encryption.ts';
import { encryptData } from './encrypted-data.ts';
import { ENCRYPTING_CONFIG } from './openpgp-config.ts';

const AES_256_KEY_BYTES = 32;

/** See `Encryption.encrypt`. */
export async function* encryptMessage(
  data: AsyncIterable<Uint8Array>,
  recipients: readonly Recipient[],
): AsyncGenerator<Uint8Array, void, undefined> {
  if (recipients.length === 0) throw new RangeError('a message needs a recipient');
  const sessionKey = randomBytes(AES_256_KEY_BYTES);
  // Without an AEAD algorithm openpgp.js writes version 3 packets, whatever the keys announce.
  yield await encryptSessionKey({
    data: sessionKey,
    algorithm: 'aes256',
    encryptionKeys: await Promise.all(recipients.map(readPublicKey)),
    format: 'binary',
    config: ENCRYPTING_CONFIG,
  });
  yield* encryptData(data, sessionKey);
}

async function readPublicKey({ armored }: Recipient): Promise<PublicKey> {
  return (await readKey({ armoredKey: armored })).toPublic();
}
