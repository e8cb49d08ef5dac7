// What every store must do, run on each adapter: the directory in the unit tests, S3 against a real gateway, SFTP against a real sshd.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ListedObject, StoreReader, StoreWriter } from '../../src/ports/store.ts';
import { collect, generateBytes, generateStream, readAll } from '../helpers/bytes.ts';

export interface StoreUnderTest {
  /** With parts of `partSizeBytes`, and objects of at most `maxParts` of them. */
  readonly writer: StoreWriter;
  readonly reader: StoreReader;
  readonly partSizeBytes: number;
  readonly maxParts: number;
  /** Names of what an upload that came to nothing left in the store without a key: temporary files, unfinished uploads. */
  findLeftovers(): Promise<string[]>;
  /** Puts bytes under a key without the writer. */
  plant(key: string, bytes: Uint8Array): Promise<void>;
}

export interface KnownLacks {
  /** The store takes writes of keys that are taken: its profile says so, and only unique names protect. */
  readonly replaces?: true;
}

export function describeStore(
  name: string,
  open: () => Promise<StoreUnderTest>,
  lacks: KnownLacks = {},
): void {
  const replaces = lacks.replaces === true;
  const neverReplaces = replaces ? 'replaces an object, as is known of it' : 'never replaces an object';

  describe(`${name}: store contract`, () => {
    let store: StoreUnderTest;
    const { signal } = new AbortController();

    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.writer.close();
      await store.reader.close();
    });

    async function read(key: string): Promise<Buffer> {
      return readAll(await store.reader.get(key, signal));
    }
    async function list(folder = ''): Promise<ListedObject[]> {
      return collect(store.reader.list(folder, signal));
    }
    async function listKeys(folder = ''): Promise<string[]> {
      return (await list(folder)).map(({ key }) => key);
    }
    async function expectNothing(): Promise<void> {
      expect(await listKeys()).toEqual([]);
      expect(await store.findLeftovers()).toEqual([]);
    }

    describe('put', () => {
      it('stores the bytes and says what it stored', async () => {
        const bytes = generateBytes(1_000);
        const seen: number[] = [];
        const stored = await store.writer.put('atlas/one.json', bytes, {
          signal,
          onProgress: (confirmed) => seen.push(confirmed),
        });
        expect(stored).toMatchObject({ key: 'atlas/one.json', sizeBytes: 1_000, sha256: sha256(bytes) });
        expect(seen).toEqual([1_000]);
        expect(await read('atlas/one.json')).toEqual(bytes);
      });

      it(neverReplaces, async () => {
        await store.plant('atlas/taken', Buffer.from('first'));
        const put = store.writer.put('atlas/taken', Buffer.from('second'), { signal });
        if (replaces) await put;
        else
          await expect(put).rejects.toMatchObject({
            code: 'store-exists',
            message: expect.stringContaining('atlas/taken') as string,
          });
        expect(await read('atlas/taken')).toEqual(Buffer.from(replaces ? 'second' : 'first'));
        expect(await store.findLeftovers()).toEqual([]);
      });

      it('refuses an empty body', async () => {
        const put = store.writer.put('empty', new Uint8Array(0), { signal });
        await expect(put).rejects.toMatchObject({ code: 'store-upload-failed' });
        await expectNothing();
      });

      it('does nothing once the signal fired', async () => {
        const reason = new Error('the run was stopped');
        const put = store.writer.put('late', generateBytes(10), { signal: AbortSignal.abort(reason) });
        await expect(put).rejects.toBe(reason);
        await expectNothing();
      });
    });

    describe('upload', () => {
      const sizes: readonly [string, (partSizeBytes: number) => number][] = [
        ['one byte', () => 1],
        ['exactly one part', (part) => part],
        ['one part and a byte', (part) => part + 1],
        ['several parts', (part) => 2 * part + 12_345],
      ];
      it.each(sizes)('stores a stream of %s', async (_what, size) => {
        const bytes = generateBytes(size(store.partSizeBytes));
        const seen: number[] = [];
        const stored = await store.writer.upload('a/stream', generateStream(bytes), {
          signal,
          onProgress: (confirmed) => seen.push(confirmed),
        });
        expect(stored).toHaveLength(1);
        expect(stored[0]).toMatchObject({ key: 'a/stream', sizeBytes: bytes.length, sha256: sha256(bytes) });
        expect(await read('a/stream')).toEqual(bytes);
        expect(await store.findLeftovers()).toEqual([]);
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
        expect(seen.at(-1)).toBe(bytes.length);
      });

      it('copies what it is given: a source may use its memory again', async () => {
        const chunk = Buffer.alloc(1_000);
        const expected: Buffer[] = [];
        const stream = async function* () {
          for (let fill = 1; fill <= 20; fill++) {
            expected.push(Buffer.alloc(chunk.length, fill));
            yield await Promise.resolve(chunk.fill(fill));
          }
          chunk.fill(0);
        };
        await store.writer.upload('reused', stream(), { signal });
        expect(await read('reused')).toEqual(Buffer.concat(expected));
      });

      it('goes on in further objects when one is full', async () => {
        const full = store.partSizeBytes * store.maxParts;
        const bytes = generateBytes(2 * full + 7);
        const stored = await store.writer.upload('long', generateStream(bytes), { signal });
        expect(stored.map(({ key, sizeBytes }) => [key, sizeBytes])).toEqual([
          ['long', full],
          ['long.002', full],
          ['long.003', 7],
        ]);
        expect(stored.map(({ sha256 }) => sha256)).toEqual([
          sha256(bytes.subarray(0, full)),
          sha256(bytes.subarray(full, 2 * full)),
          sha256(bytes.subarray(2 * full)),
        ]);
        const parts = [await read('long'), await read('long.002'), await read('long.003')];
        expect(Buffer.concat(parts).equals(bytes)).toBe(true);
        expect(await store.findLeftovers()).toEqual([]);
      });

      it('makes no second object when the stream ends where the first is full', async () => {
        const bytes = generateBytes(store.partSizeBytes * store.maxParts);
        const stored = await store.writer.upload('just', generateStream(bytes), { signal });
        expect(stored.map(({ key }) => key)).toEqual(['just']);
        expect(await listKeys()).toEqual(['just']);
      });

      it.each([
        ['empty', []],
        ['made of empty chunks', [new Uint8Array(0), new Uint8Array(0)]],
      ])('refuses a stream that is %s', async (_what, chunks) => {
        const upload = store.writer.upload('empty', toStream(chunks), { signal });
        await expect(upload).rejects.toMatchObject({ code: 'store-upload-failed' });
        await expectNothing();
      });

      it(`${neverReplaces}, whether small or of several parts`, async () => {
        await store.plant('taken', Buffer.from('first'));
        for (const size of [10, store.partSizeBytes + 1]) {
          const bytes = generateBytes(size);
          const upload = store.writer.upload('taken', generateStream(bytes), { signal });
          if (replaces) await upload;
          else await expect(upload).rejects.toMatchObject({ code: 'store-exists' });
          expect((await read('taken')).equals(replaces ? bytes : Buffer.from('first'))).toBe(true);
        }
        expect(await store.findLeftovers()).toEqual([]);
      });

      it('does not show the first object when a later one cannot be written', async () => {
        const bytes = generateBytes(store.partSizeBytes * store.maxParts + 1);
        await store.plant('torn.002', Buffer.from('somebody else'));
        const upload = store.writer.upload('torn', generateStream(bytes), { signal });
        if (replaces) await upload;
        else await expect(upload).rejects.toMatchObject({ code: 'store-exists' });
        expect(await listKeys()).toEqual(replaces ? ['torn', 'torn.002'] : ['torn.002']);
        expect(await store.findLeftovers()).toEqual([]);
      });

      // In parts: before anything is sent, while the second part is collected, and in the second object.
      it.each([0, 0.5, 1.5, 3.5])('leaves nothing when the source throws after %d parts', async (parts) => {
        const failure = new Error('the dump broke off');
        const upload = store.writer.upload(
          'broken',
          failAfter(generateBytes(parts * store.partSizeBytes), failure),
          { signal },
        );
        await expect(upload).rejects.toBe(failure);
        await expectNothing();
      });

      it.each([0, 0.5, 1.5, 3.5])(
        'leaves nothing when the signal fires after %d parts, even if the source is silent',
        async (parts) => {
          const stop = new AbortController();
          const reason = new Error('the run was stopped');
          const upload = store.writer.upload(
            'stopped',
            hangAfter(generateBytes(parts * store.partSizeBytes), () => stop.abort(reason)),
            { signal: stop.signal },
          );
          await expect(upload).rejects.toBe(reason);
          await expectNothing();
        },
      );

      it('leaves nothing when the signal fires in the middle of sending', async () => {
        const stop = new AbortController();
        const reason = new Error('the run was stopped');
        const bytes = generateBytes(3 * store.partSizeBytes);
        const upload = store.writer.upload('stopped', generateStream(bytes), {
          signal: stop.signal,
          onProgress: () => stop.abort(reason),
        });
        await expect(upload).rejects.toBe(reason);
        await expectNothing();
      });

      it('tells a source that it is given up', async () => {
        let wasClosed = false;
        const stop = new AbortController();
        const stream = async function* () {
          try {
            for (;;) {
              yield await Promise.resolve(generateBytes(1_000));
              stop.abort(new Error('enough'));
            }
          } finally {
            wasClosed = true;
          }
        };
        await expect(store.writer.upload('left', stream(), { signal: stop.signal })).rejects.toThrow(
          'enough',
        );
        await sleep(0);
        expect(wasClosed).toBe(true);
      });

      it('writes several streams at once', async () => {
        const streams = [1, 2, 3].map((seed) => generateBytes(store.partSizeBytes + seed));
        await Promise.all(
          streams.map((bytes, index) =>
            store.writer.upload(`together/${index}`, generateStream(bytes), { signal }),
          ),
        );
        for (const [index, bytes] of streams.entries()) {
          expect((await read(`together/${index}`)).equals(bytes)).toBe(true);
        }
      });
    });

    it.each(['', '/a', 'a/', 'a//b', '..', 'a/../b', '../a', 'a/..', '.hidden', 'a b', 'a\nb', 'ü', 'a\\b'])(
      'refuses the key %j, for writing and for reading',
      async (key) => {
        await expect(store.writer.put(key, generateBytes(1), { signal })).rejects.toThrow(RangeError);
        const upload = store.writer.upload(key, generateStream(generateBytes(1)), { signal });
        await expect(upload).rejects.toThrow(RangeError);
        await expect(store.reader.get(key, signal)).rejects.toThrow(RangeError);
        await expectNothing();
      },
    );

    describe('get', () => {
      it('says which object is missing', async () => {
        await expect(store.reader.get('atlas/missing', signal)).rejects.toMatchObject({
          code: 'store-not-found',
          message: expect.stringContaining('atlas/missing') as string,
        });
      });

      it('does not take a folder for an object', async () => {
        await store.plant('folder/object', generateBytes(1));
        await expect(store.reader.get('folder', signal)).rejects.toMatchObject({ code: 'store-not-found' });
      });

      it('ends with the reason of the signal', async () => {
        await store.plant('large', generateBytes(4_000_000));
        const stop = new AbortController();
        const reason = new Error('the run was stopped');
        const stream = await store.reader.get('large', stop.signal);
        stop.abort(reason);
        await expect(readAll(stream)).rejects.toBe(reason);
      });
    });

    describe('list', () => {
      it('gives every object once, sorted by its whole key, with its size and age', async () => {
        const keys = ['b', 'a/b/c', 'a/b', 'a-b', 'a.b', 'a/a', 'a_b/x', 'B', 'a/b-c/d'];
        const before = Date.now();
        // A file cannot be a folder as well.
        const plantable = keys.filter((key) => key !== 'a/b');
        for (const key of plantable) await store.plant(key, Buffer.from(key));
        const listed = await list();
        expect(listed.map(({ key }) => key)).toEqual(plantable.toSorted((a, b) => (a < b ? -1 : 1)));
        for (const { key, sizeBytes, lastModified } of listed) {
          expect(sizeBytes).toBe(key.length);
          expect(Math.abs(lastModified.getTime() - before)).toBeLessThan(60_000);
        }
      });

      it('gives what is below a folder only', async () => {
        for (const key of ['atlas/a', 'atlas/b/c', 'atlas2/d', 'atlas-e'])
          await store.plant(key, Buffer.from(key));
        expect(await listKeys('atlas')).toEqual(['atlas/a', 'atlas/b/c']);
        expect(await listKeys('atlas/')).toEqual(['atlas/a', 'atlas/b/c']);
        expect(await listKeys('nothing/here')).toEqual([]);
      });
    });

    describe('readClock', () => {
      it('gives the time', async () => {
        for (const clock of [await store.writer.readClock(signal), await store.reader.readClock(signal)]) {
          expect(Math.abs(clock.getTime() - Date.now())).toBeLessThan(5_000);
        }
        await expectNothing();
      });
    });

    it('says where it is, for people', () => {
      expect(store.writer.location).toMatch(/^(?:(?:s3|file):\/\/[^@?]+|sftp:\/\/[a-z]+@[^@?]+)$/);
      expect(store.reader.location).toBe(store.writer.location);
    });
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function* toStream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

async function* failAfter(bytes: Buffer, failure: Error): AsyncGenerator<Uint8Array> {
  yield* generateStream(bytes);
  throw failure;
}

async function* hangAfter(bytes: Buffer, onSilent: () => void): AsyncGenerator<Uint8Array> {
  yield* generateStream(bytes);
  onSilent();
  await new Promise(() => undefined);
}
