// Packets that no gpg of this machine writes, made by hand or by openpgp.js. What gpg writes is in the contract suite.
import { createMessage, encrypt, generateKey, readKey } from 'openpgp';
import { describe, expect, it } from 'vitest';
import { checkMessageStart } from '../../src/encryption/message-start.ts';
import { readRecipients } from '../../src/encryption/recipients.ts';
import { LifeboatError } from '../../src/errors.ts';
import type { Recipient } from '../../src/ports/encryption.ts';

const recipientOf = (encryptionKeyId: string): Recipient => ({
  encryptionKeyId,
  fingerprint: encryptionKeyId.padStart(40, '0'),
  userId: 'Ops',
  expiresAt: undefined,
  armored: '',
});

const [one, two] = ['1111111111111111', '2222222222222222'];
const recipients = [recipientOf(one), recipientOf(two)];

/** A session-key packet: by default version 3, ECDH, new format with a two-byte length. */
function sessionKey(
  keyId: string,
  { version = 3, algorithm = 18, body = 200, header = 'c108' } = {},
): Buffer {
  const packet = Buffer.alloc(Buffer.from(header, 'hex').length + body, 0xaa);
  packet.write(header, 0, 'hex');
  const start = packet.length - body;
  packet[start] = version;
  packet.write(keyId, start + 1, 'hex');
  packet[start + 9] = algorithm;
  return packet;
}

const NEW_TWO_BYTES = 'c1c008';
const data = Buffer.from('d2e001', 'hex');
const good = (): Buffer[] =>
  recipients.map(({ encryptionKeyId }) => sessionKey(encryptionKeyId, { header: NEW_TWO_BYTES }));

function refusal(...packets: Buffer[]): string {
  try {
    checkMessageStart(Buffer.concat(packets), recipients);
  } catch (error) {
    expect(error).toBeInstanceOf(LifeboatError);
    expect((error as LifeboatError).code).toBe('encryption-format');
    return (error as LifeboatError).message;
  }
  throw new Error('it was accepted');
}

describe('checkMessageStart', () => {
  it.each([
    ['new format, two bytes', 'c1c008'],
    ['new format, five bytes', 'c1ff000000c8'],
    ['old format, one byte', '84c8'],
    ['old format, two bytes', '8500c8'],
    ['old format, four bytes', '86000000c8'],
  ])('reads session keys in the %s', (_, header) => {
    const packets = recipients.map(({ encryptionKeyId }) => sessionKey(encryptionKeyId, { header }));
    expect(checkMessageStart(Buffer.concat([...packets, data]), recipients)).toBe(true);
    expect(checkMessageStart(Buffer.concat([...packets.toReversed(), data]), recipients)).toBe(true);
  });

  it.each([1, 16, 18])('takes a session key under algorithm %d', (algorithm) => {
    const packets = recipients.map(({ encryptionKeyId }) =>
      sessionKey(encryptionKeyId, { header: NEW_TWO_BYTES, algorithm }),
    );
    expect(checkMessageStart(Buffer.concat([...packets, data]), recipients)).toBe(true);
  });

  it.each(['d2e001', 'd2f001', 'd22a01', 'd2ff0000100001', 'd2c00101'])(
    'takes encrypted data that begins with %s',
    (start) => {
      expect(checkMessageStart(Buffer.concat([...good(), Buffer.from(start, 'hex')]), recipients)).toBe(true);
    },
  );

  it.each([
    ['a second key of the same recipient', [sessionKey(one, { header: NEW_TWO_BYTES })], `the key ${one}`],
    ['version 2 of the encrypted data', [Buffer.from('d2e002', 'hex')], 'has version 2'],
    ['encrypted data that is too short', [Buffer.from('d2010118', 'hex')], 'cut short'],
    ['encryption without integrity', [Buffer.from('c9e001', 'hex')], 'no protection against changes'],
    [
      'encryption without integrity, old format',
      [Buffer.from('a700', 'hex')],
      'no protection against changes',
    ],
    ['the OCB format', [Buffer.from('d4e001', 'hex')], 'OCB'],
    ['a passphrase', [Buffer.from('c30d04', 'hex')], 'passphrase'],
    ['a literal', [Buffer.from('cb0a62', 'hex')], 'not encrypted at all'],
    ['a marker', [Buffer.from('ca03504750', 'hex')], 'packet of type 10'],
    ['garbage', [Buffer.from('00', 'hex')], 'no OpenPGP message'],
  ])('refuses %s after the session keys', (_, after, reason) => {
    expect(refusal(...good(), ...after)).toContain(reason);
  });

  it.each([
    ['of version 6', { version: 6 }, 'version 6'],
    ['of version 2', { version: 2 }, 'version 2'],
    ['under X25519', { algorithm: 25 }, 'under algorithm 25'],
    ['that is too short', { header: 'c109', body: 9 }, 'cut short'],
    ['that is too long', { header: 'c1ff00010000' }, 'too large'],
    ['in pieces', { header: 'c1e8' }, 'no length'],
    ['without an end', { header: '87' }, 'no length'],
  ])('refuses a session key %s', (_, options, reason) => {
    expect(refusal(sessionKey(one, { header: NEW_TWO_BYTES, ...options }))).toContain(reason);
  });

  it('refuses a hidden recipient', () => {
    expect(refusal(sessionKey('0000000000000000', { header: NEW_TWO_BYTES }))).toContain('hides');
  });

  it('names every recipient that is missing', () => {
    expect(refusal(data)).toContain(`${one} (Ops), ${two} (Ops)`);
  });

  it('decides before the encrypted data begin when it can', () => {
    const stranger = sessionKey('3333333333333333', { header: NEW_TWO_BYTES });
    expect(refusal(stranger.subarray(0, 15))).toContain('3333333333333333');
  });

  it('asks for no more than the recipients can need', () => {
    const longest = sessionKey(one, { header: 'c1ff0000080c', body: 2060, algorithm: 1 });
    expect(checkMessageStart(longest, recipients)).toBeUndefined();
  });

  it('refuses version 2, as openpgp.js writes it for keys that announce it', async () => {
    const keys = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const { publicKey } = await generateKey({
          userIDs: { name },
          type: 'ecc',
          curve: 'curve25519Legacy',
          config: { aeadProtect: true },
        });
        return publicKey;
      }),
    );
    const own = await readRecipients(keys.join('\n'), new Date());
    const message = await encrypt({
      message: await createMessage({ binary: Buffer.from('x') }),
      encryptionKeys: (await Promise.all(keys.map((armoredKey) => readKey({ armoredKey })))).map((key) =>
        key.toPublic(),
      ),
      format: 'binary',
    });
    expect(() => checkMessageStart(message, own)).toThrow('version 6');
  });
});
