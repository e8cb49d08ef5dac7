// A MariaDB that is written to while it is dumped, shipped and killed: every commit that a session was told of comes back, at its time.
import { afterAll, beforeAll, it } from 'vitest';
import { BINLOG_GRANTS, BINLOG_USER, BinlogSite } from '../../helpers/binlog-site.ts';
import { expectEveryCommit } from '../../helpers/commit-log.ts';
import { useLab } from '../../helpers/use-lab.ts';
import { runCommand, tryCommand } from '../../lab/command.ts';
import { DUMP_GRANTS } from '../../lab/lab.ts';
import { createDumpUser, query, startMariadb, type MariadbServer } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';

const lab = useLab();
/** A commit survives that the server is killed. */
const DURABLE = ['--innodb-flush-log-at-trx-commit=1', '--sync-binlog=1'];

let run: LabRun;
let mariadb: MariadbServer;
beforeAll(async () => {
  run = await LabRun.start();
  mariadb = await startMariadb(run, { options: DURABLE });
  const { dumpPassword } = lab.mariadb;
  await createDumpUser(mariadb.address, BINLOG_GRANTS, { dumpUser: BINLOG_USER, dumpPassword });
  await createDumpUser(mariadb.address, DUMP_GRANTS, { dumpUser: 'lifeboat', dumpPassword });
});
afterAll(() => run.stop());

it('every commit that a session was told of is there at its time, in two domains and behind a crash', async () => {
  const { address } = mariadb;
  const client = [`--socket=${address.socket}`, `--user=${address.adminUser}`];
  const site = new BinlogSite(lab, address, 'commits');
  await expectEveryCommit(
    {
      flavour: 'mariadb',
      site,
      dumpLab: { ...lab, mariadb: { ...lab.mariadb, ...address, dumpUser: 'lifeboat' } },
      query: (sql) => query(address, sql),
      runSession: (input) =>
        tryCommand(
          'mariadb',
          ['--no-defaults', ...client, '--batch', '--skip-column-names', '--unbuffered'],
          {
            input,
          },
        ),
      decode: (input) =>
        runCommand('mariadb-binlog', ['--no-defaults', '--base64-output=decode-rows', '--verbose', '-'], {
          input,
        }),
      crash: () => mariadb.crash(),
    },
    {},
    'SET gtid_domain_id = 7;',
  );
});
