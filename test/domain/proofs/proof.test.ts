import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { InventoryObject } from '../../../src/domain/dumps/inventory.ts';
import { describeRestored, digestData } from '../../../src/domain/proofs/proof-figures.ts';
import type { FilesProof, Proof } from '../../../src/domain/proofs/proof.ts';
import { MAX_PROOF_BYTES, parseProof, serializeProof } from '../../../src/domain/proofs/proof-text.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { ABSENT, changed } from '../dumps/manifest-example.ts';
import { exampleFilesProof, exampleProof, proofPlace } from './proof-example.ts';

const render = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(LifeboatError);
    expect((error as LifeboatError).code).toBe('proof-invalid');
    return (error as LifeboatError).message;
  }
  throw new Error('it was accepted');
}

const complaint = (changes: Record<string, unknown>): string =>
  messageOf(() => parseProof(render(changed(exampleProof(), changes)), proofPlace));

describe('serializeProof', () => {
  it('writes every field, in the documented order', () => {
    expect(Buffer.from(serializeProof(exampleProof())).equals(render(exampleProof()))).toBe(true);
  });

  it('works out the two times itself', () => {
    const facts = changed(exampleProof(), { rtoSeconds: ABSENT, rpoSeconds: ABSENT }) as Proof;
    expect(parseProof(serializeProof(facts), proofPlace)).toEqual(exampleProof());
  });

  it('refuses to write what would not be read', () => {
    const proof = changed(exampleProof(), { level: 5 }) as Proof;
    expect(messageOf(() => serializeProof(proof))).toBe(
      'The proof of atlas/20261122T040000Z-0badcafe cannot be used: level is not 1, 2, 3 or 4.',
    );
  });
});

const replay = () => ({
  ...{ target: 'random', transactions: 12 },
  binlogs: [{ id: 'binlog.000042.20261122T030512Z-7f3a9c1e', manifestSha256: 'f'.repeat(64) }],
});
const replayed = () => ({ replay: replay(), 'timings.replayMs': 1 });

describe('parseProof', () => {
  it('accepts the lowest level without what was not read', () => {
    const proof = changed(exampleProof(), {
      ...{ level: 1, counts: ABSENT, inventorySha256: ABSENT, dataSha256: ABSENT },
      'timings.replayMs': ABSENT,
    }) as Proof;
    expect(parseProof(render(proof), proofPlace)).toEqual(proof);
  });

  it.each([
    ['no JSON', Buffer.from('{'), 'is not a JSON object'],
    ['a newer schema', render({ ...exampleProof(), schema: 2 }), 'reads schema 1: use a newer version'],
    ['too many bytes', Buffer.alloc(MAX_PROOF_BYTES + 1, ' '), 'more than 16777216 bytes'],
    [
      'another form of the same',
      Buffer.from(`${JSON.stringify(exampleProof(), undefined, 3)}\n`),
      'canonical form',
    ],
    [
      'a field that stands twice',
      Buffer.from(render(exampleProof()).toString().replace('{\n', '{\n  "level": 1,\n')),
      'canonical form',
    ],
  ])('refuses %s', (_, bytes, problem) => {
    expect(messageOf(() => parseProof(bytes, proofPlace))).toContain(problem);
  });

  it('misses no field', () => {
    let fields = 0;
    const visit = (value: unknown, root: object): void => {
      if (typeof value !== 'object' || value === null) return;
      const holder = value as Record<string, unknown>;
      for (const [name, entry] of Object.entries(holder)) {
        if (!Array.isArray(value) && name !== 'replayMs') {
          Reflect.deleteProperty(holder, name);
          expect(() => parseProof(render(root), proofPlace), name).toThrow(LifeboatError);
          holder[name] = entry;
          fields += 1;
        }
        visit(entry, root);
      }
    };
    const root = exampleProof();
    visit(root, root);
    expect(fields).toBeGreaterThan(55);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a manifest', { type: 'dump' }, 'type is not "proof"'],
    ['an unknown field', { 'versions.kernel': '6' }, 'versions."kernel" is not a field'],
    ['another server', { server: 'borg' }, 'server is borg, but the proof stands under atlas'],
    ['no name of a server', { server: '..' }, 'server is not the name of a server'],
    ['another run', { id: '20261122T040000Z-00000000' }, 'but the proof stands under 2026'],
    ['no run id', { id: 'latest' }, 'id is not a run id'],
    ['no backup id', { 'backup.id': proofPlace.id }, 'backup.id is not a backup id'],
    ['a bad digest', { 'backup.manifestSha256': 'A'.repeat(64) }, 'backup.manifestSha256 is not 64'],
    ['a level of its own', { level: 0 }, 'level is not 1, 2, 3 or 4'],
    ['level 4 without a replay', { level: 4 }, 'replay is missing at level 4'],
    ['a replay that took no time', { replay: replay() }, 'timings.replayMs is missing'],
    ['the time of no replay', { 'timings.replayMs': 0 }, 'timings.replayMs belongs to a replay'],
    [
      'a replay of nothing',
      { ...replayed(), replay: { ...replay(), binlogs: [] } },
      'replay.binlogs has fewer',
    ],
    [
      'what is no binlog',
      { ...replayed(), 'replay.binlogs.0.id': 'x' },
      'replay.binlogs names what is no binlog',
    ],
    ['files of nothing', { storage: [] }, 'storage has fewer'],
    ['no storage', { 'storage.0.name': '../x' }, 'storage[0].name is not the name of a storage'],
    ['no snapshot', { 'storage.0.snapshot': 'latest' }, 'storage[0].snapshot is not the id of a run'],
    ['no pack', { 'storage.0.packs': ['x'] }, 'storage[0].packs names what is no pack'],
    ['no share', { 'storage.0.share': 'all' }, 'storage[0].share is not a percentage'],
    ['a share of nothing', { 'storage.0.share': '0%' }, 'storage[0].share is not a percentage above 0'],
    ['no kind', { kind: ABSENT }, 'kind is not "dump" or "files"'],
    ['another kind', { kind: 'paper' }, 'kind is not "dump" or "files"'],
    ['a dump as files', { kind: 'files' }, 'backup" is not a field'],
    ['nothing left out', { excluded: ABSENT }, 'excluded is missing'],
    ['another moment', { recoveredTo: '2026-11-20T03:05:15.000Z' }, 'recoveredTo is not backup.instant'],
    ['a test before the backup', { startedAt: '2026-11-19T00:00:00.000Z' }, 'recoveredTo is after startedAt'],
    ['an end before the start', { finishedAt: '2026-11-22T03:59:59.999Z' }, 'finishedAt is before startedAt'],
    ['a flattering RTO', { rtoSeconds: 330 }, 'rtoSeconds is not timings.totalMs'],
    ['a flattering RPO', { rpoSeconds: 176_085 }, 'rpoSeconds is not startedAt minus'],
    ['parts longer than all', { 'timings.loadMs': 258_002 }, 'timings.totalMs is less than its parts'],
    ['another engine', { 'versions.sandboxEngine': 'lxc' }, 'versions.sandboxEngine is not "docker" or'],
    ['a short image id', { 'versions.imageId': 'sha256:ab' }, 'versions.imageId is not the id'],
    ['no databases', { databases: [] }, 'databases has fewer than 1'],
    ['a database twice', { 'databases.1.name': 'shop' }, 'databases names a database twice'],
    ['fewer tables than counted', { 'databases.0.tables': 11 }, 'counts.table is not'],
    ['more views than counted', { 'databases.0.views': 2 }, 'counts.view is not'],
    ['an unknown kind', { 'counts.index': 1 }, 'counts."index" is not a field'],
    ['an empty limit', { limits: [''] }, 'limits[0] is not'],
    ['level 2 without counts', { level: 2, counts: ABSENT }, 'counts is missing at level 2'],
    ['level 2 without an inventory', { level: 2, inventorySha256: ABSENT }, 'inventorySha256 is missing'],
    ['level 3 without data', { dataSha256: ABSENT }, 'dataSha256 is missing at level 3'],
    [
      'a restore of no tables',
      { 'databases.0.tables': 0, 'databases.1.tables': 0, 'counts.table': 0 },
      'databases has no tables',
    ],
    ['a restore of no rows', { 'databases.0.rows': 0, 'databases.1.rows': 0 }, 'databases has no rows'],
  ])('refuses %s', (_, changes, problem) => {
    expect(complaint(changes)).toContain(problem);
  });
});

describe('a proof of files alone', () => {
  const refused = (changes: Record<string, unknown>) =>
    messageOf(() => parseProof(render(changed(exampleFilesProof(), changes)), proofPlace));

  it('is written and read, and its loss of data is worked out', () => {
    const facts = changed(exampleFilesProof(), { rpoSeconds: ABSENT }) as FilesProof;
    expect(Buffer.from(serializeProof(facts)).equals(render(exampleFilesProof()))).toBe(true);
    expect(parseProof(serializeProof(facts), proofPlace)).toEqual(exampleFilesProof());
  });

  it('goes back to the oldest of its snapshots, and to no moment after its start', () => {
    const [files] = exampleFilesProof().storage;
    const other = { ...files, name: 'mail', instant: '2026-11-19T00:00:00.000Z' };
    const both = { storage: [files, other] };
    expect(refused(both)).toContain('recoveredTo is not the oldest storage.instant');
    const at = { recoveredTo: other.instant, rpoSeconds: 273_600 };
    const proof = changed(exampleFilesProof(), { ...both, ...at }) as FilesProof;
    expect(parseProof(render(proof), proofPlace)).toEqual(proof);
    expect(refused({ 'storage.0.instant': '2026-11-23T00:00:00.000Z' })).toContain('recoveredTo is not');
    const { startedAt } = exampleFilesProof();
    const clamped = {
      'storage.0.instant': '2026-11-22T04:00:01.000Z',
      recoveredTo: startedAt,
      rpoSeconds: 0,
    };
    expect(parseProof(render(changed(exampleFilesProof(), clamped)), proofPlace)).toMatchObject({
      rpoSeconds: 0,
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no storage', { storage: [] }, 'storage has fewer than 1'],
    ['storage that is missing', { storage: ABSENT }, 'storage is missing'],
    [
      'a sample of nothing',
      { 'storage.0.files': 0, 'storage.0.directories': 0, 'storage.0.links': 0 },
      'storage[0] compares nothing',
    ],
    ['a level', { level: 3 }, 'level" is not a field'],
    ['a backup', { backup: exampleProof().backup }, 'backup" is not a field'],
    ['databases', { databases: exampleProof().databases }, 'databases" is not a field'],
    ['another server', { server: 'borg' }, 'server is borg'],
    ['another run', { id: '20261122T040000Z-00000000' }, 'but the proof stands under 2026'],
    ['a flattering RPO', { rpoSeconds: 1 }, 'rpoSeconds is not startedAt minus'],
    ['an end before the start', { finishedAt: '2026-11-22T03:59:59.999Z' }, 'finishedAt is before startedAt'],
    ['a dump', { kind: 'dump' }, 'backup is missing'],
  ])('refuses %s', (_, changes, problem) => {
    expect(refused(changes)).toContain(problem);
  });
});

it('a proof of level 4 says what was replayed, and how far it led', () => {
  const proof = changed(exampleProof(), {
    ...{ ...replayed(), level: 4, recoveredTo: '2026-11-22T03:59:00.000Z', rpoSeconds: 60 },
  }) as Proof;
  const bytes = serializeProof(proof);
  expect(parseProof(bytes, proofPlace)).toEqual(proof);
  expect(bytes.toString()).not.toBe('');
});

describe('what was restored', () => {
  const table = (database: string, name: string, dataSha256: string, rows?: number): InventoryObject => ({
    ...{ kind: 'table', database, name, ddlSha256: '', ddl: '', dataSha256 },
    ...(rows === undefined ? {} : { rows }),
  });
  const view: InventoryObject = { kind: 'view', database: 'a', name: 'v', ddlSha256: '', ddl: '' };
  const [x, y] = ['1'.repeat(64), '2'.repeat(64)];

  it('is counted by database and kind', () => {
    const objects = [table('b', 't', x), table('a', 't', x, 2), table('a', 'u', x, 3), view];
    const manifest = {
      databases: [
        { name: 'a', tables: 9, views: 9, rows: 9, plainBytes: 7 },
        { name: 'b', tables: 9, views: 9, rows: 9, plainBytes: 8 },
        { name: 'empty', tables: 0, views: 0, rows: 0, plainBytes: 9 },
      ],
    };
    const { databases, counts } = describeRestored(objects, manifest);
    expect(databases).toEqual([
      { name: 'a', tables: 2, views: 1, rows: 5, plainBytes: 7 },
      { name: 'b', tables: 1, views: 0, rows: null, plainBytes: 8 },
      { name: 'empty', tables: 0, views: 0, rows: 0, plainBytes: 9 },
    ]);
    expect(counts).toMatchObject({ table: 3, view: 1, database: 0, 'package-body': 0 });
  });

  it('has one digest of all rows, which docs/format.md defines', () => {
    // U+FF5E sorts before U+1F600 as bytes of UTF-8, but after it in the code units of JavaScript.
    const objects = [table('b', 't', x), view, table('a', '\u{1f600}', x), table('a', '\uff5e"\n', y)];
    const lines = [`["a","\uff5e\\"\\n","${y}"]\n`, `["a","\u{1f600}","${x}"]\n`, `["b","t","${x}"]\n`];
    const expected = createHash('sha256').update(lines.join('')).digest('hex');
    expect(digestData(objects)).toBe(expected);
    expect(digestData(objects.toReversed())).toBe(expected);
  });

  it('has another digest when two tables changed places', () => {
    expect(digestData([table('a', 't', x), table('a', 'u', y)])).not.toBe(
      digestData([table('a', 't', y), table('a', 'u', x)]),
    );
  });
});
