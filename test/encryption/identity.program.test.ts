import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createOpenPgpEncryption } from '../../src/encryption/openpgp-encryption.ts';
import { readIdentity } from '../../src/encryption/identity.ts';
import { LifeboatError } from '../../src/errors.ts';
import { readAll } from '../helpers/bytes.ts';
import { findCanaries } from '../helpers/canaries.ts';
import { GpgHome } from './gpg-home.ts';
import { makeKeyPair } from './make-key.ts';

// gpg makes keys and starts agents: seconds, when the machine is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const LOOPBACK = ['--pinentry-mode', 'loopback', '--passphrase', ''];
const PASSPHRASE = 'correct horse battery staple';
const NEVER = new AbortController().signal;

async function refusal(armored: string, passphrase?: string): Promise<LifeboatError> {
  try {
    await readIdentity(armored, passphrase);
  } catch (error) {
    expect(error).toBeInstanceOf(LifeboatError);
    expect((error as LifeboatError).code).toBe('input-invalid');
    return error as LifeboatError;
  }
  throw new Error('it was accepted');
}

describe('readIdentity, with keys by gpg', () => {
  let gpg: GpgHome;
  beforeAll(() => {
    gpg = new GpgHome();
  });
  afterAll(() => gpg[Symbol.dispose]());

  const encrypt = (fingerprint: string, extra: readonly string[] = []): Buffer =>
    gpg.must(
      ['--trust-model', 'always', '--rfc4880', ...extra, '-r', fingerprint, '--encrypt', '-o', '-'],
      'x',
    ).stdout;
  const decrypt = async (message: Uint8Array, armored: string, passphrase?: string): Promise<string> => {
    const encryption = createOpenPgpEncryption({ decryptor: 'openpgp.js' });
    const identity = await encryption.readIdentity(armored, passphrase);
    // eslint-disable-next-line @typescript-eslint/require-await -- stands for a download
    const source = async function* () {
      yield message;
    };
    return (await readAll(encryption.decrypt(source(), identity, NEVER))).toString();
  };

  it('names the subkey for encryption and no other part', async () => {
    const fingerprint = gpg.makeKey('Rsa', { algorithm: 'rsa2048', usage: 'sign' });
    gpg.must([...LOOPBACK, '--quick-add-key', fingerprint, 'rsa2048', 'encr']);
    gpg.must([...LOOPBACK, '--quick-add-key', fingerprint, 'rsa2048', 'sign']);
    const { keyIds } = await readIdentity(gpg.exportSecret(fingerprint), undefined);
    expect(keyIds).toEqual(gpg.encryptionSubkeys(fingerprint));
    expect(keyIds).toHaveLength(1);
  });

  it('names all keys of a text, each once', async () => {
    const [one, other] = [gpg.makeKey('One'), gpg.makeKey('Other')];
    const text = [one, other, one].map((fingerprint) => gpg.exportSecret(fingerprint)).join('\n# the next\n');
    const { keyIds } = await readIdentity(text, undefined);
    expect(keyIds).toEqual([one, other].flatMap((fingerprint) => gpg.encryptionSubkeys(fingerprint)));
  });

  it.each([true, false])('opens a key with its passphrase (subkeys only: %s)', async (subkeysOnly) => {
    const fingerprint = gpg.makeKey(`Locked ${subkeysOnly}`, { passphrase: PASSPHRASE });
    const armored = gpg.exportSecret(fingerprint, { passphrase: PASSPHRASE, subkeysOnly });
    expect(await decrypt(encrypt(fingerprint), armored, PASSPHRASE)).toBe('x');
    const wrong = await refusal(armored, 'hunter2hunter2');
    expect(wrong.message).toContain(`identity-passphrase does not open identity ${fingerprint.slice(-16)}`);
    expect(inspect(wrong, { depth: 10 })).not.toContain('hunter2');
    expect((await refusal(armored)).message).toContain('identity-passphrase is empty');
    expect((await refusal(armored, '')).message).toContain('identity-passphrase is empty');
  });

  it('takes a subkey whose primary key stayed at home', async () => {
    const fingerprint = gpg.makeKey('At home');
    const armored = gpg.exportSecret(fingerprint, { subkeysOnly: true });
    expect(await decrypt(encrypt(fingerprint), armored)).toBe('x');
  });

  it('does not count a subkey that stayed at home', async () => {
    const fingerprint = gpg.makeKey('Two subkeys');
    gpg.must([...LOOPBACK, '--quick-add-key', fingerprint, 'rsa2048', 'encr']);
    const [first = '', second = ''] = gpg.encryptionSubkeys(fingerprint);
    const armored = gpg
      .must([...LOOPBACK, '--armor', '--export-secret-subkeys', `${second}!`])
      .stdout.toString();
    expect((await readIdentity(armored, undefined)).keyIds).toEqual([second]);
    expect((await readIdentity(gpg.exportSecret(fingerprint), undefined)).keyIds).toEqual([first, second]);
  });

  it('takes a key that expired, or was revoked: it opens what is older', async () => {
    const expired = gpg.makeKey('Expired', { time: '20200101T000000', expires: '2020-02-01' });
    const message = encrypt(expired, ['--faked-system-time', '20200102T000000!']);
    expect(await decrypt(message, gpg.exportSecret(expired))).toBe('x');

    const revoked = gpg.makeKey('Revoked');
    const older = encrypt(revoked);
    const certificate = readFileSync(`${gpg.directory}/openpgp-revocs.d/${revoked}.rev`, 'utf8');
    gpg.import(certificate.replace(':-----BEGIN', '-----BEGIN'));
    expect(gpg.must(['--with-colons', '--list-keys', revoked]).stdout.toString()).toMatch(/^pub:r:/m);
    expect(await decrypt(older, gpg.exportSecret(revoked))).toBe('x');
  });

  it('refuses a key without a part that decrypts', async () => {
    const signer = gpg.makeKey('Signer', { algorithm: 'rsa2048', usage: 'sign' });
    expect((await refusal(gpg.exportSecret(signer))).message).toContain('cannot decrypt');
    const home = gpg.makeKey('Only signs from here');
    gpg.must([...LOOPBACK, '--quick-add-key', home, 'ed25519', 'sign']);
    const { stdout } = gpg.must(['--with-colons', '--list-keys', home]);
    const signing = /^sub:(?:[^:]*:){3}([0-9A-F]{16}):(?:[^:]*:){6}s:/m.exec(stdout.toString())?.[1] ?? '';
    const armored = gpg.must([...LOOPBACK, '--armor', '--export-secret-subkeys', `${signing}!`]).stdout;
    expect((await refusal(armored.toString())).message).toContain('cannot decrypt');
  });

  it('refuses public keys', async () => {
    const [one, other] = [gpg.makeKey('Public'), gpg.makeKey('Public too')];
    expect((await refusal(gpg.exportPublic(one))).message).toBe('identity holds a public key only.');
    expect((await refusal(gpg.exportSecret(one) + gpg.exportPublic(other))).message).toBe(
      'identity, key 2 of the text, holds a public key only.',
    );
  });
});

describe('readIdentity, with other texts', () => {
  it.each([
    ['nothing', '', 'identity holds no key'],
    ['text', 'secret', 'line 1 is no part'],
  ])('refuses %s', async (_, text, reason) => {
    expect((await refusal(text)).message).toContain(reason);
  });

  it('takes a key from the future: the clock of this machine has no say in it', async () => {
    const date = new Date(Date.now() + 24 * 60 * 60 * 1000);
    const { privateKey } = await makeKeyPair('Tomorrow', { date });
    expect((await readIdentity(privateKey, undefined)).keyIds).toHaveLength(1);
  });

  it('refuses a key of version 6', async () => {
    const { privateKey } = await makeKeyPair('Odd', { type: 'curve25519', config: { v6Keys: true } });
    expect((await refusal(privateKey)).message).toContain('version 6');
  });

  it('shows nothing of its keys, and nothing of a damaged one', async () => {
    const { privateKey } = await makeKeyPair('Leaky');
    const canaries = [{ name: 'identity', value: privateKey }];
    const identity = await readIdentity(privateKey, undefined);
    const shown =
      inspect(identity, { depth: 10, showHidden: true, getters: false }) + JSON.stringify(identity);
    expect(shown).toContain(identity.keyIds[0]);
    expect(shown).not.toMatch(/private|Packet/);
    const lines = privateKey.split('\n');
    const damaged = [
      lines.slice(1).join('\n'),
      lines.slice(0, -2).join('\n'),
      lines.filter((_, index) => index !== 4).join('\n'),
      privateKey.replaceAll('\n', ' '),
      privateKey.replaceAll('PRIVATE KEY BLOCK', 'MESSAGE'),
    ];
    for (const text of damaged) {
      const error = await refusal(text);
      expect(findCanaries(inspect(error, { depth: 10 }) + String(error.hint), canaries)).toEqual([]);
    }
  });
});
