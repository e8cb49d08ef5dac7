// What a manifest names, and the manifest itself: gone, deleted, changed, or never to be believed.
import { dumpFolder } from '../../../src/domain/stores/object-names.ts';
import { itIsRed, useVerifyBench } from '../../helpers/use-verify-bench.ts';
import { DUMPS, storedAt } from '../../helpers/verify-bench.ts';

const newest = dumpFolder('atlas', DUMPS.newest);
const middle = dumpFolder('atlas', DUMPS.middle);
const data = `${newest}shop.sql.zst.gpg`;
const FUTURE = '20361122T030512Z-00000006-mariadb';

itIsRed(useVerifyBench(), [
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
    red: [
      /^manifest: .* server is atlas, but the manifest stands under boreas/,
      /^age: no dump is left/,
      /^proof: never/,
    ],
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
    what: 'a dump is of a time that has not come',
    spoil: (store) => store.addDump(FUTURE, '2036-11-22T03:05:12.000Z'),
    inputs: { 'max-dump-age': '1h' },
    red: [
      /^manifest: the dump `2036.*` says that it was finished 22 Nov 2036, 03:05:12 UTC, which has not come yet/,
      /^age: the newest dump has the state of 22 Nov 2026, 03:05:13 UTC/,
    ],
  },
]);
