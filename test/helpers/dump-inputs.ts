// The inputs of a dump of the lab's server into the lab's bucket, as a workflow would give them.
import { readFileSync } from 'node:fs';
import type { Lab } from '../lab/lab.ts';

export function dumpInputs(lab: Lab, changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { s3, ssh, mariadb, keys } = lab;
  return {
    server: 'atlas',
    'ssh-host': ssh.host,
    'ssh-port': String(ssh.port),
    'ssh-user': ssh.user,
    'ssh-key': readFileSync(ssh.privateKeyPath, 'utf8'),
    'ssh-known-hosts': ssh.knownHosts,
    store: `s3://${s3.bucket}/${s3.prefix}`,
    'store-endpoint': s3.endpoint,
    'store-region': s3.region,
    'store-access-key-id': s3.writer.accessKeyId,
    'store-secret-access-key': s3.writer.secretAccessKey,
    recipients: keys.recipients.map((key) => readFileSync(key.publicKeyPath, 'utf8')).join('\n'),
    'signing-key': readFileSync(keys.signing.secretKeyPath, 'utf8'),
    'signing-key-passphrase': keys.signing.passphrase,
    'db-user': mariadb.dumpUser,
    'db-password': mariadb.dumpPassword,
    'db-socket': mariadb.socket,
    ...changes,
  };
}
