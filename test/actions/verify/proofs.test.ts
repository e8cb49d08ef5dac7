// What a proof counts for: all databases of a server, and each of its storages by itself.
import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFurthestBack } from '../../../src/actions/verify/main-series.ts';
import { renderPage } from '../../../src/actions/verify/page.ts';
import { renderReportBadge } from '../../../src/actions/verify/report.ts';
import type { SampledStorage } from '../../../src/domain/proofs/proof.ts';
import { dumpFolder, snapshotKeys } from '../../../src/domain/stores/object-names.ts';
import { vectorProof } from '../../helpers/format-store.ts';
import { linesOf, USUAL, useVerifyBench } from '../../helpers/use-verify-bench.ts';
import { DUMPS } from '../../helpers/verify-bench.ts';

const SNAPSHOT = '20261122T030512Z-000000c1';
const INSTANT = '2026-11-22T03:05:12.000Z';
const PROOF = '20261122T041000Z-000000f1';
const NEVER = 'proof: files of `uploads` were never proven: no restore test has read any of them';
const OF_UPLOADS = { name: 'uploads', snapshot: SNAPSHOT };

const bench = useVerifyBench();
const addUnproven = (instant = INSTANT) => {
  bench().settings = { ...bench().settings, expiry: [] };
  return bench().addSnapshot('uploads', SNAPSHOT, instant, { isProven: false });
};
const sha256Of = (key: string) => createHash('sha256').update(bench().read(key)).digest('hex');
/** Of the right snapshot. */
const readNothing = (): SampledStorage => ({
  ...{ ...OF_UPLOADS, instant: INSTANT, isSigned: true, share: '5%', packs: [] },
  manifestSha256: sha256Of(snapshotKeys('atlas', 'uploads', SNAPSHOT).manifest),
  ...{ files: 0, directories: 0, links: 0, bytes: 0 },
});
const proofLines = async (inputs: Readonly<Record<string, string>> = USUAL) =>
  linesOf(await bench().look(inputs)).filter((line) => line.startsWith('proof: '));

describe('a storage', () => {
  it('is red while no test has read its files, until that is acknowledged; and a warning without a limit', async () => {
    await addUnproven();
    expect(linesOf(await bench().look(USUAL))).toEqual([NEVER]);
    const known = await bench().look({ ...USUAL, acknowledge: 'proof:atlas:files-of-uploads' });
    expect([linesOf(known), linesOf(known, 'known')]).toEqual([[], [NEVER]]);
    expect(renderReportBadge(known)).toContain('healthy, proven 30 min ago');
    const unlimited = await bench().look();
    expect([linesOf(unlimited), linesOf(unlimited, 'warning')]).toEqual([[], [NEVER]]);
    expect(renderReportBadge(unlimited)).toContain('healthy, not proven');
    expect(renderPage(unlimited)).toContain('level&nbsp;3, **never** `uploads`');
  });

  it('is proven by a test of files alone, and by one of a dump that read them', async () => {
    await addUnproven();
    await bench().addFilesProof(PROOF, OF_UPLOADS);
    const { servers, ...report } = await bench().look(USUAL);
    expect(linesOf(report)).toEqual([]);
    expect(servers).toMatchObject([
      {
        newestProof: { id: vectorProof.id, level: 3 },
        newestSnapshots: [{ provenAt: '2026-11-22T04:10:00.000Z' }],
      },
    ]);
    bench().remove(`atlas/proofs/${PROOF}`);
    await bench().addProof(PROOF, () => ({ storage: [{ ...readNothing(), links: 1 }] }));
    expect(await proofLines()).toEqual([]);
  });

  it('is red when the newest test that read its files is too old', async () => {
    await addUnproven();
    await bench().addFilesProof('20261122T031500Z-000000f1', OF_UPLOADS, '2026-11-22T03:15:00.000Z');
    expect(await proofLines({ 'max-proof-age': '1h' })).toEqual([
      'proof: the newest proof that read files of `uploads` is of 22 Nov 2026, 03:15:00 UTC, 1 h 15 min ago: more than `max-proof-age` (1 h)',
    ]);
  });

  it.each<[string, Parameters<ReturnType<typeof bench>['addFilesProof']>[1]]>([
    ['of another storage', { ...OF_UPLOADS, name: 'mail' }],
    ['whose signature was not checked', { ...OF_UPLOADS, isSigned: false }],
  ])('is not proven by a test %s', async (_what, files) => {
    await addUnproven();
    if (files.name === 'mail') await bench().addSnapshot('mail', SNAPSHOT, INSTANT, { isProven: false });
    await bench().addFilesProof(PROOF, files);
    expect(await proofLines()).toEqual([NEVER]);
  });

  it('is not proven by a test of a dump that compared none of its files', async () => {
    await addUnproven();
    await bench().addProof(PROOF, () => ({ storage: [readNothing()] }));
    expect(await proofLines()).toEqual([NEVER]);
  });

  it('is not proven by a test of a snapshot that was old by then, unless they may be', async () => {
    await addUnproven('2026-11-13T03:05:12.000Z');
    await bench().addFilesProof(PROOF, OF_UPLOADS);
    expect(await proofLines()).toEqual([NEVER]);
    expect(await proofLines({ ...USUAL, 'max-storage-age': '10d' })).toEqual([]);
  });

  it('is red when a proof is of another manifest than the one that is there', async () => {
    await addUnproven();
    await bench().addFilesProof(PROOF, { ...OF_UPLOADS, manifestSha256: 'a'.repeat(64) });
    expect(await proofLines()).toEqual([
      `proof: the proof \`${PROOF}\` does not count: the manifest of \`uploads/${SNAPSHOT}\` is another one than was tested`,
      NEVER,
    ]);
  });
});

describe('a server with files alone', () => {
  const removeDumps = () => {
    for (const folder of ['atlas/dumps', 'atlas/binlogs', vectorProof.folder]) bench().remove(folder);
  };

  it('is healthy once its files are proven, and can be brought back until its oldest snapshot', async () => {
    await addUnproven();
    removeDumps();
    expect(linesOf(await bench().look(USUAL))).toEqual([NEVER]);
    expect(renderPage(await bench().look())).toContain('**never**');
    await bench().addFilesProof(PROOF, OF_UPLOADS);
    const report = await bench().look(USUAL);
    expect([linesOf(report), linesOf(report, 'warning')]).toEqual([[], []]);
    expect(report.servers).toMatchObject([
      { recoverableUntil: INSTANT, newestProof: { id: PROOF, startedAt: '2026-11-22T04:10:00.000Z' } },
    ]);
    expect(report.servers[0]?.newestProof).not.toHaveProperty('level');
    expect(renderPage(report)).toMatch(/22&nbsp;Nov&nbsp;2026, files \|/);
    expect(renderReportBadge(report)).toContain('healthy, proven 20 min ago');
    await bench().addSnapshot('mail', '20261122T020000Z-000000c3', '2026-11-22T02:00:00.000Z', {
      isProven: false,
    });
    const two = await bench().look();
    expect(two.servers).toMatchObject([
      { recoverableUntil: '2026-11-22T02:00:00.000Z', newestProof: undefined },
    ]);
  });

  it.each<[string, () => void | Promise<void>]>([
    [
      'a dump that cannot be read',
      () => bench().write(`${dumpFolder('atlas', DUMPS.newest)}manifest.json`, Buffer.from('{}')),
    ],
    [
      'a run that left no manifest',
      () => bench().write(`${dumpFolder('atlas', DUMPS.newest)}shop.sql.zst.gpg`, Buffer.from('half')),
    ],
    ['anything else among dumps', () => bench().write('atlas/dumps/stray', Buffer.from(''))],
    [
      'a dump that was deleted',
      () => {
        const key = `${dumpFolder('atlas', DUMPS.newest)}manifest.json`;
        bench().write(key, Buffer.from('{}'));
        bench().delete(key, new Date('2026-11-22T04:00:00.000Z'));
      },
    ],
    [
      'a binlog',
      () => bench().write('atlas/binlogs/binlog.000009.20261122T040001Z-000000b9.json', Buffer.from('{}')),
    ],
  ])('is none where there is %s, whatever files were proven', async (_what, add) => {
    await addUnproven();
    removeDumps();
    await bench().addFilesProof(PROOF, OF_UPLOADS);
    expect(linesOf(await bench().look(USUAL))).toEqual([]);
    await add();
    const report = await bench().look(USUAL);
    const lines = linesOf(report);
    expect(lines).toContain('proof: never proven: nobody has seen a backup restore');
    expect(lines).toContain('age: no dump is left that can be restored');
    expect(report.servers).toMatchObject([{ recoverableUntil: undefined, newestProof: undefined }]);
  });

  it('is none where nothing is left but a proof', async () => {
    await addUnproven();
    removeDumps();
    await bench().addFilesProof(PROOF, OF_UPLOADS);
    bench().remove('atlas/storage');
    expect(linesOf(await bench().look(USUAL))).toContain('age: no dump is left that can be restored');
  });

  it('is none where a dump was proven once', async () => {
    await addUnproven();
    await bench().addFilesProof(PROOF, OF_UPLOADS);
    for (const folder of ['atlas/dumps', 'atlas/binlogs']) bench().remove(folder);
    expect(linesOf(await bench().look({ 'max-proof-age': '25m' }))).toEqual([
      'age: no dump is left that can be restored',
      expect.stringMatching(/^proof: the newest proof is of 22 Nov 2026, 04:00:00 UTC/),
    ]);
  });
});

describe('a dump of a part', () => {
  const PART = '20261122T040512Z-00000004-mariadb';
  const AT = '2026-11-22T04:05:12.000Z';
  const WHOLE = '2026-11-22T03:05:13.250Z';
  const NOT_ALL = /^proof: never proven: of all databases nobody has seen a backup restore/;

  /** Holds `wiki` and leaves out `shop`, which all others hold. */
  async function addPart(id = PART, at = AT): Promise<void> {
    await bench().addDump(id, at, (manifest) => ({
      ...manifest,
      databases: manifest.databases.map((database) => ({ ...database, name: 'wiki' })),
      excluded: { ...manifest.excluded, databases: ['shop'] },
      pitrAnchor: { isAnchor: false, reasons: ['1 database is left out'] },
      objects: manifest.objects.map((object) => ({
        ...object,
        name: object.name.replace('shop', 'wiki'),
        ...(object.databases === undefined ? {} : { databases: ['wiki'] }),
        parts: object.parts.map((part) => ({ ...part, key: part.key.replace('shop', 'wiki') })),
      })),
    }));
    const folder = bench().store.pathOf(dumpFolder('atlas', id));
    for (const part of ['', '.002'])
      renameSync(path.join(folder, `shop.sql.zst.gpg${part}`), path.join(folder, `wiki.sql.zst.gpg${part}`));
  }
  const addLabelled = () =>
    bench().addDump(`${PART}-shop`, AT, (manifest) => ({
      ...{ ...manifest, label: 'shop', coordinates: null },
      pitrAnchor: { isAnchor: false, reasons: ['there are no coordinates'] },
    }));
  const proveOnly = (id: string, excluded: readonly string[] = []) => {
    bench().remove(vectorProof.folder);
    const backup = {
      id,
      isSigned: true,
      instant: AT,
      manifestSha256: sha256Of(`${dumpFolder('atlas', id)}manifest.json`),
    };
    return bench().addProof('20261122T041500Z-000000f2', (proof) => ({
      ...{
        backup,
        recoveredTo: AT,
        startedAt: '2026-11-22T04:15:00.000Z',
        finishedAt: '2026-11-22T04:15:00.000Z',
      },
      excluded: { ...proof.excluded, databases: excluded },
    }));
  };
  const recoverable = async (inputs: Readonly<Record<string, string>> = USUAL) =>
    (await bench().look(inputs)).servers[0]?.recoverableUntil;

  it('does not bring the rest back until its own moment', async () => {
    bench().remove('atlas/binlogs');
    expect(await recoverable()).toBe(WHOLE);
    await addPart();
    expect(await recoverable()).toBe(WHOLE);
    await addLabelled();
    expect(await recoverable()).toBe(WHOLE);
  });

  it('is all there is where the others were given up: for seven days, or by an acknowledged size', async () => {
    bench().remove('atlas/binlogs');
    await addPart();
    expect(await recoverable({ ...USUAL, acknowledge: `size:atlas:${PART}` })).toBe(AT);
    await bench().addDump('20261115T000000Z-00000009-mariadb', '2026-11-15T00:00:01.000Z');
    for (const id of [DUMPS.newest, DUMPS.middle]) bench().remove(dumpFolder('atlas', id));
    expect(await recoverable()).toBe('2026-11-20T03:05:13.250Z');
    bench().remove(dumpFolder('atlas', DUMPS.oldest));
    expect(await recoverable()).toBe(AT);
  });

  it('does not prove the others', async () => {
    await addPart();
    await proveOnly(PART, ['shop']);
    expect(await proofLines()).toEqual([expect.stringMatching(NOT_ALL)]);
    expect(await proofLines({ ...USUAL, acknowledge: `size:atlas:${PART}` })).toEqual([]);
    // What this one leaves out nobody holds.
    await bench().addProof('20261122T041600Z-000000f3', ({ excluded }) => ({
      excluded: { ...excluded, databases: ['scratch'] },
    }));
    expect(await proofLines()).toEqual([]);
  });

  it('does not prove those without a label, as long as there are any, readable or not', async () => {
    await addLabelled();
    await proveOnly(`${PART}-shop`);
    expect(await proofLines()).toEqual([expect.stringMatching(NOT_ALL)]);
    for (const id of [DUMPS.newest, DUMPS.middle]) bench().remove(dumpFolder('atlas', id));
    bench().write(`${dumpFolder('atlas', DUMPS.oldest)}manifest.json`, Buffer.from('{}'));
    expect(await proofLines()).toEqual([expect.stringMatching(NOT_ALL)]);
    expect(await recoverable()).toBeUndefined();
    bench().remove(dumpFolder('atlas', DUMPS.oldest));
    expect(await proofLines()).toEqual([]);
  });
});

it.each<[string, readonly (readonly string[])[], readonly string[], number | undefined]>([
  ['the newest, where nothing is left out', [[], []], ['a', 'b'], 0],
  ['the newest, where nobody holds what it leaves out', [['x'], []], ['a'], 0],
  ['the older one, where the newest leaves out what that holds', [['b'], []], ['a', 'b'], 1],
  ['the older one, where each leaves out what the other holds', [['b'], ['a']], ['a', 'b'], 1],
  ['none, where all leave out the same', [['b'], ['b']], ['a', 'b'], undefined],
  ['none, where there is none', [], [], undefined],
  ['the newest, where dumps are empty', [['x'], []], [], 0],
])('all databases come back with %s', (_what, leftOut, databases, expected) => {
  const found = findFurthestBack(leftOut, { databases }, (names) => names);
  expect(found).toBe(expected === undefined ? undefined : leftOut[expected]);
});
