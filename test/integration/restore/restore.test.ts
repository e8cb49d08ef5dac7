// Restores on real servers: what comes back equals what was dumped, nothing that was there is harmed, and nothing half done stays.
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DumpManifest } from '../../../src/domain/dumps/manifest.ts';
import { findCanaries, type Canary } from '../../helpers/canaries.ts';
import { dumpInputs } from '../../helpers/dump-inputs.ts';
import { dump, type Dumped } from '../../helpers/dumped.ts';
import { watchForLeaks } from '../../helpers/leak-watch.ts';
import { restoreInputs } from '../../helpers/restore-inputs.ts';
import { runAction, startAction, type ActionRun } from '../../helpers/runner.ts';
import { runCommand } from '../../lab/command.ts';
import { loadHelpdesk } from '../../lab/helpdesk/load.ts';
import { query, queryRows, startMariadb, type MariadbAddress } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { createS3Client } from '../../lab/s3.ts';
import { findTargetProcesses } from '../../lab/target.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const SERVER = 'realday';
const ODD = "-we`ird ⚓ na'me;";
const SYSTEM = ['information_schema', 'performance_schema', 'mysql', 'sys'];
const PASSWORD = `canary#"\\'${randomBytes(12).toString('hex')}`;

let run: LabRun;
let live: MariadbAddress;
let dumped: Dumped;
let manifest: DumpManifest;
let stamp: string;
let labelled: string;

beforeAll(async () => {
  run = await LabRun.start();
  live = (await startMariadb(run, { options: ['--event-scheduler=ON'] })).address;
  await loadHelpdesk(lab.mariadb, { megabytes: 8, database: 'realday' });
  await query(
    lab.mariadb,
    `CREATE DATABASE \`-we\`\`ird ⚓ na'me;\` CHARACTER SET latin1 COLLATE latin1_german1_ci;
     USE \`-we\`\`ird ⚓ na'me;\`;
     CREATE TABLE \`-t\` (id INT PRIMARY KEY, v VARCHAR(200) CHARACTER SET utf8mb4);
     INSERT INTO \`-t\` VALUES (1, 'USE \`realday\`;\\n--\\n-- Current Database: \`realday\`\\n--\\n'), (2, '⚓');
     CREATE VIEW \`--\` AS SELECT * FROM \`-t\`;
     CREATE USER 'realday-app'@'%' IDENTIFIED BY 'secret-of-app'; GRANT SELECT ON realday.* TO 'realday-app'@'%';`,
  );
  // Made under another collation than the database's own: the dump changes the database around it, and back.
  await query(
    lab.mariadb,
    'ALTER DATABASE realday COLLATE utf8mb4_bin; CREATE FUNCTION of_binary() RETURNS INT DETERMINISTIC RETURN 1; ALTER DATABASE realday COLLATE utf8mb4_unicode_ci',
    'realday',
  );
  dumped = await dump(lab, SERVER, { databases: `realday\n${ODD}` });
  manifest = dumped.backup.manifest as unknown as DumpManifest;
  // Newer, and a part: nobody who asks for the newest means it.
  const part = await runAction('dump', dumpInputs(lab, { server: SERVER, databases: ODD, label: 'deploy' }));
  labelled = part.outputs['backup-id'] ?? '';
  stamp = dumped.backup.id.slice(0, 'YYYYMMDDTHHMM'.length).replace('T', '');
  await query(
    live,
    `CREATE USER restorer@localhost IDENTIFIED BY '${PASSWORD.replaceAll('\\', '\\\\').replaceAll("'", "''")}';
     GRANT ALL ON *.* TO restorer@localhost WITH GRANT OPTION;`,
  );
});

afterAll(async () => {
  await query(
    lab.mariadb,
    `DROP DATABASE realday; DROP DATABASE \`-we\`\`ird ⚓ na'me;\`; DROP USER 'realday-app'@'%'`,
  );
  await run.stop();
});

afterEach(async () => {
  for (const name of await databasesOf(live))
    await query(live, `DROP DATABASE \`${name.replaceAll('`', '``')}\``);
});

async function databasesOf(server: MariadbAddress): Promise<string[]> {
  const rows = await queryRows(server, 'SELECT HEX(SCHEMA_NAME) FROM information_schema.SCHEMATA');
  const names = rows.map(([hex = '']) => Buffer.from(hex, 'hex').toString());
  return names.filter((name) => !SYSTEM.includes(name)).toSorted();
}

/** Everything in a database but its name and its events. */
async function contentOf(server: MariadbAddress, database: string, ...more: string[]): Promise<string> {
  const text = await runCommand('mariadb-dump', [
    ...['--no-defaults', `--socket=${server.socket}`, `--user=${server.adminUser}`],
    ...[
      '--default-character-set=utf8mb4',
      '--routines',
      '--hex-blob',
      '--skip-comments',
      '--single-transaction',
    ],
    ...more,
    ...['--', database],
  ]);
  // Collations of a database stand around routines, with its name.
  return text.replaceAll(`\`${database.replaceAll('`', '``')}\``, '`it`');
}

const inputs = (changes: Record<string, string> = {}) =>
  restoreInputs(lab, live, { server: SERVER, ...changes });
const restore = (changes: Record<string, string> = {}) => runAction('restore', inputs(changes));

/** Through `port`, as the user who needs a password. */
function overSsh(port = lab.ssh.port): Record<string, string> {
  return {
    ...{ 'ssh-host': lab.ssh.host, 'ssh-port': String(port), 'ssh-user': lab.ssh.user },
    'ssh-key': readFileSync(lab.ssh.privateKeyPath, 'utf8'),
    'ssh-known-hosts': lab.ssh.knownHosts.replaceAll(`:${lab.ssh.port}`, `:${port}`),
    ...{ 'db-user': 'restorer', 'db-password': PASSWORD },
  };
}

/** Until some tables of the database are there. */
async function waitForTables(database: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const sql = `SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${database}'`;
      const [[rows] = []] = await queryRows(live, sql);
      expect(Number(rows)).toBeGreaterThan(2);
    },
    { timeout: 60_000, interval: 10 },
  );
}

/** A way to a port that can be cut, and is there again at once. */
async function startFlakyLine(to: number) {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function expectGood({ exitCode, log }: ActionRun): void {
  expect(log).not.toContain('::error');
  expect(exitCode).toBe(0);
}

function expectRefused({ exitCode, log }: ActionRun, code: string, says: string | RegExp): void {
  expect(log).toContain(`(${code})`);
  expect(log).toMatch(says);
  expect(exitCode).not.toBe(0);
}

describe('under new names', () => {
  it('every database comes back as it was, without its events, and not into the binary log', async () => {
    const [position] = await queryRows(live, 'SHOW MASTER STATUS');
    const result = await restore();
    expectGood(result);
    const names = [`${ODD}_restored_${stamp}`, `realday_restored_${stamp}`];
    expect(await databasesOf(live)).toEqual(names);
    expect(await contentOf(live, names[0] ?? '')).toBe(await contentOf(lab.mariadb, ODD));
    expect(await contentOf(live, names[1] ?? '')).toBe(await contentOf(lab.mariadb, 'realday'));
    expect(await query(live, 'SELECT COUNT(*) FROM information_schema.EVENTS')).toBe('0\n');
    expect(await queryRows(live, 'SHOW MASTER STATUS')).toEqual([position]);
    const charsets = (server: MariadbAddress, name: string) =>
      query(server, `SELECT @@collation_database`, name);
    expect(await charsets(live, names[0] ?? '')).toBe(await charsets(lab.mariadb, ODD));
    expect(result.outputs).toMatchObject({
      'backup-id': dumped.backup.id,
      'recovered-to': manifest.instant,
    });
    expect(result.summary).toMatch(/^## ✅ realday: 2 databases restored in /);
    expect(result.summary).toContain('Left out: 2 events');
    expect(result.log).toMatch(new RegExp(`::warning::.* passed over: ${labelled}`));
    expect(result.summary).toContain('is not in the binary log');
  });

  it('the newest of a label, and it says what that leaves out', async () => {
    const result = await restore({ label: 'deploy' });
    expectGood(result);
    expect(result.outputs['backup-id']).toBe(labelled);
    expect(await databasesOf(live)).toEqual([result.outputs['databases']]);
    expect(result.log).toMatch(/::warning::.* It leaves out: \d+ databases? \(.*realday/);
    expect(result.summary).toMatch(/^⚠️ .* It leaves out: .*realday/m);
  });

  it('one database, into the name that was asked for, through the binary log', async () => {
    const [before] = await queryRows(live, 'SHOW MASTER STATUS');
    expectGood(await restore({ databases: 'realday', into: 'salvage`d', 'log-bin': 'true' }));
    expect(await databasesOf(live)).toEqual(['salvage`d']);
    expect(await contentOf(live, 'salvage`d')).toBe(await contentOf(lab.mariadb, 'realday'));
    expect(await queryRows(live, 'SHOW MASTER STATUS')).not.toEqual([before]);
  });

  it('one table, without its triggers', async () => {
    const result = await restore({ table: 'realday.message', into: 'salvage' });
    expectGood(result);
    expect(await databasesOf(live)).toEqual(['salvage']);
    const table = (server: MariadbAddress, database: string) =>
      runCommand('mariadb-dump', [
        ...['--no-defaults', `--socket=${server.socket}`, `--user=${server.adminUser}`, '--skip-triggers'],
        ...['--default-character-set=utf8mb4', '--skip-comments', '--hex-blob', '--', database, 'message'],
      ]);
    expect(await table(live, 'salvage')).toBe(await table(lab.mariadb, 'realday'));
    expect(await query(live, 'SHOW TABLES', 'salvage')).toBe('message\n');
    expect(await query(live, 'SHOW TRIGGERS', 'salvage')).toBe('');
    expect(result.summary).toContain('Left out: 1 trigger of the table');
  });

  it('over SSH, with a password, and no secret where others could see it', async () => {
    const secrets: Canary[] = [
      { name: 'the SSH key', value: readFileSync(lab.ssh.privateKeyPath, 'utf8') },
      { name: 'the password', value: PASSWORD },
      { name: 'the identity', value: readFileSync(lab.keys.recipients[0].secretKeyPath, 'utf8') },
      { name: "the store's key", value: lab.s3.reader.secretAccessKey },
    ];
    const started = startAction('restore', inputs({ ...overSsh(), databases: 'realday', into: 'from_afar' }));
    const watch = watchForLeaks({
      canaries: secrets,
      directories: [lab.ssh.home, lab.ssh.sharedMemory],
      initiated: new Set([started.child.pid ?? 0]),
    });
    const result = await started.ended;
    expect(watch.stop()).toEqual([]);
    expectGood(result);
    expect(findCanaries(result.log + result.summary, secrets)).toEqual([]);
    expect(await contentOf(live, 'from_afar')).toBe(await contentOf(lab.mariadb, 'realday'));
    await vi.waitFor(() => expect(findTargetProcesses(lab.ssh)).toEqual([]), { timeout: 10_000 });
  });
});

describe('under the same names', () => {
  it('into an empty server, accounts and events included', async () => {
    const own = await LabRun.start();
    try {
      const { address } = await startMariadb(own, { hasBinlog: false });
      const result = await runAction(
        'restore',
        restoreInputs(lab, address, { server: SERVER, 'same-names': 'true', accounts: 'true' }),
      );
      expectGood(result);
      expect(await databasesOf(address)).toEqual([ODD, 'realday']);
      for (const name of [ODD, 'realday'])
        expect(await contentOf(address, name, '--events')).toBe(
          await contentOf(lab.mariadb, name, '--events'),
        );
      expect(await query(address, "SELECT COUNT(*) FROM mysql.global_priv WHERE User = 'realday-app'")).toBe(
        '1\n',
      );
    } finally {
      await own.stop();
    }
  });

  it('nothing that is there is touched without `replace`, and nothing is fetched', async () => {
    await query(
      live,
      'CREATE DATABASE realday; CREATE TABLE realday.mine (a INT); INSERT INTO realday.mine VALUES (7)',
    );
    const result = await restore({ 'same-names': 'true', databases: 'realday' });
    expectRefused(result, 'restore-exists', /already there, and nothing is replaced: realday/);
    expect(result.log).not.toContain('Fetch');
    expect(await query(live, 'SELECT a FROM realday.mine')).toBe('7\n');

    expectGood(await restore({ 'same-names': 'true', databases: 'realday', replace: 'true' }));
    expect(await contentOf(live, 'realday')).toBe(await contentOf(lab.mariadb, 'realday'));
  });
});

describe('nothing is left of a restore that', () => {
  it.each(['on this machine', 'over SSH'])(
    'is stopped in the middle, and the next one works: %s',
    async (where) => {
      const given = inputs({ ...(where === 'over SSH' ? overSsh() : {}), databases: 'realday', into: 'cut' });
      const started = startAction('restore', given);
      await waitForTables('cut');
      started.child.kill('SIGINT');
      const result = await started.ended;
      expect(result.exitCode).toBe(130);
      expect(result.log).toContain('dropped again what was half loaded: cut');
      expect(await databasesOf(live)).toEqual([]);
      const busy = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'INSERT%'";
      expect(await query(live, busy)).toBe('0\n');
      expectGood(await runAction('restore', given));
    },
  );

  it('loses its connection in the middle', async () => {
    await using proxy = await startFlakyLine(lab.ssh.port);
    const started = startAction(
      'restore',
      inputs({ ...overSsh(proxy.port), databases: 'realday', into: 'cut' }),
    );
    await waitForTables('cut');
    proxy.cut();
    const result = await started.ended;
    expectRefused(result, 'ssh-lost', /What was half loaded is dropped again: cut/);
    expect(await databasesOf(live)).toEqual([]);
    await vi.waitFor(() => expect(findTargetProcesses(lab.ssh)).toEqual([]), { timeout: 10_000 });
  });

  it('the server refuses in the middle', async () => {
    await query(
      live,
      "CREATE USER small@localhost IDENTIFIED BY 'x'; GRANT CREATE, DROP, SELECT, INSERT, ALTER, LOCK TABLES, BINLOG ADMIN, BINLOG REPLAY ON *.* TO small@localhost",
    );
    const result = await restore({
      into: 'refused',
      databases: 'realday',
      'db-user': 'small',
      'db-password': 'x',
    });
    expectRefused(result, 'restore-failed', /What was half loaded is dropped again: refused/);
    expect(await databasesOf(live)).toEqual([]);
  });

  it.each<[string, string, RegExp, () => Record<string, string>]>([
    [
      'has the wrong identity',
      'identity-unfit',
      /The backup is encrypted to/,
      () => ({
        identity: readFileSync(lab.keys.signing.secretKeyPath, 'utf8'),
        'identity-passphrase': lab.keys.signing.passphrase,
      }),
    ],
    [
      'is not signed by somebody trusted',
      'signature-invalid',
      /the newest backup is refused/,
      () => ({ 'trusted-signers': readFileSync(lab.keys.proving.publicKeyPath, 'utf8') }),
    ],
    [
      'names a table that is not there',
      'restore-choice',
      /realday\.messages is no table/,
      () => ({ table: 'realday.messages' }),
    ],
    [
      'names a database that is not there',
      'restore-choice',
      /not in the backup: other/,
      () => ({ databases: 'other' }),
    ],
    [
      'cannot log in',
      'db-access-denied',
      /refused the log-in/,
      () => ({ 'db-user': 'restorer', 'db-password': 'wrong' }),
    ],
  ])('%s', async (_, code, says, changes) => {
    expectRefused(await restore(changes()), code, says);
    expect(await databasesOf(live)).toEqual([]);
  });

  it('finds an object that was changed, before it decrypts it', async () => {
    const { s3 } = lab;
    const client = createS3Client(s3, s3.owner);
    const object = manifest.objects.find(({ role }) => role === 'data');
    const Key = `${s3.prefix}/${object?.parts[0]?.key ?? ''}`;
    const { Body } = await client.send(new GetObjectCommand({ Bucket: s3.bucket, Key }));
    const good = Buffer.from((await Body?.transformToByteArray()) ?? []);
    try {
      const bad = Buffer.from(good);
      bad[bad.length - 100] = (bad[bad.length - 100] ?? 0) ^ 1;
      await client.send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body: bad }));
      expectRefused(await restore(), 'object-mismatch', /has the SHA-256/);
      expect(await databasesOf(live)).toEqual([]);
    } finally {
      await client.send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body: good }));
      client.destroy();
    }
  });
});

describe('a workflow', () => {
  it('must confirm what it does, and say who is trusted', async () => {
    const result = await restore({ confirm: 'yes', 'trusted-signers': '' });
    expect(result.exitCode).toBe(2);
    expect(result.log).toContain('Type exactly: restore realday into new names');
    expect(result.log).toContain('`trusted-signers`: nothing is given');
  });
});
