// A new key for a log-in: Ed25519, as OpenSSH writes it.
import ssh2 from 'ssh2';

export interface SshKeyPair {
  /** Without passphrase. */
  readonly privateKey: string;
  /** One line, as authorized_keys takes it. */
  readonly publicKey: string;
}

export function makeSshKey(comment: string): SshKeyPair {
  const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
  return { privateKey: pair.private, publicKey: pair.public };
}
