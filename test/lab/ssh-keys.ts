// SSH key pairs, made by ssh-keygen in its own format.
import { readFile } from 'node:fs/promises';
import { runCommand } from './command.ts';

export interface SshKeyOptions {
  readonly type?: 'ed25519' | 'rsa' | 'ecdsa';
  readonly passphrase?: string;
}

/** Writes `path` (mode 0600) and `path`.pub; returns the public key as `type base64`. */
export async function createSshKey(path: string, options: SshKeyOptions = {}): Promise<string> {
  const { type = 'ed25519', passphrase = '' } = options;
  await runCommand('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'lab', '-f', path]);
  const publicKey = await readFile(`${path}.pub`, 'utf8');
  return publicKey.trim().split(' ').slice(0, 2).join(' ');
}
