// What a restore leaves behind when it breaks off. The store, its backup, its binlogs and the keys are real; the server is not: a real one
// cannot be made to fail, or to be used by somebody else, at a given moment.
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { restoreDeclaration } from '../../../src/actions/restore/inputs.ts';
import { renderRestoreSummary } from '../../../src/actions/restore/report.ts';
import { restore, type RestoreOutcome } from '../../../src/actions/restore/restore.ts';
import { formatSentence } from '../../../src/domain/text/markdown.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { gatherInputs } from '../../../src/inputs/gather.ts';
import type { LiveServer } from '../../../src/ports/live-server.ts';
import type { Reporter } from '../../../src/ports/reporter.ts';
import { createLocalMachine } from '../../../src/remote/local-machine.ts';
import {
  FormatStore,
  readVectorKeys,
  vectorEncryption as encryption,
  type VectorKeys,
} from '../../helpers/format-store.ts';

const NOW = new Date('2026-11-23T04:00:00.000Z');
const BINLOGS = path.resolve(import.meta.dirname, '../../fixtures/format/store-binlogs');
const BROKEN_OFF = new LifeboatError('restore-failed', 'it broke off');

let keys: VectorKeys;
let vector: FormatStore;
beforeAll(async () => {
  keys = await readVectorKeys();
});
beforeEach(() => {
  // The dates of the test vectors are fixed, and the store's clock is this machine's.
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  vector = new FormatStore();
  cpSync(BINLOGS, vector.directory, { recursive: true });
});
afterEach(() => {
  vi.useRealTimers();
  vector[Symbol.dispose]();
});

/** A server that has the databases of `there`; a test may add to them. */
function fakeServer(there: Set<string>, change: Partial<LiveServer> = {}): LiveServer {
  return {
    ...{ version: '10.11.19-MariaDB', writesBinlog: false },
    findExisting: (names) => Promise.resolve(names.filter((name) => there.has(name))),
    findOthers: (names) => Promise.resolve([...there].filter((name) => !names.includes(name))),
    checkPlan: () => ({ namesItself: [], leftOutEvents: 0, leftOutTriggers: 0 }),
    dropDatabase: (name) => Promise.resolve(void there.delete(name)),
    createDatabase: ({ to }) => Promise.resolve(void there.add(to)),
    loadAccounts: () => Promise.resolve(),
    completeAccounts: () => Promise.resolve(),
    loadDatabases: () => Promise.resolve(),
    checkReplay: () => Promise.resolve(),
    surveyBinlogs: (binlogs) =>
      Promise.resolve({
        ...{ binlogs: binlogs.length, transactions: 3, outOfOrder: 0 },
        ...{ executedBefore: '', span: undefined },
      }),
    roundInstant: (instant) => instant,
    replay: (binlogs) =>
      Promise.resolve({
        ...{ transactions: 3, last: undefined, next: undefined, stopPosition: undefined },
        ...{ binlogs: binlogs.length, isComparedById: false },
      }),
    endLoad: () => Promise.resolve(),
    findDifferences: () => Promise.resolve([]),
    ...change,
  };
}

async function run(server: LiveServer, values: Readonly<Record<string, string>> = {}) {
  const warnings: string[] = [];
  const reporter: Reporter = {
    group: (_, body) => body(),
    ...{ info: () => undefined, debug: () => undefined, summary: () => undefined, output: () => undefined },
    ...{ mask: () => undefined, warning: (sentence) => void warnings.push(sentence) },
  };
  const all: Readonly<Record<string, string>> = {
    ...{ server: 'atlas', store: `file://${vector.directory}`, identity: 'a key', unsigned: 'true' },
    ...{ 'same-names': 'true', accounts: 'true', 'to-time': 'latest', backup: 'latest' },
    ...values,
  };
  const source = { read: (name: string) => all[name], howToGive: () => '', problems: [], warnings: [] };
  const { inputs } = await gatherInputs(
    restoreDeclaration,
    source,
    { isHostedRunner: false },
    { checks: {} },
  );
  const workplace = { directory: mkdtempSync(path.join(vector.base, 'work-')), connection: {} };
  const { identity, trustedSigners } = keys;
  const machine = createLocalMachine();
  const connect = () => Promise.resolve(server);
  const outcome = await restore(
    inputs,
    { identity, trustedSigners },
    workplace as never,
    { store: vector.reader, encryption, machine, connect, reporter, ask: undefined },
    new AbortController().signal,
  ).catch((error: unknown) => error as LifeboatError);
  return { outcome, warnings };
}

describe('when a replay breaks off', () => {
  it('what this run made is dropped, and what came meanwhile is named and left', async () => {
    const there = new Set<string>();
    const replay = () => {
      there.add('salvage');
      return Promise.reject(BROKEN_OFF);
    };
    const { outcome, warnings } = await run(fakeServer(there, { replay }));
    expect([...there]).toEqual(['salvage']);
    const says = 'Still there, made by the binlogs or by somebody else meanwhile: salvage.';
    expect(outcome).toMatchObject({ code: 'restore-failed' });
    expect((outcome as LifeboatError).message).toMatch(
      /^it broke off\nWhat was half loaded is dropped again: .*\n/,
    );
    expect((outcome as LifeboatError).message).toContain(says);
    expect(warnings).toContain(says);
  });

  it('a server that does not say what it has is not believed to have nothing', async () => {
    const there = new Set<string>();
    let hasFailed = false;
    const { outcome } = await run(
      fakeServer(there, {
        replay: () => {
          hasFailed = true;
          return Promise.reject(BROKEN_OFF);
        },
        findOthers: () => (hasFailed ? Promise.reject(BROKEN_OFF) : Promise.resolve([])),
      }),
    );
    expect((outcome as LifeboatError).message).toContain('could not be asked');
  });
});

it('nothing is replayed into a server that got other databases while the dump was loaded', async () => {
  const there = new Set<string>();
  const replay = vi.fn(() => Promise.reject(BROKEN_OFF));
  const loadDatabases = () => Promise.resolve(void there.add('salvage'));
  const { outcome } = await run(fakeServer(there, { replay, loadDatabases }));
  expect(outcome).toMatchObject({
    code: 'restore-choice',
    message: expect.stringContaining('holds more than what is restored: salvage') as string,
  });
  expect(replay).not.toHaveBeenCalled();
  expect([...there]).toEqual(['salvage']);
});

it('what was loaded is dropped when it cannot be compared', async () => {
  const there = new Set<string>();
  const findDifferences = () => Promise.reject(BROKEN_OFF);
  const { outcome } = await run(fakeServer(there, { findDifferences }));
  expect(outcome).toMatchObject({ code: 'restore-failed' });
  expect([...there]).toEqual([]);
});

describe('a binlog that nobody signed', () => {
  // Of a file behind the two that are there.
  const junk = () => {
    writeFileSync(vector.pathOf('atlas/binlogs/binlog.000003.20261120T060005Z-3badcafe.json'), 'junk');
  };

  it('is not in the way of an instant before it, and is named', async () => {
    junk();
    const { outcome, warnings } = await run(fakeServer(new Set()), { 'to-time': '2026-11-20T04:15:00Z' });
    const says = expect.stringContaining(
      'binlog.000003.20261120T060005Z-3badcafe is refused and counts as missing',
    ) as string;
    expect(outcome).toMatchObject({
      warnings: expect.arrayContaining([says]) as string[],
      replay: { recoveredTo: '2026-11-20T04:15:00.000Z' },
    });
    expect(warnings).toEqual([says]);
  });

  it('ends a restore of all there is', async () => {
    junk();
    const { outcome } = await run(fakeServer(new Set()));
    expect(outcome).toMatchObject({ code: 'signature-invalid' });
  });
});

describe('a backup that is not all that there was', () => {
  const id = '20261122T140000Z-00000000-mariadb';
  const others = ['shop2', 'crm'];
  const all = { 'to-time': '' };
  beforeEach(() =>
    vector.addBackup(keys, id, '2026-11-22T14:00:00.000Z', {
      isAnchor: false,
      excluded: { databases: others, tables: 3 },
    }),
  );

  it('says so before anything is fetched, and in the end', async () => {
    const says =
      'This backup is not all that the server had. It leaves out: 2 databases (shop2, crm); 3 tables.';
    const { outcome, warnings } = await run(fakeServer(new Set()), all);
    expect(warnings).toEqual([says]);
    expect(outcome).toMatchObject({ leftOut: says });
    expect(renderRestoreSummary('atlas', outcome as RestoreOutcome)).toContain(`⚠️ ${formatSentence(says)}`);
    const refused = await run(fakeServer(new Set(['shop'])), all);
    expect(refused).toMatchObject({ outcome: { code: 'restore-exists' }, warnings: [says] });
  });

  it('says nothing of databases where some are asked for, and nothing at all of a table', async () => {
    const some = await run(fakeServer(new Set()), { ...all, databases: 'shop', accounts: 'false' });
    expect(some.warnings).toEqual([expect.stringMatching(/leaves out: 3 tables\.$/)]);
    const one = { ...all, table: 'shop.customers', accounts: 'false', 'same-names': 'false' };
    expect((await run(fakeServer(new Set()), one)).warnings).toEqual([]);
  });

  it('is not taken for the newest where it has a label', async () => {
    const labelled = '20261122T150000Z-00000000-mariadb-deploy';
    await vector.addBackup(keys, labelled, '2026-11-22T15:00:00.000Z', {
      excluded: { databases: others },
    });
    const backupOf = async (values: Record<string, string>) =>
      ((await run(fakeServer(new Set()), { ...all, ...values })).outcome as RestoreOutcome).backup.id;
    expect(await backupOf({})).toBe(id);
    expect(await backupOf({ label: 'deploy' })).toBe(labelled);
    expect(await backupOf({ label: 'deploy', backup: labelled })).toBe(labelled);
    await expect(backupOf({ label: 'deploy', backup: id })).rejects.toMatchObject({
      code: 'input-invalid',
      message: expect.stringContaining('`label`: is not that of `backup`') as string,
    });
  });
});
