// Which backup is tried, what counts against it, and when a proof is written. The store, its backups and the keys are real.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RestoreTestKeys, RestoreTestPorts } from '../../../src/actions/restore-test/examination.ts';
import { restoreTestDeclaration, type RestoreTestInputs } from '../../../src/actions/restore-test/inputs.ts';
import { restoreTest } from '../../../src/actions/restore-test/restore-test.ts';
import { dumpFolder } from '../../../src/domain/stores/object-names.ts';
import { parseProof } from '../../../src/domain/proofs/proof-text.ts';
import { LifeboatError, type ErrorCode } from '../../../src/errors.ts';
import { gatherInputs } from '../../../src/inputs/gather.ts';
import type { SandboxHost } from '../../../src/ports/sandbox.ts';
import { createLocalMachine } from '../../../src/remote/local-machine.ts';
import type { StoreWriter } from '../../../src/ports/store.ts';
import { fakeRestore, losesARow, refusesToLoad, type ServerChanges } from '../../helpers/fake-restore.ts';
import {
  FormatStore,
  readVector,
  readVectorKeys,
  VECTOR_TIME,
  vectorBackup,
  vectorEncryption as encryption,
  type VectorKeys,
  vectorProof,
  withAnswers,
} from '../../helpers/format-store.ts';

const NOW = new Date('2026-11-23T04:00:00.000Z');
const MINUTE_MS = 60_000;
const idOf = (day: number): string => `202611${day}T000000Z-00000000-mariadb`;
const instantOf = (day: number): string => `2026-11-${day}T00:00:01.000Z`;

let keys: VectorKeys;
let vector: FormatStore;
let workplace: string;
/** With two newer backups. */
let three: FormatStore;
beforeAll(async () => {
  keys = await readVectorKeys();
  three = new FormatStore();
  await three.addBackup(keys, idOf(21), instantOf(21));
  await three.addBackup(keys, idOf(22), instantOf(22));
});
afterAll(() => three[Symbol.dispose]());
beforeEach(() => {
  // The dates of the test vectors are fixed, and the store's clock is this machine's.
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  useStore(new FormatStore());
});
afterEach(() => {
  vi.useRealTimers();
  vector[Symbol.dispose]();
});

function useStore(store: FormatStore): void {
  vector = store;
  workplace = mkdtempSync(path.join(vector.base, 'work-'));
}

function useThree(): void {
  vector[Symbol.dispose]();
  useStore(new FormatStore(three.directory));
}

interface RunOptions {
  readonly values?: Readonly<Record<string, string>>;
  readonly inputs?: Partial<RestoreTestInputs>;
  readonly keys?: Partial<RestoreTestKeys>;
  readonly server?: ServerChanges;
  readonly ports?: Partial<RestoreTestPorts>;
  readonly signal?: AbortSignal;
}

async function readInputs(values: Readonly<Record<string, string>>) {
  const all: Readonly<Record<string, string>> = {
    ...{ server: 'atlas', store: `file://${vector.directory}`, identity: 'a key' },
    ...values,
  };
  const source = { read: (name: string) => all[name], howToGive: () => '', problems: [], warnings: [] };
  return (await gatherInputs(restoreTestDeclaration, source, { isHostedRunner: false }, { checks: {} }))
    .inputs;
}

async function run(options: RunOptions = {}) {
  const { engine, host, reporter, told } = fakeRestore(options.server);
  const written: string[] = [];
  const proofStore: StoreWriter = {
    location: vector.writer.location,
    readClock: (signal) => vector.writer.readClock(signal),
    upload: () => Promise.reject(new Error('proofs are small')),
    close: () => Promise.resolve(),
    put: (key, body, putting) => {
      written.push(key);
      return vector.writer.put(key, body, putting);
    },
  };
  const { identity, trustedSigners, trustedProvers, proofSigningKey } = keys;
  const outcome = await restoreTest(
    { ...(await readInputs(options.values ?? {})), ...options.inputs },
    { identity, trustedSigners, trustedProvers, proofSigningKey, ...options.keys },
    { lifeboatVersion: '0.1.0', workplace: { directory: workplace, sandboxMemoryBytes: 2 ** 30 } },
    {
      store: vector.reader,
      proofStore,
      encryption,
      engine,
      machine: createLocalMachine(),
      findHost: () => Promise.resolve(options.ports?.host ?? host),
      reporter,
      ...options.ports,
    },
    options.signal ?? new AbortController().signal,
  ).finally(() => {
    // Whatever happens, no sandbox and no ciphertext stays behind.
    expect(told.destroyed).toBe(told.created.length);
    expect(readdirSync(workplace)).toEqual([]);
  });
  return { outcome, written, told };
}

const only =
  (id: string, change: ServerChanges): ServerChanges =>
  (inventory, backupId) =>
    backupId === id ? change(inventory, backupId) : {};

describe('a backup that restores', () => {
  it('is proven, and the proof says so to everybody', async () => {
    const { outcome, written, told } = await run({
      values: { assertions: 'shop: SELECT COUNT(*) FROM customers => 5' },
    });
    expect(outcome.failure).toBeUndefined();
    expect(outcome.tried).toMatchObject([{ id: vectorBackup.id, failure: undefined }]);
    const { proof, proofKey, recovery } = outcome.written ?? {};
    expect(proof).toMatchObject({
      server: 'atlas',
      level: 3,
      assertions: 1,
      startedAt: expect.stringMatching(/^2026-11-23T04:00:00/) as string,
      recoveredTo: '2026-11-20T03:05:13.250Z',
      backup: { id: vectorBackup.id, isSigned: true },
      databases: [{ name: 'shop', tables: 3, views: 1, rows: 5 }],
      notProvable: [{ what: '1 account' }],
      limits: [],
      versions: { sandboxEngine: 'podman', image: 'mariadb:10.11.19' },
    });
    // The proof comes last: where there is one, everything that it speaks of is there.
    const folder = `atlas/proofs/${proof?.id ?? ''}/`;
    expect(written).toEqual([`${folder}RECOVERY.md`, `${folder}proof.json.sig`, `${folder}proof.json`]);
    expect(proofKey).toBe(`${folder}proof.json`);
    const stored = (name: string) => readFileSync(vector.pathOf(folder + name));
    expect(parseProof(stored('proof.json'), { server: 'atlas', id: proof?.id ?? '' })).toEqual(proof);
    expect(stored('RECOVERY.md').toString()).toBe(recovery);
    await expect(
      encryption.verifyDetached(stored('proof.json'), stored('proof.json.sig'), keys.trustedProvers, NOW),
    ).resolves.toMatchObject({ fingerprint: keys.proofSigningKey.fingerprint });
    expect(told.loaded).toEqual([readVector('plain/accounts.sql'), readVector('plain/shop.sql')].map(String));
    expect(outcome.earlierProofs.map(({ id }) => id)).toEqual([vectorProof.id]);
    expect(outcome.warnings).toEqual([]);
  });

  it('runs in a sandbox that is named after the test', async () => {
    const { told, outcome } = await run({ values: { 'sandbox-image': 'mine:1', timeout: '1h' } });
    expect(told.created).toMatchObject([
      {
        name: `lifeboat-${outcome.written?.proof.id.toLowerCase() ?? ''}-7f3a9c1e`,
        image: { reference: 'mine:1' },
        memoryBytes: 2 ** 30,
        lifetimeMs: 60 * MINUTE_MS,
        user: 'mysql',
      },
    ]);
    expect(told.references).toEqual([['mine:1']]);
  });

  it('takes an image of the series where the exact one is not to be had', async () => {
    const { host } = fakeRestore();
    const missing = new LifeboatError('sandbox-image', 'no such image');
    const picky: SandboxHost = {
      ...host,
      findImage: (references, signal) =>
        references[0] === 'mariadb:10.11' ? host.findImage(references, signal) : Promise.reject(missing),
    };
    const { outcome } = await run({ ports: { host: picky } });
    expect(outcome.written?.proof).toMatchObject({ versions: { image: 'mariadb:10.11' } });
  });

  it('may go without signatures, but that is said', async () => {
    const { outcome, written } = await run({
      keys: { trustedSigners: undefined, proofSigningKey: undefined, trustedProvers: undefined },
    });
    expect(outcome).toMatchObject({ isProofSigned: false, failure: undefined });
    expect(outcome.warnings).toEqual([expect.stringContaining('Give `trusted-signers`')]);
    expect(outcome.written?.proof).toMatchObject({
      backup: { isSigned: false },
      limits: ['the signature of the manifest was not checked'],
    });
    expect(written.map((key) => path.basename(key))).toEqual(['RECOVERY.md', 'proof.json']);
  });

  it('without a comparison proves level 1', async () => {
    const { outcome } = await run({ values: { compare: 'none' }, server: losesARow });
    expect(outcome.written?.proof).toMatchObject({
      level: 1,
      limits: ['nothing was compared with what was dumped'],
    });
    expect(outcome.written?.proof).not.toHaveProperty('counts');
  });

  it('says that forgotten sandboxes were removed', async () => {
    const { host, ...rest } = fakeRestore();
    const { told } = await run({
      ports: { host: { ...host, sweep: () => Promise.resolve(2) }, reporter: rest.reporter },
    });
    expect(told.info).toEqual([]);
    expect(rest.told.info[0]).toContain('removed 2 sandboxes');
  });
});

describe('a backup that does not restore', () => {
  beforeEach(useThree);

  it('is red, and the last good one is named', async () => {
    const { outcome, written } = await run({ server: only(idOf(22), losesARow) });
    expect(outcome.tried).toMatchObject([
      { id: idOf(22), failure: { code: 'restore-differs' }, examination: { level: 1 } },
      { id: idOf(21), failure: undefined, examination: { level: 3 } },
    ]);
    expect(outcome.failure?.code).toBe('restore-differs');
    expect(outcome.failure?.message).toBe(
      `the backup ${idOf(22)} is not proven:\n- table shop.customers: 2 rows, 3 were dumped\n` +
        `The last good backup is ${idOf(21)}, with the state of 21 Nov 2026, 00:00:01 UTC.`,
    );
    expect(outcome.failure?.hint).toContain('Make a new one');
    // No proof for the older one: it is not the newest.
    expect([outcome.written, written]).toEqual([undefined, []]);
  });

  it('may be one that no server takes', async () => {
    const { outcome, told } = await run({ server: only(idOf(22), refusesToLoad) });
    expect(outcome.tried[0]).toMatchObject({ examination: undefined, failure: { code: 'load-failed' } });
    expect(outcome.failure).toMatchObject({ code: 'load-failed', hint: 'Do this.' });
    expect(outcome.failure?.message).toMatch(/^the server said no\nThe last good backup is/);
    expect(told.info.some((line) => line === `${idOf(22)} is not proven: the server said no`)).toBe(true);
  });

  it('may be one that is not believed: it is not even fetched', async () => {
    rmSync(vector.pathOf(`${dumpFolder('atlas', idOf(22))}manifest.json.sig`));
    const { outcome, told } = await run();
    expect(outcome.failure?.code).toBe('signature-invalid');
    expect(outcome.tried.map(({ id }) => id)).toEqual([idOf(22), idOf(21)]);
    expect(told.created).toHaveLength(1);
  });

  it('may be one with a damaged object: nothing of it is loaded', async () => {
    writeFileSync(vector.pathOf(`${dumpFolder('atlas', idOf(22))}shop.sql.zst.gpg`), Buffer.alloc(1024));
    const { outcome, told } = await run({ values: { 'walk-back': '0' } });
    expect(outcome.failure?.code).toBe('object-mismatch');
    expect(told.loaded).toEqual([]);
  });

  it.each([
    ['0', 1, 'Older backups were not tried.'],
    ['1', 2, 'None of the 2 newest backups is good.'],
    ['20', 3, 'None of the 3 newest backups is good.'],
  ])('with walk-back %s has %i tried', async (walkBack, count, sentence) => {
    const { outcome } = await run({ values: { 'walk-back': walkBack }, server: losesARow });
    expect(outcome.tried).toHaveLength(count);
    expect(outcome.failure?.message.split('\n').at(-1)).toBe(sentence);
    expect(outcome.written).toBeUndefined();
  });

  it('is one with the label that is asked for', async () => {
    await expect(run({ values: { label: 'deploy' } })).rejects.toMatchObject({
      code: 'backup-not-found',
      message: expect.stringContaining('no backup with the label deploy') as string,
    });
  });

  it('is the only one when it was asked for by its id', async () => {
    const { outcome } = await run({ values: { backup: idOf(21) }, server: losesARow });
    expect(outcome.tried.map(({ id }) => id)).toEqual([idOf(21)]);
    expect(outcome.failure?.message).not.toContain('backups');
    const good = await run({ values: { backup: idOf(21) }, server: only(idOf(22), losesARow) });
    expect(good.outcome.written?.proof).toMatchObject({ backup: { id: idOf(21) } });
  });

  it('has at most ten findings named', async () => {
    const broken = Array.from({ length: 25 }, (_, index) => ({
      ...{ kind: 'table' as const, database: 'shop', name: `t${index}`, problem: 'gone' },
    }));
    const { outcome } = await run({
      values: { 'walk-back': '0' },
      server: () => ({ findBroken: () => Promise.resolve(broken) }),
    });
    const lines = outcome.failure?.message.split('\n') ?? [];
    expect(outcome.failure?.code).toBe('restore-broken');
    expect(lines).toHaveLength(1 + 10 + 1 + 1);
    expect(lines.at(-2)).toBe('- and 15 more');
  });

  it.each<[string, Partial<Record<string, string>>, ServerChanges, ErrorCode]>([
    ['an assertion that does not hold', { assertions: 'SELECT 1 => 6' }, () => ({}), 'assertion-failed'],
    [
      'an assertion that the server refuses',
      { assertions: 'SELECT x => 6' },
      () => ({ ask: () => Promise.resolve({ error: 'ERROR 1054' }) }),
      'assertion-failed',
    ],
    [
      'a broken view',
      {},
      () => ({
        findBroken: () => Promise.resolve([{ kind: 'view', database: 'shop', name: 'v', problem: 'no' }]),
      }),
      'restore-broken',
    ],
    [
      'what cannot be dumped again',
      {},
      () => ({ readDatabases: () => Promise.reject(new LifeboatError('restore-unreadable', 'no')) }),
      'restore-unreadable',
    ],
  ])('may be one with %s', async (_, values, server, code) => {
    const { outcome } = await run({
      values: { ...values, 'walk-back': '0' },
      server,
    });
    expect(outcome.failure?.code).toBe(code);
    expect(outcome.written).toBeUndefined();
  });
});

describe('what is no fault of the backup is passed on:', () => {
  beforeEach(useThree);

  it.each<ErrorCode>(['sandbox-died', 'store-unreachable', 'cancelled', 'input-invalid'])(
    '%s',
    async (code) => {
      const error = new LifeboatError(code, 'no');
      const loading = run({ server: () => ({ loadDatabases: () => Promise.reject(error) }) });
      await expect(loading).rejects.toBe(error);
    },
  );

  it('a sandbox that cannot be made', async () => {
    const error = new LifeboatError('sandbox-unavailable', 'no');
    const host = { ...fakeRestore().host, create: () => Promise.reject(error) };
    await expect(run({ ports: { host } })).rejects.toBe(error);
  });

  it('a bug', async () => {
    const bug = new TypeError('a bug');
    await expect(run({ server: () => ({ findBroken: () => Promise.reject(bug) }) })).rejects.toBe(bug);
  });

  it('the end of the time, although it has a code of a test', async () => {
    const controller = new AbortController();
    const reason = new LifeboatError('restore-too-slow', 'the restore test reached its timeout');
    const { reporter, told } = fakeRestore();
    const running = run({
      server: () => ({
        loadDatabases: () => {
          controller.abort(reason);
          return Promise.reject(reason);
        },
      }),
      ports: { reporter },
      signal: controller.signal,
    });
    await expect(running).rejects.toBe(reason);
    expect(told.info.join('\n')).not.toContain('is not proven');
  });

  it('no backup at all', async () => {
    rmSync(vector.pathOf('atlas/dumps'), { recursive: true });
    await expect(run()).rejects.toMatchObject({ code: 'backup-not-found' });
    await expect(run({ values: { backup: idOf(25) } })).rejects.toMatchObject({ code: 'backup-not-found' });
  });

  it('a disk of the sandbox that is too small', async () => {
    const running = run({ server: () => ({ readFreeBytes: () => Promise.resolve(2 * 7_963 - 1) }) });
    await expect(running).rejects.toMatchObject({ code: 'sandbox-space' });
    const enough = await run({ server: () => ({ readFreeBytes: () => Promise.resolve(2 * 7_963) }) });
    expect(enough.outcome.failure).toBeUndefined();
  });

  it('a clock that is off', async () => {
    const store = withAnswers(vector.reader, {
      readClock: () => Promise.resolve(new Date(NOW.getTime() - 11 * MINUTE_MS)),
    });
    await expect(run({ ports: { store } })).rejects.toMatchObject({ code: 'clock-skew' });
    const almost = withAnswers(vector.reader, {
      readClock: () => Promise.resolve(new Date(NOW.getTime() + 2 * MINUTE_MS)),
    });
    const { outcome } = await run({ ports: { store: almost } });
    expect(outcome.warnings).toEqual([expect.stringContaining("behind the store's")]);
    expect(outcome.written?.proof.startedAt).toMatch(/^2026-11-23T04:02:00/);
  });
});

it('another key than that of the backup is told as that', async () => {
  const { outcome } = await run({ keys: { identity: await otherIdentity() }, values: { 'walk-back': '0' } });
  expect(outcome.failure?.code).toBe('identity-unfit');
});

async function otherIdentity() {
  const { makeKeyPair } = await import('../../encryption/make-key.ts');
  return encryption.readIdentity((await makeKeyPair('Other', { date: VECTOR_TIME })).privateKey, undefined);
}

describe('limits that the user set', () => {
  it('make a good backup red when it takes longer, without a look at older ones', async () => {
    useThree();
    const { outcome, written } = await run({ inputs: { maxRestoreTime: -1 } });
    expect(outcome.failure).toMatchObject({
      code: 'restore-too-slow',
      message: expect.stringMatching(
        /^the restore took [\d.]+ s, [\d.]+ s longer than max-restore-time \(0\.0 s\)$/,
      ) as string,
      hint: expect.stringContaining('The backup itself is good.') as string,
    });
    expect(outcome.tried).toMatchObject([{ id: idOf(22), failure: undefined }]);
    expect([outcome.written, written]).toEqual([undefined, []]);
    expect((await run({ values: { 'max-restore-time': '1h' } })).outcome.failure).toBeUndefined();
  });

  it('make a good backup red when it is too old', async () => {
    // From 20 Nov, 03:05:13 to 23 Nov, 04:00:00.
    const { outcome } = await run({ values: { 'max-data-loss': '72h' } });
    expect(outcome.failure).toMatchObject({
      code: 'data-loss-exceeded',
      message: 'the newest state that can be restored is 3 d old, 54 min 47 s older than max-data-loss (3 d)',
    });
    expect(outcome.written).toBeUndefined();
    expect((await run({ values: { 'max-data-loss': '73h' } })).outcome.failure).toBeUndefined();
  });

  it('do not hide that a backup is bad', async () => {
    const { outcome } = await run({ values: { 'max-data-loss': '1h' }, server: losesARow });
    expect(outcome.failure?.code).toBe('restore-differs');
  });
});

describe('an earlier proof', () => {
  const forgedId = '20261122T050000Z-0badcafe';
  const forgedFolder = `atlas/proofs/${forgedId}/`;

  it.each<[string, () => void, RegExp]>([
    [
      'without a signature',
      () => rmSync(vector.pathOf(`${vectorProof.folder}proof.json.sig`)),
      /proof\.json is not signed/,
    ],
    [
      'that was changed',
      () => {
        const key = vector.pathOf(`${vectorProof.folder}proof.json`);
        writeFileSync(key, readFileSync(key, 'utf8').replace('"level": 3', '"level": 2'));
      },
      /proof\.json\.sig: /,
    ],
    [
      'of another run in its place',
      () => cpSync(vector.pathOf(vectorProof.folder), vector.pathOf(forgedFolder), { recursive: true }),
      /id is 20261122T040000Z-0badcafe, but the proof stands under 20261122T050000Z-0badcafe/,
    ],
    [
      'that is endless',
      () => writeFileSync(vector.pathOf(`${vectorProof.folder}proof.json`), Buffer.alloc(16 * 2 ** 20 + 1)),
      /more than 16777216 bytes/,
    ],
  ])('%s is an alarm', async (_, forge, what) => {
    forge();
    const { outcome } = await run();
    expect(outcome.failure).toMatchObject({
      code: 'proof-invalid',
      message: expect.stringMatching(what) as string,
    });
    expect(outcome.warnings).toEqual([expect.stringMatching(/^An earlier proof does not count: /)]);
    // What was proven today is proven all the same.
    expect(outcome.written).toBeDefined();
    expect(outcome.tried).toMatchObject([{ failure: undefined }]);
  });

  it('by a key that is not trusted is an alarm', async () => {
    const { outcome } = await run({ keys: { trustedProvers: keys.trustedSigners } });
    expect(outcome.failure?.code).toBe('proof-invalid');
    expect(outcome.failure?.hint).toContain('`trusted-provers` lacks a key');
    expect(outcome.earlierProofs).toEqual([]);
  });

  it('does not hide that a backup is bad', async () => {
    rmSync(vector.pathOf(`${vectorProof.folder}proof.json.sig`));
    const { outcome } = await run({ server: losesARow });
    expect(outcome.failure?.code).toBe('restore-differs');
    expect(outcome.warnings).toHaveLength(1);
  });

  it('is shown unchecked where nobody is trusted, and only warned of when it is none', async () => {
    rmSync(vector.pathOf(`${vectorProof.folder}proof.json.sig`));
    mkdirSync(vector.pathOf(forgedFolder));
    writeFileSync(vector.pathOf(`${forgedFolder}proof.json`), '{}');
    const { outcome } = await run({ keys: { trustedProvers: undefined } });
    expect(outcome.failure).toBeUndefined();
    expect(outcome.earlierProofs.map(({ id }) => id)).toEqual([vectorProof.id]);
    expect(outcome.warnings).toEqual([expect.stringContaining('has no schema number')]);
  });

  it('that the store does not give ends the run', async () => {
    const down = new LifeboatError('store-unreachable', 'gone');
    const store = withAnswers(vector.reader, {
      get: (key, signal) =>
        key.includes('/proofs/') ? Promise.reject(down) : vector.reader.get(key, signal),
    });
    await expect(run({ ports: { store } })).rejects.toBe(down);
  });
});

it('writes no proof when its page or its signature cannot be written', async () => {
  for (const refused of ['RECOVERY.md', 'proof.json.sig']) {
    const full = new LifeboatError('store-upload-failed', 'the disk is full');
    const seen: string[] = [];
    const proofStore = {
      ...{ location: '', close: () => Promise.resolve(), upload: () => Promise.reject(full) },
      readClock: () => Promise.resolve(NOW),
      put: (key: string) => {
        seen.push(path.basename(key));
        return key.endsWith(refused)
          ? Promise.reject(full)
          : Promise.resolve({ key, sizeBytes: 1, sha256: '' });
      },
    };
    await expect(run({ ports: { proofStore } })).rejects.toBe(full);
    expect(seen.at(-1)).toBe(refused);
    expect(seen).not.toContain('proof.json');
  }
});
