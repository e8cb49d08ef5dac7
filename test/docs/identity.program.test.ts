// The commands of docs/keys.md that make the identity of restore tests, word for word.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createOpenPgpEncryption } from '../../src/encryption/openpgp-encryption.ts';
import { readTransferableKeys } from '../../src/encryption/transferable-key.ts';
import { GpgHome } from '../encryption/gpg-home.ts';
import { readAll } from '../helpers/bytes.ts';
import { blocksBelow, readPage } from '../helpers/documentation.ts';
import { encryptBytes } from '../helpers/encrypt-bytes.ts';

// gpg makes keys and starts agents: seconds, when the machine is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PASSPHRASE = 'paper-in-the-safe';
const page = readPage('docs/keys.md');
const encryption = createOpenPgpEncryption();
let gpg: GpgHome;

beforeAll(() => {
  gpg = new GpgHome();
  // In place of the person who types.
  gpg.writeFile('gpg.conf', `batch\npinentry-mode loopback\npassphrase ${PASSPHRASE}\n`);
  const { status, stderr } = spawnSync('sh', ['-eu'], {
    input: blocksBelow(page, 'sh', 'Recipients', 'The identity').join(''),
    cwd: gpg.directory,
    env: { PATH: process.env['PATH'], GNUPGHOME: gpg.directory, LC_ALL: 'C' },
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
});

afterAll(() => gpg[Symbol.dispose]());

const read = (name: string): string => readFileSync(join(gpg.directory, name), 'utf8');

it('gives a third recipient and the identity that opens what is encrypted to it', async () => {
  const recipients = await encryption.readRecipients(read('recipients.asc'), new Date());
  expect(recipients).toHaveLength(3);
  const identity = await encryption.readIdentity(read('identity.asc'), PASSPHRASE);
  const restoreTest = recipients.find(({ userId }) => userId.includes('restore tests'));
  expect(identity.keyIds).toEqual([restoreTest?.encryptionKeyId]);
  const message = await encryptBytes(encryption, Buffer.from('x'), recipients);
  const text = encryption.decrypt(
    (async function* () {
      yield await Promise.resolve(message);
    })(),
    identity,
    new AbortController().signal,
  );
  expect((await readAll(text)).toString()).toBe('x');
});

it('leaves the secret half of the primary key at home', async () => {
  const [key] = readTransferableKeys(read('identity.asc')).keys;
  expect(key?.isSecret).toBe(true);
  // How gpg writes a secret part that is elsewhere.
  expect(Buffer.from(key?.bytes ?? []).includes('GNU\x01')).toBe(true);
  const asSigner = encryption.readSigningKey(read('identity.asc'), PASSPHRASE, new Date());
  await expect(asSigner).rejects.toThrow('cannot sign');
});
