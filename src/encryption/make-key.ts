// New OpenPGP keys, of the kind that stock gpg makes by default and every gpg from 2.2 on reads.
import { generateKey } from 'openpgp';
import type { KeyToMake, MadeKey } from '../ports/encryption.ts';

const DAY_S = 86_400;
const YEAR_DAYS = 365;

export async function makeKey({ name, use, years, passphrase }: KeyToMake): Promise<MadeKey> {
  const { privateKey } = await generateKey({
    type: 'ecc',
    curve: 'curve25519Legacy',
    userIDs: { name },
    keyExpirationTime: years * YEAR_DAYS * DAY_S,
    ...(passphrase === undefined ? {} : { passphrase }),
    // A key that only signs cannot be encrypted to by mistake.
    ...(use === 'sign' ? { subkeys: [] } : {}),
    format: 'object',
  });
  return {
    fingerprint: privateKey.getFingerprint().toUpperCase(),
    secretKey: privateKey.armor(),
    publicKey: privateKey.toPublic().armor(),
  };
}
