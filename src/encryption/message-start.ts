// The gate that every message passes before its first byte is stored: is it encrypted to exactly our recipients, in the format
// that stock gpg of any version reads, with protection against changes? Works on the first bytes alone.
import { LifeboatError } from '../errors.ts';
import type { Recipient } from '../ports/encryption.ts';
import type { PacketHeader } from './packets.ts';
import { readPacketHeader, TAG } from './packets.ts';

export const SESSION_KEY_VERSION = 3;
export const ENCRYPTED_VERSION = 1;
const KEY_ID_BYTES = 8;
/** Version, key id, algorithm. */
export const SESSION_KEY_START = 1 + KEY_ID_BYTES + 1;
export const HIDDEN_KEY_ID = '0'.repeat(2 * KEY_ID_BYTES);
/** RSA, ElGamal, ECDH: what gpg 2.2 can decrypt with (RFC 9580, section 9.1). */
const SESSION_KEY_ALGORITHMS = new Set([1, 16, 18]);
/** The session key under RSA of 16,384 bits, the longest that gpg makes, and its header. */
export const MAX_SESSION_KEY_BYTES = SESSION_KEY_START + 2 + 2048;

/** Version, the random prefix of AES and the packet with the SHA-1 at the end (RFC 9580, section 5.13.1). */
const MIN_ENCRYPTED_BYTES = 1 + 18 + 22;

/** What stands where the encrypted data should, in words. */
const FOREIGN_PACKETS: Readonly<Record<number, string>> = {
  [TAG.symmetricSessionKey]: 'it can be decrypted with a passphrase',
  [TAG.onePassSignature]: 'it is signed, not encrypted',
  [TAG.compressed]: 'it is compressed, not encrypted',
  [TAG.encryptedWithoutIntegrity]: 'its encryption has no protection against changes (packet type 9)',
  [TAG.literal]: 'it is not encrypted at all',
  [TAG.encryptedOcb]: 'it is in the OCB format (packet type 20) that only newer versions of gpg read',
};

/** See `Encryption.checkMessageStart`. */
export function checkMessageStart(head: Uint8Array, recipients: readonly Recipient[]): true | undefined {
  const missing = new Map(recipients.map((recipient) => [recipient.encryptionKeyId, recipient.userId]));
  let offset = 0;
  for (;;) {
    const header = readPacketHeader(head, offset);
    if (header === 'incomplete') return undefined;
    if (header === 'malformed') throw refusal('it is no OpenPGP message');
    const body = offset + header.headerBytes;
    if (header.tag !== TAG.sessionKey) return checkEncrypted(header, head[body], missing);
    if (header.bodyBytes === undefined || header.bodyBytes > MAX_SESSION_KEY_BYTES) {
      throw refusal('a session-key packet has no length, or too large a one');
    }
    if (header.bodyBytes < SESSION_KEY_START) throw refusal('a session-key packet is cut short');
    if (head[body] !== undefined && head[body] !== SESSION_KEY_VERSION) {
      throw refusal(`a session-key packet has version ${head[body]}, which gpg cannot read`);
    }
    if (head.length < body + SESSION_KEY_START) return undefined;
    checkSessionKey(head.subarray(body, body + SESSION_KEY_START), missing);
    offset = body + header.bodyBytes;
  }
}

/** The key that a session-key packet is for; `body` is at least its first `SESSION_KEY_START` bytes. */
export function readKeyId(body: Uint8Array): string {
  return Buffer.from(body.subarray(1, 1 + KEY_ID_BYTES))
    .toString('hex')
    .toUpperCase();
}

/** What it means that a packet of this type stands where the encrypted data should. */
export function describeForeignPacket(tag: number): string {
  return FOREIGN_PACKETS[tag] ?? `a packet of type ${tag} stands where the encrypted data should`;
}

function checkSessionKey(start: Uint8Array, missing: Map<string, string>): void {
  const keyId = readKeyId(start);
  if (keyId === HIDDEN_KEY_ID) throw refusal('it hides for whom it is encrypted');
  if (!missing.delete(keyId))
    throw refusal(`it is encrypted to the key ${keyId}, once more than was asked for`);
  const algorithm = start[SESSION_KEY_START - 1];
  if (algorithm === undefined || !SESSION_KEY_ALGORITHMS.has(algorithm)) {
    throw refusal(
      `the session key for ${keyId} is under algorithm ${algorithm ?? '?'}, which gpg cannot decrypt`,
    );
  }
}

function checkEncrypted(
  { tag, bodyBytes }: PacketHeader,
  version: number | undefined,
  missing: ReadonlyMap<string, string>,
): true | undefined {
  if (tag !== TAG.encrypted) {
    throw refusal(describeForeignPacket(tag));
  }
  if (missing.size > 0) {
    const names = [...missing].map(([keyId, userId]) => `${keyId} (${userId})`);
    throw refusal(`it is not encrypted to ${names.join(', ')}`);
  }
  if (bodyBytes !== undefined && bodyBytes < MIN_ENCRYPTED_BYTES)
    throw refusal('its encrypted data is cut short');
  if (version === undefined) return undefined;
  if (version !== ENCRYPTED_VERSION) {
    throw refusal(`its encrypted data has version ${version}, which gpg 2.2 and 2.4 cannot read`);
  }
  return true;
}

function refusal(reason: string): LifeboatError {
  return new LifeboatError('encryption-format', `The message cannot be stored: ${reason}.`, {
    hint: 'Where the target encrypts, check which gpg it runs (gpg --version), and that nothing replaced it.',
  });
}
