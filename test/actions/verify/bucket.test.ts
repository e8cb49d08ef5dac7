// How the bucket is set up, what its rules remove, and whether the newest objects are locked.
import { expect, it } from 'vitest';
import { dumpFolder } from '../../../src/domain/stores/object-names.ts';
import { DAY_MS } from '../../../src/domain/text/units.ts';
import { LifeboatError } from '../../../src/errors.ts';
import type { ExpiryRule } from '../../../src/ports/store.ts';
import { itIsRed, itWarns, linesOf, USUAL, useVerifyBench } from '../../helpers/use-verify-bench.ts';
import { DUMPS, GOOD_SETTINGS, NOW, storedAt, UNKNOWN_SETTINGS } from '../../helpers/verify-bench.ts';

const bench = useVerifyBench();
const data = `${dumpFolder('atlas', DUMPS.newest)}shop.sql.zst.gpg`;
const rule = (more: Partial<ExpiryRule>): ExpiryRule => ({ id: 'rule', prefix: '', days: 100, ...more });

itIsRed(bench, [
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
      /^lock: `.*manifest\.json` is not locked, and should be for 30 days from when it was stored; 4 more/,
      /^lock: `atlas\/binlogs\/.*` is not locked, and should be for 30 days/,
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
        expiry: [rule({}), rule({ prefix: 'atlas/binlogs/', days: 5 })],
      }),
    red: [
      /^lifecycle: the bucket's rule `rule` removes `atlas\/binlogs\/.*` on \d+ Nov 2026, and 3 dumps that stay longer need such objects/,
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
    what: 'locks are asked for, and the service does not tell',
    spoil: (store) => {
      store.settings = UNKNOWN_SETTINGS;
      store.inspector = { readLock: () => Promise.resolve(undefined) };
    },
    inputs: { 'store-object-lock': '30d' },
    red: [/^lock: whether the newest backups are locked cannot be told/],
  },
  {
    what: 'locks are asked for, and reading them fails',
    spoil: (store) =>
      (store.inspector = {
        readLock: () => Promise.reject(new LifeboatError('store-upload-failed', 'InvalidRequest')),
      }),
    inputs: { 'store-object-lock': '30d' },
    red: [/^lock: whether the newest backups are locked cannot be told/],
  },
]);

itWarns(bench, [
  {
    what: 'uploads were never completed',
    spoil: (store) =>
      (store.inspector = {
        listUploads: () =>
          Promise.resolve([
            { key: 'atlas/a', startedAt: new Date(NOW.getTime() - 4 * DAY_MS) },
            { key: 'atlas/b', startedAt: new Date(NOW.getTime() - 2 * DAY_MS) },
          ]),
      }),
    warning: /^uploads: 1 upload never completed, .*: the oldest, of `atlas\/a`, began 18 Nov 2026/,
  },
  {
    what: 'no rule removes them',
    spoil: (store) => (store.settings = { ...GOOD_SETTINGS, abortsUploads: false }),
    warning: /^bucket: no rule of the bucket removes uploads that were never completed/,
  },
  {
    what: 'the bucket locks nothing, and nobody asked for it',
    spoil: (store) => {
      store.settings = { ...GOOD_SETTINGS, locks: false };
      Reflect.deleteProperty(store.settings, 'lockDays');
    },
    warning: /^bucket: the bucket locks no objects/,
  },
]);

it.each([7, 30])('binlogs may go after %i days, and dumps stay for a year', async (days) => {
  const kept = ['dumps', 'proofs'].map((kind) => rule({ prefix: `atlas/${kind}/`, days: 365 }));
  bench().settings = { ...GOOD_SETTINGS, expiry: [...kept, rule({ prefix: 'atlas/binlogs/', days })] };
  expect(linesOf(await bench().look(USUAL))).toEqual([]);
});
