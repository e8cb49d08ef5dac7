// A MariaDB that is written to while it is backed up: the dump and the binlogs behind it lead to every moment, with exactly the transactions
// that were committed until then; and binlogs that are not what they should be lead nowhere.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DumpManifest } from '../../../src/domain/dumps/manifest.ts';
import type { DumpProof } from '../../../src/domain/proofs/proof.ts';
import { parseDumpProof } from '../../helpers/dump-proof.ts';
import { binlogKeys } from '../../../src/domain/stores/object-names.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import { BINLOG_GRANTS, BINLOG_USER, BinlogSite } from '../../helpers/binlog-site.ts';
import { parsePage } from '../../helpers/documentation.ts';
import { dump } from '../../helpers/dumped.ts';
import { expectFailure } from '../../helpers/expect-failure.ts';
import { forgeBackup, readTemplate, type Template } from '../../helpers/forge-backup.ts';
import {
  readDates,
  readTransactions,
  storeBinlog,
  type ClosedBinlog,
  type StoreOptions,
} from '../../helpers/handmade-binlogs.ts';
import { restoreInputs } from '../../helpers/restore-inputs.ts';
import { RestoreSite, type RestoreRun } from '../../helpers/restore-site.ts';
import { runAction, type ActionRun } from '../../helpers/runner.ts';
import { getStored, listStored, putStored } from '../../helpers/stored-objects.ts';
import { runCommand, tryCommand } from '../../lab/command.ts';
import { DUMP_GRANTS, type Lab } from '../../lab/lab.ts';
import {
  createDumpUser,
  query,
  queryRows,
  startMariadb,
  type MariadbAddress,
  type MariadbServer,
} from '../../lab/mariadb.ts';
import { RUN_VARIABLE } from '../../lab/processes.ts';
import { LabRun } from '../../lab/run.ts';
import { startPodmanForSandboxes } from '../../lab/sandbox-engines.ts';
import { useLab } from '../../helpers/use-lab.ts';

/** MariaDB's binlogs tell seconds. */
const SECOND_MS = 1_000;
/** A commit survives that the server is killed. */
const DURABLE = ['--innodb-flush-log-at-trx-commit=1', '--sync-binlog=1'];
/** Everything that a table of the diary holds, whatever the order of its rows. */
const CONTENT = "SELECT CONCAT(COUNT(*), ' ', BIT_XOR(CRC32(CONCAT(id, ':', note)))) FROM diary.entry";

/** What the built actions stored, dump and binlogs; for other tests it is stored again by hand, changed. */
const SHIPPED = 'diary';

/** A commit that the server said it had done, by the clock that it has too. */
interface Entry {
  readonly id: number;
  readonly saidAtMs: number;
}

let run: LabRun;
let server: MariadbServer;
let lab: Lab;
let site: RestoreSite;
let template: Template;
let manifest: DumpManifest;
let binlogs: readonly ClosedBinlog[];
const written: Entry[] = [];
/** Moments between two commits, and what there was then. */
const moments: { readonly at: Date; readonly content: string; readonly ids: readonly number[] }[] = [];
/** Of everything. */
let latest = '';

const sql = (text: string): Promise<string> => query(server.address, text);

/** Writes one entry at a time, each told when it was done. */
async function write(statement: (id: number) => string): Promise<void> {
  const id = written.length + 1;
  await sql(statement(id));
  written.push({ id, saidAtMs: Date.now() });
}

const entry = (id: number, note = 'written'): string =>
  `INSERT INTO diary.entry (id, note) VALUES (${id}, '${note}');`;

/** What a second holds must be over before the next one counts. */
async function rememberMoment(): Promise<void> {
  const at = new Date(Math.floor(Date.now() / SECOND_MS) * SECOND_MS);
  await sleep(at.getTime() + SECOND_MS - Date.now());
  moments.push({
    at: new Date(at.getTime() + SECOND_MS / 2),
    content: (await sql(CONTENT)).trim(),
    ids: written.map(({ id }) => id),
  });
}

const readText = (file: string): Promise<string> =>
  runCommand('mariadb-binlog', ['--no-defaults', file], { env: { ...process.env, TZ: 'UTC' } });

async function closedBinlogs(): Promise<ClosedBinlog[]> {
  const names = (await queryRows(server.address, 'SHOW BINARY LOGS')).map(([name = '']) => name).slice(0, -1);
  const files = names.map(async (name) => {
    const file = path.join(server.address.dataDirectory, name);
    return { name, bytes: readFileSync(file), text: await readText(file) };
  });
  return Promise.all(files);
}

beforeAll(async () => {
  run = await LabRun.start();
  server = await startMariadb(run, { options: DURABLE });
  const user = { dumpUser: 'lifeboat', dumpPassword: useLab().mariadb.dumpPassword };
  await createDumpUser(server.address, DUMP_GRANTS, user);
  lab = { ...useLab(), mariadb: { ...server.address, ...user } };
  await Promise.all([
    writeHistory(),
    RestoreSite.start(lab, startPodmanForSandboxes).then((started) => (site = started)),
  ]);
});
afterAll(async () => {
  await site.expectClean();
  await site.stop();
  await run.stop();
});

async function writeHistory(): Promise<void> {
  const { dumpPassword } = lab.mariadb;
  await createDumpUser(server.address, BINLOG_GRANTS, { dumpUser: BINLOG_USER, dumpPassword });
  await sql(
    'CREATE DATABASE diary; CREATE TABLE diary.entry (id INT PRIMARY KEY, note VARCHAR(200) NOT NULL) ENGINE=InnoDB;',
  );
  await write((id) => entry(id, 'before the dump'));
  const dumped = await dump(lab, SHIPPED, { databases: '*' });
  template = readTemplate(dumped.backup);
  manifest = template.manifest;
  await write((id) => entry(id));
  await write((id) => `SET gtid_domain_id = 7; ${entry(id, 'in another domain')}`);
  await rememberMoment();
  // One session: its temporary table is in two files.
  await write(
    (id) =>
      `SET binlog_format = STATEMENT; CREATE TEMPORARY TABLE diary.kept (note VARCHAR(200)); INSERT INTO diary.kept VALUES ('kept');
       FLUSH BINARY LOGS; INSERT INTO diary.entry SELECT ${id}, note FROM diary.kept;`,
  );
  await write((id) => `ALTER TABLE diary.entry ADD COLUMN more INT; ${entry(id, 'behind a change')}`);
  // As large as the whole file may be: the next one begins when it is committed.
  await write(
    (id) =>
      `USE diary; SET GLOBAL max_binlog_size = 4096; BEGIN; ${entry(id, 'large')}
       INSERT INTO diary.entry (id, note) SELECT 1000 + seq, REPEAT('x', 190) FROM seq_1_to_500; COMMIT; SET GLOBAL max_binlog_size = DEFAULT;`,
  );
  await rememberMoment();
  await write((id) => entry(id, 'before the crash'));
  await server.crash();
  await write((id) => entry(id, 'after the crash'));
  await rememberMoment();
  await write((id) => entry(id, 'last'));
  await sql('FLUSH BINARY LOGS');
  latest = (await sql(CONTENT)).trim();
  await new BinlogSite(lab, server.address, SHIPPED).ship({ rotate: 'false' });
  binlogs = (await closedBinlogs()).filter(({ name }) => name >= (manifest.coordinates?.file ?? ''));
}

/** A server's name in the store with the dump, and with the binlogs as a test has them. */
async function ship(
  change: (binlog: ClosedBinlog, index: number) => StoreOptions | 'not' = () => ({}),
): Promise<string> {
  const { server: name, manifest: own } = await forgeBackup(lab, template);
  for (const [index, binlog] of binlogs.entries()) {
    const options = change(binlog, index);
    if (options !== 'not') await storeBinlog(lab, name, { manifest: own, binlog }, options);
  }
  return name;
}

async function readProof({ log, exitCode, outputs, remains }: RestoreRun, level = '4'): Promise<DumpProof> {
  expect(log).not.toContain('::error');
  expect({ exitCode, remains }).toEqual({ exitCode: 0, remains: [] });
  const key = outputs['proof-key'] ?? '';
  const [name = '', , id = ''] = key.split('/');
  const proof = parseDumpProof(await getStored(lab, key), { server: name, id });
  expect(outputs).toMatchObject({ passed: 'true', level, 'recovered-to': proof.recoveredTo });
  return proof;
}

/** What the server's own program says was committed from the dump's position on. */
function transactionsAfterDump() {
  const { file, position } = manifest.coordinates ?? { file: '', position: 0 };
  return binlogs.flatMap(({ name, text }) =>
    readTransactions(text, 'mariadb').filter((each) => name > file || each.position >= position),
  );
}

describe.concurrent('the dump and its binlogs lead', () => {
  it('to the newest state: temporary tables, domains, changes of tables, a large transaction, a crash', async () => {
    const proof = await readProof(
      await site.run({
        server: SHIPPED,
        'point-in-time': 'latest',
        assertions: `${CONTENT} => ${latest}`,
      }),
    );
    const { replay, recoveredTo, rpoSeconds, startedAt, limits } = proof;
    expect(replay).toMatchObject({ target: 'latest', transactions: transactionsAfterDump().length });
    expect(replay?.binlogs.map(({ id }) => id.split('.').slice(0, 2).join('.'))).toEqual(
      binlogs.map(({ name }) => name),
    );
    // The rotation that closed the last one.
    const closed = readDates(binlogs.at(-1)?.text ?? '').at(-1) ?? 0;
    expect(Date.parse(recoveredTo)).toBe(closed);
    expect(rpoSeconds).toBe(Math.ceil((Date.parse(startedAt) - closed) / SECOND_MS));
    expect(limits).toEqual([]);
  });

  it('to a moment between two commits', async () => {
    const { at, content, ids } = moments[2] ?? { at: new Date(), content: '', ids: [] };
    const run = await site.run({
      server: await ship(),
      'point-in-time': at.toISOString(),
      assertions: [
        `${CONTENT} => ${content}`,
        // Exactly what the server had said that it had committed.
        `SELECT GROUP_CONCAT(id ORDER BY id) FROM diary.entry WHERE id <= 1000 => ${ids.join(',')}`,
      ].join('\n'),
    });
    const proof = await readProof(run);
    const before = transactionsAfterDump().filter(({ committedUs }) => committedUs <= at.getTime() * 1_000);
    expect(proof.replay).toMatchObject({ target: 'instant', transactions: before.length });
    expect(Date.parse(proof.recoveredTo)).toBe(at.getTime() - SECOND_MS / 2);
    const next = transactionsAfterDump()[before.length];
    expect(run.summary).toContain(`\`${before.at(-1)?.gtid ?? ''}\` of`);
    expect(run.summary).toMatch(new RegExp(`first one that is not: \`${next?.gtid ?? ''}\` of`));
  });

  it('to a moment that nobody knew before, from a copy where the first one is damaged', async () => {
    const name = await ship();
    const [first] = binlogs;
    if (first === undefined) throw new Error('no binlog');
    const again = await storeBinlog(
      lab,
      name,
      { manifest, binlog: first },
      { at: new Date(Date.now() + SECOND_MS) },
    );
    await putStored(lab, binlogKeys(name, again).data, Buffer.from('damaged'));
    // Whoever may write to the store cannot keep it from being tested for ever.
    const junk = 'binlog.000009.29991231T235959Z-00000000';
    await putStored(lab, binlogKeys(name, junk).manifest, Buffer.from('junk'));
    const run = await site.run({ server: name, 'point-in-time': 'random' });
    expect(run.log).toContain(`Of a time that has not come, and not counted: ${junk}.`);
    const proof = await readProof(run);
    const { target, transactions = 0 } = proof.replay ?? {};
    expect(target).toBe('random');
    const all = transactionsAfterDump();
    const second = Math.floor(Date.parse(proof.recoveredTo) / SECOND_MS) * SECOND_MS * 1_000;
    expect(all.filter(({ committedUs }) => committedUs <= second)).toHaveLength(transactions);
    expect(transactions).toBeGreaterThan(0);
    expect(transactions).toBeLessThan(all.length);
  });
});

/** Goes by the page of a proof, in an empty directory and into an empty server, which is returned. */
async function followPage(name: string, proofKey = ''): Promise<MariadbAddress> {
  const directory = await run.makeDirectory(`recovery-${name}`, 0o700);
  for (const key of await listStored(lab, `${name}/`)) {
    mkdirSync(path.dirname(path.join(directory, 'store', key)), { recursive: true });
    writeFileSync(path.join(directory, 'store', key), await getStored(lab, key));
  }
  const { keys, s3 } = lab;
  cpSync(keys.recipients[0].secretKeyPath, path.join(directory, 'backup-secret-key.asc'));
  cpSync(keys.signing.publicKeyPath, path.join(directory, 'trusted-signers.asc'));
  const page = await getStored(lab, proofKey.replace('proof.json', 'RECOVERY.md'));
  const script = parsePage('RECOVERY.md', page.toString())
    .blocks.filter(({ language }) => language === 'sh')
    .map(({ text }) => text)
    .join('')
    // What was copied from the bucket takes its place.
    .replaceAll(/aws s3 cp --endpoint-url \S+/g, 'cp')
    .replaceAll(`s3://${s3.bucket}/${s3.prefix}`, path.join(directory, 'store'));
  const empty = (await startMariadb(run)).address;
  const followed = await tryCommand('bash', [], {
    input: script,
    cwd: directory,
    env: {
      ...{ PATH: process.env['PATH'], HOME: directory, GNUPGHOME: directory },
      ...{ [RUN_VARIABLE]: run.id },
      CLIENT: `mariadb --no-defaults --socket=${empty.socket} --user=${empty.adminUser}`,
    },
  });
  expect({ status: followed.status, stderr: followed.status === 0 ? '' : followed.stderr }).toEqual({
    ...{ status: 0, stderr: '' },
  });
  expect(followed.stdout.toString()).toMatch(/All is replayed\.\n$/);
  return empty;
}

describe('RECOVERY.md leads there, too, with stock tools only', () => {
  it('to a moment between two commits', async () => {
    const name = await ship();
    const { at, content } = moments[1] ?? { at: new Date(), content: '' };
    const { outputs } = await site.run({ server: name, 'point-in-time': at.toISOString() });
    const empty = await followPage(name, outputs['proof-key']);
    expect((await query(empty, CONTENT)).trim()).toBe(content);
  });

  it('and from a server that encrypts its binlogs', async () => {
    const name = 'diary-encrypted';
    const keys = run.path('binlog-keys');
    writeFileSync(keys, `1;${'a'.repeat(64)}\n`, { mode: 0o644 });
    const encrypting = await startMariadb(run, {
      options: [
        ...[...DURABLE, '--encrypt-binlog=ON', '--plugin-load-add=file_key_management'],
        `--file-key-management-filename=${keys}`,
      ],
    });
    const { address } = encrypting;
    const { dumpPassword } = lab.mariadb;
    await createDumpUser(address, DUMP_GRANTS, { dumpUser: 'lifeboat', dumpPassword });
    await createDumpUser(address, BINLOG_GRANTS, { dumpUser: BINLOG_USER, dumpPassword });
    await query(
      address,
      `CREATE DATABASE diary; CREATE TABLE diary.entry (id INT PRIMARY KEY, note VARCHAR(200)); ${entry(1)}`,
    );
    await dump({ ...lab, mariadb: { ...lab.mariadb, ...address } }, name, { databases: '*' });
    await query(address, `${entry(2)} FLUSH BINARY LOGS; ${entry(3)}`);
    await encrypting.crash();
    await query(address, `${entry(4)} FLUSH BINARY LOGS; ${entry(5)}`);
    const at = new Date();
    const content = (await query(address, CONTENT)).trim();
    await sleep(SECOND_MS - (at.getTime() % SECOND_MS));
    await query(address, 'TRUNCATE diary.entry; FLUSH BINARY LOGS');
    await new BinlogSite(lab, address, name).ship({ rotate: 'false' });
    const { outputs, log } = await site.run({
      server: name,
      'point-in-time': at.toISOString(),
      assertions: `${CONTENT} => ${content}`,
    });
    expect(log).not.toContain('::error');
    const empty = await followPage(name, outputs['proof-key']);
    expect((await query(empty, CONTENT)).trim()).toBe(content);
  });
});

/** Runs the test with these binlogs, and sees it red. */
async function expectRed(
  name: string,
  code: ErrorCode,
  says: readonly (string | RegExp)[],
  changes: Readonly<Record<string, string>> = {},
): Promise<void> {
  const result = await site.run({
    ...{ server: name, 'walk-back': '0', 'point-in-time': 'latest', ...changes },
  });
  expectFailure(site, result, { code, exitCode: 4, outputs: { passed: 'false' }, says });
  expect(result.remains).toEqual([]);
}

describe.concurrent('what is not as it should be leads nowhere:', () => {
  const isNth = (wanted: number, options: StoreOptions | 'not') => (_: ClosedBinlog, index: number) =>
    index === wanted ? options : {};
  it('a missing binlog, before which everything can be recovered', async () => {
    const name = await ship(isNth(1, 'not'));
    const { at, content } = moments[0] ?? { at: new Date(), content: '' };
    await expectRed(name, 'binlog-chain', [
      /what followed binlog\.\d+ is missing/,
      `What can still be recovered is everything until`,
    ]);
    const proof = await readProof(
      await site.run({
        server: name,
        'point-in-time': at.toISOString(),
        assertions: `${CONTENT} => ${content}`,
      }),
    );
    expect(proof.limits).toEqual([
      expect.stringMatching(/^nothing later than .* can be recovered: what followed/),
    ]);
  });

  it('no binlog, a backup that is later, and one that is no anchor', async () => {
    await expectRed(await ship(() => 'not'), 'binlog-chain', ['no binlog was shipped since the backup']);
    const { server: name } = await forgeBackup(lab, template, {
      manifest: (own) => (own.pitrAnchor = { isAnchor: false, reasons: ['1 table left out'] }),
    });
    await expectRed(name, 'not-an-anchor', ['1 table left out']);
  });

  it('binlogs of another server', async () => {
    const other = { manifest: { source: { ...manifest.source, sshHostKey: `SHA256:${'b'.repeat(43)}` } } };
    await expectRed(await ship(isNth(3, other)), 'binlog-chain', ['shipped by another database server']);
  });

  it('a binlog without its last event', async () => {
    const whole = binlogs[1]?.bytes ?? Buffer.alloc(0);
    const text = binlogs[1]?.text ?? '';
    const end = Number(/# at (\d+)\n[^\n]*\tRotate to/.exec(text)?.[1]);
    await expectRed(await ship(isNth(1, { bytes: whole.subarray(0, end) })), 'binlog-invalid', [
      'it is not closed by a rotate: its end is missing',
    ]);
  });

  it('a binlog that was still written to', async () => {
    const active = (await queryRows(server.address, 'SHOW BINARY LOGS')).at(-1)?.[0] ?? '';
    const file = path.join(server.address.dataDirectory, active);
    const next = active.replace(/\d+$/, (digits) => String(Number(digits) + 1).padStart(6, '0'));
    const name = await ship();
    const binlog = { name: active, bytes: readFileSync(file), text: await readText(file) };
    const facts = { closedBy: 'rotate', next } as const;
    await storeBinlog(lab, name, { manifest, binlog }, { facts });
    await expectRed(name, 'binlog-invalid', [`${active} cannot be replayed`, 'its end is missing']);
  });

  it('a flipped bit, which the manifest takes for good', async () => {
    const bytes = Buffer.from(binlogs[2]?.bytes ?? []);
    const at =
      bytes.lastIndexOf('before the crash') < 0 ? bytes.length - 60 : bytes.lastIndexOf('before the crash');
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await expectRed(await ship(isNth(2, { bytes })), 'binlog-invalid', ['does not have its checksum']);
  });

  it('a transaction that the dump has already', async () => {
    const { server: name, manifest: own } = await forgeBackup(lab, template, {
      manifest: (it) => {
        const coordinates = it.coordinates ?? { file: '', position: 0, gtid: '' };
        it.coordinates = { ...coordinates, gtid: '0-4711-1' };
      },
    });
    for (const binlog of binlogs) await storeBinlog(lab, name, { manifest: own, binlog });
    await expectRed(name, 'binlog-invalid', ['has not executed what the dump has, 0-4711-1']);
  });
});

it('binlogs that were reset lead nowhere, although there are new ones', async () => {
  await sql('RESET MASTER');
  await write((id) => entry(id, 'after the reset'));
  await sql('FLUSH BINARY LOGS');
  const [reset] = await closedBinlogs();
  const name = await ship();
  if (reset !== undefined) await storeBinlog(lab, name, { manifest, binlog: reset });
  await expectRed(name, 'binlog-chain', [
    new RegExp(`reset after ${binlogs.at(-1)?.name ?? ''}: they begin again with binlog.000001`),
  ]);
});

// From here on there are new binlogs.
it('an idle server is led to the state of its dump', async () => {
  const idle = 'diary-idle';
  await dump(lab, idle, { databases: '*' });
  await new BinlogSite(lab, server.address, idle).ship();
  const proof = await readProof(await site.run({ server: idle, 'point-in-time': 'latest' }), '3');
  expect(proof).toMatchObject({
    ...{ level: 3, limits: ['there was nothing to replay'] },
    replay: { target: 'latest', transactions: 0 },
  });
});

describe('a restore into an empty server', () => {
  let empty: MariadbAddress;
  beforeAll(async () => {
    empty = (await startMariadb(run)).address;
  });

  const restore = (name: string, changes: Record<string, string> = {}): Promise<ActionRun> =>
    runAction(
      'restore',
      restoreInputs(lab, empty, {
        ...{ server: name, 'same-names': 'true', accounts: 'true', 'to-time': 'latest', ...changes },
      }),
    );
  const databases = async () => (await queryRows(empty, 'SHOW DATABASES')).flat().toSorted();
  const state = async () => [
    await databases(),
    await query(empty, 'SELECT * FROM mysql.global_priv ORDER BY 1, 2; SELECT @@gtid_binlog_state'),
  ];
  async function expectRefused(
    started: Promise<ActionRun>,
    code: ErrorCode,
    ...says: readonly (string | RegExp)[]
  ): Promise<void> {
    const before = await state();
    const { log, exitCode } = await started;
    for (const each of [`(${code})`, ...says]) expect(log).toMatch(each);
    expect(exitCode).not.toBe(0);
    expect(await state()).toEqual(before);
  }

  it('is refused over a gap, and changes nothing', async () => {
    const name = await ship((_, index) => (index === 1 ? 'not' : {}));
    await expectRefused(
      restore(name),
      'binlog-chain',
      /what followed binlog\.\d+ is missing/,
      'What can still be recovered is everything until',
    );
  });

  it('is refused with a damaged binlog before anything is changed', async () => {
    const bytes = Buffer.from(binlogs[2]?.bytes ?? []);
    const at = bytes.length - 60;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const name = await ship((_, index) => (index === 2 ? { bytes } : {}));
    await expectRefused(restore(name), 'binlog-invalid', /binlog\.\d+ cannot be replayed: /);
  });

  it('is refused where something else is, and events would run', async () => {
    await query(empty, 'CREATE DATABASE somebody');
    await expectRefused(restore(SHIPPED), 'restore-choice', 'holds more than what is restored: somebody');
    await query(empty, 'DROP DATABASE somebody; SET GLOBAL event_scheduler = ON');
    await expectRefused(restore(SHIPPED), 'restore-choice', 'event_scheduler = OFF');
    await query(empty, 'SET GLOBAL event_scheduler = OFF');
  });

  it('has exactly what was committed before the mistake', async () => {
    const { at, content, ids } = moments[1] ?? { at: new Date(), content: '', ids: [] };
    const gtids = await query(empty, 'SELECT @@gtid_binlog_state');
    const { log, exitCode, outputs, summary } = await restore(SHIPPED, { 'to-time': at.toISOString() });
    expect(log).not.toContain('::error');
    expect(exitCode).toBe(0);
    expect((await query(empty, CONTENT)).trim()).toBe(content);
    const [[found] = []] = await queryRows(
      empty,
      'SELECT GROUP_CONCAT(id ORDER BY id) FROM diary.entry WHERE id <= 1000',
    );
    expect(found).toBe(ids.join(','));
    const all = transactionsAfterDump();
    const before = all.filter(({ committedUs }) => committedUs <= at.getTime() * 1_000);
    expect(outputs['recovered-to']).toBe(new Date(at.getTime() - SECOND_MS / 2).toISOString());
    expect(summary).toContain(`${before.length} transactions of`);
    expect(summary).toContain(`that is there: \`${before.at(-1)?.gtid ?? ''}\` of`);
    expect(summary).toContain(`that is not: \`${all[before.length]?.gtid ?? ''}\` of`);
    // Neither what was loaded nor what was replayed.
    expect(await query(empty, 'SELECT @@gtid_binlog_state')).toBe(gtids);
    await query(empty, 'DROP DATABASE diary');
  });

  it('drops what it loaded when the server refuses something in the middle, and names what the binlogs made', async () => {
    const around = 'diary-around';
    await dump(lab, around, { databases: '*' });
    await sql(
      `CREATE DATABASE made_later; SET sql_log_bin = 0; CREATE TABLE made_later.unlogged (id INT PRIMARY KEY);
       SET sql_log_bin = 1; INSERT INTO made_later.unlogged VALUES (1)`,
    );
    await new BinlogSite(lab, server.address, around).ship();
    await sql('DROP DATABASE made_later');
    const { log, exitCode } = await restore(around);
    expect(log).toMatch(/\(restore-failed\)::the binlogs could not be replayed: .* status 1.*ERROR 1146/);
    expect(log).toContain('What was half loaded is dropped again: diary.');
    expect(log).toContain('Still there, made by the binlogs or by somebody else meanwhile: made_later.');
    expect(exitCode).toBe(1);
    const own = ['information_schema', 'mysql', 'performance_schema', 'sys'];
    expect((await databases()).toSorted()).toEqual([...own, 'made_later'].toSorted());
    await query(empty, 'DROP DATABASE made_later');
  });
});
