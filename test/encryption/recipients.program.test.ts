// Keys with every defect, made by gpg where it makes such keys, else by openpgp.js.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { AnyPacket } from 'openpgp';
import { armor, enums, PacketList, readKey, readPrivateKey, revokeKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { encryptMessage as encrypt } from '../../src/encryption/encrypt.ts';
import { checkMessageStart } from '../../src/encryption/message-start.ts';
import { readRecipients } from '../../src/encryption/recipients.ts';
import { LifeboatError } from '../../src/errors.ts';
import type { Recipient } from '../../src/ports/encryption.ts';
import { encryptBytes } from '../helpers/encrypt-bytes.ts';
import { GpgHome } from './gpg-home.ts';
import { makeKeyPair } from './make-key.ts';

// gpg makes keys and starts agents: seconds, when the machine is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const DAY_MS = 24 * 60 * 60 * 1000;
const NO_PASSPHRASE = ['--pinentry-mode', 'loopback', '--passphrase', ''];

const read = (armored: string, now = new Date()): Promise<Recipient[]> => readRecipients(armored, now);

async function refusal(armored: string, now = new Date()): Promise<LifeboatError> {
  try {
    await readRecipients(armored, now);
  } catch (error) {
    expect(error).toBeInstanceOf(LifeboatError);
    return error as LifeboatError;
  }
  throw new Error('it was accepted');
}

describe('readRecipients, with keys by gpg', () => {
  let gpg: GpgHome;
  beforeAll(() => {
    gpg = new GpgHome();
  });
  afterAll(() => gpg[Symbol.dispose]());

  /** What the gpg of this machine encrypts to when it is given this recipient. */
  const chosenByGpg = (armored: string): string[] => {
    using home = new GpgHome();
    const file = home.writeFile('key.asc', armored);
    const { stdout } = home.must(['--trust-model', 'always', '-f', file, '--encrypt', '-o', '-'], 'x');
    const listed = home.run(['--list-packets'], stdout).status.filter((line) => line.startsWith('ENC_TO '));
    return listed.map((line) => line.split(' ')[1] ?? '');
  };

  it('takes the default kinds of gpg', async () => {
    for (const algorithm of ['default', 'future-default']) {
      const fingerprint = gpg.makeKey(`Kind ${algorithm} <kind@example.org>`, { algorithm, expires: '2y' });
      const [recipient] = await read(gpg.exportPublic(fingerprint));
      expect(recipient).toMatchObject({ fingerprint, userId: `Kind ${algorithm} <kind@example.org>` });
      expect(gpg.encryptionSubkeys(fingerprint)).toEqual([recipient?.encryptionKeyId]);
      expect(recipient?.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 700 * DAY_MS);
    }
  });

  it('takes NIST curves', async () => {
    const fingerprint = gpg.makeKey('NIST', { algorithm: 'nistp384', usage: 'cert' });
    gpg.must([...NO_PASSPHRASE, '--quick-add-key', fingerprint, 'nistp384', 'encr']);
    const message = await encryptBytes(
      { encrypt },
      Buffer.from('x'),
      await read(gpg.exportPublic(fingerprint)),
    );
    expect(gpg.must(['--decrypt'], message).stdout.toString()).toBe('x');
  });

  it('takes DSA with ElGamal', async () => {
    // Made once: to find such primes takes seconds.
    gpg.import(readFileSync(new URL('../fixtures/keys/dsa-elgamal-secret.asc', import.meta.url)));
    const recipients = await read(gpg.exportPublic('elgamal@example.invalid'));
    const message = await encryptBytes({ encrypt }, Buffer.from('x'), recipients);
    expect(gpg.must(['--decrypt'], message).stdout.toString()).toBe('x');
  });

  it('chooses among several subkeys as gpg does, and hands gpg no other', async () => {
    const fingerprint = gpg.makeKey('Several', { time: '20250101T000000', expires: 'never' });
    for (const time of ['20250301T000000!', '20250201T000000!', '20250201T000000!']) {
      gpg.must([
        '--faked-system-time',
        time,
        ...NO_PASSPHRASE,
        '--quick-add-key',
        fingerprint,
        'cv25519',
        'encr',
      ]);
    }
    const whole = gpg.exportPublic(fingerprint);
    const [recipient] = await read(whole);
    expect(chosenByGpg(whole)).toEqual([recipient?.encryptionKeyId]);
    expect(gpg.encryptionSubkeys(fingerprint).indexOf(recipient?.encryptionKeyId ?? '')).toBe(1);
    const cut = await readKey({ armoredKey: recipient?.armored ?? '' });
    expect(cut.subkeys).toHaveLength(1);
    expect(chosenByGpg(recipient?.armored ?? '')).toEqual([recipient?.encryptionKeyId]);
  });

  it('takes the first of two subkeys of the same second, as gpg does', async () => {
    const fingerprint = gpg.makeKey('Twins', {
      algorithm: 'ed25519',
      usage: 'cert',
      time: '20250101T000000',
    });
    for (const algorithm of ['rsa2048', 'cv25519']) {
      const options = ['--faked-system-time', '20250201T000000!', ...NO_PASSPHRASE];
      gpg.must([...options, '--quick-add-key', fingerprint, algorithm, 'encr']);
    }
    const [recipient] = await read(gpg.exportPublic(fingerprint));
    expect([recipient?.encryptionKeyId]).toEqual(chosenByGpg(gpg.exportPublic(fingerprint)));
  });

  it('passes over a subkey that is revoked or expired', async () => {
    const fingerprint = gpg.makeKey('Renewed', { time: '20250101T000000', expires: 'never' });
    const [old] = gpg.encryptionSubkeys(fingerprint);
    const options = ['--faked-system-time', '20250301T000000!', ...NO_PASSPHRASE];
    gpg.must([...options, '--quick-add-key', fingerprint, 'cv25519', 'encr', '30d']);
    const [recipient] = await read(gpg.exportPublic(fingerprint));
    expect(recipient?.encryptionKeyId).toBe(old);
  });

  it('leaves photographs, third parties and other subkeys behind', async () => {
    const friend = gpg.makeKey('Friend <friend@example.org>');
    const fingerprint = gpg.makeKey('Popular <popular@example.org>');
    gpg.must([...NO_PASSPHRASE, '-u', friend, '--quick-sign-key', fingerprint]);
    const [recipient] = await read(gpg.exportPublic(fingerprint));
    const key = await readKey({ armoredKey: recipient?.armored ?? '' });
    expect(key.getFingerprint().toUpperCase()).toBe(fingerprint);
    expect(key.users.map(({ otherCertifications }) => otherCertifications.length)).toEqual([0]);
    expect(
      (await readKey({ armoredKey: gpg.exportPublic(fingerprint) })).users[0]?.otherCertifications,
    ).toHaveLength(1);
  });

  it('names the user id that holds when another was revoked', async () => {
    const fingerprint = gpg.makeKey('Old name <old@example.org>');
    gpg.must([...NO_PASSPHRASE, '--quick-add-uid', fingerprint, 'New name <new@example.org>']);
    gpg.must([...NO_PASSPHRASE, '--quick-revoke-uid', fingerprint, 'Old name <old@example.org>']);
    const [recipient] = await read(gpg.exportPublic(fingerprint));
    expect(recipient?.userId).toBe('New name <new@example.org>');
    expect(chosenByGpg(recipient?.armored ?? '')).toEqual([recipient?.encryptionKeyId]);
  });

  it('refuses a key that was revoked', async () => {
    const fingerprint = gpg.makeKey('Revoked <r@example.org>');
    const certificate = readFileSync(join(gpg.directory, 'openpgp-revocs.d', `${fingerprint}.rev`), 'utf8');
    gpg.import(certificate.replace(/^:/m, ''));
    const { code, message } = await refusal(gpg.exportPublic(fingerprint));
    expect(code).toBe('recipient-unusable');
    expect(message).toContain(`${fingerprint.slice(-16)} (Revoked <r@example.org>): it is revoked`);
  });

  it('refuses a key for signing only', async () => {
    const fingerprint = gpg.makeKey('Signer', { algorithm: 'ed25519', usage: 'sign' });
    expect((await refusal(gpg.exportPublic(fingerprint))).message).toContain('has no subkey for encryption');
  });

  it('refuses short RSA', async () => {
    const short = gpg.makeKey('Short', { algorithm: 'rsa1024', usage: 'cert' });
    gpg.must([...NO_PASSPHRASE, '--quick-add-key', short, 'rsa3072', 'encr']);
    expect((await refusal(gpg.exportPublic(short))).message).toContain('it has 1024 bits, fewer than 2048');
    const shortSubkey = gpg.makeKey('Short subkey', { algorithm: 'ed25519', usage: 'cert' });
    gpg.must([...NO_PASSPHRASE, '--quick-add-key', shortSubkey, 'rsa1024', 'encr']);
    const [subkey] = gpg.encryptionSubkeys(shortSubkey);
    expect((await refusal(gpg.exportPublic(shortSubkey))).message).toContain(
      `its subkey ${subkey} has 1024 bits`,
    );
  });

  it('refuses a curve that it does not know, and says which', async () => {
    const primary = gpg.makeKey('Curve', { algorithm: 'brainpoolP256r1', usage: 'cert' });
    expect((await refusal(gpg.exportPublic(primary))).message).toContain('it uses the curve brainpoolP256r1');
    const other = gpg.makeKey('Curve of the subkey', { algorithm: 'ed25519', usage: 'cert' });
    gpg.must([...NO_PASSPHRASE, '--quick-add-key', other, 'brainpoolP256r1', 'encr']);
    const [subkey] = gpg.encryptionSubkeys(other);
    const { message } = await refusal(gpg.exportPublic(other));
    expect(message).toContain(`its subkey ${subkey} uses the curve brainpoolP256r1`);
  });

  it('takes a primary key that may encrypt when there is no subkey', async () => {
    const fingerprint = gpg.makeKey('All in one', { algorithm: 'rsa2048', usage: 'encr' });
    const [recipient] = await read(gpg.exportPublic(fingerprint));
    expect(recipient?.encryptionKeyId).toBe(fingerprint.slice(-16));
    expect(chosenByGpg(recipient?.armored ?? '')).toEqual([recipient?.encryptionKeyId]);
  });
});

describe('readRecipients, with keys of new kinds and other dates', () => {
  it('encrypts for keys that announce AEAD in a way that gpg reads', async () => {
    const pairs = await Promise.all(
      ['one', 'two'].map((name) => makeKeyPair(name, { config: { aeadProtect: true } })),
    );
    const features = await Promise.all(
      pairs.map(async ({ publicKey }) => {
        const { selfCertification } = await (await readKey({ armoredKey: publicKey })).getPrimaryUser();
        return selfCertification.features?.[0];
      }),
    );
    expect(features).toEqual([9, 9]);
    const recipients = await read(pairs.map(({ publicKey }) => publicKey).join('\n'));
    const message = await encryptBytes({ encrypt }, Buffer.from('x'), recipients);
    expect(checkMessageStart(message, recipients)).toBe(true);
    using gpg = new GpgHome();
    gpg.import(pairs[1]?.privateKey ?? '');
    const { stdout, status } = gpg.must(['--decrypt'], message);
    expect(stdout.toString()).toBe('x');
    expect(status).toContain('GOODMDC');
  });

  it.each<[string, Parameters<typeof makeKeyPair>[1], string]>([
    ['version 6', { type: 'curve25519', config: { v6Keys: true } }, 'key 1 of the text: it has version 6'],
    ['Ed25519 and X25519 in the new form', { type: 'curve25519' }, 'of the kind Ed25519 (27), which gpg 2.2'],
    [
      'X25519 in the new form',
      { subkeys: [{ type: 'curve25519' }] },
      'of the kind X25519 (25), which gpg cannot decrypt',
    ],
    [
      'X448 in the new form',
      { subkeys: [{ type: 'curve448' }] },
      'of the kind X448 (26), which gpg cannot decrypt',
    ],
    ['no subkey', { subkeys: [] }, 'has no subkey for encryption'],
    ['a signing subkey only', { subkeys: [{ sign: true }] }, 'has no subkey for encryption'],
  ])('refuses a key with %s', async (_, options, reason) => {
    const { publicKey } = await makeKeyPair('Odd', options);
    const { code, message } = await refusal(publicKey);
    expect(code).toBe('recipient-unusable');
    expect(message).toContain(reason);
  });

  it('takes the older subkey that gpg can read when the newest is X25519', async () => {
    const { publicKey } = await makeKeyPair('Mixed', { subkeys: [{}, { type: 'curve25519' }] });
    const [recipient] = await read(publicKey);
    const whole = await readKey({ armoredKey: publicKey });
    expect(recipient?.encryptionKeyId).toBe(whole.subkeys[0]?.getKeyID().toHex().toUpperCase());
  });

  describe('and dates', () => {
    const made = new Date('2026-01-01T00:00:00Z');
    const after = (days: number): Date => new Date(made.getTime() + days * DAY_MS);
    const inDays = (days: number): number => days * 24 * 60 * 60;

    it('refuses a key from the day before it expires on', async () => {
      const { publicKey } = await makeKeyPair('Short-lived', { date: made, keyExpirationTime: inDays(100) });
      const [recipient] = await read(publicKey, new Date(after(99).getTime() - 1000));
      expect(recipient?.expiresAt).toEqual(after(100));
      const { message } = await refusal(publicKey, after(99));
      expect(message).toContain('it expires within a day, on 2026-04-11T00:00:00.000Z');
      expect((await refusal(publicKey, after(100))).message).toContain('it expired on 2026-04-11');
    });

    it('counts the subkey too', async () => {
      const subkeys = [{ keyExpirationTime: inDays(10) }];
      const { publicKey } = await makeKeyPair('Subkey', {
        date: made,
        subkeys,
        keyExpirationTime: inDays(100),
      });
      const [recipient] = await read(publicKey, after(8));
      expect(recipient?.expiresAt).toEqual(after(10));
      expect((await refusal(publicKey, after(9))).message).toContain('expires within a day');
      expect((await refusal(publicKey, after(11))).message).toMatch(
        /its subkey [0-9A-F]{16} expired on 2026-01-11/,
      );
    });

    it('refuses a key from the future', async () => {
      const { publicKey } = await makeKeyPair('Future', { date: made });
      expect((await refusal(publicKey, after(-1))).message).toContain('made in the future, on 2026-01-01');
    });

    it('passes over a subkey from the future', async () => {
      const { publicKey } = await makeKeyPair('Early', { date: made, subkeys: [{ date: after(10) }] });
      expect((await refusal(publicKey, after(5))).message).toContain('was made in the future, on 2026-01-11');
      expect(await read(publicKey, after(11))).toHaveLength(1);
    });

    it('heeds a revocation whatever the clock says', async () => {
      const { privateKey } = await makeKeyPair('Retired', { date: made });
      const { publicKey } = await revokeKey({
        key: await readPrivateKey({ armoredKey: privateKey }),
        reasonForRevocation: { flag: enums.reasonForRevocation.keyRetired, string: 'moved on' },
        date: after(50),
      });
      expect((await refusal(publicKey, after(60))).message).toContain('it is revoked');
      expect((await refusal(publicKey, after(40))).message).toContain('it is revoked');
    });
  });
});

describe('readRecipients, with other texts', () => {
  it.each([
    ['nothing', ''],
    ['a comment only', '# to do\n'],
  ])('refuses %s', async (_, text) => {
    const error = await refusal(text);
    expect(error.code).toBe('input-invalid');
    expect(error.message).toContain('holds no public key');
  });

  it('refuses something else that is armored', async () => {
    const block = '-----BEGIN PGP MESSAGE-----\n\naGVsbG8=\n-----END PGP MESSAGE-----\n';
    expect((await refusal(block)).message).toContain('is a PGP MESSAGE, not a key');
  });

  it('refuses packets that are no key', async () => {
    const block = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\naGVsbG8=\n-----END PGP PUBLIC KEY BLOCK-----\n';
    expect((await refusal(block)).message).toContain('holds something else than keys');
  });

  it('refuses a good key beside text that it cannot read: a recipient may be missing', async () => {
    const { publicKey } = await makeKeyPair('Good');
    const other = await makeKeyPair('Spoilt');
    const error = await refusal(`${publicKey}\n${other.publicKey.replace('-----BEGIN', '----BEGIN')}`);
    expect(error.code).toBe('input-invalid');
    expect(error.message).toContain('is no part of an armored key');
  });

  it('refuses a key that it cannot read', async () => {
    // Version 4, EdDSA, on a curve that nobody knows.
    const packet = Buffer.from('c60d04695fa3b01603aabbcc00080f', 'hex');
    const text = armor(enums.armor.publicKey, packet);
    expect((await refusal(text)).message).toContain('key 1 of the text: it cannot be read');
  });

  it('refuses a subkey that the primary key did not sign', async () => {
    const [owner, other] = await Promise.all([makeKeyPair('Owner'), makeKeyPair('Other')]);
    const [own, foreign] = await Promise.all(
      [owner, other].map(({ publicKey }) => readKey({ armoredKey: publicKey })),
    );
    const subkey = foreign?.subkeys[0];
    const packets = new PacketList<AnyPacket>();
    packets.push(...(own?.toPacketList().slice(0, 3) ?? []));
    if (subkey) packets.push(subkey.keyPacket, ...subkey.bindingSignatures);
    const { message } = await refusal(armor(enums.armor.publicKey, packets.write()));
    expect(message).toMatch(/its subkey [0-9A-F]{16} has no valid signature of the primary key/);
  });

  it('refuses packets before the first key', async () => {
    const { publicKey } = await makeKeyPair('Late');
    const key = (await readKey({ armoredKey: publicKey })).write();
    const text = armor(enums.armor.publicKey, Buffer.concat([Buffer.from('cd0141', 'hex'), key]));
    expect((await refusal(text)).message).toContain('holds something else than keys');
  });

  it('refuses a key whose self-signature was changed', async () => {
    const { publicKey } = await makeKeyPair('Changed');
    const lines = publicKey.split('\n').filter((line) => !line.startsWith('='));
    const bytes = Buffer.from(lines.slice(2, -2).join(''), 'base64');
    const at = bytes.indexOf('Changed');
    bytes.write('Forged!', at);
    const forged = [lines[0], '', bytes.toString('base64'), '-----END PGP PUBLIC KEY BLOCK-----'].join('\n');
    expect((await refusal(forged)).message).toContain('no valid user id');
  });

  it('names every bad key at once', async () => {
    const [good, noSubkey, x25519] = await Promise.all([
      makeKeyPair('Good'),
      makeKeyPair('First', { subkeys: [] }),
      makeKeyPair('Second', { subkeys: [{ type: 'curve25519' }] }),
    ]);
    const error = await refusal([good, noSubkey, x25519].map(({ publicKey }) => publicKey).join('\n'));
    expect(error.message).toMatch(
      /[0-9A-F]{16} \(First <first@example.org>\): it has no subkey for encryption; /,
    );
    expect(error.message).toMatch(/[0-9A-F]{16} \(Second <second@example.org>\): it cannot be encrypted to/);
    expect(error.message).not.toContain('Good');
    expect(error.hint).toContain('gpg --quick-gen-key');
  });

  it('refuses a key that is given twice', async () => {
    const { publicKey } = await makeKeyPair('Twice');
    expect((await refusal(`${publicKey}\n${publicKey}`)).message).toContain('it is given twice');
  });

  it.each(['PRIVATE', 'PUBLIC'])(
    'refuses a secret key in a %s block, and shows nothing of it',
    async (name) => {
      const { privateKey, publicKey } = await makeKeyPair('Leaked');
      const error = await refusal(publicKey + privateKey.replaceAll('PRIVATE', name));
      expect(error.code).toBe('input-invalid');
      expect(error.message).toContain('holds a secret key');
      const shown = inspect(error, { depth: 10 }) + String(error.hint);
      for (const line of privateKey.split('\n').filter((each) => each.length > 10 && !each.startsWith('-'))) {
        expect(shown).not.toContain(line);
      }
    },
  );

  it('shows a hostile user id on one line', async () => {
    const { publicKey } = await makeKeyPair(`Evil\n::error::${'x'.repeat(300)}\u202E`, { subkeys: [] });
    const { message } = await refusal(publicKey);
    expect(message).not.toMatch(/[\n\u202E]/);
    expect(message.length).toBeLessThan(400);
  });
});
