import { createOpenPgpEncryption } from '../../src/encryption/openpgp-encryption.ts';
import { describeEncryption } from '../contracts/encryption-contract.ts';

describeEncryption('openpgp.js', createOpenPgpEncryption);
