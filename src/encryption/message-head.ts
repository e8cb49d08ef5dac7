// The beginning of a message that is to be decrypted: for whom it is, and where its encrypted data begins. Shares its rules with
// the gate that messages pass when they are stored (message-start.ts), but knows no recipients.
import { LifeboatError } from '../errors.ts';
import {
  describeForeignPacket,
  ENCRYPTED_VERSION,
  HIDDEN_KEY_ID,
  MAX_SESSION_KEY_BYTES,
  readKeyId,
  SESSION_KEY_START,
  SESSION_KEY_VERSION,
} from './message-start.ts';
import { readPacketHeader, TAG } from './packets.ts';

/** Far more than anybody has; ends the search in what is no message. */
const MAX_RECIPIENTS = 100;

export interface SessionKeyPacket {
  /** 16 upper-case hex digits. */
  readonly keyId: string;
  /** Header and body. */
  readonly whole: Uint8Array;
}

export interface MessageHead {
  readonly sessionKeys: readonly SessionKeyPacket[];
  /** Where the packet with the encrypted data begins. */
  readonly encryptedAt: number;
}

/** Reads the first bytes of a message; `undefined` while more are needed. Throws `decryption-failed`. */
export function readMessageHead(head: Uint8Array): MessageHead | undefined {
  const sessionKeys: SessionKeyPacket[] = [];
  let offset = 0;
  for (;;) {
    const header = readPacketHeader(head, offset);
    if (header === 'incomplete') return undefined;
    if (header === 'malformed') throw refuseMessage('it is no OpenPGP message');
    const body = offset + header.headerBytes;
    const version = head[body];
    if (header.tag !== TAG.sessionKey) {
      if (header.tag !== TAG.encrypted) throw refuseMessage(describeForeignPacket(header.tag));
      if (version === undefined) return undefined;
      if (version !== ENCRYPTED_VERSION)
        throw refuseMessage(`its encrypted data has version ${version}, not ${ENCRYPTED_VERSION}`);
      if (sessionKeys.length === 0) throw refuseMessage('it is encrypted to nobody');
      return { sessionKeys, encryptedAt: offset };
    }
    const { bodyBytes } = header;
    if (bodyBytes === undefined || bodyBytes < SESSION_KEY_START || bodyBytes > MAX_SESSION_KEY_BYTES)
      throw refuseMessage('a session-key packet is too short or too long');
    if (version !== undefined && version !== SESSION_KEY_VERSION)
      throw refuseMessage(`a session-key packet has version ${version}, not ${SESSION_KEY_VERSION}`);
    if (head.length < body + bodyBytes) return undefined;
    const keyId = readKeyId(head.subarray(body));
    if (keyId === HIDDEN_KEY_ID) throw refuseMessage('it hides for whom it is encrypted');
    sessionKeys.push({ keyId, whole: head.slice(offset, body + bodyBytes) });
    if (sessionKeys.length > MAX_RECIPIENTS)
      throw refuseMessage(`it is encrypted to more than ${MAX_RECIPIENTS} keys`);
    offset = body + bodyBytes;
  }
}

/** An error that says why a message cannot be decrypted. */
export function refuseMessage(reason: string): LifeboatError {
  return new LifeboatError('decryption-failed', `The message cannot be decrypted: ${reason}.`, {
    hint: 'docs/format.md says what a message looks like. Was the object made by Lifeboat, and are these the bytes that its manifest names?',
  });
}
