import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readSigningKey } from '../../src/encryption/signing-key.ts';
import { LifeboatError } from '../../src/errors.ts';
import { GpgHome } from './gpg-home.ts';
import { makeKeyPair } from './make-key.ts';

// gpg makes keys and starts agents: seconds, when the machine is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const DAY_MS = 24 * 60 * 60 * 1000;
const NO_PASSPHRASE = ['--pinentry-mode', 'loopback', '--passphrase', ''];
const PASSPHRASE = 'correct horse battery staple';

async function refusal(
  armored: string,
  passphrase?: string,
  now = new Date(),
  input?: 'proof-signing-key',
): Promise<LifeboatError> {
  try {
    await readSigningKey(armored, passphrase, now, input);
  } catch (error) {
    expect(error).toBeInstanceOf(LifeboatError);
    expect((error as LifeboatError).code).toBe('input-invalid');
    return error as LifeboatError;
  }
  throw new Error('it was accepted');
}

describe('readSigningKey, with keys by gpg', () => {
  let gpg: GpgHome;
  beforeAll(() => {
    gpg = new GpgHome();
  });
  afterAll(() => gpg[Symbol.dispose]());

  const validSignature = (signature: Uint8Array, data: string): string | undefined => {
    const files = [gpg.writeFile('data.sig', signature), gpg.writeFile('data', data)];
    return gpg.must(['--verify', ...files]).status.find((line) => line.startsWith('VALIDSIG '));
  };

  it('opens a key with its passphrase', async () => {
    const fingerprint = gpg.makeKey('Locked <l@example.org>', { passphrase: PASSPHRASE });
    const armored = gpg.exportSecret(fingerprint, { passphrase: PASSPHRASE });
    const key = await readSigningKey(armored, PASSPHRASE, new Date());
    expect(key.fingerprint).toBe(fingerprint);
    expect(key.expiresAt).toBeUndefined();
    expect(validSignature(await key.sign(Buffer.from('x')), 'x')).toContain(fingerprint);
  });

  it('refuses a wrong passphrase, and a missing one, and shows nothing of either', async () => {
    const fingerprint = gpg.makeKey('Locked too <l@example.org>', { passphrase: PASSPHRASE });
    const armored = gpg.exportSecret(fingerprint, { passphrase: PASSPHRASE });
    const wrong = await refusal(armored, 'hunter2hunter2');
    expect(wrong.message).toContain(
      `signing-key-passphrase does not open signing-key ${fingerprint.slice(-16)}`,
    );
    expect(inspect(wrong, { depth: 10 })).not.toContain('hunter2');
    expect((await refusal(armored)).message).toContain('signing-key-passphrase is empty');
    expect((await refusal(armored, '')).message).toContain('signing-key-passphrase is empty');
  });

  it('calls the key what its input is called', async () => {
    const fingerprint = gpg.makeKey('Prover <p@example.org>', { passphrase: PASSPHRASE });
    const armored = gpg.exportSecret(fingerprint, { passphrase: PASSPHRASE });
    const messages = await Promise.all(
      [
        refusal(armored, 'wrong', new Date(), 'proof-signing-key'),
        refusal(armored, '', new Date(), 'proof-signing-key'),
        refusal('', '', new Date(), 'proof-signing-key'),
      ].map(async (error) => (await error).message),
    );
    const name = `proof-signing-key ${fingerprint.slice(-16)} (Prover <p@example.org>)`;
    expect(messages).toEqual([
      `proof-signing-key-passphrase does not open ${name}.`,
      `${name} is protected by a passphrase, and proof-signing-key-passphrase is empty.`,
      'proof-signing-key holds 0 keys, not one.',
    ]);
    const key = await readSigningKey(armored, PASSPHRASE, new Date(), 'proof-signing-key');
    await expect(key.sign(Buffer.from('x'), new Date(0))).rejects.toThrow(`${name} could not sign`);
  });

  it('signs with a subkey whose primary key stayed at home', async () => {
    const fingerprint = gpg.makeKey('Subkeys', { algorithm: 'ed25519', usage: 'cert' });
    gpg.must([...NO_PASSPHRASE, '--quick-add-key', fingerprint, 'rsa2048', 'sign']);
    const armored = gpg.exportSecret(fingerprint, { subkeysOnly: true });
    const key = await readSigningKey(armored, undefined, new Date());
    expect(key.fingerprint).toBe(fingerprint);
    expect(validSignature(await key.sign(Buffer.from('x')), 'x')).toMatch(new RegExp(`${fingerprint}$`));
  });

  it('refuses a key without a part that signs', async () => {
    const fingerprint = gpg.makeKey('Certifier', { algorithm: 'ed25519', usage: 'cert' });
    expect((await refusal(gpg.exportSecret(fingerprint))).message).toContain('cannot sign');
    gpg.must([...NO_PASSPHRASE, '--quick-add-key', fingerprint, 'cv25519', 'encr']);
    const subkeys = gpg.exportSecret(fingerprint, { subkeysOnly: true });
    expect((await refusal(subkeys)).message).toContain('cannot sign');
    const signer = gpg.makeKey('Signer at home <home@example.org>');
    expect((await refusal(gpg.exportSecret(signer, { subkeysOnly: true }))).message).toContain('cannot sign');
  });

  it('refuses two keys', async () => {
    const [one, other] = [gpg.makeKey('One'), gpg.makeKey('Other')];
    expect((await refusal(gpg.exportSecret(one) + gpg.exportSecret(other))).message).toContain(
      'holds 2 keys, not one',
    );
  });
});

describe('readSigningKey, with other texts', () => {
  it.each([
    ['nothing', '', 'holds 0 keys, not one'],
    ['text', 'secret', 'line 1 is no part'],
  ])('refuses %s', async (_, text, reason) => {
    expect((await refusal(text)).message).toContain(reason);
  });

  it('refuses a public key', async () => {
    const { publicKey } = await makeKeyPair('Public');
    expect((await refusal(publicKey)).message).toContain('holds a public key only');
  });

  it.each<[string, Parameters<typeof makeKeyPair>[1], string]>([
    ['of version 6', { type: 'curve25519', config: { v6Keys: true } }, 'version 6'],
    ['of the new kind of Ed25519', { type: 'curve25519' }, 'of the kind Ed25519 (27)'],
  ])('refuses a key %s', async (_, options, reason) => {
    const { privateKey } = await makeKeyPair('Odd', options);
    expect((await refusal(privateKey)).message).toContain(reason);
  });

  it('refuses a key that does not outlive the run', async () => {
    const made = new Date('2026-01-01T00:00:00Z');
    const { privateKey } = await makeKeyPair('Old', { date: made, keyExpirationTime: 10 * 24 * 60 * 60 });
    const after = (days: number): Date => new Date(made.getTime() + days * DAY_MS);
    const key = await readSigningKey(privateKey, undefined, after(8));
    expect(key.expiresAt).toEqual(after(10));
    expect((await refusal(privateKey, undefined, after(9))).message).toContain('expires on 2026-01-11');
    expect((await refusal(privateKey, undefined, after(11))).message).toContain('expired on 2026-01-11');
    await expect(key.sign(Buffer.from('x'), after(11))).rejects.toThrow('could not sign as of 2026-01-12');
  });

  it('shows no line of a damaged key, however it is damaged', async () => {
    const { privateKey } = await makeKeyPair('Leaky');
    const lines = privateKey.split('\n');
    const secret = lines.filter((line) => line.length > 10 && !line.startsWith('-'));
    const damaged = [
      lines
        .filter((line) => line !== '')
        .join('\n')
        .replace(/\n=/, '\n!'),
      lines.slice(1).join('\n'),
      lines.slice(0, -2).join('\n'),
      lines.filter((_, index) => index !== 4).join('\n'),
      lines.map((line, index) => (index === 4 ? `${line}: x` : line)).join('\n'),
      lines
        .filter((line) => !line.startsWith('='))
        .map((line, index) => (index === 4 ? line.toLowerCase() : line))
        .join('\n'),
      privateKey.replaceAll('PRIVATE KEY BLOCK', 'MESSAGE'),
      privateKey.replaceAll('\n', ' '),
      privateKey.replaceAll('\n', String.raw`\n`),
      Buffer.from(privateKey).toString('base64'),
    ];
    for (const text of damaged) {
      const error = await refusal(text);
      const shown = inspect(error, { depth: 10 }) + String(error.hint);
      for (const line of secret) expect(shown).not.toContain(line.slice(0, 12));
    }
  });
});
