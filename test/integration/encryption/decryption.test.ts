import { createOpenPgpEncryption } from '../../../src/encryption/openpgp-encryption.ts';
import { describeDecryption } from '../../contracts/decryption-contract.ts';

describeDecryption('gpg', () => createOpenPgpEncryption({ decryptor: 'gpg' }));
describeDecryption('openpgp.js', () => createOpenPgpEncryption({ decryptor: 'openpgp.js' }));
