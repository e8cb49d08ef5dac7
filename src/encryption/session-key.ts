// The one secret of a message: the key that its data is encrypted with, opened with the identity.
import { decryptSessionKeys, readMessage } from 'openpgp';
import { LifeboatError } from '../errors.ts';
import type { OpenPgpIdentity } from './identity.ts';
import type { MessageHead } from './message-head.ts';
import { refuseMessage } from './message-head.ts';

/** The only cipher of the format (docs/format.md): AES with 256 bits. */
const CIPHER = 'aes256';

/** An encrypted packet (type 18, version 1) with nothing in it: the library takes session keys from whole messages only. */
const EMPTY_ENCRYPTED = Uint8Array.of(0xd2, 0x01, 0x01);

/** The AES-256 key of the message. Throws `identity-unfit`, `decryption-failed`. */
export async function openSessionKey(
  { sessionKeys }: MessageHead,
  identity: OpenPgpIdentity,
): Promise<Uint8Array> {
  const mine = sessionKeys.filter(({ keyId }) => identity.keyIds.includes(keyId));
  if (mine.length === 0) {
    throw new LifeboatError(
      'identity-unfit',
      `The backup is encrypted to ${sessionKeys.map(({ keyId }) => keyId).join(', ')}; identity opens ${identity.keyIds.join(', ')}.`,
      {
        hint: 'Give the secret key of one of the recipients. A new recipient can read only what was backed up after it was added.',
      },
    );
  }
  const opened = await tryOpen(
    mine.map(({ whole }) => whole),
    identity,
  );
  if (opened.length === 0)
    throw refuseMessage(
      `its session key for ${mine.map(({ keyId }) => keyId).join(', ')} is damaged, or the identity's secret part is`,
    );
  const fitting = opened.find(({ algorithm }) => algorithm === CIPHER);
  if (!fitting)
    throw refuseMessage(`its cipher is ${opened[0]?.algorithm ?? 'not known'}, not AES with 256 bits`);
  return fitting.data;
}

async function tryOpen(packets: readonly Uint8Array[], identity: OpenPgpIdentity) {
  try {
    const message = await readMessage({ binaryMessage: Buffer.concat([...packets, EMPTY_ENCRYPTED]) });
    return await decryptSessionKeys({ message, decryptionKeys: identity.keys });
  } catch {
    // Nothing of it is passed on: it is about a secret key.
    return [];
  }
}
