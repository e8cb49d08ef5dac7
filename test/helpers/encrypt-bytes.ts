// A whole message of bytes that are in memory anyway.
import type { Encryption, Recipient } from '../../src/ports/encryption.ts';
import { generateStream, readAll } from './bytes.ts';

export function encryptBytes(
  encryption: Pick<Encryption, 'encrypt'>,
  data: Uint8Array,
  recipients: readonly Recipient[],
): Promise<Buffer> {
  return readAll(encryption.encrypt(generateStream(data), recipients));
}
