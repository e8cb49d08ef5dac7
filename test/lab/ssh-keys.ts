// SSH key pairs, made by ssh-keygen in its own format.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './command.ts';

export interface SshKeyOptions {
  readonly type?: 'ed25519' | 'rsa' | 'ecdsa';
  readonly passphrase?: string;
}

/** Writes `file` (mode 0600) and `file`.pub; returns the public key as `type base64`. */
export async function createSshKey(file: string, options: SshKeyOptions = {}): Promise<string> {
  const { type = 'ed25519', passphrase = '' } = options;
  // The usual 3072 bits take three times as long, and every server of the lab has such a key.
  const size = type === 'rsa' ? ['-b', '2048'] : [];
  await runCommand('ssh-keygen', ['-q', '-t', type, ...size, '-N', passphrase, '-C', 'lab', '-f', file]);
  const publicKey = await readFile(`${file}.pub`, 'utf8');
  return publicKey.trim().split(' ').slice(0, 2).join(' ');
}

/** Writes host_ed25519 and host_rsa for an sshd on the loopback interface; returns their known_hosts lines. */
export async function createHostKeys(directory: string, port: number): Promise<string> {
  const keys = [
    await createSshKey(path.join(directory, 'host_ed25519'), { type: 'ed25519' }),
    await createSshKey(path.join(directory, 'host_rsa'), { type: 'rsa' }),
  ];
  return keys.map((key) => `[127.0.0.1]:${port} ${key}\n`).join('');
}
