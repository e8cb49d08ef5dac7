import { describe, expect, it } from 'vitest';
import { trialKey } from '../../../src/actions/store-trials.ts';
import {
  kindOfKey,
  listBinlogs,
  listDumps,
  listProofs,
  type ListedKey,
} from '../../../src/domain/stores/catalog.ts';
import {
  binlogKeys,
  dataStem,
  objectFileName,
  packKey,
  parseProofKey,
  partKey,
  proofFolder,
  snapshotKeys,
} from '../../../src/domain/stores/object-names.ts';
import { HOSTILE } from '../hostile.ts';

const lastModified = new Date('2026-11-20T03:06:00Z');
const listed = (...keys: readonly string[]): ListedKey[] =>
  keys.map((key, index) => ({ key, sizeBytes: index + 1, lastModified }));

const older = '20261119T030512Z-7f3a9c1e-mariadb';
const newer = '20261120T030512Z-00000000-mariadb-nightly';
const folderOf = (id: string): string => `atlas/dumps/2026/11/${id.slice(6, 8)}/${id}/`;

describe('listDumps', () => {
  it('finds dumps, newest first, with all that is in their folders', () => {
    const keys = listed(
      `${folderOf(older)}manifest.json`,
      `${folderOf(older)}shop.sql.zst.gpg`,
      `${folderOf(newer)}manifest.json`,
      `${folderOf(newer)}manifest.json.sig`,
    );
    const { dumps, unfinished } = listDumps(keys, 'atlas');
    expect(dumps).toEqual([
      {
        ...{ id: newer, folder: folderOf(newer), hasManifest: true, hasSignature: true },
        keys: keys.slice(2),
      },
      {
        ...{ id: older, folder: folderOf(older), hasManifest: true, hasSignature: false },
        keys: keys.slice(0, 2),
      },
    ]);
    expect(unfinished).toEqual([]);
  });

  it('takes no folder without a manifest for a dump', () => {
    const keys = listed(`${folderOf(newer)}manifest.json.sig`, `${folderOf(newer)}shop.sql.zst.gpg`);
    const { dumps, unfinished } = listDumps(keys, 'atlas');
    expect(dumps).toEqual([]);
    expect(unfinished).toEqual([
      { id: newer, folder: folderOf(newer), hasManifest: false, hasSignature: true, keys },
    ]);
  });

  it.each([
    ['the folder of another day', `atlas/dumps/2026/11/21/${older}/manifest.json`],
    ['a name that is no backup id', 'atlas/dumps/2026/11/20/latest/manifest.json'],
    ['a day that does not exist', 'atlas/dumps/2026/13/20/20261320T030512Z-7f3a9c1e-mariadb/manifest.json'],
    ['a folder in a folder', `${folderOf(older)}more/manifest.json`],
    ['a manifest without a folder', 'atlas/dumps/manifest.json'],
    ['another root', `atlas/dumps/x/${folderOf(older)}manifest.json`],
    ['the folder itself as a key', folderOf(older)],
    ...HOSTILE.map((name): [string, string] => [JSON.stringify(name), `atlas/dumps/${name}/manifest.json`]),
  ])('takes %s for no dump, and for nothing of ours', (_, key) => {
    expect(listDumps(listed(key), 'atlas')).toEqual({ dumps: [], unfinished: [] });
    expect(kindOfKey(key, 'atlas')).toBeUndefined();
  });

  it('does not look at other servers and other kinds', () => {
    const keys = listed(
      `atlas.example/${folderOf(older).slice(6)}manifest.json`,
      `borg/${folderOf(older).slice(6)}manifest.json`,
      'atlas/proofs/20261120T051200Z-0badcafe/proof.json',
      'atlas/dumps',
    );
    expect(listDumps(keys, 'atlas')).toEqual({ dumps: [], unfinished: [] });
  });

  it('refuses what is no name of a server', () => {
    expect(() => listDumps([], '../atlas')).toThrow(RangeError);
  });

  it('lists 100,000 keys at once', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => `${folderOf(older)}x.gpg.${index}`);
    expect(listDumps(listed(...many), 'atlas').unfinished[0]?.keys).toHaveLength(100_000);
  });
});

describe('proofs', () => {
  const run = '20261122T040000Z-0badcafe';

  it('have a folder of the run', () => {
    expect(proofFolder('atlas', run)).toBe(`atlas/proofs/${run}/`);
    expect(() => proofFolder('Atlas', run)).toThrow(RangeError);
    expect(() => proofFolder('atlas', `${run}-mariadb`)).toThrow(RangeError);
    expect(parseProofKey(`atlas/proofs/${run}/RECOVERY.md`)).toEqual({
      ...{ server: 'atlas', runId: run, name: 'RECOVERY.md' },
    });
  });

  it.each([
    `atlas/proofs/${run}/manifest.json`,
    `atlas/proofs/${run}/proof.json/`,
    `atlas/proofs/${run}/x/proof.json`,
    `atlas/proof/${run}/proof.json`,
    `Atlas/proofs/${run}/proof.json`,
    'atlas/proofs/20261399T040000Z-0badcafe/proof.json',
    'proof.json',
    '',
  ])('do not have the key %j', (key) => {
    expect(parseProofKey(key)).toBeUndefined();
  });

  it('are listed newest first when they have a proof.json', () => {
    const next = '20261129T040000Z-0badcafe';
    const keys = listed(
      `atlas/proofs/${run}/RECOVERY.md`,
      `atlas/proofs/${run}/proof.json`,
      `atlas/proofs/${run}/proof.json.sig`,
      `atlas/proofs/${next}/proof.json`,
      'atlas/proofs/20261206T040000Z-0badcafe/proof.json.sig',
      'borg/proofs/20261213T040000Z-0badcafe/proof.json',
    );
    expect(listProofs(keys, 'atlas')).toEqual([
      { runId: next, folder: `atlas/proofs/${next}/`, hasSignature: false, hasRecovery: false },
      { runId: run, folder: `atlas/proofs/${run}/`, hasSignature: true, hasRecovery: true },
    ]);
  });
});

describe('binlogs', () => {
  it('are listed by their manifests, the newest run first', () => {
    const [run, next] = ['20261120T040512Z-7f3a9c1e', '20261120T050512Z-0badcafe'];
    const keys = listed(
      `atlas/binlogs/b-2.000009.${run}.zst.gpg`,
      `atlas/binlogs/b-2.000009.${run}.json.sig`,
      `atlas/binlogs/b-2.000009.${run}.json`,
      `atlas/binlogs/b-2.000010.${run}.json`,
      `atlas/binlogs/a-1.000001.${next}.json`,
      `atlas/binlogs/b-2.000011.${next}.zst.gpg`,
      `atlas/binlogs/x/b-2.000012.${next}.json`,
      `borg/binlogs/b-2.000012.${next}.json`,
      'atlas/binlogs/manifest.json',
    );
    expect(listBinlogs(keys, 'atlas')).toEqual([
      ...[`a-1.000001.${next}`, `b-2.000010.${run}`, `b-2.000009.${run}`],
    ]);
    expect(() => listBinlogs(keys, 'Atlas')).toThrow(RangeError);
  });
});

describe('what a key may be of', () => {
  const run = '20261120T040512Z-7f3a9c1e';
  const binlog = binlogKeys('atlas', `mysql-bin.000042.${run}`);
  const snapshot = snapshotKeys('atlas', 'files', run);
  const pack = packKey('atlas', 'files', `${run}-12`);
  const data = folderOf(newer) + objectFileName('data', dataStem(['Größe 1']));

  it.each([
    ...[
      data,
      partKey(data, 2),
      partKey(data, 1_000),
      folderOf(newer) + objectFileName('data', dataStem(['shop'])),
    ],
    ...(['accounts', 'inventory'] as const).map((role) => folderOf(older) + objectFileName(role, '')),
    ...[
      binlog.data,
      partKey(binlog.data, 2),
      pack,
      partKey(pack, 3),
      snapshot.index,
      partKey(snapshot.index, 2),
    ],
  ])('an object: %s', (key) => {
    expect(kindOfKey(key, 'atlas')).toBe('object');
    expect(kindOfKey(key, 'atla')).toBeUndefined();
  });

  it.each([
    ...['manifest.json', 'manifest.json.sig'].map((name) => folderOf(newer) + name),
    ...[binlog.manifest, binlog.signature, snapshot.manifest, snapshot.signature],
    ...['proof.json', 'proof.json.sig', 'RECOVERY.md'].map((name) => proofFolder('atlas', run) + name),
    ...[trialKey('atlas', run), trialKey('atlas', run).replace('.txt', '-reader.txt')],
    trialKey('atlas', run).replace('/doctor/', '/proofs/doctor-'),
  ])('a document: %s', (key) => {
    expect(kindOfKey(key, 'atlas')).toBe('document');
    expect(kindOfKey(key.replace('atlas', 'borg'), 'atlas')).toBeUndefined();
  });

  it.each([
    ...['atlas/dump.sql', 'atlas', 'atlas/', 'atlas/dumps/dump.sql.zst.gpg', 'atlas/doctor/backup.zip'],
    ...['dump.sql', 'shop.sql', 'shop.sql.gpg', 'manifest.json.002', 'x/shop.sql.zst.gpg'].map(
      (name) => folderOf(newer) + name,
    ),
    ...['atlas/binlogs/mysql-bin.000042', `atlas/binlogs/mysql-bin.000042.${run}.sql`, `${binlog.data}.tmp`],
    ...[`atlas/storage/${run}-1.tar.zst.gpg`, pack.replace('.gpg', ''), pack.replace('files', 'Files')],
    ...['notes.txt', 'x/proof.json'].map((name) => proofFolder('atlas', run) + name),
  ])('of nothing of ours: %s', (key) => {
    expect(kindOfKey(key, 'atlas')).toBeUndefined();
  });
});
