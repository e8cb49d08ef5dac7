// What every way of decrypting must do, with messages by the gpg of this machine (as the target makes them) and by the product.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { createMessage, encrypt, readKey } from 'openpgp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LifeboatError } from '../../src/errors.ts';
import type { Encryption, Identity, Recipient } from '../../src/ports/encryption.ts';
import { GpgHome } from '../encryption/gpg-home.ts';
import { makeKeyPair } from '../encryption/make-key.ts';
import { readAll } from '../helpers/bytes.ts';
import { encryptBytes } from '../helpers/encrypt-bytes.ts';

// gpg makes keys and starts agents: seconds, when the machine is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const LOOPBACK = ['--pinentry-mode', 'loopback', '--passphrase', ''];

/** How the target encrypts; the options are the ones of the product's remote script. */
const TARGET_OPTIONS = [
  ...['--quiet', '--no-autostart', '--lock-never', '--trust-model', 'always', '--rfc4880'],
  ...['--compress-algo', 'none', '-z0', '--cipher-algo', 'AES256', '--set-filename', ''],
];

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');
const VECTORS = join(FIXTURES, 'format');
const CHUNK_BYTES = 64 * 1024;
const NEVER = new AbortController().signal;

/** A source that remembers what was done with it. */
class Source implements AsyncIterable<Uint8Array> {
  readBytes = 0;
  isClosed = false;
  readonly #chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

  constructor(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#chunks = chunks;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#chunks) {
        this.readBytes += chunk.length;
        yield chunk;
      }
    } finally {
      this.isClosed = true;
    }
  }
}

function* cut(bytes: Uint8Array, size = CHUNK_BYTES): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function thrown(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** Programs that this process has started and that still run, by name. */
function listChildren(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, name = '', parent] =
          /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        return Number(parent) === process.pid ? [name] : [];
      } catch {
        return [];
      }
    });
}

export function describeDecryption(name: string, create: () => Encryption): void {
  describe(`${name} as decryptor`, () => {
    const encryption = create();
    let gpg: GpgHome;
    let temporary: string;
    let fingerprints: Record<'alice' | 'bob' | 'elgamal', string>;
    let recipients: Recipient[];
    let alice: Identity;

    const identityOf = (fingerprint: string): Promise<Identity> =>
      encryption.readIdentity(gpg.exportSecret(fingerprint), undefined);
    const encryptLikeTarget = (data: Uint8Array, extra: readonly string[] = [], to = recipients): Buffer => {
      const files = to.flatMap(({ armored }, index) => ['-f', gpg.writeFile(`k${index}`, armored)]);
      return gpg.must([...TARGET_OPTIONS, ...extra, ...files, '--encrypt', '-o', '-'], data).stdout;
    };
    const decrypt = (
      chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
      { identity = alice, signal = NEVER } = {},
    ): AsyncIterable<Uint8Array> => encryption.decrypt(new Source(chunks), identity, signal);
    const refusal = async (message: Uint8Array, code = 'decryption-failed'): Promise<LifeboatError> => {
      const error = await thrown(() => readAll(decrypt(cut(message))));
      expect(error).toBeInstanceOf(LifeboatError);
      expect((error as LifeboatError).code).toBe(code);
      return error as LifeboatError;
    };

    beforeAll(async () => {
      gpg = new GpgHome();
      const bob = gpg.makeKey('Bob <bob@example.org>', { algorithm: 'rsa2048', usage: 'cert' });
      gpg.must([...LOOPBACK, '--quick-add-key', bob, 'rsa2048', 'encr']);
      gpg.import(readFileSync(join(FIXTURES, 'keys', 'dsa-elgamal-secret.asc')));
      const known = gpg.must(['--with-colons', '--list-secret-keys']).stdout.toString();
      const elgamal = [...known.matchAll(/^fpr:+([0-9A-F]+):/gm)].map(([, id = '']) => id);
      fingerprints = {
        alice: gpg.makeKey('Alice <alice@example.org>'),
        bob,
        elgamal: elgamal.find((id) => known.includes(`:17:${id.slice(-16)}:`)) ?? '',
      };
      recipients = await encryption.readRecipients(
        gpg.exportPublic(...Object.values(fingerprints)),
        new Date(),
      );
      expect(recipients).toHaveLength(3);
      alice = await identityOf(fingerprints.alice);
    });

    afterAll(() => gpg[Symbol.dispose]());

    beforeEach(() => {
      temporary = mkdtempSync(join(tmpdir(), 'lifeboat-decrypt-'));
      vi.stubEnv('TMPDIR', temporary);
    });

    afterEach(() => {
      vi.unstubAllEnvs();
      const left = readdirSync(temporary);
      rmSync(temporary, { recursive: true });
      expect(left).toEqual([]);
      expect(listChildren()).not.toContain('gpg');
    });

    describe('gives the text', () => {
      it.each([0, 1, 511, 8192, 100_000, 3 * 2 ** 20])('of a message by gpg of %d bytes', async (size) => {
        const data = randomBytes(size);
        expect((await readAll(decrypt(cut(encryptLikeTarget(data))))).equals(data)).toBe(true);
      });

      it.each([0, 1, 65_483, 65_530, 70_000, 2 ** 20])(
        'of a message by the product of %d bytes',
        async (size) => {
          const data = randomBytes(size);
          const message = await encryptBytes(encryption, data, recipients);
          expect((await readAll(decrypt(cut(message)))).equals(data)).toBe(true);
        },
      );

      it.each(['alice', 'bob', 'elgamal'] as const)('to each recipient: %s', async (who) => {
        const identity = await identityOf(fingerprints[who]);
        const message = encryptLikeTarget(Buffer.from('x'));
        expect(await readAll(decrypt([message], { identity }))).toEqual(Buffer.from('x'));
        expect(recipients.map(({ encryptionKeyId }) => encryptionKeyId)).toEqual(
          expect.arrayContaining([...identity.keyIds]),
        );
      });

      it('to an identity of several keys', async () => {
        const identity = await encryption.readIdentity(
          gpg.exportSecret(fingerprints.bob) + gpg.exportSecret(fingerprints.alice),
          undefined,
        );
        for (const recipient of recipients.slice(0, 2)) {
          const message = encryptLikeTarget(Buffer.from('x'), [], [recipient]);
          const isMine = identity.keyIds.includes(recipient.encryptionKeyId);
          const text = readAll(decrypt([message], { identity }));
          if (isMine) expect(await text).toEqual(Buffer.from('x'));
          else await expect(text).rejects.toThrow('is encrypted to');
        }
      });

      it('whatever the chunks are', async () => {
        const data = randomBytes(10_000);
        const message = encryptLikeTarget(data);
        for (const size of [1, 7, message.length]) {
          expect((await readAll(decrypt(cut(message, size)))).equals(data)).toBe(true);
        }
        const withEmpty = [...cut(message, 1000)].flatMap((chunk) => [new Uint8Array(), chunk]);
        expect((await readAll(decrypt(withEmpty))).equals(data)).toBe(true);
      });

      it('of a message that is compressed inside', async () => {
        const data = Buffer.alloc(100_000, 'lifeboat\n');
        const message = encryptLikeTarget(data, ['--compress-algo', 'zlib', '-z6']);
        expect(message.length).toBeLessThan(10_000);
        expect((await readAll(decrypt(cut(message)))).equals(data)).toBe(true);
      });

      it('of the test vectors of the format', async () => {
        const identity = await encryption.readIdentity(
          readFileSync(join(VECTORS, 'keys', 'recipient-secret.asc'), 'utf8'),
          undefined,
        );
        const folder = join(VECTORS, 'store/atlas/dumps/2026/11/20/20261120T030512Z-7f3a9c1e-mariadb');
        const objects = {
          'shop.sql': ['shop.sql.zst.gpg', 'shop.sql.zst.gpg.002'],
          'accounts.sql': ['accounts.sql.zst.gpg'],
          'inventory.json': ['inventory.json.zst.gpg'],
        };
        for (const [plain, parts] of Object.entries(objects)) {
          const text = await readAll(
            decrypt(
              parts.map((part) => readFileSync(join(folder, part))),
              { identity },
            ),
          );
          expect(zstdDecompressSync(text).equals(readFileSync(join(VECTORS, 'plain', plain)))).toBe(true);
        }
      });
    });

    describe('refuses', () => {
      let data: Buffer;
      let message: Buffer;
      /** Where the encrypted data begins, behind the version of its packet. */
      let encryptedAt: number;
      beforeAll(() => {
        data = randomBytes(50_000);
        message = encryptLikeTarget(data);
        encryptedAt = message.length;
        for (let at = 0; at < message.length;) {
          const tag = (message[at] ?? 0) & 0x40 ? (message[at] ?? 0) & 0x3f : ((message[at] ?? 0) >> 2) & 0xf;
          if (tag !== 1) {
            encryptedAt = at;
            break;
          }
          // gpg writes these in the old form, with lengths of one or two bytes.
          const width = 2 ** ((message[at] ?? 0) & 3);
          at += 1 + width + message.readUIntBE(at + 1, width);
        }
        expect(encryptedAt).toBeLessThan(1500);
      });

      it('a message for somebody else, and says who can read it and who asks', async () => {
        const others = recipients.filter(({ encryptionKeyId }) => !alice.keyIds.includes(encryptionKeyId));
        expect(others).toHaveLength(2);
        const error = await refusal(encryptLikeTarget(data, [], others), 'identity-unfit');
        for (const keyId of [...others.map(({ encryptionKeyId }) => encryptionKeyId), ...alice.keyIds])
          expect(error.message).toContain(keyId);
      });

      it('a message in which a byte was changed', async () => {
        const last = message.length - 1;
        const places = [0, 1, 2, 3, 10, 20, 100, 5000].map((at) => encryptedAt + at);
        for (const at of [...places, last - 40, last - 22, last - 20, last - 1, last]) {
          const spoilt = Buffer.from(message);
          spoilt[at] = (spoilt[at] ?? 0) ^ 1;
          await refusal(spoilt);
        }
      });

      it('a message whose session key was changed', async () => {
        const [mine] = recipients.filter(({ encryptionKeyId }) => alice.keyIds.includes(encryptionKeyId));
        const only = encryptLikeTarget(data, [], mine ? [mine] : []);
        const keyIdAt = only.indexOf(Buffer.from(alice.keyIds[0] ?? '', 'hex'));
        only[keyIdAt + 60] = (only[keyIdAt + 60] ?? 0) ^ 1;
        expect((await refusal(only)).message).toContain('session key');
      });

      it('a message that is cut short', async () => {
        const ends = [0, 1, 50, encryptedAt, encryptedAt + 1, encryptedAt + 3, encryptedAt + 30];
        for (const end of [...ends, 20_000, message.length - 22, message.length - 1])
          expect((await refusal(message.subarray(0, end))).message).toMatch(/it is (?:empty|cut short)\./);
      });

      it('a message that is cut short between two pieces of its packet', async () => {
        // gpg writes the first piece of 8192 bytes and says its size in one byte.
        expect(message[encryptedAt + 1]).toBe(224 + 13);
        await refusal(message.subarray(0, encryptedAt + 2 + 8192));
      });

      it('a message with something behind it', async () => {
        const marker = Buffer.from('ca03504750', 'hex');
        for (const more of [Buffer.from('x'), Buffer.alloc(1), marker, message])
          expect((await refusal(Buffer.concat([message, more]))).message).toContain('behind');
        const byProduct = await encryptBytes(encryption, data, recipients);
        await refusal(Buffer.concat([byProduct, marker]));
      });

      it('a message with a signature inside', async () => {
        await refusal(encryptLikeTarget(data, [...LOOPBACK, '-u', fingerprints.alice, '--sign']));
      });

      it.each([
        ['another cipher', ['--cipher-algo', 'AES128'], 'not AES with 256 bits'],
        ['hidden recipients', ['--throw-keyids'], 'hides for whom'],
      ])('a message with %s', async (_, options, reason) => {
        expect((await refusal(encryptLikeTarget(data, options))).message).toContain(reason);
      });

      it.each([
        [
          'with a passphrase only',
          [...['--pinentry-mode', 'loopback', '--passphrase', 'x'], '--s2k-count', '1024', '--symmetric'],
          'passphrase',
        ],
        ['signed only', [...LOOPBACK, '-z0', '--sign'], 'signed, not encrypted'],
        ['in the clear', ['--store', '-z0'], 'not encrypted at all'],
        ['armored', ['--armor', '--store'], 'no OpenPGP message'],
      ])('data %s', async (_, options, reason) => {
        expect((await refusal(gpg.must([...options, '-o', '-'], data).stdout)).message).toContain(reason);
      });

      it.each([
        ['of type 20 (OCB)', 20, 'OCB'],
        ['of type 9 (no protection)', 9, 'no protection'],
        ['of type 40', 40, 'type 40'],
      ])('encrypted data %s', async (_, tag, reason) => {
        const other = Buffer.from(message);
        other[encryptedAt] = 0xc0 | tag;
        expect((await refusal(other)).message).toContain(reason);
      });

      it.each<[string, (bytes: Buffer) => void, string]>([
        ['encrypted data of version 2', (bytes) => bytes.writeUInt8(2, encryptedAt + 2), 'version 2, not 1'],
        // Behind the header of the old form and its length.
        [
          'a session key of version 6',
          (bytes) => bytes.writeUInt8(6, 1 + 2 ** ((bytes[0] ?? 0) & 3)),
          'version 6, not 3',
        ],
      ])('%s', async (_, change, reason) => {
        const other = Buffer.from(message);
        change(other);
        expect((await refusal(other)).message).toContain(reason);
      });

      it('what the library encrypts by itself for new keys', async () => {
        const { publicKey, privateKey } = await makeKeyPair('New', { config: { aeadProtect: true } });
        const encrypted = await encrypt({
          message: await createMessage({ binary: data }),
          encryptionKeys: (await readKey({ armoredKey: publicKey })).toPublic(),
          format: 'binary',
        });
        const identity = await encryption.readIdentity(privateKey, undefined);
        await expect(readAll(decrypt([encrypted], { identity }))).rejects.toThrow(/version (?:2|6), not/);
      });

      it.each([
        ['nothing', Buffer.alloc(0), 'it is empty'],
        ['SQL text', Buffer.from('-- MariaDB dump 10.19\n'), 'no OpenPGP message'],
        ['zeros', Buffer.alloc(100), 'no OpenPGP message'],
      ])('%s', async (_, bytes, reason) => {
        expect((await refusal(bytes)).message).toContain(reason);
      });
    });

    describe('with a long message', () => {
      const size = 24 * 2 ** 20;
      let message: Buffer;
      beforeAll(() => {
        message = encryptLikeTarget(Buffer.alloc(size, randomBytes(CHUNK_BYTES)));
      });

      it('reads no faster than it is read', async () => {
        const source = new Source(cut(message));
        const text = encryption.decrypt(source, alice, NEVER)[Symbol.asyncIterator]();
        await text.next();
        // A machine that is slow reads less, not more.
        for (let before = -1; before !== source.readBytes;) {
          before = source.readBytes;
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
        expect(source.readBytes).toBeLessThan(size / 4);
        await text.return?.();
        expect(source.isClosed).toBe(true);
      });

      it('closes the source when its consumer stops', async () => {
        const source = new Source(cut(message));
        for await (const chunk of encryption.decrypt(source, alice, NEVER)) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }
        expect(source.isClosed).toBe(true);
        expect(listChildren()).not.toContain('gpg');
      });

      it('closes the source when its consumer throws', async () => {
        const source = new Source(cut(message));
        const failure = new Error('the disk is full');
        const consume = async (): Promise<void> => {
          for await (const chunk of encryption.decrypt(source, alice, NEVER))
            if (chunk.length > 0) throw failure;
        };
        expect(await thrown(consume)).toBe(failure);
        expect(source.isClosed).toBe(true);
      });

      it.each([0, 100, 10_000, 20 * 2 ** 20])(
        'throws what the source throws after %d bytes',
        async (bytes) => {
          const failure = new Error('the store hung up');
          const said = failure.message;
          function* failing(): Generator<Uint8Array> {
            yield* cut(message.subarray(0, bytes));
            throw failure;
          }
          expect(await thrown(() => readAll(decrypt(failing())))).toBe(failure);
          expect(failure.message).toBe(said);
        },
      );

      it('throws the reason when it was called off before', async () => {
        const source = new Source(cut(message));
        const reason = new Error('cancelled');
        const text = encryption.decrypt(source, alice, AbortSignal.abort(reason));
        expect(await thrown(() => readAll(text))).toBe(reason);
        expect(source.readBytes).toBe(0);
      });

      it('throws the reason when it is called off between two chunks', async () => {
        const source = new Source(cut(message));
        const life = new AbortController();
        const reason = new Error('cancelled');
        const consume = async (): Promise<void> => {
          for await (const chunk of encryption.decrypt(source, alice, life.signal))
            if (chunk.length > 0) life.abort(reason);
        };
        expect(await thrown(consume)).toBe(reason);
        expect(source.readBytes).toBeLessThan(size);
        await vi.waitFor(() => expect(source.isClosed).toBe(true));
      });

      it.each([0, 100, 2 ** 20])('throws the reason when its source hangs after %d bytes', async (bytes) => {
        const life = new AbortController();
        const reason = new Error('cancelled');
        async function* hanging(): AsyncGenerator<Uint8Array> {
          yield* cut(message.subarray(0, bytes));
          setTimeout(() => life.abort(reason), 50);
          await new Promise(() => undefined);
        }
        expect(await thrown(() => readAll(decrypt(hanging(), { signal: life.signal })))).toBe(reason);
      });

      it('leaves nothing attached to the signal', async () => {
        const { signal } = new AbortController();
        let attached = 0;
        const add = vi.spyOn(signal, 'addEventListener').mockImplementation((...args) => {
          attached += 1;
          EventTarget.prototype.addEventListener.apply(signal, args);
        });
        const remove = vi.spyOn(signal, 'removeEventListener').mockImplementation((...args) => {
          attached -= 1;
          EventTarget.prototype.removeEventListener.apply(signal, args);
        });
        await readAll(decrypt(cut(message), { signal }));
        expect(add).toHaveBeenCalled();
        expect(remove).toHaveBeenCalledTimes(add.mock.calls.length);
        expect(attached).toBe(0);
      });
    });
  });
}
