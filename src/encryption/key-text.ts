// How keys are named in messages. Nothing here may come from a secret part of a key.
import { enums } from 'openpgp';

/** For messages and for comparing with what gpg prints: 16 upper-case hex digits. */
export function formatKeyId(keyId: { toHex(): string }): string {
  return keyId.toHex().toUpperCase();
}

/** Long enough for a name and an address. */
const MAX_USER_ID_LENGTH = 120;

/** A user id for people: on one line, not too long. Anybody can write anything into their key. */
export function formatUserId(userId: string | undefined): string {
  const clean = (userId ?? '').replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim();
  if (clean === '') return 'no user id';
  return clean.length <= MAX_USER_ID_LENGTH ? clean : `${clean.slice(0, MAX_USER_ID_LENGTH)}…`;
}

/** `X25519 (25)`; OpenPGP's names as people know them. */
export function formatAlgorithm(algorithm: number): string {
  return `${ALGORITHM_NAMES[algorithm] ?? 'algorithm'} (${algorithm})`;
}

const ALGORITHM_NAMES: Readonly<Record<number, string>> = {
  [enums.publicKey.rsaEncryptSign]: 'RSA',
  [enums.publicKey.rsaEncrypt]: 'RSA for encryption only',
  [enums.publicKey.rsaSign]: 'RSA for signing only',
  [enums.publicKey.elgamal]: 'ElGamal',
  [enums.publicKey.dsa]: 'DSA',
  [enums.publicKey.ecdh]: 'ECDH',
  [enums.publicKey.ecdsa]: 'ECDSA',
  [enums.publicKey.eddsaLegacy]: 'EdDSA',
  [enums.publicKey.x25519]: 'X25519',
  [enums.publicKey.x448]: 'X448',
  [enums.publicKey.ed25519]: 'Ed25519',
  [enums.publicKey.ed448]: 'Ed448',
};

/** `2026-11-20` (UTC). */
export function formatDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}
