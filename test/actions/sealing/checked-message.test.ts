import { describe, expect, it } from 'vitest';
import { checkedMessage } from '../../../src/actions/sealing/checked-message.ts';
import type { Recipient } from '../../../src/ports/encryption.ts';
import { createOpenPgpEncryption } from '../../../src/encryption/openpgp-encryption.ts';
import { makeKeyPair } from '../../encryption/make-key.ts';
import { generateStream, readAll } from '../../helpers/bytes.ts';
import { encryptBytes } from '../../helpers/encrypt-bytes.ts';

const encryption = createOpenPgpEncryption();
const NOW = new Date();

async function recipient(name: string): Promise<Recipient> {
  const { publicKey } = await makeKeyPair(name);
  const [first] = await encryption.readRecipients(publicKey, NOW);
  if (first === undefined) throw new Error('no recipient');
  return first;
}

describe('a message', async () => {
  const [one, two, stranger] = await Promise.all(['one', 'two', 'stranger'].map(recipient));
  const recipients = [one, two] as Recipient[];
  const message = await encryptBytes(encryption, Buffer.alloc(20_000, 'x'), recipients);

  it.each([1, 100, 1000, 60_001])('is passed on as it is, in chunks of %i', async (size) => {
    const passed = await readAll(checkedMessage(generateStream(message, size), recipients, encryption));
    expect(passed.equals(message)).toBe(true);
  });

  it.each([
    ['for somebody else', [one, stranger] as Recipient[]],
    ['for one more', [one] as Recipient[]],
    ['for one less', [one, two, stranger] as Recipient[]],
  ])('is refused before a byte of it is passed on when it is %s', async (_what, expected) => {
    const passed: unknown[] = [];
    const reading = async () => {
      for await (const chunk of checkedMessage(generateStream(message, 100), expected, encryption))
        passed.push(chunk);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'encryption-format' });
    expect(passed).toEqual([]);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['text', Buffer.from('-- MariaDB dump\n')],
    ['its beginning alone', message.subarray(0, 40)],
  ])('is not %s', async (_what, bytes) => {
    await expect(
      readAll(checkedMessage(generateStream(bytes), recipients, encryption)),
    ).rejects.toMatchObject({ code: 'encryption-format' });
  });

  it('that breaks off breaks with its own error', async () => {
    async function* broken() {
      yield await Promise.resolve(message);
      throw new Error('the dump failed');
    }
    await expect(readAll(checkedMessage(broken(), recipients, encryption))).rejects.toThrow(
      'the dump failed',
    );
  });
});
