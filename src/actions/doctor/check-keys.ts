// The keys of a backup job, alone and beside each other: each must do its own work and no other's.
import type { LifeboatError } from '../../errors.ts';
import type { Identity, Recipient, SigningKey, TrustedSigner } from '../../ports/encryption.ts';
import type { Diagnosis } from './diagnosis.ts';

const OWN_KEY =
  'Make a key for this alone (docs/keys.md), replace the secret, and keep the old one only to verify what it signed.';

/** What came of reading one input. */
export type Reading<T> = { readonly value: T } | { readonly error: LifeboatError };

export interface DoctorKeys {
  readonly recipients: Reading<readonly Recipient[]>;
  readonly signingKey: Reading<SigningKey | undefined>;
  readonly trustedSigners: Reading<readonly TrustedSigner[] | undefined>;
  readonly trustedProvers: Reading<readonly TrustedSigner[] | undefined>;
  /** Both for restore tests alone. */
  readonly identity: Reading<Identity | undefined>;
  readonly proofSigningKey: Reading<SigningKey | undefined>;
  /** What is not wrong with them yet: sentences. */
  readonly warnings: readonly string[];
}

/** Returns the recipients, where they can be used. */
export function checkKeys(
  keys: DoctorKeys,
  identityFingerprint: string | undefined,
  diagnosis: Diagnosis,
): readonly Recipient[] | undefined {
  const take = <T>(reading: Reading<T>, good?: string): T | undefined => {
    if ('error' in reading) {
      diagnosis.fail('Keys', reading.error);
      return undefined;
    }
    if (reading.value !== undefined && good !== undefined) diagnosis.good.push({ area: 'Keys', what: good });
    return reading.value;
  };
  const recipients = take(keys.recipients, 'stock gpg can encrypt to every recipient, and decrypt');
  const signingKey = take(keys.signingKey, 'the signing key can sign');
  const signers = take(keys.trustedSigners);
  const provers = take(keys.trustedProvers);
  for (const warning of keys.warnings) diagnosis.warn('Keys', warning);
  if ('value' in keys.signingKey && signingKey === undefined) {
    diagnosis.warn(
      'Keys',
      'no `signing-key` is given: whoever can write to the store can forge a backup',
      'Make one (docs/keys.md, The signing key), and give it to the backup job.',
    );
  }
  const isIn = (list: readonly { readonly fingerprint: string }[] | undefined) =>
    signingKey !== undefined && list?.some(({ fingerprint }) => fingerprint === signingKey.fingerprint);
  if (isIn(recipients)) {
    diagnosis.fault(
      'Keys',
      'the signing key is a recipient as well: its secret half lies in the backup job, which could read every backup with it',
      OWN_KEY,
    );
  }
  if (isIn(provers)) {
    diagnosis.fault(
      'Keys',
      'the signing key is in `trusted-provers` as well: who makes backups could say that they were tested',
      OWN_KEY,
    );
  }
  if (signingKey !== undefined && signers !== undefined && !isIn(signers)) {
    diagnosis.fault(
      'Keys',
      '`trusted-signers` does not hold the signing key: those who restore would refuse these backups',
      'Export its public half (gpg --armor --export), and add it to `trusted-signers`.',
    );
  }
  const wanted = identityFingerprint?.replaceAll(' ', '').toUpperCase();
  if (wanted === undefined || recipients === undefined) return recipients;
  if (recipients.some(({ fingerprint }) => fingerprint === wanted)) {
    diagnosis.good.push({ area: 'Keys', what: 'restore tests can decrypt' });
  } else {
    diagnosis.fault(
      'Keys',
      `no recipient has the fingerprint ${wanted}: restore tests could not decrypt`,
      'Add the public half of the identity to `recipients` (docs/keys.md, The identity); backups are encrypted to it from then on.',
    );
  }
  return recipients;
}
