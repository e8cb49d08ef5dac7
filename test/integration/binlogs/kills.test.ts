// Runs that ship binary logs and end before their end: killed at a request to the store, cut off around a task on the target, robbed of what
// they remember. Whatever it was, the next run brings the chain to its end, and the server has removed nothing that is not in the store.
// What is in the store is judged by a checker that shares no code with the product.
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { checkChain } from '../../helpers/binlog-chain.ts';
import { BINLOG_GRANTS, BINLOG_USER, BinlogSite } from '../../helpers/binlog-site.ts';
import { breakAround, type Moment } from '../../helpers/breaking-remote.ts';
import { checkBucket } from '../../helpers/bucket-checker.ts';
import { dump } from '../../helpers/dumped.ts';
import { findWarnings } from '../../helpers/expect-failure.ts';
import { shipInProcess } from '../../helpers/in-process.ts';
import { S3FaultProxy } from '../../helpers/s3-fault-proxy.ts';
import { useLab } from '../../helpers/use-lab.ts';
import { DUMP_GRANTS } from '../../lab/lab.ts';
import { createDumpUser, query, startMariadb, type MariadbAddress } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { findTargetProcesses } from '../../lab/target.ts';

const lab = useLab();
const SERVER = 'killed';
const WRITE = "INSERT INTO shop.orders (note) VALUES ('order')";
const PURGE = { purge: 'shipped', 'purge-keep': '1m' };
/** Of a store that is given up at once. */
const IMPATIENT = { attempts: 2, baseDelayMs: 1, maxDelayMs: 5 };
/** Requests of a run before its first file: the store's clock. Of each file: data, signature, manifest. */
const [FIRST, EACH] = [1, 3];
/** Closed when a run begins its work. */
const FILES = 2;

let run: LabRun;
let proxy: S3FaultProxy;
let database: MariadbAddress;
let empty: MariadbAddress;
/** The store is behind the proxy for every run: what is remembered belongs to an address. */
let site: BinlogSite;
/** The same without the proxy: what tests ask of the store is not among its requests. */
let bucket: BinlogSite;
let other: BinlogSite;

beforeAll(async () => {
  run = await LabRun.start();
  [database, empty] = await Promise.all([
    startMariadb(run).then(({ address }) => address),
    startMariadb(run, { hasBinlog: false }).then(({ address }) => address),
  ]);
  const { dumpPassword } = lab.mariadb;
  const grants = [...BINLOG_GRANTS, 'BINLOG ADMIN', 'PROCESS'];
  await createDumpUser(database, grants, { dumpUser: BINLOG_USER, dumpPassword });
  await createDumpUser(database, DUMP_GRANTS, { dumpUser: 'lifeboat', dumpPassword });
  await query(
    database,
    `CREATE DATABASE shop; CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, note TEXT); ${WRITE}`,
  );
  proxy = await S3FaultProxy.start(new URL(lab.s3.endpoint));
  const through = { ...lab, s3: { ...lab.s3, endpoint: proxy.endpoint.href } };
  site = new BinlogSite(through, database, SERVER);
  bucket = new BinlogSite(lab, database, SERVER);
  other = new BinlogSite(through, database, 'not-killed');
  await dump({ ...through, mariadb: { ...lab.mariadb, ...database, dumpUser: 'lifeboat' } }, SERVER, {
    databases: '*',
  });
  // Enough of a past that the next run may purge.
  await site.query('FLUSH BINARY LOGS');
  await shipRest();
});
afterEach(async () => {
  pass();
  await expectNothingLost();
});
afterAll(async () => {
  await proxy.stop();
  await run.stop();
});

function pass(): void {
  proxy.decide = () => undefined;
  proxy.whenDone = () => undefined;
}

/** What was written before the run is in all files but the last, which the run closes. */
async function write(): Promise<void> {
  await site.query(`${WRITE}; FLUSH BINARY LOGS; `.repeat(FILES - 1) + WRITE);
  // So that what was shipped may be purged.
  site.age();
}

/** A run that comes to its end, and has nothing left to do. */
async function shipRest(): Promise<void> {
  const { outcome, error } = await shipInProcess(site.inputs(PURGE));
  expect({ error, outcome }).toMatchObject({ error: undefined, outcome: { failure: undefined } });
  const [names, listed] = await Promise.all([bucket.names(), site.list()]);
  expect(names).toEqual(expect.arrayContaining(listed.slice(0, -1)));
}

/** By names alone, which is quick: what they name is looked at in the end. */
async function expectNothingLost(): Promise<void> {
  const [names, [oldest = '']] = await Promise.all([bucket.names(), site.list()]);
  const lost = Array.from({ length: numberOf(oldest) - 1 }, (_, index) => index + 1);
  expect(names.map(numberOf)).toEqual(expect.arrayContaining(lost));
}

function numberOf(name: string): number {
  return Number(name.split('.')[1]);
}

/** Waits until nothing of a run that is dead holds the lock. */
async function expectGone(): Promise<void> {
  await proxy.settle();
  await expect.poll(() => findTargetProcesses(lab.ssh), { timeout: 30_000, interval: 20 }).toEqual([]);
}

/** How many files have a manifest that did not have one before. */
async function countNew(act: () => Promise<unknown>): Promise<number> {
  const before = await bucket.names();
  await act();
  return (await bucket.names()).length - before.length;
}

it.each<[number, Moment]>([
  [2, 'after'],
  [3, 'after'],
  [4, 'after'],
  // What was stored is remembered by then.
  [5, 'before'],
  [6, 'after'],
  [FIRST + FILES * EACH, 'after'],
])('killed at request %i to the store, %s it is done', async (number, moment) => {
  await write();
  const killed = site.start(PURGE);
  proxy.operations.length = 0;
  proxy.decide = (request) => {
    if (request.number < number || moment === 'after') return undefined;
    killed.child.kill('SIGKILL');
    return 'reset';
  };
  proxy.whenDone = (request) => {
    if (request.number === number && moment === 'after') killed.child.kill('SIGKILL');
  };
  const shipped = await countNew(async () => {
    expect((await killed.ended).exitCode).toBeNull();
    await expectGone();
  });
  const done = number - (moment === 'after' ? 0 : 1);
  expect(shipped).toBe(Math.max(0, Math.floor((done - FIRST) / EACH)));
  await expectNothingLost();
  pass();
  // A file whose manifest was stored and not noted is shipped once more.
  const isRepeated = moment === 'after' && done > FIRST && (done - FIRST) % EACH === 0;
  expect(await countNew(shipRest)).toBe(FILES - shipped + (isRepeated ? 1 : 0));
});

it('failing from a request to the store on', async () => {
  const number = 6;
  await write();
  proxy.operations.length = 0;
  proxy.decide = (request) => (request.number >= number ? 'internal-error' : undefined);
  const shipped = await countNew(async () => {
    const { outcome } = await shipInProcess(site.inputs(PURGE), IMPATIENT);
    expect(outcome).toMatchObject({ kind: 'shipped', failure: { code: 'store-upload-failed' }, purged: [] });
  });
  expect(shipped).toBe(Math.floor((number - 1 - FIRST) / EACH));
  pass();
  await shipRest();
});

it.each<[Moment, string, number]>([
  ['after', 'rotation of the binary log', 1],
  ['after', 'note on the target', FILES],
  ['before', 'removal of shipped binary logs', 1],
  ['after', 'removal of shipped binary logs', 1],
  ['before', 'note on the target', FILES + 1],
])('cut off %s the %s (no. %i)', async (moment, label, number) => {
  await write();
  let seen = 0;
  const { outcome, error } = await shipInProcess(site.inputs(PURGE), {}, (remote) =>
    breakAround(remote, (task) => (task === label && (seen += 1) === number ? moment : undefined)),
  );
  expect(seen).toBe(number);
  const failure = outcome?.kind === 'shipped' ? outcome.failure : error;
  expect(failure).toMatchObject({ code: 'ssh-lost' });
  await expectNothingLost();
  await shipRest();
});

const UNREADABLE = 'what was remembered on the target of shipped binary logs cannot be read';
it.each<[string, (old: string) => unknown, readonly string[]]>([
  ['lost', () => rmSync(site.stateFile), []],
  ['rolled back', (old) => site.writeState(old), []],
  ['forged', (old) => site.writeState(old.replace(/.{8}\n$/, 'AAAAAAA=\n')), [UNREADABLE]],
  [
    'that of another server in the store',
    async () => {
      await shipInProcess(other.inputs(PURGE));
      site.writeState(other.readState());
    },
    [UNREADABLE],
  ],
])('what is remembered is %s', async (_, change, warnings) => {
  const old = site.readState();
  await write();
  await shipRest();
  await write();
  const before = await site.list();
  await change(old);
  const { run: again, names } = await site.ship(PURGE);
  // What was shipped since is shipped again, or everything that the server has: nothing is left out, whatever is remembered.
  expect(names.length).toBeGreaterThan(FILES);
  expect(before).toEqual(expect.arrayContaining(names));
  const warned = findWarnings(again).filter((text) => text.startsWith('what was remembered'));
  expect(warned).toEqual(warnings.map((text) => expect.stringContaining(text) as string));
});

it('all that became of it leads from the backup to the newest file, and restores with stock programs', async () => {
  await write();
  await shipRest();
  const stored = await checkBucket(lab, SERVER);
  const { faults, names, restoreInto } = await checkChain(stored, database);
  expect(faults).toEqual([]);
  const listed = await site.list();
  expect(names.at(-1)).toBe(listed.at(-2));
  // There was something to be lost.
  expect(numberOf(listed[0] ?? '')).toBeGreaterThan(1);
  await restoreInto(empty);
  const content = 'SELECT COUNT(*), MAX(id) FROM shop.orders';
  expect(await query(empty, content)).toBe(await query(database, content));
  // Without one that the server has removed.
  const missing = names[0];
  const binlogs = stored.binlogs.filter(({ manifest }) => manifest.binlog.name !== missing);
  expect((await checkChain({ ...stored, binlogs }, database)).faults).toEqual([
    expect.stringContaining(`the chain from ${missing ?? ''} ends with nothing`),
    expect.stringContaining('the server has removed everything before'),
  ]);
});
