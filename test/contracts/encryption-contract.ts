// What every implementation of the Encryption port must do, judged by the gpg of this machine.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LifeboatError } from '../../src/errors.ts';
import type { Encryption, Recipient } from '../../src/ports/encryption.ts';
import { GpgHome } from '../encryption/gpg-home.ts';
import { makeKeyPair } from '../encryption/make-key.ts';
import { generateBytes, generateStream, readAll } from '../helpers/bytes.ts';
import { encryptBytes } from '../helpers/encrypt-bytes.ts';

// gpg makes keys and starts agents: seconds, when the machine is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** How the target encrypts; the options are the ones of the product's remote script. */
const TARGET_OPTIONS = [
  ...[
    '--quiet',
    '--no-autostart',
    '--lock-never',
    '--trust-model',
    'always',
    '--rfc4880',
    '--compress-algo',
    'none',
  ],
  ...['-z0', '--cipher-algo', 'AES256', '--set-filename', ''],
];

/** With few rounds of hashing, which only cost time here. */
const BY_PASSPHRASE = [
  '--pinentry-mode',
  'loopback',
  '--passphrase',
  'x',
  '--s2k-count',
  '1024',
  '--symmetric',
];

async function failure(action: () => unknown): Promise<LifeboatError> {
  try {
    await action();
  } catch (error) {
    expect(error).toBeInstanceOf(LifeboatError);
    return error as LifeboatError;
  }
  throw new Error('it was accepted');
}

export function describeEncryption(name: string, create: () => Encryption): void {
  describe(`${name} as Encryption`, () => {
    const now = (): Date => new Date();
    const encryption = create();
    let gpg: GpgHome;
    let stranger: GpgHome;
    let alice: string;
    let bob: string;
    let carol: string;
    let recipients: Recipient[];

    const read = (...fingerprints: string[]): Promise<Recipient[]> =>
      encryption.readRecipients(gpg.exportPublic(...fingerprints), now());

    beforeAll(async () => {
      gpg = new GpgHome();
      stranger = new GpgHome();
      alice = gpg.makeKey('Alice <alice@example.org>');
      bob = gpg.makeKey('Bob <bob@example.org>', { algorithm: 'rsa2048', usage: 'cert' });
      gpg.must([
        '--pinentry-mode',
        'loopback',
        '--passphrase',
        '',
        '--quick-add-key',
        bob,
        'rsa2048',
        'encr',
      ]);
      carol = gpg.makeKey('Carol <carol@example.org>');
      recipients = await read(alice, bob);
    });

    afterAll(() => {
      gpg[Symbol.dispose]();
      stranger[Symbol.dispose]();
    });

    describe('recipients', () => {
      it('are read from one armor with several keys, and from several armors', async () => {
        const together = await read(alice, bob);
        const apart = await encryption.readRecipients(
          `# daily\n${gpg.exportPublic(alice)}\n\n# in the safe\n${gpg.exportPublic(bob)}`,
          now(),
        );
        expect(apart).toEqual(together);
        expect(together.map(({ fingerprint }) => fingerprint).toSorted()).toEqual([alice, bob].toSorted());
        expect(together.map(({ userId }) => userId)).toContain('Bob <bob@example.org>');
      });

      it('name the subkey that gpg encrypts to', () => {
        for (const { fingerprint, encryptionKeyId } of recipients) {
          expect(gpg.encryptionSubkeys(fingerprint)).toEqual([encryptionKeyId]);
        }
      });

      it('are armored one by one, so that gpg takes each from a file of its own', () => {
        for (const { armored, encryptionKeyId } of recipients) {
          const file = stranger.writeFile('recipient.asc', armored);
          const { stdout } = stranger.must([...TARGET_OPTIONS, '-f', file, '--encrypt', '-o', '-'], 'x');
          const { status } = gpg.must(['--decrypt'], stdout);
          expect(status.filter((line) => line.startsWith('ENC_TO'))).toEqual([
            expect.stringContaining(`ENC_TO ${encryptionKeyId} `),
          ]);
        }
      });
    });

    describe('encrypt', () => {
      // Where packets of 64 KiB a piece begin another one, and around it.
      const edges = [65_482, 65_483, 65_484, 65_529, 65_530, 65_531, 131_066, 131_067];
      it.each([0, 1, 511, 70_000, 2 ** 20, ...edges])('writes %d bytes that gpg decrypts', async (size) => {
        const data = Buffer.alloc(size, 'lifeboat\n');
        const message = await encryptBytes(encryption, data, recipients);
        const { stdout, status } = gpg.must(['--decrypt'], message);
        expect(stdout.equals(data)).toBe(true);
        expect(status).toContain('GOODMDC');
        expect(status).toContain('DECRYPTION_OKAY');
        expect(status).toContain('PLAINTEXT 62 0 ');
      });

      it('is read by each recipient alone', async () => {
        const message = await encryptBytes(encryption, Buffer.from('x'), recipients);
        for (const fingerprint of [alice, bob]) {
          using home = new GpgHome();
          home.import(gpg.exportSecret(fingerprint));
          expect(home.must(['--decrypt'], message).stdout.toString()).toBe('x');
        }
      });

      it('uses AES-256 and does not compress', async () => {
        const message = await encryptBytes(encryption, Buffer.alloc(5000, 'a'), recipients);
        const { stdout, stderr } = gpg.must(['--list-packets', '--show-session-key'], message);
        const packets = stdout.toString();
        expect(packets).toContain('mdc_method: 2');
        expect(packets).not.toContain('compressed packet');
        expect(packets).toContain('name=""');
        // 9 is AES with 256 bits.
        expect(stderr + packets).toMatch(/session key: '9:[0-9A-F]{64}'/);
        expect(message.length).toBeGreaterThan(5000);
      });

      it('writes what passes its own gate', async () => {
        const message = await encryptBytes(encryption, Buffer.from('x'), recipients);
        expect(encryption.checkMessageStart(message, recipients)).toBe(true);
      });

      it('never gives the same message twice', async () => {
        const [one, other] = await Promise.all(
          [1, 2].map(() => encryptBytes(encryption, Buffer.from('x'), recipients)),
        );
        expect(one).not.toEqual(other);
      });

      it.each([1, 1000, 32_768, 2 ** 20])('takes its data in chunks of %d bytes', async (chunkBytes) => {
        const data = generateBytes(Math.min(3_000_000, 3000 * chunkBytes));
        const message = await readAll(encryption.encrypt(generateStream(data, chunkBytes), recipients));
        expect(gpg.must(['--decrypt'], message).stdout.equals(data)).toBe(true);
      });

      it('writes version 1 for keys that announce that they read more', async () => {
        const pairs = await Promise.all(
          ['One', 'Two'].map((who) => makeKeyPair(who, { config: { aeadProtect: true } })),
        );
        const able = await encryption.readRecipients(
          pairs.map(({ publicKey }) => publicKey).join('\n'),
          now(),
        );
        const message = await encryptBytes(encryption, Buffer.from('x'), able);
        expect(encryption.checkMessageStart(message, able)).toBe(true);
        for (const { privateKey } of pairs) {
          using home = new GpgHome();
          home.import(privateKey);
          expect(home.must(['--decrypt'], message).status).toContain('GOODMDC');
        }
      });

      it.each([0, 1, 50, 100])(
        'throws what its source throws after %d chunks, and never ends well',
        async (at) => {
          const error = new LifeboatError('ssh-lost', 'the connection broke');
          async function* breaking() {
            for await (const chunk of generateStream(generateBytes(at * 1000), 1000)) yield chunk;
            throw error;
          }
          await expect(readAll(encryption.encrypt(breaking(), recipients))).rejects.toBe(error);
        },
      );

      it('asks for little more than what is taken from it, and lets go of the rest', async () => {
        const asked = { chunks: 0, isClosed: false };
        async function* endless() {
          try {
            for (;;) {
              asked.chunks += 1;
              yield await Promise.resolve(Buffer.alloc(32_768));
            }
          } finally {
            asked.isClosed = true;
          }
        }
        const message = encryption.encrypt(endless(), recipients)[Symbol.asyncIterator]();
        for (let taken = 0; taken < 10; taken += 1) await message.next();
        // Whoever reads ahead without limit would go on in each of these turns.
        for (let turn = 0; turn < 1000; turn += 1) await new Promise(setImmediate);
        expect(asked.chunks).toBeLessThan(30);
        await message.return?.();
        await vi.waitFor(() => expect(asked.isClosed).toBe(true));
      });

      it('needs a recipient', async () => {
        await expect(encryptBytes(encryption, Buffer.from('x'), [])).rejects.toThrow(RangeError);
      });
    });

    describe('checkMessageStart', () => {
      /** What the target would send: each recipient from a file of its own, no keyring, no agent. */
      const encryptLikeTarget = (to: readonly Recipient[], extra: readonly string[] = []): Buffer => {
        const files = to.flatMap(({ armored }, index) => ['-f', stranger.writeFile(`k${index}`, armored)]);
        return stranger.must(
          [...TARGET_OPTIONS, ...extra, ...files, '--encrypt', '-o', '-'],
          'CREATE TABLE t;\n',
        ).stdout;
      };
      const refusal = async (message: Uint8Array, to = recipients): Promise<string> => {
        const error = await failure(() => encryption.checkMessageStart(message, to));
        expect(error.code).toBe('encryption-format');
        return error.message;
      };

      it('lets pass what gpg on the target writes', async () => {
        expect(encryption.checkMessageStart(encryptLikeTarget(recipients), recipients)).toBe(true);
        expect(encryption.checkMessageStart(encryptLikeTarget(recipients.toReversed()), recipients)).toBe(
          true,
        );
        const [one] = await read(carol);
        expect(one && encryption.checkMessageStart(encryptLikeTarget([one]), [one])).toBe(true);
      });

      it('waits until it has seen enough, and then says yes for every longer head', () => {
        const message = encryptLikeTarget(recipients);
        const verdicts = Array.from({ length: message.length + 1 }, (_, length) =>
          encryption.checkMessageStart(message.subarray(0, length), recipients),
        );
        const enough = verdicts.indexOf(true);
        expect(enough).toBeGreaterThan(100);
        expect(enough).toBeLessThan(1024);
        expect(verdicts.slice(0, enough).every((verdict) => verdict === undefined)).toBe(true);
        expect(verdicts.slice(enough).every((verdict) => verdict === true)).toBe(true);
      });

      it('refuses a message for one recipient too few', async () => {
        const message = encryptLikeTarget(recipients.slice(0, 1));
        expect(await refusal(message)).toContain(`not encrypted to ${recipients[1]?.encryptionKeyId}`);
      });

      it('refuses a message for one recipient too many', async () => {
        const [extra] = await read(carol);
        const message = encryptLikeTarget([...recipients, ...(extra ? [extra] : [])]);
        expect(await refusal(message)).toContain(`encrypted to the key ${extra?.encryptionKeyId}`);
      });

      it('refuses a message for somebody else', async () => {
        expect(await refusal(encryptLikeTarget(await read(carol)))).toContain('encrypted to the key');
      });

      it('refuses a message that hides its recipients', async () => {
        expect(await refusal(encryptLikeTarget(recipients, ['--throw-keyids']))).toContain('hides');
      });

      it('refuses a message that also opens with a passphrase', async () => {
        const files = recipients.flatMap(({ armored }, index) => ['-f', gpg.writeFile(`k${index}`, armored)]);
        const { stdout } = gpg.must(
          ['--trust-model', 'always', ...BY_PASSPHRASE, ...files, '--encrypt', '-o', '-'],
          'x',
        );
        expect(await refusal(stdout)).toMatch(/passphrase/);
      });

      it.each([
        ['with a passphrase only', BY_PASSPHRASE, 'passphrase'],
        [
          'signed only',
          ['--pinentry-mode', 'loopback', '--passphrase', '', '-z0', '--sign'],
          'signed, not encrypted',
        ],
        [
          'signed and compressed only',
          ['--pinentry-mode', 'loopback', '--passphrase', '', '--sign'],
          'compressed, not',
        ],
        ['stored in the clear', ['--store', '-z0'], 'not encrypted at all'],
        ['armored', ['--armor', '--store'], 'no OpenPGP message'],
      ])('refuses data %s', async (_, options, reason) => {
        expect(await refusal(gpg.must([...options, '-o', '-'], 'CREATE TABLE t;\n').stdout)).toContain(
          reason,
        );
      });

      it.each([
        ['SQL text', Buffer.from('-- MariaDB dump 10.19\n'), 'no OpenPGP message'],
        ['zstd', Buffer.from('28b52ffd2000010000', 'hex'), 'no OpenPGP message'],
        ['an error text', Buffer.from("gpg: can't open\n"), 'no OpenPGP message'],
        ['zeros', Buffer.alloc(100), 'no OpenPGP message'],
      ])('refuses %s', async (_, bytes, reason) => {
        expect(await refusal(bytes)).toContain(reason);
      });
    });

    describe('signatures', () => {
      const data = Buffer.from('{\n  "schema": 1\n}\n');
      const sign = async (): Promise<Uint8Array> =>
        (await encryption.readSigningKey(gpg.exportSecret(alice), undefined, now())).sign(data);
      const verifyWithGpg = (signature: Uint8Array, bytes: Uint8Array): readonly string[] => {
        const [file, sigFile] = [gpg.writeFile('data', bytes), gpg.writeFile('data.sig', signature)];
        return gpg.run(['--verify', sigFile, file]).status;
      };

      it('are accepted by gpg', async () => {
        const status = verifyWithGpg(await sign(), data);
        expect(status.some((line) => line.startsWith('GOODSIG '))).toBe(true);
        expect(status.some((line) => line.startsWith(`VALIDSIG `) && line.endsWith(alice))).toBe(true);
      });

      it('do not fit other bytes', async () => {
        const status = verifyWithGpg(await sign(), Buffer.from('{\n  "schema": 2\n}\n'));
        expect(status.some((line) => line.startsWith('BADSIG '))).toBe(true);
      });

      it('carry the time that was asked for', async () => {
        const key = await encryption.readSigningKey(gpg.exportSecret(alice), undefined, now());
        const signedAt = new Date(Math.floor(Date.now() / 1000) * 1000 + 60_000);
        const signature = await key.sign(data, signedAt);
        const signers = await encryption.readTrustedSigners(gpg.exportPublic(alice));
        expect(await encryption.verifyDetached(data, signature, signers, now())).toEqual({
          fingerprint: alice,
          signedAt,
        });
      });

      it('by gpg are verified', async () => {
        const options = ['--pinentry-mode', 'loopback', '--passphrase', '', '-u', bob, '--detach-sign'];
        // Bob's primary key may certify only; a subkey signs.
        gpg.must([
          '--pinentry-mode',
          'loopback',
          '--passphrase',
          '',
          '--quick-add-key',
          bob,
          'rsa2048',
          'sign',
        ]);
        const signature = gpg.must(options, data).stdout;
        const signers = await encryption.readTrustedSigners(gpg.exportPublic(alice, bob));
        expect((await encryption.verifyDetached(data, signature, signers, now())).fingerprint).toBe(bob);
      });

      it('are refused when anything is changed', async () => {
        const signature = await sign();
        const signers = await encryption.readTrustedSigners(gpg.exportPublic(alice));
        const verify = (bytes: Uint8Array, sig: Uint8Array) =>
          encryption.verifyDetached(bytes, sig, signers, now());
        await expect(verify(data, signature)).resolves.toMatchObject({ fingerprint: alice });
        for (let at = 0; at < data.length; at += 3) {
          const spoilt = Buffer.from(data);
          spoilt[at] = (spoilt[at] ?? 0) ^ 1;
          expect((await failure(() => verify(spoilt, signature))).code).toBe('signature-invalid');
        }
        for (const length of [0, 1, 10, signature.length - 1]) {
          const error = await failure(() => verify(data, signature.subarray(0, length)));
          expect(error.code).toBe('signature-invalid');
        }
      });

      it('by others are refused', async () => {
        const signers = await encryption.readTrustedSigners(gpg.exportPublic(bob, carol));
        const error = await failure(async () =>
          encryption.verifyDetached(data, await sign(), signers, now()),
        );
        expect(error.code).toBe('signature-invalid');
        expect(error.message).toContain('not trusted');
      });
    });
  });
}
