// Each thing that can be wrong with a store, one at a time, has its own line; and the store in which nothing is wrong has none.
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkWriter } from '../../../src/actions/verify/checks/writer.ts';
import { redOf, type VerifyReport } from '../../../src/actions/verify/report.ts';
import type { VerifyKeys } from '../../../src/actions/verify/verify.ts';
import { binlogKeys, dumpFolder } from '../../../src/domain/object-names.ts';
import type { Proof } from '../../../src/domain/proof.ts';
import { LifeboatError } from '../../../src/errors.ts';
import type { ExpiryRule, StoredObject, StoreInspector, StoreWriter } from '../../../src/ports/store.ts';
import { encryptBytes } from '../../helpers/encrypt-bytes.ts';
import { vectorEncryption, vectorProof } from '../../helpers/format-store.ts';
import { BINLOGS, DUMPS, GOOD_SETTINGS, NOW, storedAt, VerifyBench } from '../../helpers/verify-bench.ts';

const DAY_MS = 86_400_000;
const newest = dumpFolder('atlas', DUMPS.newest);
const middle = dumpFolder('atlas', DUMPS.middle);
const data = `${newest}shop.sql.zst.gpg`;
const binlog = binlogKeys('atlas', BINLOGS.second);
const FUTURE = '20361122T030512Z-00000006-mariadb';
const USUAL = { 'max-proof-age': '8d' };

let good: VerifyBench;
let bench: VerifyBench;
beforeAll(async () => {
  good = await VerifyBench.make();
});
afterAll(() => good[Symbol.dispose]());
beforeEach(() => {
  // Only the date: the store's clock is the machine's.
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  bench = good.copy();
});
afterEach(() => {
  vi.useRealTimers();
  bench[Symbol.dispose]();
});

const linesOf = (report: VerifyReport, severity = 'red') =>
  report.findings
    .filter((finding) => finding.severity === severity)
    .map(({ check, line }) => `${check}: ${line}`);

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
    expect(linesOf(report, 'note')).toEqual(['read-back: read back everything: 14 objects, 19.3 kB']);
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
    bench.settings = { ...unknownSettings };
    const report = await bench.look(USUAL);
    expect(linesOf(report)).toEqual([]);
    expect(report.unchecked.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['history', 'bucket', 'lifecycle', 'uploads']),
    );
  });
});

const unknownSettings = {
  ...{ keepsVersions: undefined, abortsUploads: undefined, locks: undefined, expiry: undefined },
};
const rule = (more: Partial<ExpiryRule>): ExpiryRule => ({ id: 'rule', prefix: '', days: 100, ...more });

interface Case {
  readonly what: string;
  readonly spoil: (bench: VerifyBench) => unknown;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly keys?: (bench: VerifyBench) => Promise<Partial<VerifyKeys>>;
  /** The whole of what is red. */
  readonly red: readonly RegExp[];
}

const CASES: readonly Case[] = [
  {
    what: 'an object is gone',
    spoil: (store) => store.remove(data),
    red: [
      /^object: the dump `20261122T030512Z-00000003-mariadb` cannot be restored: `.*shop\.sql\.zst\.gpg` is gone$/,
    ],
  },
  {
    what: 'an object has another size',
    spoil: (store) => store.write(data, store.read(data).subarray(1)),
    red: [/^object: .* has 1023 bytes, not 1024$/, /^recipient: .* is no message for its recipients/],
  },
  {
    what: 'an object was deleted, and is still there',
    spoil: (store) => store.delete(data, new Date('2026-11-22T04:10:00Z')),
    red: [/^object: .* was deleted 22 Nov 2026, 04:10:00 UTC, and is still there as an older version$/],
  },
  {
    what: 'a whole dump was deleted, its manifest too',
    spoil: (store) => {
      for (const name of ['manifest.json', 'manifest.json.sig', 'shop.sql.zst.gpg'])
        store.delete(middle + name, new Date('2026-11-22T04:10:00Z'));
    },
    red: [
      /^history: deleted 22 Nov 2026, 04:10:00 UTC: `.*manifest\.json`, .*; all of it can be brought back until 27 Dec 2026/,
    ],
  },
  {
    what: 'something was written over an object',
    spoil: (store) =>
      store.versions.set(data, { hidden: [{ key: data, sizeBytes: 1, lastModified: storedAt(data) }] }),
    red: [/^history: something was written over `.*shop\.sql\.zst\.gpg`/],
  },
  {
    what: 'the manifest was changed',
    spoil: (store) => {
      const text = store.read(`${newest}manifest.json`).toString();
      store.write(`${newest}manifest.json`, Buffer.from(text.replace('"tables": 3', '"tables": 4')));
    },
    inputs: { 'max-dump-age': '26h' },
    red: [/^manifest: the dump `20261122T030512Z-00000003-mariadb` does not count: /],
  },
  {
    what: 'a manifest is not signed',
    spoil: (store) => store.remove(`${newest}manifest.json.sig`),
    red: [/^manifest: .* is not signed/],
  },
  {
    what: 'a manifest stands under another server',
    spoil: (store) => {
      const there = newest.replace('atlas/', 'boreas/');
      for (const name of ['manifest.json', 'manifest.json.sig'])
        store.write(there + name, store.read(newest + name));
    },
    red: [/^manifest: .* server is atlas, but the manifest stands under boreas/, /^age: no dump is left/],
  },
  {
    what: 'a manifest was put there again later',
    spoil: (store) => {
      const key = `${newest}manifest.json`;
      const current = { key, sizeBytes: 1, lastModified: new Date('2026-11-22T04:20:00Z') };
      store.versions.set(key, { current });
    },
    red: [/^manifest: .* was stored 1 h 14 min after that: it does not count as fresh$/],
  },
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
    what: 'another database server has the name',
    spoil: (store) =>
      store.addDump('20261122T031512Z-00000004-mariadb', '2026-11-22T03:15:12.000Z', (manifest) => ({
        ...manifest,
        source: { ...manifest.source, serverId: 4712 },
        ...{ coordinates: null, pitrAnchor: { isAnchor: false, reasons: ['there are no coordinates'] } },
      })),
    red: [
      /^identity: 1 backup, the newest `20261122T031512Z-00000004-mariadb`, of another database server \(host .*, server_id 4712, .*\) than the newest of all, `binlog\.000002/,
    ],
  },
  {
    what: 'the newest dump is smaller than it may be',
    spoil: () => undefined,
    inputs: { 'min-size': '10kB' },
    red: [
      /^size: the dump `20261122T030512Z-00000003-mariadb` has 8\.0 kB, less than `min-size` \(10\.0 kB\)$/,
    ],
  },
  {
    what: 'the rows of a database shrank',
    spoil: (store) =>
      store.addDump('20261122T031512Z-00000004-mariadb', '2026-11-22T03:15:12.000Z', (manifest) => ({
        ...manifest,
        databases: manifest.databases.map((database) => ({ ...database, rows: 2 })),
      })),
    red: [
      /^size: .*, database `shop` has 2 rows, 60% less than the median of the last 3 before it \(5 rows\): more than `max-shrink` \(50%\)$/,
    ],
  },
  {
    what: 'an object is encrypted to somebody else',
    spoil: async (store) => {
      const key = `${newest}inventory.json.zst.gpg`;
      const [recipient] = store.keys.recipients;
      if (recipient === undefined) throw new Error('no recipient');
      const sealed = await encryptBytes(vectorEncryption, Buffer.alloc(600), [recipient]);
      const at = sealed.indexOf(Buffer.from(recipient.encryptionKeyId, 'hex'));
      sealed.set(Buffer.from('0123456789ABCDEF', 'hex'), at);
      store.write(key, Buffer.concat([sealed, Buffer.alloc(4_096)]).subarray(0, store.read(key).length));
    },
    red: [
      /^recipient: .*inventory\.json\.zst\.gpg` is encrypted to `0123456789ABCDEF`, which its manifest does not name$/,
    ],
  },
  {
    what: 'an object is no message at all',
    spoil: (store) => store.write(data, Buffer.alloc(store.read(data).length, 'SELECT 1; ')),
    red: [/^recipient: .*shop\.sql\.zst\.gpg` is no message for its recipients: .* it is no OpenPGP message/],
  },
  {
    what: 'backups are encrypted to other keys than the ones that are given',
    spoil: () => undefined,
    keys: (store) =>
      Promise.resolve({
        recipients: store.keys.recipients.map((one) => ({ ...one, encryptionKeyId: '0123456789ABCDEF' })),
      }),
    red: [
      /^recipient: the newest dump .* is not encrypted to `0123456789ABCDEF`, which `recipients` has, and encrypted to `825F88D7EBC79597`, which/,
      /^recipient: the newest binlog /,
    ],
  },
  {
    what: 'a recipient expires soon',
    spoil: () => undefined,
    keys: (store) =>
      Promise.resolve({
        recipients: store.keys.recipients.map((one) => ({
          ...one,
          expiresAt: new Date(NOW.getTime() + 20 * DAY_MS),
        })),
      }),
    red: [
      /^recipient: the recipient `825F88D7EBC79597` \(.*\) expires on 12 Dec 2026: backups stop the day before$/,
    ],
  },
  {
    what: 'a recipient is of no use any more',
    spoil: () => undefined,
    keys: () => Promise.resolve({ recipients: new LifeboatError('recipient-unusable', 'it expired') }),
    red: [/^recipient: it expired$/],
  },
  {
    what: 'the bucket is public',
    spoil: (store) => (store.inspector = { isPublic: () => Promise.resolve(true) }),
    red: [
      /^bucket: the bucket is public: anybody can list what is in it and get objects such as `atlas\/dumps\/.*manifest\.json`/,
    ],
  },
  {
    what: 'the bucket keeps no versions',
    spoil: (store) => (store.settings = { ...store.settings, keepsVersions: false }),
    red: [/^bucket: the bucket keeps no versions/],
  },
  {
    what: 'the bucket has no lock, and should have',
    spoil: (store) => {
      store.settings = { ...GOOD_SETTINGS, locks: false };
      Reflect.deleteProperty(store.settings, 'lockDays');
      store.inspector = { readLock: () => Promise.resolve(null) };
    },
    inputs: { 'store-object-lock': '30d' },
    red: [
      /^lock: `.*manifest\.json` is not locked, and should be for 30 days from when it was stored; 5 more/,
      /^bucket: the bucket locks no objects/,
    ],
  },
  {
    what: 'locks of the bucket are shorter than they should be',
    spoil: (store) => (store.settings = { ...store.settings, lockDays: 10 }),
    inputs: { 'store-object-lock': '30d' },
    red: [/^lock: the bucket locks new objects for 10 days, less than `store-object-lock` says$/],
  },
  {
    what: 'the newest objects are locked for less than the bucket says',
    spoil: (store) =>
      (store.inspector = {
        readLock: (key) =>
          Promise.resolve(new Date(storedAt(key).getTime() + (key === data ? 5 : 35) * DAY_MS)),
      }),
    red: [/^lock: `.*shop\.sql\.zst\.gpg` is locked until 27 Nov 2026 only, and should be for 35 days/],
  },
  {
    what: 'a rule removes everything too soon',
    spoil: (store) => (store.settings = { ...store.settings, expiry: [rule({ days: 3 })] }),
    red: [/^lifecycle: the bucket's rule `rule` removes backups after 3 days: when backups stop/],
  },
  {
    what: 'a rule removes binlogs that dumps still need',
    spoil: (store) =>
      (store.settings = {
        ...store.settings,
        expiry: [rule({}), rule({ prefix: 'atlas/binlogs/', days: 10 })],
      }),
    red: [
      /^lifecycle: the bucket's rule `rule` removes `atlas\/binlogs\/.*` on \d+ Dec 2026, and 3 dumps that stay longer need such objects/,
    ],
  },
  {
    what: 'a rule removes large objects before their manifests',
    spoil: (store) =>
      (store.settings = {
        ...store.settings,
        expiry: [rule({ days: 30, moreThanBytes: 1_000, lessThanBytes: 1_200 })],
      }),
    red: [/^lifecycle: .*shop\.sql\.zst\.gpg.* 3 dumps that stay longer need/],
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
    what: 'bytes of an object are others than those that were stored',
    spoil: (store) => {
      const bytes = store.read(data);
      bytes.writeUInt8(bytes.readUInt8(900) ^ 1, 900);
      store.write(data, bytes);
    },
    inputs: { 'read-back': 'all' },
    red: [
      /^read-back: the dump .* cannot be restored: `.*shop\.sql\.zst\.gpg` has the SHA-256 [0-9a-f]{64}, not/,
    ],
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
      store.write(data, Buffer.from('half'));
    },
    red: [/^age: no dump is left that can be restored$/],
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
    what: 'a dump is of a time that has not come',
    spoil: (store) => store.addDump(FUTURE, '2036-11-22T03:05:12.000Z'),
    inputs: { 'max-dump-age': '1h' },
    red: [
      /^manifest: the dump `2036.*` says that it was finished 22 Nov 2036, 03:05:12 UTC, which has not come yet/,
      /^age: the newest dump has the state of 22 Nov 2026, 03:05:13 UTC/,
    ],
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
  ...Object.entries<{ level?: 1; assertions?: 0; backup?: Partial<Proof['backup']> }>({
    'loads, and nothing more': { level: 1, assertions: 0 },
    'is of a backup that nobody signed': { backup: { isSigned: false } },
    'is of a backup that was old': { backup: { instant: '2026-11-12T03:05:13.250Z' } },
  }).map(([what, { backup, ...change }]): Case => ({
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
  {
    what: 'locks are asked for, and the service does not tell',
    spoil: (store) => {
      store.settings = { ...unknownSettings };
      store.inspector = { readLock: () => Promise.resolve(undefined) };
    },
    inputs: { 'store-object-lock': '30d' },
    red: [/^lock: whether the newest backup is locked cannot be told/],
  },
  {
    what: 'locks are asked for, and reading them fails',
    spoil: (store) =>
      (store.inspector = {
        readLock: () => Promise.reject(new LifeboatError('store-upload-failed', 'InvalidRequest')),
      }),
    inputs: { 'store-object-lock': '30d' },
    red: [/^lock: whether the newest backup is locked cannot be told/],
  },
];

it.each(CASES)('$what: red, with its own line', async ({ spoil, inputs = {}, keys, red }) => {
  await spoil(bench);
  const report = await bench.look({ ...USUAL, ...inputs }, await keys?.(bench));
  const lines = linesOf(report);
  expect(lines).toHaveLength(red.length);
  for (const [index, pattern] of red.entries()) expect(lines[index]).toMatch(pattern);
  for (const { fix, line } of redOf(report)) expect(`${line} ${fix ?? ''}`).not.toMatch(/undefined|NaN/);
});

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
    { name: 'uploads', instant: '2026-11-22T02:05:12.000Z' },
  ]);
});

it('takes what shrank and was meant to for what is usual from then on', async () => {
  const shrink = async (id: string, instant: string) =>
    bench.addDump(id, instant, (manifest) => ({
      ...manifest,
      databases: manifest.databases.map((database) => ({ ...database, rows: 2 })),
    }));
  await shrink('20261122T031512Z-00000004-mariadb', '2026-11-22T03:15:12.000Z');
  await shrink('20261122T032512Z-00000005-mariadb', '2026-11-22T03:25:12.000Z');
  expect(linesOf(await bench.look(USUAL))).toHaveLength(1);
  const acknowledged = 'size:atlas:20261122T031512Z-00000004-mariadb';
  expect(linesOf(await bench.look({ ...USUAL, acknowledge: acknowledged }))).toEqual([]);
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

it("is red when the writer's key was given and cannot be tried, and tells what a trial left behind", async () => {
  const signal = AbortSignal.timeout(10_000);
  const inspector = {
    mayList: () => Promise.resolve(false),
    mayGet: () => Promise.resolve(false),
    mayDelete: () => Promise.resolve(false),
  } as unknown as StoreInspector;
  const put = vi.fn<StoreWriter['put']>();
  const check = () => checkWriter({ put } as unknown as StoreWriter, inspector, 'atlas', NOW, signal);
  put.mockRejectedValueOnce(new LifeboatError('store-denied', 'no'));
  expect((await check()).findings).toMatchObject([
    { severity: 'red', line: expect.stringContaining('could not be tried') as string },
  ]);
  put.mockImplementation((key) =>
    Promise.resolve({ ...{ key, versionId: '1', sizeBytes: 1 }, sha256: '' } as StoredObject),
  );
  const { findings } = await check();
  expect(findings).toContainEqual(
    expect.objectContaining({
      severity: 'warning',
      line: expect.stringMatching(/left `atlas\/proofs\/doctor-.*`$/) as string,
    }),
  );
});
