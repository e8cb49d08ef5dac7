// The secret key that signs manifests. Nothing that the library says about a secret key is passed on: it quotes what it read.
import type { Key, KeyID, PrivateKey, Subkey } from 'openpgp';
import { createMessage, decryptKey, enums, readPrivateKey, sign } from 'openpgp';
import { LifeboatError } from '../errors.ts';
import type { SigningKey } from '../ports/encryption.ts';
import { formatAlgorithm, formatDay, formatKeyId, formatUserId } from './key-text.ts';
import { SIGNING_CONFIG } from './openpgp-config.ts';
import { MIN_REMAINING_LIFE_MS } from './recipients.ts';
import { readTransferableKeys } from './transferable-key.ts';

const KEY_VERSION = 4;

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
): Promise<SigningKey> {
  const locked = await readOneSecretKey(armored);
  const name = `signing-key ${formatKeyId(locked.getKeyID())} (${formatUserId(locked.getUserIDs()[0])})`;
  const key = await unlock(locked, passphrase, name);
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

async function readOneSecretKey(armored: string): Promise<PrivateKey> {
  const { keys, problems } = readTransferableKeys(armored);
  const hint =
    'It takes one key, made with `gpg --export-secret-keys --armor`, or `--export-secret-subkeys`, with its line breaks.';
  const refuse = (reason: string): LifeboatError =>
    new LifeboatError('input-invalid', `signing-key ${reason}.`, { hint });
  if (problems.length > 0) throw refuse(`cannot be read: ${problems.join('; ')}`);
  const [only] = keys;
  if (only === undefined || keys.length > 1) throw refuse(`holds ${keys.length} keys, not one`);
  if (!only.isSecret) throw refuse('holds a public key only');
  if (only.version !== KEY_VERSION)
    throw refuse(`has version ${only.version}, whose signatures gpg 2.2 and 2.4 cannot check`);
  try {
    return await readPrivateKey({ binaryKey: only.bytes });
  } catch {
    throw refuse('cannot be read: it is damaged');
  }
}

async function unlock(key: PrivateKey, passphrase: string | undefined, name: string): Promise<PrivateKey> {
  if (key.isDecrypted()) return key;
  if (passphrase === undefined || passphrase === '') {
    throw new LifeboatError(
      'input-invalid',
      `${name} is protected by a passphrase, and signing-key-passphrase is empty.`,
      {
        hint: 'A secret that is not set, and any secret in a run for a fork, is empty.',
      },
    );
  }
  try {
    return await decryptKey({ privateKey: key, passphrase });
  } catch {
    throw new LifeboatError('input-invalid', `signing-key-passphrase does not open ${name}.`, {
      hint: 'It is the passphrase that gpg asks for when it exports this key; set both secrets again.',
    });
  }
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
