// The secret keys that open backups. They stay in this process: in no file, no agent, no argument list.
import type { Key, PrivateKey, Subkey } from 'openpgp';
import { LifeboatError } from '../errors.ts';
import type { Identity } from '../ports/encryption.ts';
import { formatKeyId } from './key-text.ts';
import { nameSecretKey, readSecretKeys, unlockSecretKey } from './secret-keys.ts';

/** Keeps its keys where nothing that prints or serializes it can find them. */
export class OpenPgpIdentity implements Identity {
  readonly keyIds: readonly string[];
  readonly #keys: readonly PrivateKey[];

  constructor(keyIds: readonly string[], keys: readonly PrivateKey[]) {
    this.keyIds = keyIds;
    this.#keys = keys;
  }

  /** The keys, open; of some perhaps not all parts. */
  get keys(): PrivateKey[] {
    return [...this.#keys];
  }
}

/** See `Encryption.readIdentity`. */
export async function readIdentity(armored: string, passphrase: string | undefined): Promise<Identity> {
  const locked = await readSecretKeys(armored, 'identity', 'several');
  const keys = await Promise.all(locked.map((key) => unlockSecretKey(key, passphrase, 'identity')));
  const parts = await Promise.all(keys.map(findDecryptingParts));
  const keyIds = [...new Set(parts.flat().map((part) => formatKeyId(part.getKeyID())))];
  if (keyIds.length > 0) return new OpenPgpIdentity(keyIds, keys);
  const names = keys.map((key) => nameSecretKey(key, 'identity'));
  throw new LifeboatError(
    'input-invalid',
    `${names.join(', ')} cannot decrypt: no part of it is for encryption and has its secret in the text.`,
    {
      hint: 'Export the key that backups are encrypted to, or its subkey: `gpg --list-secret-keys` shows [E].',
    },
  );
}

/** Without a date: what expired or was revoked since still opens what was encrypted before. */
async function findDecryptingParts(key: PrivateKey): Promise<(Key | Subkey)[]> {
  try {
    // Not `undefined`, which means now.
    const parts = await key.getDecryptionKeys(undefined, null);
    return parts.filter(({ keyPacket }) => keyPacket.isDecrypted());
  } catch {
    return [];
  }
}
