// Which subkey of a key is encrypted to. gpg takes the newest valid one that may encrypt, the first of several equally new ones
// (finish_lookup in g10/getkey.c), and the primary key only where there is none; openpgp.js orders equally new ones otherwise.
import type { AlgorithmInfo, Key, SignaturePacket, Subkey } from 'openpgp';
import { enums } from 'openpgp';
import { formatAlgorithm, formatDay, formatKeyId } from './key-text.ts';

/** Every gpg can decrypt under these (RFC 4880 and RFC 6637). */
const ENCRYPTION_ALGORITHMS: ReadonlySet<number> = new Set([
  enums.publicKey.rsaEncryptSign,
  enums.publicKey.elgamal,
  enums.publicKey.ecdh,
]);

/** openpgp.js can do no more in Node: for Brainpool and secp256k1 it asks for a package that does not come with it. */
const CURVES: ReadonlySet<string> = new Set([
  ...['curve25519Legacy', 'ed25519Legacy', 'nistP256', 'nistP384', 'nistP521'],
]);

/** NIST SP 800-131A: shorter RSA keys, and finite fields, are not allowed any more. */
const MIN_KEY_BITS = 2048;

const MAY_ENCRYPT = enums.keyFlags.encryptCommunication | enums.keyFlags.encryptStorage;

export interface EncryptionKey {
  /** `undefined`: the primary key itself. */
  readonly subkey: Subkey | undefined;
  readonly keyId: string;
  readonly expiresAt: Date | undefined;
}

/** The key that gpg encrypts to, or why there is none, as the rest of a sentence that begins with the key. */
export async function chooseEncryptionKey(
  key: Key,
  now: Date,
): Promise<EncryptionKey | { readonly reason: string }> {
  const verdicts = await Promise.all(key.subkeys.map((subkey) => judgeSubkey(subkey, now)));
  const usable = verdicts.filter((verdict) => typeof verdict === 'object');
  const newest = usable.reduce<JudgedSubkey | undefined>(
    (best, each) => (best && best.subkey.getCreationTime() >= each.subkey.getCreationTime() ? best : each),
    undefined,
  );
  if (newest) return newest;
  if (await mayPrimaryEncrypt(key, now)) {
    return { subkey: undefined, keyId: formatKeyId(key.getKeyID()), expiresAt: undefined };
  }
  const reasons = verdicts.filter((verdict) => typeof verdict === 'string');
  return {
    reason:
      reasons.length === 0 ? 'has no subkey for encryption' : `cannot be encrypted to: ${reasons.join(', ')}`,
  };
}

interface JudgedSubkey extends EncryptionKey {
  readonly subkey: Subkey;
}

/** Usable, or what is wrong with it; `undefined` when it is not there for encryption at all. */
async function judgeSubkey(subkey: Subkey, now: Date): Promise<JudgedSubkey | string | undefined> {
  const keyId = formatKeyId(subkey.getKeyID());
  const name = `its subkey ${keyId}`;
  const created = subkey.getCreationTime();
  if (created > now) return `${name} was made in the future, on ${formatDay(created)}`;
  const expires = await subkey.getExpirationTime(now);
  if (expires === null) return `${name} has no valid signature of the primary key`;
  const expiresAt = expires instanceof Date ? expires : undefined;
  const binding = await verifySubkey(subkey, now);
  if (!binding) {
    return expiresAt !== undefined && expiresAt <= now
      ? `${name} expired on ${formatDay(expiresAt)}`
      : `${name} is revoked`;
  }
  if (!mayEncrypt(binding)) return undefined;
  const weakness = describeWeakness(subkey.keyPacket.algorithm, subkey.getAlgorithmInfo());
  return weakness === undefined ? { subkey, keyId, expiresAt } : `${name} ${weakness}`;
}

async function verifySubkey(subkey: Subkey, now: Date): Promise<SignaturePacket | undefined> {
  try {
    return await subkey.verify(now);
  } catch {
    return undefined;
  }
}

/** Its length was looked at with the key as a whole. */
async function mayPrimaryEncrypt(key: Key, now: Date): Promise<boolean> {
  const { selfCertification } = await key.getPrimaryUser(now);
  return mayEncrypt(selfCertification) && ENCRYPTION_ALGORITHMS.has(key.keyPacket.algorithm);
}

function mayEncrypt(signature: SignaturePacket): boolean {
  return ((signature.keyFlags?.[0] ?? 0) & MAY_ENCRYPT) !== 0;
}

function describeWeakness(algorithm: number, { bits, curve }: AlgorithmInfo): string | undefined {
  if (!ENCRYPTION_ALGORITHMS.has(algorithm))
    return `is of the kind ${formatAlgorithm(algorithm)}, which gpg cannot decrypt`;
  return describeCurve(curve) ?? describeLength(bits);
}

export function describeCurve(curve: string | undefined): string | undefined {
  const isKnown = curve === undefined || CURVES.has(curve);
  return isKnown ? undefined : `uses the curve ${curve}, which Lifeboat does not know`;
}

export function describeLength(bits: number | undefined): string | undefined {
  const isLongEnough = bits === undefined || bits >= MIN_KEY_BITS;
  return isLongEnough ? undefined : `has ${bits} bits, fewer than ${MIN_KEY_BITS}`;
}
