// Binary logs of a real MySQL with GTIDs, on a machine of its own: by the server's own program, which writes into a pipe.
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BINLOG_USER, BinlogSite, grownOld } from '../../helpers/binlog-site.ts';
import { expectFailure, expectNoSecrets, findWarnings } from '../../helpers/expect-failure.ts';
import { expectEveryCommit } from '../../helpers/commit-log.ts';
import { startMachine, type Machine } from '../../lab/machine.ts';
import { LabRun } from '../../lab/run.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const LOG = (number: number) => `binlog.${String(number).padStart(6, '0')}`;
const WRITE = "INSERT INTO shop.orders (note) VALUES ('order');";
const MYSQL = { engine: 'mysql' };
const DUMP_GRANTS = 'SELECT, SHOW VIEW, TRIGGER, EVENT, RELOAD, REPLICATION CLIENT';
/** Of the machine's database server. */
const OPTION_FILE = '/run/lab/server.cnf';
const CLIENT = [
  'mysql',
  '--no-defaults',
  '--socket=/run/mysqld/mysqld.sock',
  '--batch',
  '--skip-column-names',
];

let run: LabRun;
let machine: Machine;
let site: BinlogSite;
beforeAll(async () => {
  run = await LabRun.start();
  machine = await startMachine(run, 'mysql');
  site = new BinlogSite(lab, { ...lab.mariadb, socket: machine.socket }, 'mysql-binlogs', {
    ...lab.ssh,
    ...machine.address,
  });
  const password = lab.mariadb.dumpPassword.replaceAll(/[\\']/g, String.raw`\$&`);
  await machine.query(
    `RESET BINARY LOGS AND GTIDS; CREATE DATABASE shop; CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, note TEXT);
     CREATE USER ${BINLOG_USER}@localhost IDENTIFIED BY '${password}'; GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${BINLOG_USER}@localhost`,
  );
});
afterAll(() => run.stop());

/** A file as the server has it. */
async function read(name: string): Promise<Buffer> {
  const { stdout } = await machine.exec(['base64', `/var/lib/mysql/${name}`]);
  return Buffer.from(stdout.toString(), 'base64');
}

it('is shipped byte for byte, with its GTIDs, and each once', async () => {
  expectFailure(site, await site.run(MYSQL), {
    code: 'db-rights-missing',
    says: [/GRANT RELOAD ON \*\.\* TO `binlogs`@`localhost`;/],
  });
  await machine.query(`GRANT RELOAD ON *.* TO ${BINLOG_USER}@localhost`);
  await machine.query(
    `SET binlog_transaction_compression = ON; ${WRITE} FLUSH BINARY LOGS; SET gtid_next = '11111111-2222-3333-4444-555555555555:7'; ${WRITE} SET gtid_next = AUTOMATIC; ${WRITE}`,
  );
  expect((await site.ship(MYSQL)).names).toEqual([LOG(1), LOG(2)]);
  await machine.query(WRITE);
  const second = await site.ship(MYSQL);
  expect(second.names).toEqual([LOG(3)]);
  expectNoSecrets(site, second.run);
  expect((await site.ship(MYSQL)).names).toEqual([]);
  const stored = await site.stored();
  for (const { manifest, bytes } of stored) {
    expect(bytes.equals(await read(manifest.binlog.name)), manifest.binlog.name).toBe(true);
  }
  const [, two, three] = stored.map(({ manifest }) => manifest.binlog);
  const executed = (await machine.query('SELECT @@GLOBAL.gtid_executed')).replaceAll(/\\n|\s/g, '');
  expect(three?.gtidsAfter).toBe(executed);
  expect(two).toMatchObject({ closedBy: 'rotate', next: LOG(3), checksum: 'crc32', transactions: 2 });
  expect(three?.gtidsBefore).toBe(two?.gtidsAfter);
  const [uuid = ''] = (await machine.query('SELECT @@server_uuid')).split('\n');
  expect(stored[0]?.manifest.source).toMatchObject({ flavour: 'mysql', serverUuid: uuid });
});

it('is told when the server began anew, or a file lost a transaction', async () => {
  await machine.query(WRITE);
  await site.ship(MYSQL);
  await machine.query(`RESET BINARY LOGS AND GTIDS; ${WRITE}`);
  const reset = await site.attempt(MYSQL);
  expectFailure(site, reset.run, { code: 'binlog-gap', says: [/were reset/], outputs: reset.run.outputs });
  expect(reset.names).toEqual([LOG(1)]);
  await machine.query(`${WRITE} FLUSH BINARY LOGS; ${WRITE}`);
  const file = await read(LOG(2));
  const borders = [];
  for (let at = 4; at < file.length; at += file.readUInt32LE(at + 9)) borders.push(at);
  // The closing event, and the last transaction: its GTID, begin, table, rows and commit.
  await machine.exec(['truncate', `--size=${borders.at(-6) ?? 0}`, `/var/lib/mysql/${LOG(2)}`]);
  const cut = await site.attempt(MYSQL);
  expectFailure(site, cut.run, {
    code: 'binlog-damaged',
    says: [/its end is missing/],
    outputs: cut.run.outputs,
  });
  expect(cut.names).toEqual([LOG(3)]);
});

/** A server in the store that nothing was shipped of. */
async function beginAnew(name: string): Promise<BinlogSite> {
  await machine.query('RESET BINARY LOGS AND GTIDS');
  return new BinlogSite(lab, { ...lab.mariadb, socket: machine.socket }, name, {
    ...lab.ssh,
    ...machine.address,
  });
}

it('that the server refuses to send is told, all others are shipped, and it is as soon as it can be', async () => {
  const anew = await beginAnew('mysql-refused');
  const setMode = async (...modes: readonly string[]) => {
    for (const mode of modes) await machine.query(`SET GLOBAL gtid_mode = ${mode}`);
  };
  await machine.query(
    `FLUSH BINARY LOGS; ${WRITE} FLUSH BINARY LOGS; SET gtid_next = 'AUTOMATIC:tag'; ${WRITE}`,
  );
  // Each rotates.
  await setMode('ON_PERMISSIVE', 'OFF_PERMISSIVE', 'OFF');
  const red = await anew.attempt(MYSQL).finally(() => setMode('OFF_PERMISSIVE', 'ON_PERMISSIVE', 'ON'));
  expectFailure(anew, red.run, {
    code: 'binlog-unreadable',
    says: [`${LOG(2)} cannot be read`, /Cannot replicate GTID-transaction when @@GLOBAL.GTID_MODE = OFF/],
    outputs: red.run.outputs,
  });
  expect(red.names).toEqual([1, 4, 5].map(LOG));
  expect(red.run.summary).toContain(`The unbroken chain begins with \`${LOG(4)}\``);
  const mended = await anew.ship(MYSQL);
  expect(mended.names).toEqual([2, 3, 6, 7, 8].map(LOG));
  expect(mended.run.summary).toContain(`The unbroken chain begins with \`${LOG(1)}\``);
  expect(findWarnings(mended.run)).toContainEqual(expect.stringContaining('GTIDs with tags'));
});

it('is removed from the server with `purge: shipped`, with the rights for it, when it is in the store', async () => {
  expectFailure(site, await site.run({ ...MYSQL, purge: 'shipped' }), {
    code: 'db-rights-missing',
    says: [/GRANT BINLOG_ADMIN, PROCESS ON/],
  });
  await machine.query(`GRANT BINLOG_ADMIN, PROCESS ON *.* TO ${BINLOG_USER}@localhost`);
  await machine.query(WRITE);
  const anew = await beginAnew('mysql-purged');
  await machine.query(`FLUSH BINARY LOGS; ${WRITE} FLUSH BINARY LOGS; ${WRITE} FLUSH BINARY LOGS; ${WRITE}`);
  await machine.exec(['truncate', '--size=0', `/var/lib/mysql/${LOG(2)}`]);
  const purge = { ...MYSQL, purge: 'shipped', 'purge-keep': '1m' };
  expect((await anew.attempt(purge)).names).toEqual([LOG(1), LOG(3), LOG(4)]);
  const state = `/home/deploy/.lifeboat/${path.basename(anew.stateFile)}`;
  const { stdout } = await machine.exec(['cat', state]);
  await machine.exec(['tee', state], { input: anew.reseal(stdout.toString(), grownOld) });
  const { run: purged } = await anew.ship(purge);
  expect(purged.summary).toContain(`because an earlier run shipped them: \`${LOG(1)}\`.`);
  // The second is not in the store, and stays, with everything behind it.
  const files = (await machine.exec(['ls', '/var/lib/mysql'])).stdout.toString().split('\n');
  expect(files.filter((name) => /^binlog\.\d+$/.test(name))).toEqual([2, 3, 4, 5].map(LOG));
});

it('brings back every commit that a session was told of at its time, behind a crash, too, with GTIDs and without', async () => {
  const dumpUser = 'commits';
  const password = lab.mariadb.dumpPassword.replaceAll(/[\\']/g, String.raw`\$&`);
  await machine.query(
    `CREATE USER ${dumpUser}@localhost IDENTIFIED BY '${password}'; GRANT ${DUMP_GRANTS} ON *.* TO ${dumpUser}@localhost;
     GRANT REPLICATION SLAVE, REPLICATION CLIENT, RELOAD ON *.* TO ${BINLOG_USER}@localhost; REVOKE BINLOG_ADMIN, PROCESS ON *.* FROM ${BINLOG_USER}@localhost`,
  );
  const tool = ['mysqlbinlog', '--no-defaults', '--base64-output=decode-rows', '--verbose', '-'];
  // A test before left a binlog that a server would not start with.
  await machine.query('RESET BINARY LOGS AND GTIDS');
  for (const mode of ['ON', 'OFF']) {
    // A commit survives that the server is killed. It is, once before, for some of this counts from a start on.
    await machine.exec([
      'sh',
      '-c',
      `printf 'innodb-flush-log-at-trx-commit=1\\ngtid-mode=${mode}\\n' >>${OPTION_FILE}`,
    ]);
    await machine.crash();
    // A server without GTIDs sends no binlog that has some; and the one before may be damaged.
    await machine.query('RESET BINARY LOGS AND GTIDS');
    const own = new BinlogSite(lab, site.lab.mariadb, `commits-${mode.toLowerCase()}`, site.lab.ssh);
    await expectEveryCommit(
      {
        flavour: 'mysql',
        site: own,
        dumpLab: { ...own.lab, mariadb: { ...own.lab.mariadb, dumpUser } },
        query: (sql) => machine.query(sql),
        runSession: (input) => machine.exec([...CLIENT, '--unbuffered'], { input }),
        decode: async (input) => (await machine.exec(tool, { input })).stdout.toString(),
        crash: () => machine.crash(),
      },
      MYSQL,
    );
  }
});
