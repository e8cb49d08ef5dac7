import { armor, createMessage, enums, readPrivateKey, revokeKey, sign } from 'openpgp';
import { describe, expect, it, vi } from 'vitest';
import { readSigningKey } from '../../src/encryption/signing-key.ts';
import { readTrustedSigners, verifyDetached } from '../../src/encryption/verify-signature.ts';
import { LifeboatError } from '../../src/errors.ts';
import { GpgHome } from './gpg-home.ts';
import { makeKeyPair } from './make-key.ts';

// gpg makes keys and starts agents: seconds, when the machine is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const data = Buffer.from('{"schema":1}\n');
const made = new Date('2026-01-01T00:00:00Z');
const DAY_S = 24 * 60 * 60;
const after = (days: number): Date => new Date(made.getTime() + days * DAY_S * 1000);

async function signatureBy(privateKey: string, signedAt: Date): Promise<Uint8Array> {
  return (await readSigningKey(privateKey, undefined, signedAt)).sign(data, signedAt);
}

async function verify(signature: Uint8Array, publicKey: string, now: Date) {
  return verifyDetached(data, signature, await readTrustedSigners(publicKey), now);
}

async function refusal(action: () => Promise<unknown>): Promise<LifeboatError> {
  try {
    await action();
  } catch (error) {
    expect(error).toBeInstanceOf(LifeboatError);
    return error as LifeboatError;
  }
  throw new Error('it was accepted');
}

describe('verifyDetached', () => {
  it('believes what a key signed before it expired', async () => {
    const { privateKey, publicKey } = await makeKeyPair('Old', { date: made, keyExpirationTime: 10 * DAY_S });
    const signature = await signatureBy(privateKey, after(5));
    expect(await verify(signature, publicKey, after(500))).toMatchObject({ signedAt: after(5) });
  });

  it('does not believe what a key signed after it expired', async () => {
    // A forger need not keep to the rules: the key is made to last longer, but the trusted copy of it does not.
    using gpg = new GpgHome();
    const fingerprint = gpg.makeKey('Stolen', { time: '20260101T000000', expires: '10d' });
    const trusted = gpg.exportPublic(fingerprint);
    const extend = [
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      '',
      '--faked-system-time',
      '20260105T000000!',
    ];
    gpg.must([...extend, '--quick-set-expire', fingerprint, '2y']);
    const signature = await signatureBy(gpg.exportSecret(fingerprint), after(100));
    expect((await refusal(() => verify(signature, trusted, after(101)))).code).toBe('signature-invalid');
  });

  it('still believes old signatures of a key whose expiry date was moved', async () => {
    using gpg = new GpgHome();
    const fingerprint = gpg.makeKey('Extended', { time: '20260101T000000', expires: '1y' });
    const signature = await signatureBy(gpg.exportSecret(fingerprint), after(5));
    const extend = [
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      '',
      '--faked-system-time',
      '20260301T000000!',
    ];
    gpg.must([...extend, '--quick-set-expire', fingerprint, '5y']);
    expect(await verify(signature, gpg.exportPublic(fingerprint), after(400))).toMatchObject({ fingerprint });
  });

  it.each<[string, enums.reasonForRevocation, boolean]>([
    ['was compromised', enums.reasonForRevocation.keyCompromised, false],
    ['was revoked without a reason', enums.reasonForRevocation.noReason, false],
    ['was retired later', enums.reasonForRevocation.keyRetired, true],
    ['was superseded later', enums.reasonForRevocation.keySuperseded, true],
  ])('knows what to think of a key that %s', async (_, flag, isBelieved) => {
    const { privateKey } = await makeKeyPair('Revoked', { date: made });
    const signature = await signatureBy(privateKey, after(5));
    const key = await readPrivateKey({ armoredKey: privateKey });
    const { publicKey } = await revokeKey({ key, reasonForRevocation: { flag }, date: after(10) });
    const outcome = await verify(signature, publicKey, after(20)).then(
      () => true,
      () => false,
    );
    expect(outcome).toBe(isBelieved);
  });

  it('does not believe a signature from the future, but for the difference of two clocks', async () => {
    const { privateKey, publicKey } = await makeKeyPair('Clock', { date: made });
    const signature = await signatureBy(privateKey, after(5));
    const before = (seconds: number): Date => new Date(after(5).getTime() - seconds * 1000);
    await expect(verify(signature, publicKey, before(600))).resolves.toMatchObject({ signedAt: after(5) });
    expect((await refusal(() => verify(signature, publicKey, before(601)))).message).toContain(
      'in the future',
    );
  });

  it('takes one signature over bytes and nothing else', async () => {
    const { privateKey, publicKey } = await makeKeyPair('Forms', { date: made });
    const good = await signatureBy(privateKey, after(5));
    const signingKeys = await readPrivateKey({ armoredKey: privateKey });
    const overText = await sign({
      message: await createMessage({ text: data.toString() }),
      signingKeys,
      detached: true,
      format: 'binary',
    });
    const armored = await sign({
      message: await createMessage({ binary: data }),
      signingKeys,
      detached: true,
    });
    for (const bad of [Buffer.concat([good, good]), overText, Buffer.from(armored), Buffer.alloc(0), data]) {
      const { code } = await refusal(() => verify(bad, publicKey, new Date()));
      expect(code).toBe('signature-invalid');
    }
    await expect(verify(good, publicKey, new Date())).resolves.toMatchObject({ signedAt: after(5) });
  });

  it('does not believe a key with the same name', async () => {
    const [real, forged] = await Promise.all([1, 2].map(() => makeKeyPair('Ops', { date: made })));
    const signature = await signatureBy(forged?.privateKey ?? '', after(5));
    const { message } = await refusal(() => verify(signature, real?.publicKey ?? '', after(6)));
    expect(message).toContain('which is not trusted');
  });
});

describe('readTrustedSigners', () => {
  it('names each key', async () => {
    const pairs = await Promise.all(['One', 'Two'].map((name) => makeKeyPair(name)));
    const signers = await readTrustedSigners(pairs.map(({ publicKey }) => publicKey).join('\n'));
    expect(signers.map(({ userId }) => userId)).toEqual(['One <one@example.org>', 'Two <two@example.org>']);
  });

  it('refuses nothing, secret keys and damaged ones', async () => {
    const { privateKey, publicKey } = await makeKeyPair('Signer');
    expect((await refusal(() => readTrustedSigners(''))).message).toContain('hold no public key');
    expect((await refusal(() => readTrustedSigners(privateKey))).message).toContain('hold a secret key');
    const cut = publicKey.split('\n').toSpliced(4, 1).join('\n');
    expect((await refusal(() => readTrustedSigners(cut))).message).toContain('is damaged');
    // Version 4, EdDSA, on a curve that nobody knows.
    const unknown = armor(enums.armor.publicKey, Buffer.from('c60d04695fa3b01603aabbcc00080f', 'hex'));
    expect((await refusal(() => readTrustedSigners(unknown))).message).toContain(
      'key 1 is damaged, or of a kind',
    );
  });
});
