import { expect, it } from 'vitest';
import {
  findStaleReplica,
  parseReplication,
  statusStatement,
} from '../../../../src/engines/mysql/dump/replication.ts';

const LIMIT_MS = 900_000;

type Fields = Readonly<Record<string, string>>;
/** What matters of the columns of a MariaDB 10.11, in their order; beyond these there are 50 more. */
const MARIADB: Fields = {
  Connection_name: '',
  Master_Host: '10.0.0.7',
  Master_Port: '3306',
  Relay_Master_Log_File: 'binlog.000012',
  Slave_IO_Running: 'Yes',
  Slave_SQL_Running: 'Yes',
  Exec_Master_Log_Pos: '1134',
  Seconds_Behind_Master: '3',
  Last_IO_Errno: '0',
  Last_SQL_Errno: '0',
  SQL_Delay: '0',
  SQL_Remaining_Delay: 'NULL',
  Gtid_Slave_Pos: '0-4711-5',
};
/** Of a MySQL 9.7, which breaks lines in the set of GTIDs. */
const MYSQL: Fields = {
  Source_Host: '10.0.0.7',
  Source_Port: '3306',
  Relay_Source_Log_File: 'binlog.000001',
  Replica_IO_Running: 'Yes',
  Replica_SQL_Running: 'Yes',
  Exec_Source_Log_Pos: '1341',
  Seconds_Behind_Source: '1803',
  Last_IO_Errno: '0',
  Last_SQL_Errno: '0',
  SQL_Delay: '3600',
  SQL_Remaining_Delay: '3598',
  Executed_Gtid_Set: String.raw`31b3c7ef-e5e5-11f1-89e4-02fc00000001:1-5,\n386948f3-e5e5-11f1-9f01-02fc00000001:1-2`,
  Channel_Name: '',
};

function printed(rows: readonly Fields[], variables: Fields = {}): string {
  const values = Object.entries(variables).map(([name, value]) => `${name}\t${value}`);
  const table = rows.length === 0 ? [] : [Object.keys(rows[0] ?? {}), ...rows.map(Object.values)];
  return ['Variable_name\tValue', ...values, ...table.map((row) => row.join('\t')), ''].join('\n');
}

const stale = (rows: readonly Fields[], limitMs = LIMIT_MS) =>
  findStaleReplica(parseReplication(printed(rows)), limitMs)?.message;

it('a server that follows nobody is no replica', () => {
  expect(parseReplication(printed([])).sources).toEqual([]);
  expect(stale([])).toBeUndefined();
});

it('what is followed, and up to where, is read on MariaDB', () => {
  const { sources } = parseReplication(printed([{ ...MARIADB, Connection_name: 'east' }]));
  const source = { host: '10.0.0.7', port: 3306, file: 'binlog.000012', position: 1134, gtid: '0-4711-5' };
  expect(sources).toEqual([{ source: { channel: 'east', ...source }, lagSeconds: 3, fault: undefined }]);
});

it('the same on MySQL, by either set of names', () => {
  const old = Object.fromEntries(
    Object.entries(MYSQL).map(([name, value]) => [
      name.replace('Replica', 'Slave').replace('Source', 'Master'),
      value,
    ]),
  );
  const { sources } = parseReplication(printed([MYSQL]));
  expect(sources).toEqual([
    {
      source: {
        ...{ host: '10.0.0.7', port: 3306, file: 'binlog.000001', position: 1341 },
        gtid: '31b3c7ef-e5e5-11f1-89e4-02fc00000001:1-5,386948f3-e5e5-11f1-9f01-02fc00000001:1-2',
      },
      lagSeconds: 1803,
      fault: undefined,
    },
  ]);
  expect(parseReplication(printed([old])).sources).toEqual(sources);
});

it.each<[Fields, string | undefined]>([
  [{}, undefined],
  [{ Seconds_Behind_Master: '900' }, undefined],
  [{ Seconds_Behind_Master: '901' }, 'of 10.0.0.7:3306, 15 min 1 s behind'],
  // Nothing was read from the source meanwhile, so that nothing seems to be behind.
  [{ Slave_IO_Running: 'No', Seconds_Behind_Master: '0' }, 'its IO thread has stopped'],
  [
    { Slave_IO_Running: 'Connecting', Seconds_Behind_Master: 'NULL', Last_IO_Errno: '2003' },
    'its IO thread is only connecting, after error 2003',
  ],
  [
    { Slave_SQL_Running: 'No', Seconds_Behind_Master: 'NULL', Last_SQL_Errno: '1062' },
    'its SQL thread has stopped, after error 1062',
  ],
  [{ Slave_SQL_Running: 'No', Slave_IO_Running: 'No' }, 'its IO thread has stopped, and its SQL thread'],
  [{ Seconds_Behind_Master: 'NULL' }, 'does not say how far it is behind'],
  // The next change waits for an hour, half of which is over.
  [{ SQL_Delay: '3600', SQL_Remaining_Delay: '1800', Seconds_Behind_Master: '0' }, '30 min behind'],
  [{ SQL_Delay: '3600', SQL_Remaining_Delay: '3500', Seconds_Behind_Master: '0' }, undefined],
])('a replica with %j is refused as it should be', (change, words) => {
  const message = stale([{ ...MARIADB, ...change }]);
  if (words === undefined) expect(message).toBeUndefined();
  else expect(message).toContain(words);
});

it('of several sources the worst counts', () => {
  const bad = { ...MARIADB, Connection_name: 'west', Slave_SQL_Running: 'No' };
  expect(stale([MARIADB, bad])).toMatch(/: of 10\.0\.0\.7:3306 \(west\), its SQL thread has stopped$/);
  expect(stale([bad, MARIADB])).toContain('(west)');
});

it('how a member of a group once joined is no source', () => {
  const joined = { ...MYSQL, Channel_Name: 'group_replication_recovery', Replica_IO_Running: 'No' };
  expect(parseReplication(printed([joined])).sources).toEqual([]);
});

it.each([
  [{ log_slave_updates: 'OFF' }, false],
  [{ log_slave_updates: 'OFF', Slaves_running: '1' }, true],
  [{ log_slave_updates: 'ON', Slaves_running: '1' }, false],
  [{ log_replica_updates: 'OFF', log_slave_updates: 'OFF', server_uuid: 'u' }, true],
])('what is not in its own binary logs is seen: %j', (variables: Fields, isNotLogged) => {
  expect(parseReplication(printed([], variables)).isNotLogged).toBe(isNotLogged);
});

it.each([
  ['mariadb', [11, 8, 3], 'SHOW ALL SLAVES STATUS'],
  ['mysql', [8, 0, 20], 'SHOW SLAVE STATUS'],
  ['mysql', [26, 7, 0], 'SHOW REPLICA STATUS'],
] as const)('is asked for by name: %s %j', (flavour, numbers, statement) => {
  expect(statusStatement({ flavour, numbers })).toBe(statement);
});
