// The secret key that signs manifests and proofs.
import type { Key, KeyID, PrivateKey, Subkey } from 'openpgp';
import { createMessage, enums, sign } from 'openpgp';
import { LifeboatError } from '../errors.ts';
import type { SigningKey } from '../ports/encryption.ts';
import { formatAlgorithm, formatDay, formatKeyId } from './key-text.ts';
import { SIGNING_CONFIG } from './openpgp-config.ts';
import { MIN_REMAINING_LIFE_MS } from './recipients.ts';
import { nameSecretKey, readSecretKeys, unlockSecretKey } from './secret-keys.ts';

/** Signatures by these gpg 2.2 can check; DSA is left out for its short hashes. */
const SIGNING_ALGORITHMS: ReadonlySet<number> = new Set([
  enums.publicKey.rsaEncryptSign,
  enums.publicKey.rsaSign,
  enums.publicKey.ecdsa,
  enums.publicKey.eddsaLegacy,
]);

/** See `Encryption.readSigningKey`. */
export async function readSigningKey(
  armored: string,
  passphrase: string | undefined,
  now: Date,
  input: 'signing-key' | 'proof-signing-key' = 'signing-key',
): Promise<SigningKey> {
  const [locked] = await readSecretKeys(armored, input, 'one');
  if (!locked) throw new RangeError('one key was asked for');
  const name = nameSecretKey(locked, input);
  const key = await unlockSecretKey(locked, passphrase, input);
  const { keyId, expiresAt } = await chooseSigner(key, now, name);
  const fingerprint = key.getFingerprint().toUpperCase();
  return {
    fingerprint,
    expiresAt,
    async sign(data, signedAt = new Date()) {
      try {
        return await sign({
          message: await createMessage({ binary: data }),
          signingKeys: key,
          signingKeyIDs: keyId,
          detached: true,
          date: signedAt,
          format: 'binary',
          config: SIGNING_CONFIG,
        });
      } catch {
        throw new LifeboatError('input-invalid', `${name} could not sign as of ${signedAt.toISOString()}.`, {
          hint: 'The key has to be valid at that time. Check it with `gpg --list-keys`.',
        });
      }
    },
  };
}

interface Signer {
  readonly keyId: KeyID;
  readonly expiresAt: Date | undefined;
}

/** The newest part of the key that may sign, has its secret here, and makes signatures that gpg can check. */
async function chooseSigner(key: PrivateKey, now: Date, name: string): Promise<Signer> {
  const reasons: string[] = [];
  let best: { readonly part: Key | Subkey; readonly expiresAt: Date | undefined } | undefined;
  for (const part of key.getKeys()) {
    const judged = await judgeSigner(key, part, now);
    if (typeof judged === 'string') reasons.push(judged);
    else if (judged && (!best || part.getCreationTime() > best.part.getCreationTime()))
      best = { part, ...judged };
  }
  if (best) return { keyId: best.part.getKeyID(), expiresAt: best.expiresAt };
  const detail =
    reasons.length === 0 ? 'no part of it is for signing and has its secret in the text' : reasons.join(', ');
  throw new LifeboatError('input-invalid', `${name} cannot sign: ${detail}.`);
}

/** `undefined` for what is not there for signing at all. */
async function judgeSigner(
  key: PrivateKey,
  part: Key | Subkey,
  now: Date,
): Promise<{ readonly expiresAt: Date | undefined } | string | undefined> {
  const { algorithm } = part.keyPacket;
  const id = formatKeyId(part.getKeyID());
  if (!part.keyPacket.isDecrypted()) return undefined;
  const expiresAt = await expiryOf(key, part);
  if (expiresAt !== undefined && expiresAt.getTime() - now.getTime() <= MIN_REMAINING_LIFE_MS) {
    return `${id} ${expiresAt > now ? 'expires' : 'expired'} on ${formatDay(expiresAt)}`;
  }
  try {
    await key.getSigningKey(part.getKeyID(), now);
  } catch {
    return `${id} is revoked, too weak, not valid yet, or not for signing`;
  }
  if (!SIGNING_ALGORITHMS.has(algorithm))
    return `${id} is of the kind ${formatAlgorithm(algorithm)}, which gpg 2.2 cannot check`;
  return { expiresAt };
}

/** Of the part or of the whole key, whichever comes first. */
async function expiryOf(key: PrivateKey, part: Key | Subkey): Promise<Date | undefined> {
  const ends = [await key.getExpirationTime(), await part.getExpirationTime()];
  const dates = ends.filter((end) => end instanceof Date);
  return dates.length === 0 ? undefined : new Date(Math.min(...dates.map((date) => date.getTime())));
}
