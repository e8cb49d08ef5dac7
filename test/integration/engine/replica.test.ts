// A server that is a replica of the lab's: its dump says how far behind it was, and one that has stopped or is too far behind is refused,
// although it answers like any other.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DumpBench, statementsIn } from '../../helpers/dump-bench.ts';
import { findWarnings } from '../../helpers/expect-failure.ts';
import { DUMP_GRANTS } from '../../lab/lab.ts';
import { createDumpUser, query, startMariadb, type MariadbAddress } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const { port } = lab.mariadb;
const HALF_AN_HOUR_S = 1_800;

let run: LabRun;
let replica: MariadbAddress;
let bench: DumpBench;
beforeAll(async () => {
  run = await LabRun.start();
  replica = (await startMariadb(run, { options: ['--server-id=4713'] })).address;
  const user = { dumpUser: 'lifeboat', dumpPassword: 'of the replica' };
  await createDumpUser(replica, DUMP_GRANTS, user);
  const gtid = (await query(lab.mariadb, 'SELECT @@gtid_binlog_pos')).trim();
  await query(
    lab.mariadb,
    `CREATE USER replication@'127.0.0.1' IDENTIFIED BY 'x'; GRANT REPLICATION SLAVE ON *.* TO replication@'127.0.0.1';
     CREATE DATABASE followed; CREATE TABLE followed.t (id INT PRIMARY KEY); INSERT INTO followed.t VALUES (1)`,
  );
  await query(
    replica,
    `SET GLOBAL gtid_slave_pos = '${gtid}';
     CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${port}, MASTER_USER = 'replication', MASTER_PASSWORD = 'x', MASTER_USE_GTID = slave_pos; START SLAVE`,
  );
  await expectAnswer('SELECT COUNT(*) FROM followed.t', /^1$/m);
  bench = await DumpBench.start({ ...lab, mariadb: { ...replica, ...user } }, 'replica', {
    databases: 'followed',
  });
});
afterAll(async () => {
  bench.stop();
  await run.stop();
  await query(lab.mariadb, `DROP DATABASE followed; DROP USER replication@'127.0.0.1'`);
});

/** Of the replica. */
async function expectAnswer(sql: string, answer: RegExp): Promise<void> {
  await vi.waitFor(async () => expect(await query(replica, sql)).toMatch(answer), {
    timeout: 30_000,
    interval: 20,
  });
}

it('is dumped while it follows, and the manifest says what and up to where', async () => {
  const { run: green, backup } = await bench.expectGreen();
  expect(backup.manifest['replicaOf']).toEqual([
    {
      host: '127.0.0.1',
      port,
      lagSeconds: 0,
      file: expect.stringMatching(/^binlog\.\d+$/) as string,
      position: expect.any(Number) as number,
      gtid: expect.stringMatching(/^0-4711-\d+$/) as string,
    },
  ]);
  expect(green.summary).toContain(`It comes from a replica of \`127.0.0.1:${port}\`, 0.0 s behind it.`);
  // MariaDB's default: binary logs that are shipped from here would lack all that matters.
  expect(backup.manifest['pitrAnchor']).toMatchObject({
    isAnchor: false,
    reasons: expect.arrayContaining([expect.stringContaining('log_slave_updates')]) as string[],
  });
  expect(findWarnings(green)).toEqual([]);
});

it('that has stopped is refused, and it makes no difference that another source is followed', async () => {
  await query(replica, "CHANGE MASTER 'west' TO MASTER_HOST = 'west.example', MASTER_USER = 'replication'");
  const message = await bench.expectRed('replica-stale');
  expect(message).toContain(`of west.example:3306 (west), its IO thread has stopped, and its SQL thread has`);
  await query(replica, "RESET SLAVE 'west' ALL; STOP SLAVE SQL_THREAD");
  expect(await bench.expectRed('replica-stale')).toContain(
    `of 127.0.0.1:${port}, its SQL thread has stopped`,
  );
});

it('goes unnoticed by an account that may not see it, with a warning', async () => {
  const rights = DUMP_GRANTS.filter((right) => right !== 'SLAVE MONITOR');
  await createDumpUser(replica, rights, { dumpUser: 'narrow', dumpPassword: 'secret' });
  const account = { 'db-user': 'narrow', 'db-password': 'secret' };
  const blind = await bench.run({ ...account, 'dry-run': 'true' });
  expect(blind.exitCode).toBe(0);
  const [warning = ''] = findWarnings(blind);
  expect(warning).toContain('could not be looked at');
  await query(replica, statementsIn(warning.replace('GRANT', '\nGRANT')).join('\n'));
  await bench.expectRed('replica-stale', account);
});

it('that is behind is refused beyond the limit, and dumped within it', async () => {
  await query(replica, 'STOP SLAVE; CHANGE MASTER TO MASTER_DELAY = 3600; START SLAVE');
  await query(
    lab.mariadb,
    `SET timestamp = UNIX_TIMESTAMP() - ${HALF_AN_HOUR_S}; INSERT INTO followed.t VALUES (2)`,
  );
  await expectAnswer('SHOW PROCESSLIST', /Waiting until MASTER_DELAY seconds/);
  expect(await bench.expectRed('replica-stale')).toMatch(/30 min( \d+ s)? behind/);
  const { backup } = await bench.expectGreen({ 'max-replica-lag': '1h' });
  const [{ lagSeconds = 0 } = {}] = backup.manifest['replicaOf'] as { lagSeconds?: number }[];
  expect(lagSeconds).toBeGreaterThanOrEqual(HALF_AN_HOUR_S);
});
