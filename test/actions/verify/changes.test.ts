// What goes while verify looks, or goes by a rule at its age, is no fault; what goes otherwise is.
import { beforeEach, describe, expect, it } from 'vitest';
import { binlogKeys, dumpFolder, snapshotKeys } from '../../../src/domain/stores/object-names.ts';
import { LifeboatError } from '../../../src/errors.ts';
import type { ExpiryRule, ListedVersion } from '../../../src/ports/store.ts';
import { vectorProof } from '../../helpers/format-store.ts';
import { linesOf, USUAL, useVerifyBench } from '../../helpers/use-verify-bench.ts';
import { BINLOGS, DUMPS, storedAt, type VerifyBench } from '../../helpers/verify-bench.ts';

const oldest = dumpFolder('atlas', DUMPS.oldest);
const middle = dumpFolder('atlas', DUMPS.middle);
const newest = dumpFolder('atlas', DUMPS.newest);
const data = `${newest}shop.sql.zst.gpg`;
const bench = useVerifyBench();
const notThere = (key: string) => new LifeboatError('store-not-found', `${key} is not there`);

describe('while verify looks', () => {
  /** Removes a dump when the first object of it is asked for. */
  function removeWhenAsked(from: VerifyBench, asked: string): void {
    from.reader = {
      get: (key, signal) => {
        if (key === asked) {
          from.remove(middle);
          from.reader = {};
          return Promise.reject(notThere(key));
        }
        return from.store.reader.get(key, signal);
      },
    };
  }

  it.each(['manifest.json', 'manifest.json.sig', 'shop.sql.zst.gpg'])(
    'a dump that goes when its %s is read is not missed',
    async (name) => {
      removeWhenAsked(bench(), middle + name);
      const report = await bench().look(USUAL);
      expect(linesOf(report)).toEqual([]);
      expect(report.servers[0]?.counts.dumps).toBe(2);
    },
  );

  it('an object that comes after the list is found', async () => {
    let lists = 0;
    bench().reader = {
      async *list(folder, signal) {
        lists += 1;
        // The first only tries whether versions can be listed.
        const isBefore = lists === 2;
        for await (const listed of bench().store.reader.list(folder, signal))
          if (!isBefore || listed.key !== data) yield { ...listed, lastModified: storedAt(listed.key) };
      },
    };
    expect(linesOf(await bench().look(USUAL))).toEqual([]);
    expect(lists).toBe(3);
  });

  it('an object that is gone from both lists is red', async () => {
    bench().remove(data);
    expect(linesOf(await bench().look(USUAL))).toEqual([expect.stringContaining('is gone')]);
  });

  it.each([
    [true, []],
    [false, ['went away while it was read']],
  ])('an object that goes while it is read back, its manifest with it: %s', async (isWhole, red) => {
    bench().reader = {
      get: (key, signal, maxBytes) => {
        if (key !== `${middle}shop.sql.zst.gpg` || maxBytes !== undefined)
          return bench().store.reader.get(key, signal);
        if (isWhole) bench().remove(middle);
        return Promise.reject(notThere(key));
      },
    };
    expect(linesOf(await bench().look({ ...USUAL, 'read-back': 'all' }))).toEqual(
      red.map((line) => expect.stringContaining(line) as string),
    );
  });
});

describe('at the end that a rule has set', () => {
  const RULE = { id: 'old', prefix: '', days: 10 };
  const ID = '20261112T050512Z-00000005-mariadb';
  const folder = dumpFolder('atlas', ID);
  const addOld = async (days = 10) => {
    await bench().addDump(ID, '2026-11-12T05:05:12.000Z', (manifest) => ({
      ...{ ...manifest, coordinates: null },
      pitrAnchor: { isAnchor: false, reasons: ['there are no coordinates'] },
    }));
    bench().settings = { ...bench().settings, expiry: [{ ...RULE, days }] };
  };

  it.each([
    ['an object is gone', () => bench().remove(`${folder}shop.sql.zst.gpg`), 'object'],
    [
      'an object was deleted by the rule',
      () => bench().delete(`${folder}shop.sql.zst.gpg`, new Date('2026-11-22T00:10:00Z')),
      'object',
    ],
    ['the signature is gone', () => bench().remove(`${folder}manifest.json.sig`), 'manifest'],
  ] as const)('%s: a note', async (_, spoil, check) => {
    await addOld();
    spoil();
    const report = await bench().look(USUAL);
    expect(linesOf(report)).toEqual([]);
    expect(linesOf(report, 'note')).toContain(
      `${check}: the dump \`${ID}\` is at its end: the bucket's rule \`old\` has begun to remove it`,
    );
  });

  it.each([
    ['it is not due for long', 12, () => bench().remove(`${folder}shop.sql.zst.gpg`)],
    [
      'the signature went, and it is not due for long',
      12,
      () => bench().remove(`${folder}manifest.json.sig`),
    ],
    [
      'it was deleted before',
      10,
      () => bench().delete(`${folder}shop.sql.zst.gpg`, new Date('2026-11-20T00:10:00Z')),
    ],
    [
      'it has another size',
      10,
      () => bench().write(`${folder}shop.sql.zst.gpg`, bench().read(`${folder}shop.sql.zst.gpg`).subarray(1)),
    ],
  ] as const)('%s: red', async (_, days, spoil) => {
    await addOld(days);
    spoil();
    expect(linesOf(await bench().look(USUAL))[0]).toMatch(/cannot be restored|does not count/);
  });
});

describe('binlogs that are kept for the newest dumps alone', () => {
  const ID = '20261101T030512Z-00000006-mariadb';
  const addOldAnchor = (id: string, instant: string) =>
    bench().addDump(id, instant, (manifest) => ({
      ...manifest,
      coordinates: { file: 'binlog.000000', position: 500, gtid: '0-4711-1' },
    }));

  it('an old dump before them is a note', async () => {
    await addOldAnchor(ID, '2026-11-01T03:05:12.000Z');
    const report = await bench().look(USUAL);
    expect(linesOf(report)).toEqual([]);
    expect(linesOf(report, 'note')).toContain(
      `chain: 1 dump, the newest \`${ID}\`, from before the oldest binlogs that are kept: each brings back its own moment alone`,
    );
  });

  it('one of some days ago is red, and so is an old one when nothing newer has a chain', async () => {
    await addOldAnchor('20261117T030512Z-00000006-mariadb', '2026-11-17T03:05:12.000Z');
    expect(linesOf(await bench().look(USUAL))).toEqual([
      expect.stringMatching(/^chain: .*cannot be brought/),
    ]);
    bench().remove(dumpFolder('atlas', '20261117T030512Z-00000006-mariadb'));
    await addOldAnchor(ID, '2026-11-01T03:05:12.000Z');
    for (const folder of [middle, newest, oldest]) bench().remove(folder);
    expect(linesOf(await bench().look(USUAL))).toContainEqual(
      expect.stringMatching(/^chain: .*cannot be brought/),
    );
  });
});

describe('on the day when a rule removes what is old', () => {
  const early = (number: number, run: string) => `early.00000${number}.${run}-000000b${number}`;
  const SECOND = early(2, '20261112T050001Z');
  const addEarly = (number: number, id: string, createdAt: string, closedAt: string) =>
    bench().addBinlog(id, {
      ...{ name: `early.00000${number}`, next: `early.00000${number + 1}`, createdAt, closedAt },
      ...{ gtidsBefore: `0-4711-${number}`, gtidsAfter: `0-4711-${number + 1}` },
    });
  const addAnchor = (id: string, instant: string, number: number) =>
    bench().addDump(id, instant, (manifest) => ({
      ...manifest,
      coordinates: { file: `early.00000${number}`, position: 500, gtid: `0-4711-${number}` },
    }));
  const look = (expiry: readonly ExpiryRule[]) => {
    bench().settings = { ...bench().settings, expiry };
    return bench().look();
  };

  beforeEach(async () => {
    for (const folder of ['atlas/binlogs', middle, newest]) bench().remove(folder);
    await addAnchor('20261112T030512Z-0000000d-mariadb', '2026-11-12T03:05:13.000Z', 1);
    await addAnchor(DUMPS.newest, '2026-11-22T03:05:13.250Z', 4);
    bench().remove(oldest);
    await addEarly(1, early(1, '20261112T040001Z'), '2026-11-12T03:00:00.000Z', '2026-11-12T04:00:00.000Z');
    await addEarly(2, SECOND, '2026-11-12T04:00:00.000Z', '2026-11-12T05:00:00.000Z');
    await addEarly(3, early(3, '20261122T030001Z'), '2026-11-12T05:00:00.000Z', '2026-11-22T03:00:00.000Z');
    await addEarly(4, early(4, '20261122T040001Z'), '2026-11-22T03:00:00.000Z', '2026-11-22T04:00:00.000Z');
  });
  const removeSecond = () => {
    const { data: object, manifest, signature } = binlogKeys('atlas', SECOND);
    for (const key of [object, manifest, signature]) bench().remove(key);
  };

  it.each<[string, readonly ExpiryRule[]]>([
    ['everything of that age', [{ id: 'old', prefix: '', days: 10 }]],
    [
      'binlogs of that age, and dumps later',
      [
        { id: 'dumps', prefix: 'atlas/dumps/', days: 365 },
        { id: 'binlogs', prefix: 'atlas/binlogs/', days: 10 },
      ],
    ],
  ])('a gap in the middle of its chain is a note: it removes %s', async (_, expiry) => {
    removeSecond();
    const report = await look(expiry);
    expect(linesOf(report)).toEqual([]);
    expect(linesOf(report, 'note')).toContain(
      'chain: 1 dump, the newest `20261112T030512Z-0000000d-mariadb`, whose binlogs rules of the bucket have begun to remove: they lead to 12 Nov 2026, 04:00:00 UTC',
    );
  });

  it('a gap is red as long as no rule is due', async () => {
    removeSecond();
    expect(linesOf(await look([{ id: 'old', prefix: '', days: 12 }]))).toEqual([
      expect.stringMatching(/^chain: .*cannot be brought/),
    ]);
  });
});

describe('a second version behind a key', () => {
  const snapshot = snapshotKeys('atlas', 'uploads', '20261122T030512Z-000000c1');
  const pack = 'atlas/storage/uploads/packs/20261122T030512Z-000000c1-1.tar.zst.gpg';
  const binlog = binlogKeys('atlas', BINLOGS.second);
  const KEYS = [
    [
      'documents',
      [`${newest}manifest.json`, binlog.manifest, snapshot.manifest, `${vectorProof.folder}proof.json`],
    ],
    [
      'signatures',
      [
        `${newest}manifest.json.sig`,
        binlog.signature,
        snapshot.signature,
        `${vectorProof.folder}proof.json.sig`,
      ],
    ],
    ['objects', [data, binlog.data, snapshot.index, pack, `${vectorProof.folder}RECOVERY.md`]],
    [
      'what a run left that failed',
      ['atlas/dumps/2026/11/22/20261122T031512Z-00000009-mariadb/manifest.json.sig'],
    ],
  ] as const;
  const SAME = '0'.repeat(32);

  async function addVersions(keys: readonly string[], hidden: Partial<ListedVersion>): Promise<void> {
    await bench().addSnapshot('uploads', '20261122T030512Z-000000c1', '2026-11-22T03:05:12.000Z', { pack });
    bench().settings = { ...bench().settings, expiry: [] };
    for (const key of keys) {
      if (key.includes('00000009')) bench().write(key, Buffer.from('signature'));
      const current = { key, sizeBytes: bench().read(key).length, lastModified: storedAt(key), md5: SAME };
      bench().versions.set(key, { current, hidden: [{ ...current, ...hidden }] });
    }
  }

  it.each(KEYS)('with the same bytes, %s: a note', async (_, keys) => {
    await addVersions(keys, {});
    const report = await bench().look(USUAL);
    expect(linesOf(report)).toEqual([]);
    expect(linesOf(report, 'note')).toContainEqual(
      expect.stringContaining('history: stored twice, each time the same: `atlas/'),
    );
  });

  it.each(KEYS)('with other bytes of the same size, %s: red', async (_, keys) => {
    await addVersions(keys, { md5: '1'.repeat(32) });
    const lines = linesOf(await bench().look(USUAL));
    for (const key of keys)
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`written over .*\\\`${key}\\\``)));
    expect(lines.every((line) => line.startsWith('history: something was written over'))).toBe(true);
  });

  it.each([
    ['of another size', { sizeBytes: 1 }],
    ['of which the service does not tell the bytes', { md5: undefined }],
  ])('%s: red', async (_, hidden) => {
    await addVersions([data], hidden as Partial<ListedVersion>);
    expect(linesOf(await bench().look(USUAL))).toEqual([expect.stringContaining('written over')]);
  });
});

describe('a deleted signature', () => {
  const signature = `${newest}manifest.json.sig`;

  it('is red also where nobody says who signs', async () => {
    bench().delete(signature, new Date('2026-11-22T04:10:00Z'));
    expect(linesOf(await bench().look(USUAL, { trustedSigners: undefined }))).toEqual([
      expect.stringContaining(`history: deleted 22 Nov 2026, 04:10:00 UTC: \`${signature}\``),
    ]);
  });

  it('is seen to come when a rule removes signatures before their manifests', async () => {
    bench().settings = {
      ...bench().settings,
      expiry: [{ id: 'small', prefix: '', days: 30, lessThanBytes: 250 }],
    };
    expect(linesOf(await bench().look(USUAL))).toEqual([
      expect.stringMatching(/^lifecycle: .*json\.sig` on \d+ Dec 2026, and 3 dumps that stay longer need/),
      expect.stringMatching(/^lifecycle: .* and 2 binlogs that stay longer need/),
    ]);
  });
});

it.each([
  ['20261122T040500Z-000000d1.txt', 0],
  ['20261122T040500Z-000000d1.sql', 1],
])('a deletion of `proofs/doctor-%s`: %i faults', async (name, faults) => {
  const key = `atlas/proofs/doctor-${name}`;
  bench().write(key, Buffer.from('a trial'));
  bench().delete(key, new Date('2026-11-22T04:20:00.000Z'));
  expect(linesOf(await bench().look(USUAL))).toHaveLength(faults);
});
