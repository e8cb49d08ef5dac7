// What lies below a server and belongs to no backup: plain files above all.
import { beforeEach, describe, expect, it } from 'vitest';
import { dumpFolder, packKey } from '../../../src/domain/stores/object-names.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { encryptBytes } from '../../helpers/encrypt-bytes.ts';
import { vectorEncryption } from '../../helpers/format-store.ts';
import { linesOf, USUAL, useVerifyBench } from '../../helpers/use-verify-bench.ts';
import { DUMPS } from '../../helpers/verify-bench.ts';

const RUN = '20261122T031512Z-00000009';
const bench = useVerifyBench();
let sealed: Buffer;
beforeEach(async () => {
  sealed = Buffer.from(await encryptBytes(vectorEncryption, Buffer.alloc(600), bench().keys.recipients));
});

describe('a plain file is red, until it is acknowledged', () => {
  it.each([
    ['beside the folders of backups', 'atlas/dump.sql'],
    ['in the folder of a dump', `${dumpFolder('atlas', DUMPS.newest)}dump.sql`],
    ['in a folder of its own', 'atlas/dumps/old/backup.zip'],
    ['among proofs', 'atlas/proofs/notes.txt'],
    ['with the name of an object', packKey('atlas', 'uploads', `${RUN}-1`)],
    ['with the ending of an encrypted one', 'atlas/dump.sql.gpg'],
  ])('%s', async (_, key) => {
    bench().write(key, Buffer.from('INSERT INTO customers VALUES (1)'));
    const report = await bench().look(USUAL);
    expect(linesOf(report)).toEqual([
      expect.stringMatching(
        /^recipient: `.*` belongs to no backup, and nothing shows that it is encrypted: .*OpenPGP/,
      ),
    ]);
    expect(linesOf(report)[0]).toContain(`\`${key}\``);
    const acknowledge = `recipient:atlas:${key}`;
    expect(linesOf(await bench().look({ ...USUAL, acknowledge }))).toEqual([]);
  });

  it.each([
    ['atlas/our dump.sql', 'atlas/our dump.sql'],
    ['atlas/a\n::error::b', String.raw`atlas/a\n::error::b`],
  ])('whose name cannot be asked for: %j', async (key, shown) => {
    bench().write(key, Buffer.from('INSERT'));
    expect(linesOf(await bench().look(USUAL))).toEqual([
      `recipient: \`${shown}\` belongs to no backup, and nothing shows that it is encrypted: nobody can look into it by this name`,
    ]);
    const acknowledge = `recipient:atlas:${shown}`;
    expect(linesOf(await bench().look({ ...USUAL, acknowledge }))).toEqual([]);
  });

  it('that the store does not give, and everything else is looked at', async () => {
    bench().write('atlas/archive.tar', Buffer.from('cold'));
    bench().reader = {
      get: (key, signal) =>
        key === 'atlas/archive.tar'
          ? Promise.reject(new LifeboatError('store-denied', 'it is archived'))
          : bench().store.reader.get(key, signal),
    };
    const report = await bench().look(USUAL);
    expect(linesOf(report)).toEqual([
      expect.stringMatching(/`atlas\/archive\.tar`.*cannot be read: it is archived$/),
    ]);
    expect(report.servers[0]?.counts.dumps).toBe(3);
  });
});

it('tells of what is encrypted and not ours as a warning, and of what failed runs left as a note', async () => {
  bench().write('atlas/dump.sql.gpg', sealed);
  bench().write(packKey('atlas', 'uploads', `${RUN}-1`), sealed);
  bench().write(`${packKey('atlas', 'uploads', `${RUN}-1`)}.002`, Buffer.from('any bytes'));
  const report = await bench().look(USUAL);
  expect(linesOf(report)).toEqual([]);
  expect(linesOf(report, 'warning')).toEqual([
    'object: 1 encrypted object of somebody else among the backups: `atlas/dump.sql.gpg`',
  ]);
  expect(linesOf(report, 'note')).toContain('object: 2 objects that no manifest names');
});

it('says nothing of documents, trials, empty files and what goes while it is looked at', async () => {
  for (const key of [
    `atlas/doctor/${RUN}.txt`,
    `atlas/proofs/doctor-${RUN}.txt`,
    `atlas/proofs/${RUN}/RECOVERY.md`,
  ])
    bench().write(key, Buffer.from('text'));
  bench().write('atlas/dumps/folder', Buffer.alloc(0));
  bench().write('atlas/gone.sql', Buffer.from('INSERT'));
  bench().reader = {
    get: (key, signal) => {
      if (key === 'atlas/gone.sql') bench().remove(key);
      return bench().store.reader.get(key, signal);
    },
  };
  const report = await bench().look(USUAL);
  expect([...linesOf(report), ...linesOf(report, 'warning')]).toEqual([]);
  expect(linesOf(report, 'note')).toHaveLength(1);
});
