// Nothing is opened whose bytes are not those of the manifest.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchObject } from '../../../src/actions/restoring/fetch-object.ts';
import type { ManifestObject } from '../../../src/domain/dumps/manifest.ts';
import { LifeboatError } from '../../../src/errors.ts';
import type { StoreReader } from '../../../src/ports/store.ts';
import { DirectoryStoreReader } from '../../../src/store/directory/reader.ts';
import { DirectoryStoreWriter } from '../../../src/store/directory/writer.ts';
import { generateBytes, generateStream } from '../../helpers/bytes.ts';
import { withAnswers } from '../../helpers/format-store.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const bytes = generateBytes(500_000);
const PARTS = [
  bytes.subarray(0, 200_000),
  bytes.subarray(200_000, 400_000),
  bytes.subarray(400_000),
] as const;
const KEYS = ['dumps/x.gpg', 'dumps/x.gpg.002', 'dumps/x.gpg.003'] as const;
const object: ManifestObject = {
  ...{ role: 'data', name: 'x', databases: ['x'], codec: 'zstd', plainBytes: 1, recipients: [] },
  sizeBytes: bytes.length,
  sha256: sha256(bytes),
  parts: PARTS.map((part, index) => ({
    key: KEYS[index] ?? '',
    sizeBytes: part.length,
    sha256: sha256(part),
  })),
};
const unreachable = new LifeboatError('store-unreachable', 'the connection was lost');

let base: string;
let store: DirectoryStoreReader;
let directory: string;
beforeEach(async () => {
  base = mkdtempSync(path.join(tmpdir(), 'lifeboat-fetch-'));
  directory = mkdtempSync(path.join(base, 'work-'));
  const root = mkdtempSync(path.join(base, 'store-'));
  store = new DirectoryStoreReader({ directory: root });
  const writer = new DirectoryStoreWriter({ directory: root });
  for (const [index, part] of PARTS.entries())
    await writer.put(KEYS[index] ?? '', part, { signal: new AbortController().signal });
});
afterEach(() => rmSync(base, { recursive: true }));

const spoil = (key: string, content: Uint8Array): void =>
  writeFileSync(path.join(store.location.slice('file://'.length), key), content);

function fetch(wanted = object, from: StoreReader = store, signal = new AbortController().signal) {
  const counts: number[] = [];
  const file = fetchObject(wanted, {
    store: from,
    directory,
    name: 'object.gpg',
    signal,
    onBytes: (count) => counts.push(count),
  });
  return { file, counts };
}

async function refusal(wanted = object, from: StoreReader = store): Promise<LifeboatError> {
  const error: unknown = await fetch(wanted, from).file.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(LifeboatError);
  return error as LifeboatError;
}

/** A store whose streams break off after so many bytes, the first times that each is asked for. */
function breaking(times: number, afterBytes = 100_000, error: Error = unreachable) {
  const asked = new Map<string, number>();
  const from: StoreReader = withAnswers(store, {
    get: (key: string) => {
      const count = (asked.get(key) ?? 0) + 1;
      asked.set(key, count);
      const part = PARTS[KEYS.findIndex((known) => known === key)] ?? Buffer.alloc(0);
      return Promise.resolve(
        Readable.from(
          (async function* () {
            if (count > times) yield* generateStream(part);
            else {
              yield* generateStream(part.subarray(0, afterBytes));
              throw error;
            }
          })(),
        ),
      );
    },
  });
  return { from, asked };
}

it('joins the parts into one file, for its owner only', async () => {
  const { file, counts } = fetch();
  const place = await file;
  expect(path.dirname(place)).toBe(directory);
  expect(readFileSync(place).equals(bytes)).toBe(true);
  expect(statSync(place).mode & 0o777).toBe(0o600);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(bytes.length);
});

describe('an object is refused by name when', () => {
  it.each<[string, () => void, string, string]>([
    ['a part is missing', () => rmSync(path.join(store.location.slice(7), KEYS[1])), KEYS[1], 'is missing'],
    ['a part is short', () => spoil(KEYS[1], PARTS[1].subarray(1)), KEYS[1], 'has 199999 bytes, not 200000'],
    ['a part is empty', () => spoil(KEYS[2], Buffer.alloc(0)), KEYS[2], 'has 0 bytes, not 100000'],
    [
      'a part is long',
      () => spoil(KEYS[1], Buffer.concat([PARTS[1], Buffer.alloc(1)])),
      KEYS[1],
      'has more than its 200000 bytes',
    ],
    [
      'one bit is flipped',
      () => {
        const flipped = Buffer.from(PARTS[0]);
        flipped[12_345] = (flipped[12_345] ?? 0) ^ 1;
        spoil(KEYS[0], flipped);
      },
      KEYS[0],
      'has the SHA-256 ',
    ],
    [
      'two parts are swapped',
      () => {
        spoil(KEYS[0], PARTS[1]);
        spoil(KEYS[1], PARTS[0]);
      },
      KEYS[0],
      `has the SHA-256 ${sha256(PARTS[1])}, not ${sha256(PARTS[0])}`,
    ],
  ])('%s', async (_, damage, key, what) => {
    damage();
    const error = await refusal();
    expect(error.code).toBe('object-mismatch');
    expect(error.message.startsWith(`${key} ${what}`)).toBe(true);
    expect(error.hint).toContain('was not decrypted');
  });

  it('its parts are right, but not the whole', async () => {
    expect(await refusal({ ...object, sha256: sha256(PARTS[0]) })).toMatchObject({
      code: 'object-mismatch',
      message: `${KEYS[0]} and its other parts do not make the object`,
    });
    expect((await refusal({ ...object, parts: object.parts.toReversed() })).code).toBe('object-mismatch');
  });
});

describe('a stream that breaks off', () => {
  it('is asked for again, from the beginning of its part', async () => {
    for (const afterBytes of [0, 1, 60_001, 100_000]) {
      const { from, asked } = breaking(2, afterBytes);
      expect(readFileSync(await fetch(object, from).file).equals(bytes)).toBe(true);
      expect([...asked.values()]).toEqual([3, 3, 3]);
    }
  });

  it('is given up after three times, as what it was', async () => {
    const { from, asked } = breaking(3);
    expect(await refusal(object, from)).toBe(unreachable);
    expect([...asked]).toEqual([[KEYS[0], 3]]);
  });

  it('for another reason is not asked for again', async () => {
    const denied = new LifeboatError('store-denied', 'no');
    const { from, asked } = breaking(1, 10, denied);
    expect(await refusal(object, from)).toBe(denied);
    expect([...asked.values()]).toEqual([1]);
  });
});

it('passes on what the store says of itself', async () => {
  const denied = new LifeboatError('store-denied', 'no');
  const from = withAnswers(store, { get: () => Promise.reject(denied) });
  expect(await refusal(object, from)).toBe(denied);
});

it('stops when the signal fires, and asks no more', async () => {
  const reason = new Error('stopped');
  await expect(fetch(object, store, AbortSignal.abort(reason)).file).rejects.toBe(reason);
  const controller = new AbortController();
  const { from, asked } = breaking(3);
  const original = from.get.bind(from);
  from.get = (key, signal) => {
    controller.abort(reason);
    return original(key, signal);
  };
  await expect(fetch(object, from, controller.signal).file).rejects.toBe(unreachable);
  expect([...asked.values()]).toEqual([1]);
});
