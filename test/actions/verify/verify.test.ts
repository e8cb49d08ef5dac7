// A store in which nothing is wrong, and what is wrong with it one at a time: ages, chains, proofs and whole servers. What else can be wrong
// has files of its own, by subject.
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { binlogKeys, dumpFolder } from '../../../src/domain/stores/object-names.ts';
import type { DumpProof } from '../../../src/domain/proofs/proof.ts';
import { DAY_MS } from '../../../src/domain/text/units.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { vectorProof } from '../../helpers/format-store.ts';
import {
  itIsRed,
  itWarns,
  linesOf,
  USUAL,
  useVerifyBench,
  type Fault,
} from '../../helpers/use-verify-bench.ts';
import { BINLOGS, DUMPS, storedAt, UNKNOWN_SETTINGS, type VerifyBench } from '../../helpers/verify-bench.ts';

const newest = dumpFolder('atlas', DUMPS.newest);
const data = `${newest}shop.sql.zst.gpg`;
const binlog = binlogKeys('atlas', BINLOGS.second);

const useBench = useVerifyBench();
let bench: VerifyBench;
beforeEach(() => {
  bench = useBench();
});

it.each([
  [2, 0],
  [3, 1],
])('reads an object that breaks off %i times back again: %i errors', async (breaks, errors) => {
  let left = breaks;
  bench.reader = {
    get: (key, signal, maxBytes) => {
      if (key !== data || maxBytes !== undefined || left === 0) return bench.store.reader.get(key, signal);
      left -= 1;
      return Promise.reject(new LifeboatError('store-unreachable', 'it broke off'));
    },
  };
  const looked = bench.look({ ...USUAL, 'read-back': 'all' });
  const [outcome] = await Promise.allSettled([looked]);
  expect(outcome.status).toBe(errors === 0 ? 'fulfilled' : 'rejected');
  if (outcome.status === 'fulfilled') expect(linesOf(outcome.value)).toEqual([]);
});

describe('a good store', () => {
  it('has no fault and no warning, and is known to the second', async () => {
    const report = await bench.look({ ...USUAL, 'read-back': 'all' });
    expect([...linesOf(report), ...linesOf(report, 'warning')]).toEqual([]);
    expect(linesOf(report, 'note')).toEqual([
      'proof: what the proof `20261122T040000Z-0badcafe` does not show: 1 account (log-in through a plug-in that a sandbox does not have); FLOAT columns keep six digits in any text dump',
      'read-back: read back everything: 14 objects, 19.3 kB',
    ]);
    expect(report.servers).toMatchObject([
      {
        server: 'atlas',
        recoverableUntil: '2026-11-22T04:00:00.000Z',
        newestDump: { id: DUMPS.newest },
        newestProof: { id: vectorProof.id },
        inTimeSince: '2026-11-20T03:05:13.250Z',
        counts: { dumps: 3, binlogs: 2 },
      },
    ]);
  });

  it('says what it could not look at', async () => {
    const nothing = { trustedSigners: undefined, trustedProvers: undefined, recipients: undefined };
    const report = await bench.look({}, nothing, false);
    expect(linesOf(report)).toEqual([]);
    expect(report.unchecked.map(({ check }) => check)).toEqual([
      ...['manifest', 'proof', 'recipient', 'bucket', 'read-back'],
    ]);
  });

  it('is looked at without versions where the reader may not list them', async () => {
    bench.inspector = {
      async *listVersions() {
        await Promise.reject(new LifeboatError('store-denied', 'no'));
      },
      readLock: () => Promise.resolve(undefined),
      listUploads: () => Promise.resolve(undefined),
    };
    bench.settings = UNKNOWN_SETTINGS;
    const report = await bench.look(USUAL);
    expect(linesOf(report)).toEqual([]);
    expect(report.unchecked.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['history', 'bucket', 'lifecycle', 'uploads']),
    );
  });

  it.each([
    ['atlas', true, undefined],
    [
      '',
      false,
      /lacks s3:ListBucketVersions for the whole store \(one that is limited to some servers needs/,
    ],
  ])('with `server: %s`: a reader of one server sees versions: %s', async (server, isRed, unchecked) => {
    bench.unlistable.add('');
    bench.delete(data, new Date('2026-11-22T04:10:00.000Z'));
    const report = await bench.look({ ...USUAL, server });
    expect(linesOf(report)[0]).toContain(isRed ? 'deleted 22 Nov 2026' : 'is gone');
    const line = report.unchecked.find(({ check }) => check === 'history')?.line;
    if (unchecked === undefined) expect(line).toBeUndefined();
    else expect(line).toMatch(unchecked);
  });
});

itIsRed(useBench, [
  {
    what: 'the newest dump is too old',
    spoil: () => undefined,
    inputs: { 'max-dump-age': '1h' },
    red: [
      /^age: the newest dump has the state of 22 Nov 2026, 03:05:13 UTC, 1 h 24 min ago: more than `max-dump-age`/,
    ],
  },
  {
    what: 'the newest binlog is too old',
    spoil: () => undefined,
    inputs: { 'max-binlog-age': '10m' },
    red: [
      /^age: the newest binlog has the state of 22 Nov 2026, 04:00:00 UTC, 30 min ago: more than `max-binlog-age`/,
    ],
  },
  {
    what: 'the proof is too old',
    spoil: () => undefined,
    inputs: { 'max-proof-age': '10m' },
    red: [/^proof: the newest proof is of 22 Nov 2026, 04:00:00 UTC, 30 min ago: more than `max-proof-age`/],
  },
  {
    what: 'nothing was ever proven, and it should be',
    spoil: (store) => store.remove(vectorProof.folder),
    red: [/^proof: never proven/],
  },
  {
    what: 'a proof is by nobody who is trusted',
    spoil: () => undefined,
    keys: async (store) => Promise.resolve({ trustedProvers: store.keys.trustedSigners }),
    red: [/^proof: the proof `20261122T040000Z-0badcafe` does not count: /, /^proof: never proven/],
  },
  {
    what: 'a binlog in the middle is missing',
    spoil: async (store) => {
      await store.addBinlog('binlog.000004.20261122T042001Z-000000b4', {
        ...{
          name: 'binlog.000004',
          next: 'binlog.000005',
          gtidsBefore: '0-4711-40',
          gtidsAfter: '0-4711-50',
        },
        ...{ createdAt: '2026-11-22T04:15:00.000Z', closedAt: '2026-11-22T04:20:00.000Z' },
      });
    },
    red: [
      /^chain: binlogs: what followed binlog\.000002 is missing; binlog\.000004 is there; 3 dumps, the newest `20261122T030512Z-00000003-mariadb`, cannot be brought forward beyond 22 Nov 2026, 04:00:00 UTC$/,
    ],
  },
  {
    what: 'a binlog was shipped twice, with different contents',
    spoil: (store) =>
      store.addBinlog('binlog.000002.20261122T042001Z-000000b4', {
        ...{
          name: 'binlog.000002',
          next: 'binlog.000003',
          gtidsBefore: '0-4711-20',
          gtidsAfter: '0-4711-30',
        },
        ...{ createdAt: '2026-11-21T03:30:00.000Z', closedAt: '2026-11-22T04:20:00.000Z' },
      }),
    red: [/^chain: binlogs: binlog\.000002 was shipped 2 times, with different contents$/],
  },
  {
    what: 'an object of a binlog is gone, so that the chain ends before it',
    spoil: (store) => store.remove(binlog.data),
    inputs: { 'max-binlog-age': '2d' },
    red: [/^object: the binlog `binlog\.000002.*` is gone$/],
  },
  {
    what: 'a server that was named is not there',
    spoil: () => undefined,
    inputs: { server: 'atlas\nboreas' },
    red: [/^server: nothing of this server is in the store$/],
  },
  {
    what: 'nothing is there at all',
    spoil: (store) => store.remove('atlas'),
    red: [/^server: no server has a backup in `s3:\/\/example\/fleet`$/],
  },
  {
    what: 'no dump is left, and binlogs are',
    spoil: (store) => store.remove('atlas/dumps'),
    red: [/^age: no dump is left that can be restored$/],
  },
  {
    what: 'no run ever left a manifest',
    spoil: (store) => {
      for (const folder of ['atlas/binlogs', 'atlas/proofs', 'atlas/dumps']) store.remove(folder);
      store.write(`${newest}manifest.json.sig`, Buffer.from('half'));
    },
    red: [/^age: no dump is left that can be restored$/, /^proof: never proven/],
  },
  {
    what: 'dumps with one of two labels stopped',
    spoil: (store) =>
      store.addDump('20261120T030512Z-00000005-mariadb-shop', '2026-11-20T03:05:13.000Z', (manifest) => ({
        ...{ ...manifest, label: 'shop', coordinates: null },
        pitrAnchor: { isAnchor: false, reasons: ['there are no coordinates'] },
      })),
    red: [/^age: the newest dump of `mariadb-shop` has the state of 20 Nov 2026, .*more than `max-dump-age`/],
  },
  {
    what: 'the newest binlog claims to be closed in ten years',
    spoil: (store) =>
      store.addBinlog(
        'binlog.000003.20261122T040501Z-000000b3',
        {
          ...{ name: 'binlog.000003', next: 'binlog.000004', gtidsBefore: '0-4711-30' },
          ...{ gtidsAfter: '0-4711-31', createdAt: '2026-11-22T04:00:00.000Z' },
          closedAt: '2036-11-22T04:05:00.000Z',
        },
        '2026-11-22T04:05:01.000Z',
      ),
    inputs: { 'max-binlog-age': '10m' },
    red: [/^age: the newest binlog has the state of 22 Nov 2026, 04:05:01 UTC, 24 min 59 s ago/],
  },
  {
    what: 'a proof is of a time that has not come',
    spoil: async (store) => {
      store.remove(vectorProof.folder);
      const times = { startedAt: '2036-11-22T04:00:00.000Z', finishedAt: '2036-11-22T04:01:00.000Z' };
      await store.addProof('20361122T040000Z-0badcaf2', () => times);
    },
    red: [
      /^proof: the proof `2036.*` does not count: it is of a time that had not come/,
      /^proof: never proven/,
    ],
  },
  {
    what: 'a proof says that it was finished after it was stored',
    spoil: async (store) => {
      store.remove(vectorProof.folder);
      const times = { startedAt: '2026-11-22T04:00:00.000Z', finishedAt: '2026-11-22T04:01:00.000Z' };
      await store.addProof('20261121T040000Z-0badcaf2', () => times);
    },
    red: [
      /^proof: the proof `20261121.*` does not count: it is of a time that had not come/,
      /^proof: never/,
    ],
  },
  ...Object.entries<{ level?: 1; assertions?: 0; backup?: Partial<DumpProof['backup']> }>({
    'loads, and nothing more': { level: 1, assertions: 0 },
    'is of a backup that nobody signed': { backup: { isSigned: false } },
    'is of a backup that was old': { backup: { instant: '2026-11-12T03:05:13.250Z' } },
  }).map(([what, { backup, ...change }]): Fault => ({
    what: `the only proof ${what}`,
    spoil: async (store) => {
      store.remove(vectorProof.folder);
      await store.addProof('20261122T040100Z-0badcaf2', (proof) => {
        const proven = { ...proof.backup, ...backup };
        return { ...change, backup: proven, recoveredTo: proven.instant };
      });
    },
    red: [/^proof: never proven/],
  })),
  {
    what: 'a proof is of another manifest than the one that is there',
    spoil: async (store) => {
      store.remove(vectorProof.folder);
      await store.addProof('20261122T040100Z-0badcaf2', ({ backup }) => ({
        backup: { ...backup, manifestSha256: '0'.repeat(64) },
      }));
    },
    red: [/^proof: the proof .* does not count: the manifest of `.*` is another one/, /^proof: never proven/],
  },
  {
    what: 'the newest whole snapshot is too old, and a newer one is not complete',
    spoil: async (store) => {
      await store.addSnapshot('uploads', '20261120T030512Z-000000c1', '2026-11-20T03:05:12.000Z');
      await store.addSnapshot('uploads', '20261122T030512Z-000000c2', '2026-11-22T03:05:12.000Z', {
        complete: false,
      });
    },
    red: [/^age: the newest snapshot of `uploads` has the state of 20 Nov 2026/],
  },
  {
    what: 'one storage has no complete snapshot',
    spoil: async (store) => {
      await store.addSnapshot('files', '20261122T030512Z-000000c1', '2026-11-22T03:05:12.000Z');
      await store.addSnapshot('uploads', '20261122T030512Z-000000c2', '2026-11-22T03:05:12.000Z', {
        complete: false,
      });
    },
    red: [/^age: no complete snapshot of `uploads` is left that can be restored$/],
  },
  {
    what: 'the newest snapshot is not whole, and the one before is fresh',
    spoil: async (store) => {
      await store.addSnapshot('uploads', '20261122T020512Z-000000c1', '2026-11-22T02:05:12.000Z');
      await store.addSnapshot('uploads', '20261122T030512Z-000000c2', '2026-11-22T03:05:12.000Z');
      store.remove('atlas/storage/uploads/snapshots/20261122T030512Z-000000c2.index.zst.gpg');
    },
    red: [/^object: the snapshot `uploads\/20261122T030512Z-000000c2` cannot be restored: .* is gone$/],
  },
]);

itWarns(useBench, [
  {
    what: 'nothing was ever proven, and nobody asked for it',
    spoil: (store) => store.remove(vectorProof.folder),
    inputs: {},
    warning: /^proof: never proven/,
  },
  {
    what: 'binlogs cannot be replayed onto the newest dump',
    spoil: (store) =>
      store.addDump('20261122T031512Z-00000004-mariadb', '2026-11-22T03:15:12.000Z', (manifest) => ({
        ...{ ...manifest, coordinates: null },
        pitrAnchor: { isAnchor: false, reasons: ['there are no coordinates'] },
      })),
    warning: /^chain: the newest dump is not one that binlogs can be replayed onto: there are no coordinates/,
  },
]);

it('names an incomplete snapshot, and one label that is made by hand does not stay red', async () => {
  await bench.addSnapshot('uploads', '20261122T020512Z-000000c1', '2026-11-22T02:05:12.000Z');
  await bench.addSnapshot('uploads', '20261122T030512Z-000000c2', '2026-11-22T03:05:12.000Z', {
    complete: false,
  });
  await bench.addDump('20261120T030512Z-00000005-mariadb-shop', '2026-11-20T03:05:13.000Z', (manifest) => ({
    ...{ ...manifest, label: 'shop', coordinates: null },
    pitrAnchor: { isAnchor: false, reasons: ['there are no coordinates'] },
  }));
  const report = await bench.look({ ...USUAL, acknowledge: 'age:atlas:mariadb-shop' });
  expect(linesOf(report)).toEqual([]);
  expect(linesOf(report, 'known')).toEqual([
    expect.stringMatching(/^age: the newest dump of `mariadb-shop` /),
  ]);
  expect(linesOf(report, 'warning')).toEqual([
    expect.stringMatching(
      /^age: the newest snapshot of `uploads`, `20261122T030512Z-000000c2`, is not complete/,
    ),
  ]);
  expect(report.servers[0]?.newestSnapshots).toEqual([
    { name: 'uploads', instant: '2026-11-22T02:05:12.000Z', provenAt: '2026-11-22T04:10:00.000Z' },
  ]);
});

it('acknowledges a binlog that came twice by its id, so that a third one is red again', async () => {
  const twice = (id: string, closedAt: string) =>
    bench.addBinlog(id, {
      ...{ name: 'binlog.000002', next: 'binlog.000003', gtidsBefore: '0-4711-20' },
      ...{ gtidsAfter: '0-4711-30', createdAt: '2026-11-21T03:30:00.000Z', closedAt },
    });
  const texts = { ...USUAL, acknowledge: 'chain:atlas:binlog.000002.20261122T041001Z-000000b4' };
  await twice('binlog.000002.20261122T041001Z-000000b4', '2026-11-22T04:10:00.000Z');
  expect(linesOf(await bench.look(texts))).toEqual([]);
  await twice('binlog.000002.20261122T042001Z-000000b5', '2026-11-22T04:20:00.000Z');
  expect(linesOf(await bench.look(texts))).toEqual([expect.stringContaining('was shipped 3 times')]);
});

it('says the same whatever answer of the store comes first', async () => {
  await bench.addBinlog('binlog.000003.20261122T041001Z-000000b4', {
    ...{ name: 'binlog.000003', next: 'binlog.000004', gtidsBefore: '0-4711-30' },
    ...{ gtidsAfter: '0-4711-31', createdAt: '2026-11-22T04:00:00.000Z' },
    closedAt: '2026-11-22T04:10:00.000Z',
  });
  const asked: string[] = [];
  bench.inspector = {
    readLock: (key) => {
      asked.push(key);
      return Promise.resolve(new Date(storedAt(key).getTime() + 35 * DAY_MS));
    },
  };
  bench.reader = {
    get: async (key, signal) => {
      // The newest one is the last to be answered.
      if (key.includes('binlogs/') && key.endsWith('.json'))
        await setTimeout(key.includes('000003') ? 20 : key.includes('000002') ? 10 : 0);
      return bench.store.reader.get(key, signal);
    },
  };
  await bench.look(USUAL);
  expect(asked.filter((key) => key.includes('/binlogs/'))).toEqual([
    binlogKeys('atlas', 'binlog.000003.20261122T041001Z-000000b4').data,
  ]);
});

it('is not red for a storage that was given up, once that is acknowledged', async () => {
  await bench.addSnapshot('uploads', '20261120T030512Z-000000c1', '2026-11-20T03:05:12.000Z');
  const report = await bench.look({ ...USUAL, acknowledge: 'age:atlas:snapshot-of-uploads' });
  expect(linesOf(report)).toEqual([]);
  expect(linesOf(report, 'known')).toEqual([
    expect.stringMatching(/^age: the newest snapshot of `uploads` /),
  ]);
});
