// Throw-away OpenPGP keys: two recipients of different kinds, a key that signs manifests, and a stranger's.
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generateKey, type KeyOptions } from 'openpgp';

/** Plain data; the files are ASCII-armored. */
export interface PgpKey {
  readonly publicKeyPath: string;
  readonly secretKeyPath: string;
  /** Empty for a key that is not protected. */
  readonly passphrase: string;
  /** Of the primary key, 40 hex digits, lower case. */
  readonly fingerprint: string;
}

export interface PgpKeys {
  /** Both decrypt every object: Curve25519 in the form that every GnuPG since 2.1 reads, and RSA. */
  readonly recipients: readonly [PgpKey, PgpKey];
  /** Signs manifests; protected by a passphrase. */
  readonly signing: PgpKey;
  /** Signs proofs; protected by a passphrase. */
  readonly proving: PgpKey;
  /** Nobody trusts it. */
  readonly stranger: PgpKey;
}

const CURVE25519 = { type: 'ecc', curve: 'curve25519Legacy' } as const;
/** 65,536 bytes are hashed for a passphrase, where the default takes 16 million: thousands of runs unlock these keys. */
const QUICK = { s2kIterationCountByte: 0x60 };
const RSA = { type: 'rsa', rsaBits: 3072 } as const;

/** Writes `<name>.pub.asc` and `<name>.sec.asc` for every key into a new directory. */
export async function createPgpKeys(directory: string): Promise<PgpKeys> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // What one lab hides is nobody's secret in another one beside it.
  const own = `passphrase ${randomBytes(8).toString('hex')}`;
  return {
    recipients: [
      await createPgpKey(directory, 'operations', CURVE25519),
      await createPgpKey(directory, 'offline', RSA),
    ],
    signing: await createPgpKey(directory, 'signing', {
      ...CURVE25519,
      passphrase: `lab signing ${own}`,
    }),
    proving: await createPgpKey(directory, 'proving', {
      ...CURVE25519,
      passphrase: `lab proving ${own}`,
    }),
    stranger: await createPgpKey(directory, 'stranger', CURVE25519),
  };
}

/** Makes one key and writes it down. Any option of openpgp's `generateKey` may be given, e.g. a date in the past. */
export async function createPgpKey(
  directory: string,
  name: string,
  options: Omit<KeyOptions, 'userIDs' | 'format'>,
): Promise<PgpKey> {
  const userIDs = { name: `Lab ${name}`, email: `${name}@lab.example` };
  const { privateKey } = await generateKey({ ...options, userIDs, format: 'object', config: QUICK });
  const publicKeyPath = path.join(directory, `${name}.pub.asc`);
  const secretKeyPath = path.join(directory, `${name}.sec.asc`);
  await writeFile(publicKeyPath, privateKey.toPublic().armor());
  await writeFile(secretKeyPath, privateKey.armor(), { mode: 0o600 });
  const { passphrase = '' } = options;
  return { publicKeyPath, secretKeyPath, passphrase, fingerprint: privateKey.getFingerprint() };
}
