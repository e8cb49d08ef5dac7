// Detached signatures by keys that the reader trusts.
import type { Key, Signature, SignaturePacket } from 'openpgp';
import { createMessage, enums, readKey, readSignature, verify } from 'openpgp';
import { LifeboatError } from '../errors.ts';
import type { TrustedSigner, VerifiedSignature } from '../ports/encryption.ts';
import { formatKeyId, formatUserId } from './key-text.ts';
import { readTransferableKeys } from './transferable-key.ts';

/** Clocks differ; by more than this a run is refused in the first place. */
const MAX_CLOCK_SKEW_MS = 10 * 60 * 1000;

/** See `Encryption.readTrustedSigners`. */
export async function readTrustedSigners(armored: string): Promise<TrustedSigner[]> {
  const { keys, problems } = readTransferableKeys(armored);
  const refuse = (reason: string): LifeboatError =>
    new LifeboatError('input-invalid', `The trusted signers ${reason}.`, {
      hint: 'It takes the public keys: `gpg --export --armor`.',
    });
  if (keys.some(({ isSecret }) => isSecret)) throw refuse('hold a secret key. Only public keys belong there');
  if (problems.length > 0) throw refuse(`cannot be read: ${problems.join('; ')}`);
  if (keys.length === 0) throw refuse('hold no public key');
  return Promise.all(
    keys.map(async ({ bytes }, index) => {
      const key = await tryReadKey(bytes);
      if (!key) throw refuse(`cannot be read: key ${index + 1} is damaged, or of a kind that is not known`);
      return {
        fingerprint: key.getFingerprint().toUpperCase(),
        userId: formatUserId(key.getUserIDs()[0]),
        armored: key.toPublic().armor(),
      };
    }),
  );
}

/** See `Encryption.verifyDetached`. */
export async function verifyDetached(
  data: Uint8Array,
  signature: Uint8Array,
  signers: readonly TrustedSigner[],
  now: Date,
): Promise<VerifiedSignature> {
  const { whole, packet } = await readOneSignature(signature);
  const keys = await Promise.all(signers.map(({ armored }) => readKey({ armoredKey: armored })));
  const signedBy = formatKeyId(packet.issuerKeyID);
  const signer = keys.find((key) => key.getKeyIDs().some((keyId) => keyId.equals(packet.issuerKeyID)));
  if (!signer) throw refusal(`it was made by ${signedBy}, which is not trusted`);
  const signedAt = packet.created;
  if (!signedAt || signedAt.getTime() - now.getTime() > MAX_CLOCK_SKEW_MS)
    throw refusal('it was made in the future');
  const { signatures } = await verify({
    message: await createMessage({ binary: data }),
    signature: whole,
    verificationKeys: signer.toPublic(),
    format: 'binary',
    // A key that expired since is no reason to doubt what it signed before: the library looks at the key as of the signature.
    // Without a date it does not mind self-signatures that are newer, as after every change of the expiry date.
    date: null,
    config: { allowInsecureVerificationWithReformattedKeys: true },
  });
  const isGood = await signatures[0]?.verified.catch(() => false);
  if (isGood !== true) {
    throw refusal(
      `it is not a good signature by ${signedBy} over these bytes, or the key was not valid when it was made`,
    );
  }
  return { fingerprint: signer.getFingerprint().toUpperCase(), signedAt };
}

async function readOneSignature(bytes: Uint8Array): Promise<{ whole: Signature; packet: SignaturePacket }> {
  const whole = await tryReadSignature(bytes);
  const [packet] = whole?.packets ?? [];
  if (!whole || !packet || whole.packets.length !== 1)
    throw refusal('it is not one OpenPGP signature in binary form');
  if (packet.signatureType !== enums.signature.binary) throw refusal('it is not a signature over bytes');
  return { whole, packet };
}

async function tryReadSignature(bytes: Uint8Array): Promise<Signature | undefined> {
  try {
    return await readSignature({ binarySignature: bytes });
  } catch {
    return undefined;
  }
}

async function tryReadKey(bytes: Uint8Array): Promise<Key | undefined> {
  try {
    return await readKey({ binaryKey: bytes });
  } catch {
    return undefined;
  }
}

function refusal(reason: string): LifeboatError {
  return new LifeboatError('signature-invalid', `The signature cannot be trusted: ${reason}.`);
}
