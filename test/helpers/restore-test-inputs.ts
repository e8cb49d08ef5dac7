// The inputs of a restore test of what the lab's server was dumped to, as a workflow would give them.
import { readFileSync } from 'node:fs';
import type { Lab } from '../lab/lab.ts';

export function restoreTestInputs(
  lab: Lab,
  changes: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { s3, keys } = lab;
  return {
    server: 'atlas',
    store: `s3://${s3.bucket}/${s3.prefix}`,
    'store-endpoint': s3.endpoint,
    'store-region': s3.region,
    'store-access-key-id': s3.reader.accessKeyId,
    'store-secret-access-key': s3.reader.secretAccessKey,
    identity: readFileSync(keys.recipients[0].secretKeyPath, 'utf8'),
    'trusted-signers': readFileSync(keys.signing.publicKeyPath, 'utf8'),
    'proof-signing-key': readFileSync(keys.proving.secretKeyPath, 'utf8'),
    'proof-signing-key-passphrase': keys.proving.passphrase,
    'proof-access-key-id': s3.prover.accessKeyId,
    'proof-secret-access-key': s3.prover.secretAccessKey,
    'trusted-provers': readFileSync(keys.proving.publicKeyPath, 'utf8'),
    ...changes,
  };
}
