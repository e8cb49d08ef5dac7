// The Encryption port on openpgp.js. The only folder that imports it.
import type { Encryption } from '../ports/encryption.ts';
import { encryptMessage } from './encrypt.ts';
import { checkMessageStart } from './message-start.ts';
import { readRecipients } from './recipients.ts';
import { readSigningKey } from './signing-key.ts';
import { readTrustedSigners, verifyDetached } from './verify-signature.ts';

export function createOpenPgpEncryption(): Encryption {
  return {
    readRecipients,
    readSigningKey,
    encrypt: encryptMessage,
    checkMessageStart,
    readTrustedSigners,
    verifyDetached,
  };
}
