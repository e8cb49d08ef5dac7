// What the engine takes, leaves out and refuses, on real servers: the choice, broken views, rights, credentials, coordinates, many
// tables, a server without binary log, and a target of other versions.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseInventory, type Inventory } from '../../src/domain/inventory.ts';
import { checkBucket, type CheckedBackup } from '../helpers/bucket-checker.ts';
import { dumpInputs } from '../helpers/dump-inputs.ts';
import { runAction, type ActionRun } from '../helpers/runner.ts';
import { runFilter } from '../helpers/run-filter.ts';
import { DUMP_GRANTS, type Lab } from '../lab/lab.ts';
import { startMachine, type Machine } from '../lab/machine.ts';
import { createDumpUser, query, queryRows, startMariadb, type MariadbAddress } from '../lab/mariadb.ts';
import { LabRun } from '../lab/run.ts';

const lab = inject('lab');
const ROOT = path.resolve(import.meta.dirname, '../..');
const fixture = (name: string) => readFileSync(path.join(ROOT, 'test/fixtures', name));

interface Dumped {
  readonly run: ActionRun;
  readonly backup: CheckedBackup;
  readonly inventory: Inventory;
}

/** Runs the built action and reads what it stored, which has to be whole. */
async function dump(server: string, changes: Record<string, string>, on: Lab = lab): Promise<Dumped> {
  const run = await runAction('dump', dumpInputs(on, { server, ...changes }));
  expect(run.log).not.toContain('::error');
  expect(run.exitCode).toBe(0);
  const { backups } = await checkBucket(on, server);
  const backup = backups.at(-1);
  if (backup === undefined) throw new Error('no backup');
  expect(backup.faults).toEqual([]);
  const inventory = parseInventory(backup.texts.get('inventory') ?? Buffer.alloc(0), backup);
  return { run, backup, inventory };
}

async function refused(changes: Record<string, string>, on: Lab = lab): Promise<string> {
  const run = await runAction('dump', dumpInputs(on, { server: 'refused', ...changes }));
  expect(run.exitCode).not.toBe(0);
  const { keys } = await checkBucket(on, 'refused');
  expect(keys.filter((key) => key.endsWith('manifest.json'))).toEqual([]);
  return run.log;
}

const namesOf = ({ objects }: Inventory, database: string) =>
  objects
    .filter((object) => object.database === database)
    .map(({ kind, name }) => `${kind} ${name}`)
    .toSorted();
const textOf = ({ backup }: Dumped) =>
  [...backup.texts].find(([name]) => name !== 'inventory' && name !== 'accounts')?.[1] ?? Buffer.alloc(0);

/** What the filter sees in a text: every object, every digest, and that of the rest. */
async function digestsOf(text: Buffer) {
  const { seen, facts } = await runFilter(text);
  return { seen, rest: facts.restSha256 };
}

describe('a schema whose names look like lines of a dump', () => {
  let dumped: Dumped;
  beforeAll(async () => {
    await query(lab.mariadb, fixture('odd-names.sql').toString('latin1'));
  });
  beforeAll(async () => {
    dumped = await dump('odd', { databases: 'odd' });
  });
  afterAll(() =>
    query(
      lab.mariadb,
      "DROP DATABASE odd; DROP USER `event admin`@localhost, ``@localhost, `new\nline`@`%`, `o'brien`@`%`; DROP ROLE `a\\\\'b`, rowers",
    ),
  );

  it('is dumped whole: every object by its own name, every row counted', async () => {
    const tables = dumped.inventory.objects.filter(({ kind }) => kind === 'table');
    expect(tables).toHaveLength(8);
    for (const { name, rows } of tables) {
      const [[expected] = []] = await queryRows(
        lab.mariadb,
        `SELECT COUNT(*) FROM odd.\`${name.replaceAll('`', '``')}\``,
      );
      expect(`${name} ${rows}`).toBe(`${name} ${expected}`);
    }
    expect(namesOf(dumped.inventory, 'odd').filter((name) => !name.startsWith('table'))).toEqual([
      ...['database odd', 'event procedure x', 'event second', 'function f trigger x', 'procedure in_sjis'],
      ...[
        'procedure look_alike',
        'procedure no_escapes',
        'procedure plain',
        'procedure quotes',
        'sequence moved',
      ],
      ...['trigger first_one', 'trigger second one', 'trigger third', 'view ghostly', 'view spoofed_view'],
    ]);
  });

  it('comes back equal', async () => {
    const run = await LabRun.start();
    try {
      const { address } = await startMariadb(run);
      await query(address, 'SET GLOBAL log_bin_trust_function_creators = 1');
      for (const name of ['accounts', 'odd']) execClient(address, dumped.backup.texts.get(name));
      const user = { dumpUser: 'again', dumpPassword: 'again' };
      await createDumpUser(address, DUMP_GRANTS, user);
      const again = await dump(
        'odd-again',
        { databases: 'odd' },
        { ...lab, mariadb: { ...address, ...user } },
      );
      const [one, other] = await Promise.all([digestsOf(textOf(dumped)), digestsOf(textOf(again))]);
      expect(other).toEqual(one);
      expect(again.inventory.rest).toEqual(dumped.inventory.rest);
    } finally {
      await run.stop();
    }
  });
});

/** The stock client, as somebody who restores by hand runs it; bytes stay bytes. */
function execClient(server: MariadbAddress, input: Buffer | undefined): void {
  const connection = ['--no-defaults', `--socket=${server.socket}`, `--user=${server.adminUser}`];
  execFileSync('mariadb', [...connection, '--binary-mode', '--comments'], {
    input: input ?? '',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

describe('the choice', () => {
  // A server of its own: `*` means every database that is there.
  let run: LabRun;
  let own: Lab;
  beforeAll(async () => {
    run = await LabRun.start();
    const { address } = await startMariadb(run);
    const user = { dumpUser: 'dumper', dumpPassword: 'choice-secret' };
    await createDumpUser(address, DUMP_GRANTS, user);
    own = { ...lab, mariadb: { ...address, ...user } };
  });
  beforeAll(() =>
    query(
      own.mariadb,
      `CREATE DATABASE shop; CREATE DATABASE \`my-wiki\`; CREATE DATABASE hollow;
       CREATE TABLE shop.item (id INT PRIMARY KEY); INSERT INTO shop.item VALUES (1), (2);
       CREATE TABLE shop.cache_a (id INT PRIMARY KEY); CREATE TABLE shop.cache_b (id INT PRIMARY KEY);
       CREATE TRIGGER shop.kept BEFORE INSERT ON shop.item FOR EACH ROW SET NEW.id = NEW.id;
       CREATE TRIGGER shop.cached BEFORE INSERT ON shop.cache_a FOR EACH ROW SET NEW.id = NEW.id;
       CREATE TABLE \`my-wiki\`.page (id INT PRIMARY KEY, t TEXT); INSERT INTO \`my-wiki\`.page VALUES (1, 'x');
       CREATE TABLE shop.gone (id INT); CREATE VIEW shop.\`é
of lines\` AS SELECT id FROM shop.gone; CREATE VIEW shop.\`e
of lines\` AS SELECT id FROM shop.item; DROP TABLE shop.gone;`,
    ),
  );
  afterAll(() => run.stop());

  it('leaves out what it is told to, says so, and is no anchor then', async () => {
    const { backup, inventory, run } = await dump(
      'choice',
      {
        'exclude-databases': 'hollow',
        'exclude-tables': 'shop.cache_*',
      },
      own,
    );
    expect(namesOf(inventory, 'shop')).toEqual([
      'database shop',
      'table item',
      'trigger kept',
      'view e\nof lines',
    ]);
    expect(namesOf(inventory, 'my-wiki')).toEqual(['database my-wiki', 'table page']);
    expect(backup.manifest['excluded']).toMatchObject({ tables: 2, brokenViews: 1 });
    expect(backup.manifest['pitrAnchor']).toMatchObject({
      isAnchor: false,
      reasons: expect.arrayContaining(['2 tables left out']) as string[],
    });
    expect(run.summary).toContain('Point-in-time recovery cannot start here');
  });

  it('keeps the text of a broken view in the inventory, and of no other', async () => {
    const { inventory, run } = await dump('broken', { databases: 'shop' }, own);
    expect(inventory.brokenViews).toEqual([
      {
        ...{ database: 'shop', name: 'é\nof lines' },
        text: expect.stringContaining('`shop`.`gone`') as string,
        error: expect.stringContaining('references invalid') as string,
      },
    ]);
    expect(run.summary).toContain('These views are broken');
    expect(await refused({ databases: 'shop', 'broken-views': 'fail' }, own)).toContain(
      'these views cannot be dumped',
    );
  });

  it('needs a reason to store nothing', async () => {
    expect(await refused({ databases: 'hollow' }, own)).toContain('there is no table in hollow');
    const { backup } = await dump(
      'hollow',
      { databases: 'hollow', 'allow-empty': 'true', label: 'nightly' },
      own,
    );
    expect(backup.id).toMatch(/-mariadb-nightly$/);
    expect(backup.manifest['databases']).toEqual([
      expect.objectContaining({ name: 'hollow', tables: 0, rows: 0 }),
    ]);
  });

  it('counts nothing that is smaller than it should be', async () => {
    expect(await refused({ databases: 'shop', 'min-size': '10MB' }, own)).toContain('less than min-size');
  });

  it('writes nothing in a dry run', async () => {
    const run = await runAction(
      'dump',
      dumpInputs(own, { server: 'dry', databases: 'shop', 'dry-run': 'true' }),
    );
    expect(run.exitCode).toBe(0);
    expect(run.summary).toContain('nothing was written');
    expect((await checkBucket(lab, 'dry')).keys).toEqual([]);
  });

  it('is no anchor for a user that may not read everything', async () => {
    await query(
      own.mariadb,
      `CREATE USER narrow_one@localhost IDENTIFIED BY 'narrow-secret'; GRANT RELOAD, BINLOG MONITOR ON *.* TO narrow_one@localhost;
       GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON \`my-wiki\`.* TO narrow_one@localhost; GRANT SELECT ON mysql.* TO narrow_one@localhost;`,
    );
    const narrow = { 'db-user': 'narrow_one', 'db-password': 'narrow-secret', databases: 'my-wiki' };
    const { backup } = await dump('narrow', narrow, own);
    expect(JSON.stringify(backup.manifest['pitrAnchor'])).toContain('may not read every database');
    await query(own.mariadb, 'REVOKE TRIGGER ON `my-wiki`.* FROM narrow_one@localhost');
    expect(await refused(narrow, own)).toContain('GRANT TRIGGER ON `my-wiki`.* TO `narrow_one`@`localhost`;');
    await query(own.mariadb, 'GRANT TRIGGER, INSERT ON `my-wiki`.* TO narrow_one@localhost');
    expect(await refused(narrow, own)).toContain(
      'REVOKE INSERT ON `my-wiki`.* FROM `narrow_one`@`localhost`;',
    );
    await query(own.mariadb, 'DROP USER narrow_one@localhost');
  });

  it('says that the rights of PUBLIC are not in the dump', async () => {
    await query(own.mariadb, 'GRANT SELECT ON shop.* TO PUBLIC');
    const { run, backup } = await dump('public', { databases: 'shop' }, own);
    await query(own.mariadb, 'REVOKE SELECT ON shop.* FROM PUBLIC');
    expect(run.summary).toContain('The rights granted to PUBLIC are not in the dump');
    expect(JSON.stringify(backup.manifest['notProvable'])).toContain('PUBLIC');
  });

  it('works from the command line into a directory, and ends with the documented status', () => {
    const store = mkdtempSync(path.join(lab.directory, 'store-'));
    const forBucket = dumpInputs(own, { databases: 'shop', store: `file://${store}`, accounts: 'false' });
    const inputs = Object.fromEntries(
      Object.entries(forBucket).filter(([name]) => !name.startsWith('store-')),
    );
    const status = (changes: Record<string, string>) => runCommandLine({ ...inputs, ...changes });
    expect(status({})).toEqual({ status: 0, said: '' });
    const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.map(({ name }) => name).toSorted()).toEqual([
      'inventory.json.zst.gpg',
      'manifest.json',
      'manifest.json.sig',
      'shop.sql.zst.gpg',
    ]);
    expect(status({ databases: 'nowhere' })).toMatchObject({
      status: 1,
      said: expect.stringContaining('nowhere') as string,
    });
    expect(status({ 'ssh-host': '' })).toMatchObject({ status: 2 });
    expect(
      readdirSync(store, { recursive: true }).filter((name) => String(name).endsWith('manifest.json')),
    ).toHaveLength(1);
  });
});

/** Secrets and long texts in files, the rest in argv; `--db-password-file` means a file on the target. */
function runCommandLine(inputs: Readonly<Record<string, string>>): { status: number; said: string } {
  const directory = mkdtempSync(path.join(lab.directory, 'inputs-'));
  const { 'db-password': password, ...others } = inputs;
  const args = Object.entries(others).flatMap(([name, value]) => {
    if (!/key|password|passphrase|recipients|known-hosts/.test(name)) return [`--${name}`, value];
    const file = path.join(directory, name);
    writeFileSync(file, value, { mode: 0o600 });
    return [`--${name}-file`, file];
  });
  try {
    execFileSync(process.execPath, [path.join(ROOT, 'dist/cli.js'), 'dump', ...args], {
      env: { PATH: process.env['PATH'], HOME: directory, LIFEBOAT_DB_PASSWORD: password },
      stdio: 'pipe',
    });
    return { status: 0, said: '' };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: Buffer };
    return { status, said: stderr.toString() };
  }
}

describe('credentials', () => {
  beforeAll(() => query(lab.mariadb, 'CREATE DATABASE some_data'));
  afterAll(() => query(lab.mariadb, 'DROP DATABASE some_data'));
  const passwords = [
    `quo"te's`,
    'back\\slash\\',
    '#no comment',
    ' blanks ',
    '\\n is no line',
    '$(id)`id`',
    'é⚓ ü',
    ';%_!',
  ];

  it.each(passwords)('reach the server as they are: %j', async (password) => {
    const dumpUser = `o'br"ien\\`;
    await createDumpUser(lab.mariadb, DUMP_GRANTS, { dumpUser, dumpPassword: password });
    const file = path.join(lab.ssh.home, 'database password');
    writeFileSync(file, password, { mode: 0o400 });
    execFileSync('chown', ['--reference', lab.ssh.home, file]);
    try {
      for (const given of [
        { 'db-password': password },
        { 'db-password': '', 'db-password-file': '~/database password' },
      ]) {
        const run = await runAction(
          'dump',
          dumpInputs(lab, { 'db-user': dumpUser, 'dry-run': 'true', 'allow-empty': 'true', ...given }),
        );
        expect(run.log).not.toContain('::error');
        expect(run.exitCode).toBe(0);
      }
    } finally {
      await query(lab.mariadb, "DROP USER 'o\\'br\"ien\\\\'@localhost");
      execFileSync('rm', ['-f', file]);
    }
  });

  it.each([
    ['[client]\nuser=lifeboat\n[mariadb-dump]\nwhere=1=0\n', '[mariadb-dump] where'],
    ['[client]\nuser=lifeboat\n!include /etc/mysql/my.cnf\n', '[client] !include'],
    ['[client]\nignore-table=a.b\n', '[client] ignore-table'],
    ['\t[client]\n  ssl_ca = "/x y"\n  loose-skip-triggers\n', '[client] loose-skip-triggers'],
  ])('come from an option file only if nothing else stands in it: %j', async (text, named) => {
    const file = path.join(lab.ssh.home, 'my options.cnf');
    writeFileSync(file, text, { mode: 0o600 });
    execFileSync('chown', ['--reference', lab.ssh.home, file]);
    const log = await refused({
      'db-user': '',
      'db-password': '',
      'db-socket': '',
      'db-defaults-file': '~/my options.cnf',
    });
    expect(log).toContain(`holds more than how to log in: ${named}`);
    execFileSync('rm', [file]);
  });

  it('come from an option file with blanks and quotes in its name and in it', async () => {
    const file = path.join(lab.ssh.home, `my "options".cnf`);
    const { dumpUser, dumpPassword, socket } = lab.mariadb;
    const quoted = `"${dumpPassword.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
    writeFileSync(file, `# mine\n[client]\n  user = ${dumpUser}\npassword=${quoted}\nsocket='${socket}'\n`, {
      mode: 0o600,
    });
    execFileSync('chown', ['--reference', lab.ssh.home, file]);
    const inputs = {
      'db-user': '',
      'db-password': '',
      'db-socket': '',
      'db-defaults-file': file,
      'dry-run': 'true',
      'allow-empty': 'true',
    };
    const run = await runAction('dump', dumpInputs(lab, inputs));
    expect(run.exitCode).toBe(0);
    execFileSync('rm', [file]);
  });
});

describe('the binary log', () => {
  beforeAll(() =>
    query(
      lab.mariadb,
      'CREATE DATABASE logged; CREATE TABLE logged.t (id INT PRIMARY KEY); INSERT INTO logged.t VALUES (1)',
    ),
  );
  afterAll(() => query(lab.mariadb, 'DROP DATABASE logged'));
  const current = async () => (await queryRows(lab.mariadb, 'SHOW MASTER STATUS'))[0]?.slice(0, 2);

  it('begins anew with a dump, which says where exactly it stands', async () => {
    const before = await current();
    const { backup } = await dump('rotating', { databases: 'logged' });
    const [file, position] = (await current()) ?? [];
    expect(file).not.toBe(before?.[0]);
    const [[gtid] = []] = await queryRows(lab.mariadb, 'SELECT @@gtid_binlog_pos');
    const coordinates = backup.manifest['coordinates'] as { position: number };
    expect(coordinates).toEqual({ file, position: expect.any(Number) as number, gtid });
    // The server notes on its own, a little later, that it needs no older file.
    const since = await queryRows(
      lab.mariadb,
      `SHOW BINLOG EVENTS IN '${file ?? ''}' FROM ${coordinates.position}`,
    );
    expect(since.filter(([, , type]) => type !== 'Binlog_checkpoint')).toEqual([]);
    expect(coordinates.position).toBeLessThanOrEqual(Number(position));
  });

  it('goes on when it is told to', async () => {
    const before = await current();
    const { backup } = await dump('not-rotating', { databases: 'logged', rotate: 'false' });
    expect((await current())?.[0]).toBe(before?.[0]);
    expect(backup.manifest['coordinates']).toMatchObject({ file: before?.[0] });
  });
});

it('dumps a server without binary log, and with lost+found in its data directory', async () => {
  const run = await LabRun.start();
  try {
    const { address } = await startMariadb(run, { hasBinlog: false });
    mkdirSync(path.join(address.dataDirectory, 'lost+found'), { mode: 0o700 });
    await query(
      address,
      'CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY); INSERT INTO d.t VALUES (1)',
    );
    expect(await query(address, 'SHOW DATABASES')).toContain('lost+found');
    const user = { dumpUser: 'dumper', dumpPassword: 'x' };
    await createDumpUser(address, DUMP_GRANTS, user);
    const { backup } = await dump('no-binlog', {}, { ...lab, mariadb: { ...address, ...user } });
    expect(backup.manifest['coordinates']).toBeNull();
    expect(JSON.stringify(backup.manifest['pitrAnchor'])).toContain('writes no binary log');
    expect(backup.manifest['excluded']).toMatchObject({ databases: ['#mysql50#lost+found'] });
  } finally {
    await run.stop();
  }
});

it('dumps 2,000 tables, and leaves out 2,000 more by name', async () => {
  const count = 2000;
  const create = (database: string) =>
    Array.from(
      { length: count },
      (_, index) =>
        `CREATE TABLE ${database}.a_table_with_a_name_of_some_length_${index} (id INT PRIMARY KEY);`,
    );
  await query(
    lab.mariadb,
    `SET sql_log_bin = 0; CREATE DATABASE many; CREATE DATABASE more; ${[...create('many'), ...create('more')].join('\n')}
    INSERT INTO many.a_table_with_a_name_of_some_length_7 VALUES (1), (2)`,
  );
  try {
    const { inventory, backup } = await dump('many', { databases: 'many\nmore', 'exclude-tables': 'more.*' });
    const tables = inventory.objects.filter(({ kind }) => kind === 'table');
    expect(tables).toHaveLength(count);
    expect(tables.reduce((sum, { rows = 0 }) => sum + rows, 0)).toBe(2);
    expect(backup.manifest['excluded']).toMatchObject({ tables: count });
  } finally {
    await query(lab.mariadb, 'SET sql_log_bin = 0; DROP DATABASE many; DROP DATABASE more');
  }
});

describe('a target of other versions', () => {
  let run: LabRun;
  let machine: Machine;
  let there: Lab;
  beforeAll(async () => {
    run = await LabRun.start();
    machine = await startMachine(run);
    const load = async (sql: Buffer) => {
      const client = [
        'mariadb',
        '--no-defaults',
        `--socket=${machine.mariadbSocket}`,
        '--binary-mode',
        '--comments',
      ];
      const { status, stderr } = await machine.exec(client, { input: sql });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    };
    await load(fixture('everything.sql'));
    await load(fixture('odd-names.sql'));
    await machine.query(
      `CREATE USER dumper@localhost IDENTIFIED BY 'machine-secret'; GRANT ${DUMP_GRANTS.join(', ')} ON *.* TO dumper@localhost`,
    );
    const mariadb = {
      ...lab.mariadb,
      socket: machine.mariadbSocket,
      dumpUser: 'dumper',
      dumpPassword: 'machine-secret',
    };
    there = { ...lab, ssh: { ...lab.ssh, ...machine.address }, mariadb };
  });
  afterAll(() => run.stop());

  it('is dumped, loads under its own client, and is equal when it is dumped again', async () => {
    const first = await dump('machine', {}, there);
    expect(first.backup.manifest['versions']).toMatchObject({
      server: expect.stringMatching(/^11\.8\./) as string,
    });
    expect(first.backup.manifest['pitrAnchor']).toMatchObject({ isAnchor: true });
    const client = [
      ...['mariadb', '--no-defaults', `--socket=${machine.mariadbSocket}`],
      ...['--binary-mode', '--comments', '--default-character-set=utf8mb4'],
    ];
    const databases = (first.backup.manifest['databases'] as { name: string }[]).map(({ name }) => name);
    const drops = databases.map((name) => `DROP DATABASE \`${name.replaceAll('`', '``')}\`;`);
    expect(await machine.exec(client, { input: drops.join('\n') })).toMatchObject({ status: 0 });
    const text = textOf(first).toString('latin1').replace('NO_AUTO_VALUE_ON_ZERO', '$&,ALLOW_INVALID_DATES');
    const loaded = await machine.exec(client, { input: Buffer.from(text, 'latin1') });
    expect(loaded).toMatchObject({ status: 0, stderr: '' });
    const again = await dump('machine-again', {}, there);
    expect(again.inventory.rest).toEqual(first.inventory.rest);
    const plain = ({ inventory }: Dumped) => inventory.objects.filter(({ kind }) => kind !== 'account');
    expect(plain(again)).toEqual(plain(first));
  });

  it('is dumped when its memory file system is full, or not to be written to', async () => {
    const fill =
      'head -c 1G /dev/zero > /dev/shm/full; test "$(df --output=avail /dev/shm | tail -1)" -lt 100';
    for (const spoil of [fill, 'rm -f /dev/shm/full; chmod 755 /dev/shm']) {
      expect((await machine.exec(['sh', '-c', spoil])).status).toBe(0);
      const dryRun = await runAction('dump', dumpInputs(there, { server: 'dry', 'dry-run': 'true' }));
      expect(dryRun.log).not.toContain('::error');
      expect(dryRun.exitCode).toBe(0);
      expect(
        (await machine.exec(['sh', '-c', 'ls -d /tmp/lifeboat.* /dev/shm/lifeboat.*'])).stdout.toString(),
      ).toBe('');
    }
  });
});
