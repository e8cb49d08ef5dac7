// A real MySQL, end to end: whatever a schema and accounts can hold is dumped and brought back to a server that somebody uses, large tables
// are proven in an image like the official one, and what is not right is refused, or red. That all of it is proven: matrix.test.ts.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dump, namesOf, refused, type Dumped } from '../../helpers/dumped.ts';
import { dumpInputs } from '../../helpers/dump-inputs.ts';
import { expectFailure } from '../../helpers/expect-failure.ts';
import { forgeBackup, readTemplate } from '../../helpers/forge-backup.ts';
import { restoreInputs } from '../../helpers/restore-inputs.ts';
import { RestoreSite, type RestoreRun } from '../../helpers/restore-site.ts';
import { parsePage } from '../../helpers/documentation.ts';
import { findingsIn, runCommand } from '../../helpers/run-doctor.ts';
import { runAction } from '../../helpers/runner.ts';
import { getStored, listStored } from '../../helpers/stored-objects.ts';
import type { Lab } from '../../lab/lab.ts';
import { startMachine, type Machine } from '../../lab/machine.ts';
import { LabRun } from '../../lab/run.ts';
import { startPodmanForSandboxes } from '../../lab/sandbox-engines.ts';
import { useLab } from '../../helpers/use-lab.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../fixtures');
/** As the guide has it. */
const GRANTS = ['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT', 'RELOAD', 'REPLICATION CLIENT'] as const;
/** What the machine that runs the test needs, because the image has no perl. */
const PROGRAMS = ['perl', 'sha256sum', 'mktemp', 'rm', 'cat', 'sh'] as const;
/** More than what is worth several sessions. */
const LARGE_ROWS = 100_000;
const MYSQL = { engine: 'mysql' };

let run: LabRun;
let machine: Machine;
let lab: Lab;
let site: RestoreSite;
let everything: Dumped;
beforeAll(async () => {
  run = await LabRun.start();
  [machine, site] = await Promise.all([
    startMachine(run, 'mysql'),
    RestoreSite.start(useLab(), (own) => startPodmanForSandboxes(own, 'mysql', 'mariadb')),
  ]);
  lab = labWith('lifeboat');
  await machine.query(readFileSync(path.join(FIXTURES, 'everything-mysql.sql')));
  // Of the odd names MySQL takes all but two statements.
  const odd = readFileSync(path.join(FIXTURES, 'odd-names.sql'), 'latin1');
  await machine.query(
    Buffer.from(
      odd
        .replace(/^(?:CREATE SEQUENCE|DO NEXTVAL).*\n/gm, '')
        .replace('CREATE OR REPLACE TRIGGER', 'CREATE TRIGGER'),
      'latin1',
    ),
  );
  await createUser('lifeboat', GRANTS);
  everything = await dump(lab, 'mysql-all', { ...MYSQL, consistency: 'snapshot' });
});
afterAll(async () => {
  await site.expectClean();
  await site.stop();
  await run.stop();
});

function labWith(dumpUser: string): Lab {
  const { ssh, mariadb, ...rest } = useLab();
  const database = { ...mariadb, dumpUser, socket: machine.socket };
  return { ...rest, ssh: { ...ssh, ...machine.address }, mariadb: database };
}

/** With the lab's password. */
async function createUser(name: string, grants: readonly string[]): Promise<void> {
  const password = useLab().mariadb.dumpPassword.replaceAll(/[\\']/g, String.raw`\$&`);
  await machine.query(
    `CREATE USER ${name}@localhost IDENTIFIED BY '${password}'; GRANT ${grants.join(', ')} ON *.* TO ${name}@localhost`,
  );
}

const rowsOf = async (sql: string): Promise<string[]> =>
  (await machine.query(sql)).split('\n').filter((line) => line !== '');

/** All of it, as text that does not change by a restore. */
async function showEverything(): Promise<string> {
  const options = ['--skip-dump-date', '--skip-comments', '--routines', '--events', '--single-transaction'];
  const { status, stdout, stderr } = await machine.exec([
    ...['mysqldump', '--no-defaults', `--socket=${machine.socket}`, ...options, '--set-gtid-purged=OFF'],
    ...['--ignore-table=everything.broken_view', '--databases', 'everything', 'odd'],
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const account = await machine.query(
    "SET print_identified_with_as_hex = ON; SHOW CREATE USER app@'%'; SHOW GRANTS FOR app@'%'",
  );
  return stdout.toString('latin1').replaceAll(/ CHARACTER SET \w+ COLLATE/g, ' COLLATE') + account;
}

async function prove(changes: Record<string, string>): Promise<RestoreRun> {
  return site.run(changes, site.withPrograms(...PROGRAMS));
}

describe('a dump', () => {
  it('says which server it is of, and where its binary log stood', async () => {
    const { manifest } = everything.backup;
    const [uuid, version = ''] = await rowsOf('SELECT @@server_uuid; SELECT VERSION()');
    expect(everything.backup.id).toMatch(/-mysql$/);
    expect(manifest['source']).toMatchObject({ flavour: 'mysql', serverId: 4712, serverUuid: uuid });
    expect(manifest['versions']).toMatchObject({ server: version });
    const coordinates = manifest['coordinates'] as { file: string; position: number };
    const events = await rowsOf(`SHOW BINLOG EVENTS IN '${coordinates.file}' FROM ${coordinates.position}`);
    expect(events).toEqual([]);
    expect(JSON.stringify(manifest['pitrAnchor'])).toContain('1 table without transactions');
  });

  it('holds every object and account that the catalogue lists', async () => {
    const { objects } = everything.inventory;
    const [tables, views, routines, triggers, events] = await rowsOf(
      `SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA IN ('everything', 'odd') AND TABLE_TYPE = 'BASE TABLE';
       SELECT COUNT(*) FROM information_schema.VIEWS WHERE TABLE_SCHEMA IN ('everything', 'odd');
       SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA IN ('everything', 'odd');
       SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA IN ('everything', 'odd');
       SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA IN ('everything', 'odd');`,
    );
    const count = (...kinds: string[]) =>
      String(
        objects.filter(
          ({ kind, database }) => kinds.includes(kind) && ['everything', 'odd'].includes(database),
        ).length,
      );
    expect([
      count('table'),
      count('view'),
      count('procedure', 'function'),
      count('trigger'),
      count('event'),
    ]).toEqual(
      // The broken view is kept as text.
      [tables, String(Number(views) - 1), routines, triggers, events],
    );
    expect(everything.inventory.brokenViews.map(({ name }) => name)).toEqual(['broken_view']);
    expect(namesOf(everything.inventory, 'empty_one')).toEqual(['database empty_one']);
    const counted = objects.filter(({ kind, database }) => kind === 'table' && database === 'everything');
    const rows = await rowsOf(
      counted
        .map(({ name }) => `SELECT COUNT(*) FROM everything.\`${name.replaceAll('`', '``')}\`;`)
        .join('\n'),
    );
    expect(counted.map((table) => String(table.rows))).toEqual(rows);
    const accounts = await rowsOf(
      `SELECT COUNT(*) FROM mysql.user WHERE User NOT IN ('mysql.sys', 'mysql.session', 'mysql.infoschema')`,
    );
    expect(String(objects.filter(({ kind }) => kind === 'account').length)).toBe(accounts[0]);
  });

  it('of a target without perl holds names, and is proven to load', async () => {
    const hide = (from: string, to: string) => machine.exec(['mv', `/usr/bin/${from}`, `/usr/bin/${to}`]);
    expect((await hide('perl', 'perl.away')).status).toBe(0);
    const { inventory } = await dump(lab, 'mysql-no-perl', {
      ...{
        ...MYSQL,
        databases: 'everything',
        'exclude-tables': 'everything.broken*',
        consistency: 'snapshot',
      },
    }).finally(() => hide('perl.away', 'perl'));
    const ofIt = everything.inventory.objects.filter(({ database }) => database === 'everything');
    expect(namesOf(inventory, 'everything')).toEqual(
      ofIt
        .map(({ kind, name }) => `${kind} ${name}`)
        .filter((name) => !name.startsWith('table broken'))
        .toSorted(),
    );
    const { log, outputs } = await prove({ server: 'mysql-no-perl' });
    expect(log).not.toContain('::error');
    expect(outputs).toMatchObject({ passed: 'true', level: '1' });
  });

  it('warns of second passwords, which MySQL shows to nobody', async () => {
    await machine.query(
      `CREATE USER twice@localhost IDENTIFIED BY 'one'; ALTER USER twice@localhost IDENTIFIED BY 'two' RETAIN CURRENT PASSWORD`,
    );
    try {
      const { run: done } = await dump(lab, 'mysql-twice', {
        ...MYSQL,
        databases: 'empty_one',
        'allow-empty': 'true',
      });
      expect(done.log).toContain('The second password of 1 account is not in the dump');
    } finally {
      await machine.query('DROP USER twice@localhost');
    }
  });

  it('locks tables without transactions, but not while it asks for the binary log', async () => {
    await createUser('locker', [...GRANTS, 'LOCK TABLES']);
    const locking = { ...MYSQL, databases: 'everything\nodd', accounts: 'false', consistency: 'lock' };
    const log = await refused(labWith('locker'), locking);
    expect(log).toContain('(db-not-transactional)');
    expect(log).toContain('everything.isam');
    const { backup } = await dump(labWith('locker'), 'mysql-locked', { ...locking, layout: 'per-database' });
    expect(backup.manifest['consistency']).toMatchObject({ kind: 'lock', uncoveredTables: 0 });
    const unasked = await dump(labWith('locker'), 'mysql-unasked', { ...locking, coordinates: 'false' });
    expect(unasked.backup.manifest['consistency']).toMatchObject({ kind: 'lock', uncoveredTables: 0 });
    const done = await prove({ server: 'mysql-locked' });
    expect(done.outputs).toMatchObject({ passed: 'true', level: '3' });
    await machine.query('DROP USER locker@localhost');
  });

  it('is refused to a user that lacks a right, with the statement that mends it', async () => {
    for (const right of ['TRIGGER', 'RELOAD'] as const) {
      const user = `without_${right.toLowerCase()}`;
      await createUser(
        user,
        GRANTS.filter((other) => other !== right),
      );
      const log = await refused(labWith(user), MYSQL);
      expect(log).toContain('(db-rights-missing)');
      expect(log).toContain(`GRANT ${right} ON *.* TO \`${user}\`@\`localhost\`;`);
      if (right === 'RELOAD') await expectWithoutLock(user);
      await machine.query(`DROP USER ${user}@localhost`);
    }
  });

  /** An account like those of managed servers: it cannot hold all writing, and need not to. */
  async function expectWithoutLock(user: string): Promise<void> {
    const without = { ...MYSQL, consistency: 'snapshot', coordinates: 'false' };
    const { manifest } = (await dump(labWith(user), 'mysql-unlocked', without)).backup;
    expect(manifest['coordinates']).toBeNull();
    expect(JSON.stringify(manifest['pitrAnchor'])).toContain('(coordinates: false)');
  }

  it('is refused where it would leave out a library', async () => {
    await machine.query(
      "CREATE DATABASE coded; CREATE LIBRARY coded.l LANGUAGE JAVASCRIPT AS 'export function f(n) { return n }'",
    );
    expect(await refused(lab, { ...MYSQL, databases: 'coded', 'allow-empty': 'true' })).toContain(
      'libraries of code (CREATE LIBRARY)',
    );
    await machine.query('DROP DATABASE coded');
  });

  it('is refused of a replica that has no contact to its source', async () => {
    const source = `SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1, SOURCE_USER = 'nobody', SOURCE_PASSWORD = ''`;
    await machine.query(`CHANGE REPLICATION SOURCE TO ${source}; START REPLICA`);
    const log = await refused(lab, { ...MYSQL, consistency: 'snapshot' });
    await machine.query('STOP REPLICA; RESET REPLICA ALL');
    expect(log).toContain('(replica-stale)');
    expect(log).toContain('of 127.0.0.1:1, its IO thread is only connecting');
  });

  it('is refused across flavours', async () => {
    const wrong = await refused(lab, {});
    expect(wrong).toContain('(db-flavour-mix)');
    expect(wrong).toContain('`engine: mysql`');
    // The `mysql` and `mysqldump` of this target are those of MariaDB.
    const other = await refused(useLab(), MYSQL);
    expect(other).toContain('(db-flavour-mix)');
    expect(other).toContain('`engine: mariadb`');
  });

  it('is refused by a MariaDB client under the name of the other one', async () => {
    // No machine has both packages: a program that says which one it is has to do.
    const fake =
      "#!/bin/sh\necho 'mysqldump  Ver 10.19 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)'\n";
    const place = '/usr/local/bin/mysqldump';
    await machine.exec(['sh', '-c', `cat >${place} && chmod 755 ${place}`], { input: fake });
    const log = await refused(lab, MYSQL);
    await machine.exec(['rm', place]);
    expect(log).toContain('(db-flavour-mix)');
    expect(log).toContain('the dump client on the target is MariaDB 10.11.19');
  });
});

describe('a restore test', () => {
  it('proves large tables that several sessions load, and rows of megabytes', async () => {
    await machine.query(
      `CREATE DATABASE large; USE large; SET SESSION cte_max_recursion_depth = ${LARGE_ROWS}, sql_log_bin = 0;
       CREATE TABLE one (id INT PRIMARY KEY, t VARCHAR(200), KEY (t));
       CREATE TABLE other (id INT PRIMARY KEY, t LONGTEXT);
       INSERT INTO one WITH RECURSIVE n AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM n WHERE id < ${LARGE_ROWS})
         SELECT id, CONCAT('),(''', id, REPEAT('\\\\''', 40)) FROM n;
       INSERT INTO other VALUES (1, REPEAT('\\\\),(''\\n', 1500000)), (2, 'after');
       CREATE TRIGGER changes BEFORE INSERT ON one FOR EACH ROW SET NEW.t = 'changed';
       CREATE VIEW both_of_them AS SELECT one.id FROM one JOIN other USING (id);`,
    );
    const { backup } = await dump(lab, 'mysql-large', { ...MYSQL, databases: 'large', accounts: 'false' });
    expect(backup.manifest['databases']).toMatchObject([{ tables: 2, views: 1, rows: LARGE_ROWS + 2 }]);
    const done = await prove({
      server: 'mysql-large',
      assertions: "large: SELECT COUNT(*) FROM one WHERE t = 'changed' => 0",
    });
    expect(done.log).not.toContain('::error');
    expect(done.outputs).toMatchObject({ passed: 'true', level: '3' });
  });
});

describe('is not proven', () => {
  beforeAll(async () => {
    await machine.query(
      `CREATE DATABASE red; USE red; CREATE TABLE item (id INT PRIMARY KEY); INSERT INTO item VALUES (41), (42)`,
    );
    await dump(lab, 'mysql-red', { ...MYSQL, databases: 'red' });
  });

  const expectRed = async (
    server: string,
    expected: Parameters<typeof expectFailure>[2],
    changes: Record<string, string> = {},
    env = site.withPrograms(...PROGRAMS),
  ) => {
    const done = await site.run({ server, 'walk-back': '0', ...changes }, env);
    expectFailure(site, done, { exitCode: 4, outputs: { passed: 'false' }, ...expected });
    expect(done.remains).toEqual([]);
  };

  it('a backup with another row, another definition, and without an account', async () => {
    const changed = await forgeBackup(lab, readTemplate(everything.backup), {
      text: (text, name) =>
        name === 'accounts'
          ? text.replace(/\n-- Dump completed/, "\nDROP USER `o'brien`@`10.0.0.%`;\n$&")
          : text
              .replace(String.raw`'first\n-- second`, String.raw`'first\n-- other`)
              .replace(String.raw`(1,'it\'s','x,z')`, "(1,'a','x,z')"),
    });
    await expectRed(changed.server, {
      code: 'restore-differs',
      says: [
        "account 'o'brien'@'10.0.0.%' is missing",
        'table everything.choices: the rows are not the ones that were dumped',
        'table everything.commented has another definition',
      ],
    });
  });

  it('anything in an image of MariaDB', async () => {
    const [, image = ''] = site.engine.images;
    await expectRed(
      'mysql-red',
      { code: 'sandbox-image', exitCode: 1, outputs: {}, says: ['this image has no MySQL, but MariaDB'] },
      { 'sandbox-image': image },
    );
  });

  it('anything where neither the image nor the machine has perl', async () => {
    await expectRed(
      'mysql-red',
      { code: 'sandbox-unavailable', exitCode: 1, outputs: {}, says: ['no perl', 'apt-get install perl'] },
      {},
      site.withPrograms('sh'),
    );
  });
});

describe('a restore into a server that is in use', () => {
  const restore = (changes: Record<string, string>) => {
    const { address } = machine;
    const into = { ...useLab().mariadb, socket: machine.socket, adminUser: 'root' };
    return runAction('restore', {
      ...restoreInputs(lab, into, changes),
      'ssh-host': address.host,
      'ssh-port': String(address.port),
      'ssh-user': address.user,
      'ssh-key': readFileSync(address.privateKeyPath, 'utf8'),
      'ssh-known-hosts': address.knownHosts,
    });
  };

  it('makes a copy under another name, and of one table', async () => {
    const copied = await restore({ server: 'mysql-large', into: 'copy_of_large' });
    expect(copied.log).not.toContain('::error');
    expect(copied.exitCode).toBe(0);
    expect(
      await rowsOf('SELECT COUNT(*) FROM copy_of_large.one; SELECT COUNT(*) FROM copy_of_large.both_of_them'),
    ).toEqual([String(LARGE_ROWS), '2']);
    const one = await restore({ server: 'mysql-large', table: 'large.other', into: 'one_table' });
    expect(one.exitCode).toBe(0);
    expect(await rowsOf('SELECT t FROM one_table.other WHERE id = 2')).toEqual(['after']);
  });

  it('replaces everything, and brings back an account that was dropped', async () => {
    const before = await showEverything();
    await machine.query("DROP USER app@'%'; DELETE FROM everything.texts");
    const choice = { 'same-names': 'true', replace: 'true', accounts: 'true' };
    const done = await restore({ server: 'mysql-all', ...choice });
    expect(done.log).not.toContain('::error');
    expect(done.exitCode).toBe(0);
    expect(await showEverything()).toBe(before);
  });

  it('is done by the page that comes with a proof, with stock tools only', async () => {
    const before = await showEverything();
    const { outputs } = await prove({ server: 'mysql-all', compare: 'none' });
    const proofKey = outputs['proof-key'] ?? '';
    const { s3, keys } = lab;
    const files = {
      'backup-secret-key.asc': readFileSync(keys.recipients[0].secretKeyPath),
      'trusted-signers.asc': readFileSync(keys.signing.publicKeyPath),
      // The page fetches with `aws`, which this machine does not have: what it would fetch lies there already.
      'bin/aws': Buffer.from(
        '#!/bin/sh\nfor last; do source=$file; file=$last; done\ncp "store/${source##*/}" "$file"\n',
      ),
    };
    const stored = await listStored(lab, `mysql-all/dumps/`);
    for (const key of stored)
      Object.assign(files, { [`store/${path.basename(key)}`]: await getStored(lab, key) });
    const prepare = 'umask 077; mkdir -p /root/recovery/store /root/recovery/bin /root/recovery/.gnupg';
    expect((await machine.exec(['sh', '-c', prepare])).status).toBe(0);
    for (const [name, input] of Object.entries(files))
      await machine.exec(['sh', '-c', `cat >"/root/recovery/${name}"; chmod 700 "/root/recovery/${name}"`], {
        input,
      });
    const page = (await getStored(lab, proofKey.replace('proof.json', 'RECOVERY.md'))).toString('utf8');
    const script = parsePage('RECOVERY.md', page)
      .blocks.filter(({ language }) => language === 'sh')
      .map(({ text }) => text)
      .join('');
    await machine.query(
      "DROP DATABASE everything; DROP DATABASE odd; DROP DATABASE empty_one; DROP DATABASE `-we``ird ⚓ na'me;`; DROP USER app@'%'",
    );
    const client = `mysql --no-defaults --socket=${machine.socket}`;
    const variables = [
      'PATH=/root/recovery/bin:/usr/bin:/bin',
      'GNUPGHOME=/root/recovery/.gnupg',
      `CLIENT=${client}`,
    ];
    const followed = await machine.exec(
      ['env', '-C', '/root/recovery', ...variables, `AWS_DEFAULT_REGION=${s3.region}`, 'bash'],
      { input: script },
    );
    expect(followed.stdout.toString(), followed.stderr).toMatch(/All is there\.\n$/);
    expect(followed.status).toBe(0);
    expect(await showEverything()).toBe(before);
  });
});

it('the doctor looks at it as at any other, and asks it about its binary log', async () => {
  await machine.query('SET GLOBAL binlog_expire_logs_seconds = 3600');
  try {
    const inputs = dumpInputs(lab, { ...MYSQL, server: 'mysql-doctor', consistency: 'snapshot' });
    const { exitCode, stdout, stderr } = await runCommand('doctor', inputs);
    expect(exitCode, stdout + stderr).toBe(0);
    expect(findingsIn({ stdout }).join('\n')).toContain('SET GLOBAL binlog_expire_logs_seconds = 172800;');
    expect(stdout).toMatch(/^- Database: mysql 9\.\S+ on /m);
  } finally {
    await machine.query('SET GLOBAL binlog_expire_logs_seconds = 2592000');
  }
});
