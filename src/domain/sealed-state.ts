// What is remembered on a target from run to run, sealed so that nobody there can read or make it: AES-256-GCM with a key of its own for
// every place. It is a copy of what happened, never the truth: who cannot open it does all work anew.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Says what a file is, and of which form. */
const MARK = 'lifeboat-state-1';
const KEY_BYTES = 32;
/** NIST SP 800-38D: 96 bits of chance are enough for 2^32 messages under one key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a state belongs to: none is taken for that of another server, action or store. */
export interface StatePlace {
  readonly action: string;
  readonly server: string;
  /** Where what is remembered was stored, with the address of the service. */
  readonly store: string;
}

export interface OpenedState {
  /** Grows by one with every write. */
  readonly sequence: number;
  readonly value: unknown;
}

/** One line of text. */
export function sealState(state: OpenedState, secret: string, place: StatePlace): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(secret, place), nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(state), 'utf8'), cipher.final()]);
  return `${MARK} ${Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64')}`;
}

/** Undefined for everything that was not sealed with this secret for this place. */
export function openState(text: string, secret: string, place: StatePlace): OpenedState | undefined {
  const [mark, body = ''] = text.trim().split(' ');
  const bytes = Buffer.from(body, 'base64');
  if (mark !== MARK || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(secret, place), bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const sealed = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
    const opened = Buffer.concat([decipher.update(sealed), decipher.final()]).toString();
    return JSON.parse(opened) as OpenedState;
  } catch {
    return undefined;
  }
}

function deriveKey(secret: string, { action, server, store }: StatePlace): Buffer {
  // The same secret, however its lines end.
  const material = secret.replaceAll('\r\n', '\n').trimEnd();
  return Buffer.from(hkdfSync('sha256', material, '', `${MARK}\n${action}\n${server}\n${store}`, KEY_BYTES));
}
