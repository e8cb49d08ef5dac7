// The Encryption port on openpgp.js, and on gpg for large data. The only folder that imports it.
import type { Encryption } from '../ports/encryption.ts';
import type { DataDecryptor } from './decrypt.ts';
import { decryptMessage } from './decrypt.ts';
import { encryptMessage } from './encrypt.ts';
import { createGpgDecryptor } from './gpg-decryptor.ts';
import { hasUsefulGpg, USUAL_PATH } from './gpg-program.ts';
import { readIdentity } from './identity.ts';
import { decryptWithLibrary } from './library-decryptor.ts';
import { readMessageHead } from './message-head.ts';
import { checkMessageStart } from './message-start.ts';
import { readRecipients } from './recipients.ts';
import { readSigningKey } from './signing-key.ts';
import { readTrustedSigners, verifyDetached } from './verify-signature.ts';

export interface OpenPgpOptions {
  /** Where a gpg is looked for, in the form of `PATH`. */
  readonly path?: string;
  /** What decrypts data; `gpg` is used where it is of use unless this says something else. */
  readonly decryptor?: 'gpg' | 'openpgp.js';
}

export function createOpenPgpEncryption({ path = USUAL_PATH, decryptor }: OpenPgpOptions = {}): Encryption {
  let chosen: Promise<DataDecryptor> | undefined;
  const choose = async (): Promise<DataDecryptor> => {
    const isGpg = decryptor === undefined ? await hasUsefulGpg(path) : decryptor === 'gpg';
    return isGpg ? createGpgDecryptor(path) : decryptWithLibrary;
  };
  return {
    readRecipients,
    readSigningKey,
    encrypt: encryptMessage,
    checkMessageStart,
    readMessageRecipients: (head) => readMessageHead(head)?.sessionKeys.map(({ keyId }) => keyId),
    readTrustedSigners,
    verifyDetached,
    readIdentity,
    decrypt: (ciphertext, identity, signal) =>
      decryptMessage(ciphertext, identity, signal, () => (chosen ??= choose())),
  };
}
