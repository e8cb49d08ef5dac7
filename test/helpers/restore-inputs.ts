// The inputs of a restore of what the lab's server was dumped to, into a server of this machine, as a workflow would give them.
import { readFileSync } from 'node:fs';
import type { Lab } from '../lab/lab.ts';
import type { MariadbAddress } from '../lab/mariadb.ts';

export function restoreInputs(
  lab: Lab,
  into: MariadbAddress,
  changes: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { s3, keys } = lab;
  const inputs: Record<string, string> = {
    server: 'atlas',
    store: `s3://${s3.bucket}/${s3.prefix}`,
    'store-endpoint': s3.endpoint,
    'store-region': s3.region,
    'store-access-key-id': s3.reader.accessKeyId,
    'store-secret-access-key': s3.reader.secretAccessKey,
    identity: readFileSync(keys.recipients[0].secretKeyPath, 'utf8'),
    'trusted-signers': readFileSync(keys.signing.publicKeyPath, 'utf8'),
    'db-socket': into.socket,
    'db-user': into.adminUser,
    ...changes,
  };
  const name = inputs['into'] ?? (inputs['same-names'] === 'true' ? 'same names' : 'new names');
  return { confirm: `restore ${inputs['server'] ?? ''} into ${name}`, ...inputs };
}
