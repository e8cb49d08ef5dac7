// Each thing that can be wrong with a store, one at a time, has its own line; and the store in which nothing is wrong has none.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { redOf, type VerifyReport } from '../../../src/actions/verify/report.ts';
import type { VerifyKeys } from '../../../src/actions/verify/verify.ts';
import { binlogKeys, dumpFolder } from '../../../src/domain/object-names.ts';
import { LifeboatError } from '../../../src/errors.ts';
import type { ExpiryRule } from '../../../src/ports/store.ts';
import { encryptBytes } from '../../helpers/encrypt-bytes.ts';
import { vectorEncryption, vectorProof } from '../../helpers/format-store.ts';
import { BINLOGS, DUMPS, GOOD_SETTINGS, NOW, storedAt, VerifyBench } from '../../helpers/verify-bench.ts';

const DAY_MS = 86_400_000;
const newest = dumpFolder('atlas', DUMPS.newest);
const middle = dumpFolder('atlas', DUMPS.middle);
const data = `${newest}shop.sql.zst.gpg`;
const binlog = binlogKeys('atlas', BINLOGS.second);
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
];

it.each(CASES)('$what: red, with its own line', async ({ spoil, inputs = {}, keys, red }) => {
  await spoil(bench);
  const report = await bench.look({ ...USUAL, ...inputs }, await keys?.(bench));
  const lines = linesOf(report);
  expect(lines).toHaveLength(red.length);
  for (const [index, pattern] of red.entries()) expect(lines[index]).toMatch(pattern);
  for (const { fix, line } of redOf(report)) expect(`${line} ${fix ?? ''}`).not.toMatch(/undefined|NaN/);
});
