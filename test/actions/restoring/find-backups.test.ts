// Which backup is the newest, and which are not believed.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import {
  findById,
  findNewest,
  listBackups,
  type Reading,
  type Wanted,
} from '../../../src/actions/restoring/find-backups.ts';
import { readSmallObject } from '../../../src/actions/restoring/read-small-object.ts';
import { dumpFolder } from '../../../src/domain/stores/object-names.ts';
import { LifeboatError } from '../../../src/errors.ts';
import {
  FormatStore,
  readVector,
  readVectorKeys,
  vectorBackup,
  vectorEncryption as encryption,
  withAnswers,
  type VectorKeys,
} from '../../helpers/format-store.ts';

const { signal } = new AbortController();
const now = new Date('2026-11-25T00:00:00Z');
let keys: VectorKeys;
let vector: FormatStore;
beforeAll(async () => {
  keys = await readVectorKeys();
});
beforeEach(() => {
  vector = new FormatStore();
});
afterEach(() => vector[Symbol.dispose]());

const reading = (changes: Partial<Reading> = {}): Reading => ({
  ...{ store: vector.reader, encryption, server: 'atlas', trustedSigners: keys.trustedSigners, now, signal },
  ...changes,
});

const addBackup = (id: string, instant: string, isAnchor = true) =>
  vector.addBackup(keys, id, instant, { isAnchor });
const idsOf = (candidates: readonly { id: string }[]): string[] => candidates.map(({ id }) => id);
const idOf = (day: number): string => `202611${day}T000000Z-00000000-mariadb`;

describe('findNewest', () => {
  it('reads what the test vectors hold', async () => {
    const [first, ...more] = await findNewest(reading(), 3);
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      id: vectorBackup.id,
      backup: {
        folder: vectorBackup.folder,
        signedBy: keys.signingKey.fingerprint,
        manifestSha256: '9fa339fc7cc705fcbd598d3b8a81d2c79b6691e5495b5a40345a995ed43ba4f9',
        manifest: { instant: '2026-11-20T03:05:13.250Z' },
      },
    });
  });

  it('passes over what is of a time that has not come, and says so', async () => {
    const [junk, signed] = ['29991231T235959Z-00000000-mariadb', '20261125T001001Z-00000000-mariadb'];
    mkdirSync(`${vector.directory}/${dumpFolder('atlas', junk)}`, { recursive: true });
    writeFileSync(`${vector.directory}/${dumpFolder('atlas', junk)}manifest.json`, 'junk');
    await addBackup(signed, '2026-11-25T00:10:01.000Z');
    await addBackup(idOf(21), '2999-12-31T23:59:59.000Z');
    // The store's clock and a runner's may be ten minutes apart.
    await addBackup('20261125T001000Z-00000000-mariadb', '2026-11-25T00:10:00.000Z');
    const said: string[] = [];
    const warn = (sentence: string) => said.push(sentence);
    expect(idsOf(await findNewest(reading({ warn }), 3))).toEqual([
      '20261125T001000Z-00000000-mariadb',
      vectorBackup.id,
    ]);
    expect(said).toEqual([
      expect.stringContaining(`not counted: ${junk}, ${signed}.`),
      expect.stringContaining(`not counted: ${idOf(21)}.`),
    ]);
  });

  it('finds nothing where all is of a time that has not come, or later than asked for', async () => {
    const before = new Date('2026-11-01T00:00:00Z');
    await expect(findNewest(reading({ now: before }), 3)).rejects.toMatchObject({ code: 'backup-not-found' });
    // Its run had begun by then, its state is later.
    const between = new Date('2026-11-20T03:05:12.500Z');
    await expect(findNewest(reading(), 3, { latest: between })).rejects.toMatchObject({
      code: 'backup-not-found',
    });
  });

  it('takes the newest state, not the run that began last', async () => {
    await addBackup(idOf(21), '2026-11-21T05:00:00.000Z');
    await addBackup(idOf(22), '2026-11-22T00:00:00.000Z');
    await addBackup('20261121T235959Z-00000000-mariadb', '2026-11-22T03:00:00.000Z');
    expect(idsOf(await findNewest(reading(), 1))).toEqual(['20261121T235959Z-00000000-mariadb', idOf(22)]);
    expect(idsOf(await findNewest(reading(), 0))).toEqual(['20261121T235959Z-00000000-mariadb']);
    expect(idsOf(await findNewest(reading(), 20))).toHaveLength(4);
  });

  it('for binlogs takes the newest that they can be replayed onto, and names what is passed over', async () => {
    const partial = [21, 22, 23].map(idOf);
    for (const day of [21, 22, 23]) await addBackup(idOf(day), `2026-11-${day}T00:00:01.000Z`, false);
    for (const hour of [1, 2, 3])
      await addBackup(`20261123T0${hour}0000Z-00000000-mariadb`, `2026-11-23T0${hour}:00:01.000Z`, false);
    const said: string[] = [];
    const warn = (sentence: string) => said.push(sentence);
    expect(idsOf(await findNewest(reading({ warn }), 0, { isAnchor: true }))).toEqual([vectorBackup.id]);
    expect(said).toEqual([expect.stringMatching(/^Newer backups, .* passed over: .* and 1 more\.$/)]);
    expect(idsOf(await findNewest(reading({ warn }), 0))).toEqual(['20261123T030000Z-00000000-mariadb']);
    // Where there is none the newest one says why.
    rmSync(vector.pathOf(`${vectorBackup.folder}manifest.json`));
    expect(idsOf(await findNewest(reading(), 9, { isAnchor: true })).slice(3)).toEqual(partial.toReversed());
    expect(said).toHaveLength(1);
  });

  describe('with labels', () => {
    const deploy = (day: number) => `${idOf(day)}-deploy`;
    const find = async (older: number, wanted: Wanted = {}) => {
      const said: string[] = [];
      const warn = (sentence: string) => said.push(sentence);
      return { ids: idsOf(await findNewest(reading({ warn }), older, wanted)), said };
    };

    it('takes the newest without one, and names newer ones that have one', async () => {
      await addBackup(idOf(21), '2026-11-21T00:00:01.000Z');
      await addBackup(idOf(22), '2026-11-22T00:00:01.000Z');
      for (const day of [20, 23, 24])
        await addBackup(deploy(day), `2026-11-${day}T00:00:02.000Z`, day === 23);
      expect(await find(1)).toEqual({
        ids: [idOf(22), idOf(21)],
        said: [expect.stringMatching(new RegExp(`passed over: ${deploy(24)}, ${deploy(23)}\\.$`))],
      });
      expect((await find(9)).ids).toEqual([idOf(22), idOf(21), vectorBackup.id]);
      const latest = new Date('2026-11-21T12:00:00Z');
      expect(await find(0, { latest })).toEqual({ ids: [idOf(21)], said: [] });
      // One that binlogs can be replayed onto has everything in it.
      expect((await find(0, { isAnchor: true })).ids).toEqual([deploy(23)]);
    });

    it('takes the newest that has the one that is asked for, or says that there is none', async () => {
      await addBackup(deploy(21), '2026-11-21T00:00:01.000Z');
      await addBackup(idOf(22), '2026-11-22T00:00:01.000Z');
      await addBackup(`${idOf(23)}-weekly`, '2026-11-23T00:00:01.000Z', false);
      expect(await find(9, { label: 'deploy' })).toEqual({ ids: [deploy(21)], said: [] });
      expect((await find(0, { label: 'weekly', isAnchor: true })).ids).toEqual([`${idOf(23)}-weekly`]);
      await expect(find(0, { label: 'depl' })).rejects.toMatchObject({
        code: 'backup-not-found',
        message: expect.stringContaining('atlas has no backup with the label depl in ') as string,
      });
    });

    it('takes the newest of all where each has one', async () => {
      rmSync(vector.pathOf(`${vectorBackup.folder}manifest.json`));
      await addBackup(`${idOf(21)}-nightly`, '2026-11-21T00:00:01.000Z', false);
      expect(await find(9)).toEqual({ ids: [`${idOf(21)}-nightly`], said: [] });
      await addBackup(deploy(22), '2026-11-22T00:00:01.000Z', false);
      expect(await find(0)).toEqual({ ids: [deploy(22)], said: [] });
      // What cannot be used is told of the one without a label, where there is one.
      await addBackup(idOf(20), '2026-11-20T00:00:01.000Z', false);
      expect((await find(0, { isAnchor: true })).ids).toEqual([idOf(20)]);
    });
  });

  it('keeps one that is refused where its id puts it', async () => {
    await addBackup(idOf(21), '2026-11-21T00:00:01.000Z');
    await addBackup(idOf(22), '2026-11-22T00:00:01.000Z');
    writeFileSync(vector.pathOf(`${dumpFolder('atlas', idOf(22))}manifest.json`), '{}');
    const candidates = await findNewest(reading(), 3);
    expect(idsOf(candidates)).toEqual([idOf(22), idOf(21), vectorBackup.id]);
    expect(candidates[0]).toMatchObject({ failure: { code: 'signature-invalid' } });
  });

  it('knows no backup of another server, and none without a manifest', async () => {
    await expect(findNewest(reading({ server: 'other' }), 3)).rejects.toMatchObject({
      code: 'backup-not-found',
      message: `other has no backup in file://${vector.directory}`,
    });
    rmSync(vector.pathOf(`${vectorBackup.folder}manifest.json`));
    expect(await listBackups(reading())).toEqual([]);
    await expect(findNewest(reading(), 3)).rejects.toMatchObject({ code: 'backup-not-found' });
  });

  it('passes on what the store says', async () => {
    const denied = new LifeboatError('store-denied', 'no');
    const store = withAnswers(vector.reader, { get: () => Promise.reject(denied) });
    await expect(findNewest(reading({ store }), 3)).rejects.toBe(denied);
  });
});

describe('a manifest is refused', () => {
  const failureOf = async (
    changes: Partial<Reading> = {},
    id: string = vectorBackup.id,
  ): Promise<LifeboatError> => {
    const candidate = await findById(reading(changes), id);
    if ('failure' in candidate) return candidate.failure;
    throw new Error('it was believed');
  };

  it('without a signature, unless none is asked for', async () => {
    rmSync(vector.pathOf(`${vectorBackup.folder}manifest.json.sig`));
    const failure = await failureOf();
    expect(failure).toMatchObject({
      code: 'signature-invalid',
      message: `${vectorBackup.folder}manifest.json is not signed`,
    });
    expect(await findById(reading({ trustedSigners: undefined }), vectorBackup.id)).toMatchObject({
      backup: { signedBy: undefined },
    });
  });

  it('with the signature of somebody else', async () => {
    const failure = await failureOf({ trustedSigners: keys.trustedProvers });
    expect(failure.code).toBe('signature-invalid');
    expect(failure.message).toContain('manifest.json.sig: ');
    expect(failure.hint).toContain('`trusted-signers` lacks a key');
  });

  it('that was changed', async () => {
    const key = `${vectorBackup.folder}manifest.json`;
    const text = readVector(`store/${key}`).toString();
    writeFileSync(vector.pathOf(key), text.replace('"rows": 5', '"rows": 6'));
    expect((await failureOf()).code).toBe('signature-invalid');
  });

  it('that is signed, but belongs elsewhere', async () => {
    const id = idOf(23);
    cpSync(vector.pathOf(vectorBackup.folder), vector.pathOf(dumpFolder('atlas', id)), { recursive: true });
    const failure = await failureOf({}, id);
    expect(failure.code).toBe('manifest-invalid');
    expect(failure.message).toContain(`but the manifest stands under ${id}`);
  });

  it('when it or its signature is endless', async () => {
    const signature = vector.pathOf(`${vectorBackup.folder}manifest.json.sig`);
    writeFileSync(signature, Buffer.alloc(64 * 1024 + 1));
    expect((await failureOf()).message).toContain('has more than 65536 bytes');
    writeFileSync(vector.pathOf(`${vectorBackup.folder}manifest.json`), Buffer.alloc(16 * 2 ** 20 + 1));
    expect((await failureOf()).code).toBe('manifest-invalid');
  });
});

it('finds a backup by its id, or says that there is none', async () => {
  expect(await findById(reading(), vectorBackup.id)).toMatchObject({ id: vectorBackup.id, backup: {} });
  await expect(findById(reading(), idOf(25))).rejects.toMatchObject({
    code: 'backup-not-found',
    message: `${dumpFolder('atlas', idOf(25))}manifest.json is not in file://${vector.directory}`,
  });
});

describe('readSmallObject', () => {
  const read = (key: string, maxBytes: number) =>
    readSmallObject(vector.reader, key, maxBytes, 'proof-invalid', signal);

  it('has a limit, and knows what is not there', async () => {
    mkdirSync(vector.pathOf('x'));
    writeFileSync(vector.pathOf('x/y'), '12345');
    expect((await read('x/y', 5))?.toString()).toBe('12345');
    await expect(read('x/y', 4)).rejects.toMatchObject({
      code: 'proof-invalid',
      message: 'x/y has more than 4 bytes',
    });
    expect(await read('x/z', 5)).toBeUndefined();
  });
});
