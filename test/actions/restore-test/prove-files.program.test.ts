// The test of a server that has files and no dump: when it is one, what counts against it, and what is written. The store, its snapshot, the
// keys and tar are real.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RestoreTestKeys } from '../../../src/actions/restore-test/examination.ts';
import { restoreTestDeclaration } from '../../../src/actions/restore-test/inputs.ts';
import { renderTestSummary } from '../../../src/actions/restore-test/report.ts';
import { restoreTest } from '../../../src/actions/restore-test/restore-test.ts';
import { parseProof } from '../../../src/domain/proofs/proof-text.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { gatherInputs } from '../../../src/inputs/gather.ts';
import { createLocalMachine } from '../../../src/remote/local-machine.ts';
import { fakeRestore } from '../../helpers/fake-restore.ts';
import { forgeSnapshot } from '../../helpers/forge-snapshot.ts';
import {
  FormatStore,
  readVectorKeys,
  vectorEncryption,
  vectorProof,
  type VectorKeys,
} from '../../helpers/format-store.ts';

const FORMAT = path.resolve(import.meta.dirname, '../../fixtures/format');
const NOW = new Date('2026-11-22T06:30:00.000Z');
const SNAPSHOT = { server: 'atlas', name: 'uploads', id: '20261120T033500Z-5badcafe' };
const PACK = `atlas/storage/uploads/packs/${SNAPSHOT.id}-1.tar.zst.gpg`;
const MANIFEST = `atlas/storage/uploads/snapshots/${SNAPSHOT.id}.json`;

let keys: VectorKeys;
let store: FormatStore;
let workplace: string;
beforeAll(async () => {
  keys = await readVectorKeys();
});
beforeEach(() => {
  // The dates of the test vectors are fixed, and the store's clock is this machine's.
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  store = new FormatStore(path.join(FORMAT, 'store-files'));
  workplace = mkdtempSync(path.join(store.base, 'work-'));
});
afterEach(() => {
  vi.useRealTimers();
  store[Symbol.dispose]();
});

const proofs = () => readdirSync(store.pathOf('atlas/proofs')).length;

async function run(values: Readonly<Record<string, string>> = {}, changes: Partial<RestoreTestKeys> = {}) {
  const all: Readonly<Record<string, string>> = {
    ...{ server: 'atlas', store: `file://${store.directory}`, identity: 'a key', ...values },
  };
  const source = { read: (name: string) => all[name], howToGive: () => '', problems: [], warnings: [] };
  const { inputs } = await gatherInputs(
    restoreTestDeclaration,
    source,
    { isHostedRunner: false },
    { checks: {} },
  );
  const { engine, reporter } = fakeRestore();
  const { identity, trustedSigners, trustedProvers, proofSigningKey } = keys;
  const outcome = await restoreTest(
    inputs,
    { identity, trustedSigners, trustedProvers, proofSigningKey, ...changes },
    { lifeboatVersion: '0.1.0', workplace: { directory: workplace, sandboxMemoryBytes: 2 ** 30 } },
    {
      ...{ store: store.reader, proofStore: store.writer, encryption: vectorEncryption, engine, reporter },
      machine: createLocalMachine(),
      // Neither Docker nor Podman is there.
      findHost: () => Promise.reject(new LifeboatError('sandbox-unavailable', 'no engine')),
    },
    new AbortController().signal,
  ).finally(() => expect(readdirSync(workplace)).toEqual([]));
  return { outcome, summary: renderTestSummary('atlas', outcome) };
}

describe('a server with files alone', () => {
  it('is proven by a sample of its newest snapshots, without an engine, and the proof says so to everybody', async () => {
    const { outcome, summary } = await run();
    expect(outcome.failure).toBeUndefined();
    const { proof, proofKey = '', recovery } = outcome.written ?? {};
    expect(proof).toMatchObject({
      ...{ kind: 'files', server: 'atlas', recoveredTo: '2026-11-20T03:35:01.000Z', limits: [] },
      storage: [
        {
          ...{
            name: 'uploads',
            snapshot: SNAPSHOT.id,
            isSigned: true,
            share: '5%',
            packs: [`${SNAPSHOT.id}-1`],
          },
          ...{ files: 3, directories: 1, links: 1, bytes: 35 },
        },
      ],
      versions: { lifeboat: '0.1.0' },
    });
    const bytes = readFileSync(store.pathOf(proofKey));
    expect(parseProof(bytes, { server: 'atlas', id: proof?.id ?? '' })).toEqual(proof);
    const signature = readFileSync(store.pathOf(`${proofKey}.sig`));
    await expect(
      vectorEncryption.verifyDetached(bytes, signature, keys.trustedProvers, NOW),
    ).resolves.toMatchObject({ fingerprint: keys.proofSigningKey.fingerprint });
    const page = readFileSync(store.pathOf(proofKey.replace('proof.json', 'RECOVERY.md'))).toString();
    expect(page).toBe(recovery);
    expect(page).toContain(SNAPSHOT.id);
    expect(summary).toMatch(/^## ✅ atlas: files proven 22 Nov 2026, no dump is there\n/);
    expect(summary).toContain('had the server been lost when this test began, 2 d 2 h');
    expect(summary).toContain('3 files, 2 other');
    expect(summary).toContain('# Bring back the files of atlas');
  });

  it('may go without signatures, but that is said, and stands in the proof', async () => {
    const { outcome, summary } = await run(
      {},
      { trustedSigners: undefined, proofSigningKey: undefined, trustedProvers: undefined },
    );
    expect(outcome.written?.proof).toMatchObject({
      storage: [{ isSigned: false }],
      limits: ['the signatures of the manifests were not checked'],
    });
    expect(summary).toContain('The proof is not signed');
    expect(outcome.written?.recovery).toContain('nothing shows who made these snapshots');
  });

  it('is proven also when something was put into a directory between being listed and being packed', async () => {
    await forgeSnapshot(store.directory, SNAPSHOT, { pack: "touch -d '@1.5' srv/uploads" }, keys);
    const { outcome } = await run();
    expect(outcome.failure).toBeUndefined();
  });

  it('is tested alone although it had dumps once that were given up', async () => {
    cpSync(path.join(FORMAT, 'store', vectorProof.folder), store.pathOf(vectorProof.folder), {
      recursive: true,
    });
    const { outcome } = await run({ acknowledge: 'age:atlas:no-dump' });
    expect(outcome.failure).toBeUndefined();
    expect(outcome.written?.proof.kind).toBe('files');
  });
});

describe('it is red, and leaves no proof, when', () => {
  const rewrite = (key: string, change: (text: string) => string) =>
    writeFileSync(store.pathOf(key), change(readFileSync(store.pathOf(key), 'utf8')));

  it.each<[string, () => void | Promise<void>, string, RegExp]>([
    ['a pack has another byte', () => flip(PACK), 'object-mismatch', /files uploads: /],
    ['a pack is cut off', () => truncateSync(store.pathOf(PACK), 100), 'object-mismatch', /has 100 bytes/],
    ['a pack is missing', () => rmSync(store.pathOf(PACK)), 'object-mismatch', /is missing/],
    [
      'a file is another one than on the server',
      () => forgeSnapshot(store.directory, SNAPSHOT, { pack: 'echo other >srv/uploads/empty' }, keys),
      'restore-differs',
      /empty has 6 bytes, and had 0/,
    ],
    [
      'a storage holds nothing',
      () =>
        forgeSnapshot(
          store.directory,
          SNAPSHOT,
          {
            index: () => '',
            manifest: (manifest) => {
              manifest.holds = { files: 0, directories: 0, links: 0, bytes: 0 };
              manifest.packs = [];
            },
          },
          keys,
        ),
      'restore-empty',
      /files uploads: nothing was read/,
    ],
    [
      'the newest snapshot was changed',
      () => rewrite(MANIFEST, (text) => text.replace('"added": 5', '"added": 4')),
      'signature-invalid',
      /signatures? /,
    ],
    [
      'the newest of two is not signed',
      () => writeFileSync(store.pathOf(MANIFEST.replace('20261120T033500Z', '20261122T033500Z')), '{}'),
      'signature-invalid',
      /20261122T033500Z-5badcafe\.json is not signed/,
    ],
  ])('%s', async (_what, spoil, code, message) => {
    const before = proofs();
    await spoil();
    const { outcome, summary } = await run();
    expect(outcome).toMatchObject({ written: undefined, tried: [], failure: { code } });
    expect(outcome.failure?.message).toMatch(/^the files of atlas are not proven:\n/);
    expect(outcome.failure?.message).toMatch(message);
    expect(summary).toMatch(/^### ❌ atlas: the files are not proven\n/);
    expect(summary).toContain('The newest proof is of 22 Nov 2026');
    expect(proofs()).toBe(before);
  });

  it.each([
    ['the newest snapshot is more than eight days old', {}, 'snapshot-missing'],
    [
      'all storages were given up, so that nothing was read',
      { acknowledge: 'age:atlas:snapshot-of-uploads' },
      'restore-empty',
    ],
  ])('%s', async (_what, values, code) => {
    vi.setSystemTime(new Date('2026-11-28T03:35:02.000Z'));
    const { outcome } = await run(values);
    expect(outcome).toMatchObject({ written: undefined, failure: { code } });
  });

  it('its state is older than max-data-loss', async () => {
    expect((await run({ 'max-data-loss': '3d' })).outcome.failure).toBeUndefined();
    const { outcome } = await run({ 'max-data-loss': '2d' });
    expect(outcome).toMatchObject({ written: undefined, failure: { code: 'data-loss-exceeded' } });
  });
});

function flip(key: string): void {
  const bytes = readFileSync(store.pathOf(key));
  bytes[200] = (bytes[200] ?? 0) ^ 1;
  writeFileSync(store.pathOf(key), bytes);
}

describe('it is an error, and no files are read, when', () => {
  it.each([
    ['backup', '20261120T030512Z-7f3a9c1e-mariadb'],
    ['label', 'nightly'],
    ['point-in-time', 'latest'],
    ['assertions', 'SELECT 1 => 1'],
    ['max-restore-time', '1h'],
  ])('%s asks for a dump', async (name, value) => {
    await expect(run({ [name]: value })).rejects.toMatchObject({
      code: 'backup-not-found',
      message: `atlas has files alone, and no dump: \`${name}\` asks for one`,
    });
  });

  it('the files are left out', async () => {
    await expect(run({ 'storage-sample': '0%' })).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it.each<[string, () => void, string]>([
    ['a dump is there', () => copy('store', 'atlas/dumps'), 'sandbox-unavailable'],
    [
      'a run left no manifest',
      () => put('atlas/dumps/2026/11/20/20261120T030512Z-7f3a9c1e-mariadb/shop.sql.zst.gpg'),
      'sandbox-unavailable',
    ],
    ['anything is among dumps', () => put('atlas/dumps/stray'), 'sandbox-unavailable'],
    ['a dump was tested once, and is gone', () => copy('store', vectorProof.folder), 'backup-not-found'],
    ['binlogs are there', () => copy('store-binlogs', 'atlas/binlogs'), 'backup-not-found'],
    [
      'there are no files either',
      () => rmSync(store.pathOf('atlas/storage'), { recursive: true }),
      'sandbox-unavailable',
    ],
  ])('%s', async (_what, add, code) => {
    const before = proofs();
    add();
    await expect(run()).rejects.toMatchObject({ code });
    expect(proofs() - before).toBe(_what.includes('tested once') ? 1 : 0);
  });

  const copy = (from: string, key: string) =>
    cpSync(path.join(FORMAT, from, key), store.pathOf(key), { recursive: true });
  const put = (key: string) => {
    mkdirSync(path.dirname(store.pathOf(key)), { recursive: true });
    writeFileSync(store.pathOf(key), '');
  };
});
