// A restore test's look at the files that belong to a dump: real snapshots, real keys and tar; the database server is a stand-in, since
// nothing here is about databases.
import { cpSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { restoreTestDeclaration } from '../../../src/actions/restore-test/inputs.ts';
import { renderTestSummary } from '../../../src/actions/restore-test/report.ts';
import { restoreTest } from '../../../src/actions/restore-test/restore-test.ts';
import {
  sampleStorage,
  type SampleContext,
  type StorageExamination,
} from '../../../src/actions/restore-test/storage-sample.ts';
import { packIdOf } from '../../../src/domain/stores/object-names.ts';
import { createRunId } from '../../../src/domain/run-id.ts';
import type { SnapshotManifest } from '../../../src/domain/snapshots/snapshot.ts';
import type { DumpManifest } from '../../../src/domain/dumps/manifest.ts';
import { gatherInputs } from '../../../src/inputs/gather.ts';
import { createLocalMachine } from '../../../src/remote/local-machine.ts';
import { fakeRestore } from '../../helpers/fake-restore.ts';
import { makeNastyTree } from '../../helpers/file-tree.ts';
import { forgeSnapshot, type SnapshotForgery } from '../../helpers/forge-snapshot.ts';
import {
  FormatStore,
  readVectorKeys,
  vectorEncryption as encryption,
  type VectorKeys,
} from '../../helpers/format-store.ts';
import { LocalStorage, silentReporter } from '../../helpers/local-storage.ts';
import { execFileSync } from 'node:child_process';

const SERVER = 'atlas';
const NAME = 'files';
const HOUR_MS = 3_600_000;

let keys: VectorKeys;
let place: LocalStorage;
/** In the order in which they were made; with nothing new but a few files in the second. */
let snapshots: SnapshotManifest[];
let vector: FormatStore;
let workplace: string;

const before = (manifest: SnapshotManifest | undefined, ms = 1) =>
  new Date(Date.parse(manifest?.instant ?? '') - ms).toISOString();

beforeAll(async () => {
  keys = await readVectorKeys();
  place = await LocalStorage.make();
  makeNastyTree(place.data);
  const first = await place.sync({ inputs: { set: 'first' } });
  execFileSync('sh', ['-c', 'echo new >plain; echo new >new; rm links-2'], { cwd: place.data });
  const second = await place.sync({ inputs: { set: 'second', 'max-deleted': '50%' } });
  snapshots = [first, second].map(({ stored }) => stored?.manifest).filter((each) => each !== undefined);
  expect(snapshots).toMatchObject([{ packs: { length: 2 } }, { packs: { length: 4 }, index: { length: 2 } }]);
});
afterAll(async () => {
  execFileSync('chmod', ['-R', 'u+w', place.directory]);
  await place.remove();
});
beforeEach(() => {
  vector = new FormatStore();
  rmSync(vector.pathOf('atlas/proofs'), { recursive: true });
  cpSync(path.join(place.store, 'atlas/storage'), vector.pathOf('atlas/storage'), { recursive: true });
  workplace = mkdtempSync(path.join(tmpdir(), 'sample-'));
});
afterEach(() => {
  vi.useRealTimers();
  vector[Symbol.dispose]();
  rmSync(workplace, { recursive: true });
});

type Dump = Pick<DumpManifest, 'instant' | 'finishedAt' | 'set'>;

/** Of a dump that was made right before the first snapshot, unless it says something else. */
async function sample(
  changes: Partial<SampleContext> = {},
  dump: Partial<Dump> = {},
): Promise<StorageExamination> {
  const instant = dump.instant ?? before(snapshots[0]);
  const examination = await sampleStorage(
    { instant, finishedAt: instant, ...dump },
    {
      ...{ server: SERVER, store: vector.reader, encryption, reporter: silentReporter, directory: workplace },
      ...{
        identity: keys.identity,
        trustedSigners: keys.trustedSigners,
        signal: new AbortController().signal,
      },
      ...{ now: new Date(), machine: createLocalMachine(), percent: 100, testId: 'a test' },
      acknowledge: [],
      ...changes,
    },
  );
  // No text in the clear; ciphertext goes with the directory.
  expect(readdirSync(workplace).filter((name) => !name.endsWith('.gpg'))).toEqual([]);
  return examination;
}

async function forge(forgery: SnapshotForgery, snapshot = snapshots[0]): Promise<void> {
  const id = { server: SERVER, name: NAME, id: snapshot?.id ?? '' };
  await forgeSnapshot(vector.directory, id, forgery, keys);
}

const pathOf = (key: string | undefined) => vector.pathOf(key ?? '');
const packOf = (snapshot: SnapshotManifest | undefined, at = 0) => pathOf(snapshot?.packs[at]?.parts[0]?.key);

/** The index knows nothing of them, and nobody is to believe that it does. */
const ATTRIBUTES =
  /^files files: extended attributes and access control lists of \d+ entries are in the packs, and were not compared/;

describe('a sample', () => {
  it('finds every file as it was, whatever its name and kind', async () => {
    const { sampled, findings, limits } = await sample({}, { set: 'second' });
    expect({ findings, limits }).toEqual({ findings: [], limits: [expect.stringMatching(ATTRIBUTES)] });
    const [, second] = snapshots;
    expect(sampled).toMatchObject([
      { ...second?.holds, name: NAME, snapshot: second?.id, instant: second?.instant, share: '100%' },
    ]);
    expect(sampled[0]?.packs.toSorted()).toEqual(second?.packs.map(packIdOf).toSorted());
  });

  it('is of some packs only, and the same again for the same test', async () => {
    const draw = async (testId: string) => (await sample({ percent: 5, testId }, { set: 'second' })).sampled;
    const [one] = await draw('1');
    expect(one?.packs).toHaveLength(1);
    expect(await draw('1')).toEqual([one]);
    const drawn = new Set<string>();
    for (const testId of ['1', '2', '3', '4', '5', '6'])
      for (const { packs } of await draw(testId)) packs.forEach((pack) => drawn.add(pack));
    expect(drawn.size).toBeGreaterThan(1);
  });

  it.each([
    ['the first one after the dump', before, {}, 0],
    ['the one of its set', before, { set: 'second' }, 1],
    ['the first one, where there is none of its set', before, { set: 'third' }, 0],
  ])('is of %s', async (_what, at, dump, expected) => {
    const { sampled, limits } = await sample({ percent: 1 }, { instant: at(snapshots[0]), ...dump });
    expect({ sampled, limits: limits.filter((limit) => !ATTRIBUTES.test(limit)) }).toMatchObject({
      sampled: [{ snapshot: snapshots[expected]?.id }],
      limits: [],
    });
  });

  it('is of the next one when a snapshot had begun already', async () => {
    const instant = snapshots[0]?.instant ?? '';
    expect((await sample({}, { instant })).sampled).toMatchObject([{ snapshot: snapshots[0]?.id }]);
    const later = new Date(Date.parse(instant) + 1).toISOString();
    expect((await sample({}, { instant: later })).sampled).toMatchObject([{ snapshot: snapshots[1]?.id }]);
  });

  it('is left out for 0%, and where there is no storage', async () => {
    rmSync(packOf(snapshots[0]));
    expect(await sample({ percent: 0 })).toEqual({ sampled: [], findings: [], limits: [] });
    rmSync(vector.pathOf('atlas/storage'), { recursive: true });
    expect(await sample()).toEqual({ sampled: [], findings: [], limits: [] });
  });
});

describe('a sample is red when', () => {
  const data = () => `.${place.data}`;
  const edits: readonly (readonly [string, () => string, RegExp])[] = [
    [
      'a content differs',
      () => `printf one2 >${data()}/plain; touch -r ${data()}/old ${data()}/plain`,
      /plain has another content/,
    ],
    ['a size differs', () => `echo more >>${data()}/plain`, /plain has 9 bytes, and had 4$/],
    ['a mode differs', () => `chmod 4750 ${data()}/plain`, /plain has mode 4750, and had 644$/],
    ['the mode of a directory differs', () => `chmod 777 ${data()}/zz`, /zz has mode 777, and had 755$/],
    ['a time differs', () => `touch -d '@1.5' ${data()}/plain`, /plain has another modification time$/],
    [
      'the time of a link differs',
      () => `touch -h -d '@1.5' ${data()}/loop`,
      /loop has another modification time$/,
    ],
    [
      'owners differ',
      () => 'TAR="--owner=:4242 --group=:4343"',
      /plain has owner 4242, and had \d+; group 4343, and had \d+$/,
    ],
    [
      'a link leads elsewhere',
      () => `t=$(stat -c @%.9Y ${data()}/loop); ln -sfn .. ${data()}/loop; touch -h -d $t ${data()}/loop`,
      /loop has 2 bytes, and had 1$/,
    ],
    [
      'a directory is a file',
      () => `rm -r ${data()}/zz; echo >${data()}/zz`,
      /zz is a file, and was a directory$/,
    ],
    [
      'a file is a link',
      () => `ln -sf /etc/passwd ${data()}/plain`,
      /plain is a symbolic link, and was a file$/,
    ],
    ['a file is not there', () => `rm ${data()}/plain`, /plain is not in its pack$/],
    ['a name of a file is not there', () => `rm ${data()}/links-1`, /links-1 is not in its pack$/],
    [
      'holes hold something',
      () =>
        `printf x | dd of=${data()}/sparse conv=notrunc status=none; touch -r ${data()}/old ${data()}/sparse`,
      /sparse has another content/,
    ],
  ];
  it.each(edits)('%s', async (_what, script, says) => {
    // Names of one file are in a pack of their own.
    await forge({ packAt: script().includes('links') ? 1 : 0, pack: script() });
    const { findings } = await sample();
    expect(findings).toContainEqual({
      code: 'restore-differs',
      sentence: expect.stringMatching(says) as string,
    });
  });

  it.each([
    ['missing', (file: string) => rmSync(file), /packs\/.* is missing$/],
    ['cut off', (file: string) => truncateSync(file, 100), /packs\/.* has 100 bytes, not \d+$/],
  ])('a pack is %s, also one that was not drawn', async (_what, spoil, says) => {
    spoil(packOf(snapshots[1], 1));
    const drawn = async (testId: string) => sample({ percent: 1, testId }, { set: 'second' });
    const expected = { code: 'object-mismatch', sentence: expect.stringMatching(says) as string };
    for (const testId of ['1', '2', '3', '4'])
      expect((await drawn(testId)).findings).toContainEqual(expected);
  });

  it.each<[string, () => void | Promise<void>, string]>([
    ['a pack has another byte', () => flip(packOf(snapshots[0])), 'object-mismatch'],
    [
      'an index object has another byte',
      () => flip(pathOf(snapshots[0]?.index[0]?.parts[0]?.key)),
      'object-mismatch',
    ],
    [
      'an index object is missing',
      () => rmSync(pathOf(snapshots[0]?.index[0]?.parts[0]?.key)),
      'object-mismatch',
    ],
    [
      'an index holds more than the manifest says',
      () =>
        forge({
          manifest: (manifest) => {
            manifest.holds = { ...manifest.holds, files: manifest.holds.files - 1 };
          },
        }),
      'manifest-invalid',
    ],
    [
      'an index names another pack',
      () => forge({ index: (text) => text.replace(/-1\0/, '-7\0') }),
      'manifest-invalid',
    ],
    ['an index breaks off', () => forge({ index: (text) => text.slice(0, -1) }), 'manifest-invalid'],
    [
      'no snapshot is signed',
      () => {
        for (const { index } of snapshots)
          rmSync(pathOf(index.at(-1)?.parts[0]?.key).replace('.index.zst.gpg', '.json.sig'));
      },
      'signature-invalid',
    ],
    ['a pack is no archive', () => forge({ pack: 'echo no archive; exit' }), 'object-mismatch'],
  ])('%s', async (_what, spoil, code) => {
    await spoil();
    const { findings } = await sample();
    expect(findings.map((finding) => finding.code)).toContain(code);
  });

  it('no complete snapshot was begun since the dump, and the newest is more than eight days old', async () => {
    const instant = new Date().toISOString();
    const after = (days: number) => new Date(Date.now() + days * 24 * HOUR_MS);
    // A dump that is some days old, and files that are backed up every week.
    for (const now of [after(0), after(7)]) {
      const told = await sample({ now, percent: 1 }, { instant });
      expect(told).toMatchObject({ findings: [], sampled: [{ snapshot: snapshots[1]?.id }] });
      expect(told.limits.join()).toContain('no complete snapshot was begun since the dump');
    }
    const expected = [
      { code: 'snapshot-missing', sentence: expect.stringContaining('the newest one is of') as string },
    ];
    for (const made of [instant, after(8.9).toISOString()])
      expect((await sample({ now: after(9), percent: 1 }, { instant: made })).findings).toEqual(expected);
  });
});

it('is not red for a storage that was given up, once that is acknowledged', async () => {
  const instant = new Date().toISOString();
  const now = new Date(Date.now() + 9 * 24 * HOUR_MS);
  const acknowledge = [`age:${SERVER}:snapshot-of-${NAME}`];
  const { findings, sampled, limits } = await sample({ now, acknowledge }, { instant });
  expect({ findings, sampled }).toEqual({ findings: [], sampled: [] });
  expect(limits.join()).toContain('that is acknowledged, and nothing of it was read');
  const other = { now, percent: 1, acknowledge: [`age:${SERVER}:snapshot-of-others`] };
  expect((await sample(other, { instant })).findings).toMatchObject([{ code: 'snapshot-missing' }]);
  // Whatever is acknowledged: what is backed up again is read again.
  expect((await sample({ percent: 1, acknowledge })).sampled).toHaveLength(1);
});

it('is of an incomplete snapshot where there is no other, and says so', async () => {
  for (const snapshot of snapshots)
    await forge({ manifest: (manifest) => (manifest.complete = false) }, snapshot);
  const instant = new Date().toISOString();
  for (const [dump, at] of [
    [{}, 0],
    [{ instant }, 1],
  ] as const) {
    const { findings, sampled, limits } = await sample({}, dump);
    expect({ findings, sampled }).toMatchObject({ findings: [], sampled: [{ snapshot: snapshots[at]?.id }] });
    expect(limits.join()).toContain('no snapshot is complete');
  }
});

describe('what is not to be believed is passed over, and named,', () => {
  const junk = (id: string) => vector.pathOf(`atlas/storage/${NAME}/snapshots/${id}.json`);

  it('where a later snapshot is valid', async () => {
    rmSync(`${junk(snapshots[0]?.id ?? '')}.sig`);
    const { findings, sampled, limits } = await sample({ percent: 1 });
    expect({ findings, sampled }).toMatchObject({ findings: [], sampled: [{ snapshot: snapshots[1]?.id }] });
    expect(limits.join()).toContain(snapshots[0]?.id);
  });

  it.each([
    ['behind the one that belongs to a dump whose set no snapshot has', { set: 'third' }, 0],
    ['before tonight’s snapshot', { instant: new Date(Date.now() + HOUR_MS).toISOString() }, 1],
  ] as const)('%s', async (_what, dump, at) => {
    const id = '20990101T000000Z-00000000';
    writeFileSync(junk(id), '{}');
    const { findings, sampled, limits } = await sample({ percent: 1 }, dump);
    expect({ findings, sampled }).toMatchObject({ findings: [], sampled: [{ snapshot: snapshots[at]?.id }] });
    expect(limits.join()).toContain(id);
  });
});

function flip(file: string): void {
  execFileSync('sh', ['-c', 'printf x | dd of="$1" bs=1 seek=200 conv=notrunc status=none', 'sh', file]);
}

describe('a restore test', () => {
  async function test(values: Readonly<Record<string, string>> = {}) {
    const [first] = snapshots;
    const at = new Date(before(first, 1_500));
    const id = `${createRunId(at)}-mariadb`;
    await vector.addBackup(keys, id, at.toISOString(), { signedAt: new Date() });
    const all: Readonly<Record<string, string>> = {
      ...{ server: SERVER, store: `file://${vector.directory}`, identity: 'a key', backup: id },
      ...values,
    };
    const source = { read: (name: string) => all[name], howToGive: () => '', problems: [], warnings: [] };
    const { inputs } = await gatherInputs(
      restoreTestDeclaration,
      source,
      { isHostedRunner: false },
      { checks: {} },
    );
    const { engine, host, reporter } = fakeRestore();
    const { identity, trustedSigners, trustedProvers, proofSigningKey } = keys;
    const outcome = await restoreTest(
      inputs,
      { identity, trustedSigners, trustedProvers, proofSigningKey },
      { lifeboatVersion: '0.1.0', workplace: { directory: workplace, sandboxMemoryBytes: 2 ** 30 } },
      {
        ...{ store: vector.reader, proofStore: vector.writer, encryption, engine, reporter },
        ...{ machine: createLocalMachine(), findHost: () => Promise.resolve(host) },
      },
      new AbortController().signal,
    );
    return { outcome, summary: renderTestSummary(SERVER, outcome) };
  }

  it('says which files were read: in the proof, the summary and the page', async () => {
    const { outcome, summary } = await test({ 'storage-sample': '100%' });
    expect(outcome.failure).toBeUndefined();
    const [first] = snapshots;
    const { proof, recovery } = outcome.written ?? {};
    expect(proof?.storage).toMatchObject([
      { name: NAME, snapshot: first?.id, share: '100%', files: first?.holds.files },
    ]);
    expect(summary).toContain(first?.id);
    expect(summary).toMatch(/100%/);
    expect(recovery).toContain(first?.id);
    expect(readdirSync(workplace)).toEqual([]);
  });

  it('is red with files that differ, and leaves no proof', async () => {
    await forge({ pack: `chmod 700 .${place.data}/plain` });
    const { outcome, summary } = await test({ 'storage-sample': '100%' });
    expect(outcome.failure?.code).toBe('restore-differs');
    expect(outcome.failure?.message).toContain('plain has mode 700, and had 644');
    expect(summary).toContain('plain has mode 700');
    expect(outcome.written).toBeUndefined();
  });
});
