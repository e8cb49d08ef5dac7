import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openObject, readObject } from '../../../src/actions/restoring/open-object.ts';
import { collect, generateBytes, readAll } from '../../helpers/bytes.ts';
import { encryptBytes } from '../../helpers/encrypt-bytes.ts';
import {
  FormatStore,
  readVector,
  readVectorKeys,
  vectorBackup,
  vectorEncryption as encryption,
} from '../../helpers/format-store.ts';
import { makeKeyPair } from '../../encryption/make-key.ts';

const { signal } = new AbortController();
let vector: FormatStore;
let keys: Awaited<ReturnType<typeof readVectorKeys>>;
beforeAll(async () => {
  vector = new FormatStore();
  keys = await readVectorKeys();
});
afterAll(() => vector[Symbol.dispose]());

function put(bytes: Uint8Array): string {
  const file = path.join(vector.base, 'object.gpg');
  writeFileSync(file, bytes);
  return file;
}

const seal = async (plain: Uint8Array): Promise<string> =>
  put(await encryptBytes(encryption, plain, keys.recipients));
/** As the program `zstd` does. */
const withChecksum = (plain: Uint8Array) =>
  zstdCompressSync(plain, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
const options = () => ({ encryption, identity: keys.identity, signal });
const open = (file: string) => readAll(openObject(file, options()));

describe('openObject', () => {
  it('gives the text of what the test vectors hold', async () => {
    const parts = ['', '.002'].map((end) => readVector(`store/${vectorBackup.folder}shop.sql.zst.gpg${end}`));
    expect((await open(put(Buffer.concat(parts)))).equals(readVector('plain/shop.sql'))).toBe(true);
  });

  it('gives large texts in several pieces', async () => {
    const plain = generateBytes(2_000_000);
    const pieces = await collect(openObject(await seal(zstdCompressSync(plain)), options()));
    expect(pieces.length).toBeGreaterThan(3);
    expect(Buffer.concat(pieces).equals(plain)).toBe(true);
  });

  it('may be opened several times at once', async () => {
    const plain = generateBytes(300_000);
    const file = await seal(zstdCompressSync(plain));
    const texts = await Promise.all([open(file), open(file), open(file)]);
    expect(texts.every((text) => text.equals(plain))).toBe(true);
  });

  it.each<[string, (plain: Buffer) => Uint8Array]>([
    ['no zstd', (plain) => plain],
    ['a zstd stream that ends early', (plain) => zstdCompressSync(plain).subarray(0, 50_000)],
    ['nothing', () => Buffer.alloc(0)],
    ['damaged zstd', (plain) => Buffer.from(withChecksum(plain)).fill(7, 10_000, 10_100)],
  ])('refuses %s', async (_, change) => {
    const file = await seal(change(generateBytes(200_000)));
    await expect(open(file)).rejects.toMatchObject({ code: 'decryption-failed' });
  });

  it('refuses a message that was cut or changed', async () => {
    const message = await encryptBytes(encryption, zstdCompressSync(generateBytes(100_000)), keys.recipients);
    const changed = Buffer.from(message);
    changed[50_000] = (changed[50_000] ?? 0) ^ 1;
    for (const bad of [
      message.subarray(0, 60_000),
      message.subarray(0, -1),
      changed,
      Buffer.from('no message'),
    ])
      await expect(open(put(bad))).rejects.toMatchObject({ code: 'decryption-failed' });
  });

  it('says when the key is another one', async () => {
    const other = await encryption.readIdentity((await makeKeyPair('Other')).privateKey, undefined);
    const file = await seal(zstdCompressSync(generateBytes(10)));
    const opening = readAll(openObject(file, { ...options(), identity: other }));
    await expect(opening).rejects.toMatchObject({ code: 'identity-unfit' });
  });

  it('stops when the signal fires, with its reason', async () => {
    const file = await seal(zstdCompressSync(generateBytes(3_000_000)));
    const reason = new Error('stopped');
    await expect(readAll(openObject(file, { ...options(), signal: AbortSignal.abort(reason) }))).rejects.toBe(
      reason,
    );
    const controller = new AbortController();
    const reading = (async () => {
      for await (const piece of openObject(file, { ...options(), signal: controller.signal })) {
        expect(piece.length).toBeGreaterThan(0);

        controller.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
  });

  it('may be left in the middle', async () => {
    const file = await seal(zstdCompressSync(generateBytes(3_000_000)));
    for await (const piece of openObject(file, options())) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
  });
});

describe('readObject', () => {
  it('has a limit', async () => {
    const file = await seal(zstdCompressSync(Buffer.alloc(10_000)));
    expect(await readObject(file, 10_000, options())).toHaveLength(10_000);
    await expect(readObject(file, 9_999, options())).rejects.toMatchObject({
      code: 'manifest-invalid',
      message: 'an object has more than 9999 bytes',
    });
  });
});
