import { expect, it } from 'vitest';
import type { LifeboatError } from '../../../src/errors.ts';
import { classifyDumpStderr, explainClientFailure } from '../../../src/engines/mysql/client-errors.ts';

const failed = (said: string, status: number | undefined = 2) => ({
  label: 'the dump',
  statuses: new Map([['dump', status]]),
  reports: [],
  stderr: new Map([['dump', said]]),
});
const codeOf = (said: string, status?: number) =>
  (explainClientFailure(failed(said, status), 'dump') as LifeboatError | undefined)?.code;

it.each([
  ['ERROR 1045 (28000): Access denied for user', 'db-access-denied'],
  ['mariadb-dump: Got error: 1698: "Access denied for user" when trying to connect', 'db-access-denied'],
  ["ERROR 1130 (HY000): Host '10.0.0.1' is not allowed to connect", 'db-access-denied'],
  ['mariadb-dump: Got error: 2002: "Can\'t connect to server" when trying to connect', 'db-unreachable'],
  ['ERROR 2026 (HY000): TLS/SSL error', 'db-unreachable'],
  ['ERROR 1040 (08004): Too many connections', 'db-unreachable'],
  [
    'mariadb-dump: Error 2013: Lost connection to server during query when dumping table `t` at row: 1045',
    'db-unreachable',
  ],
  ["mariadb-dump: Couldn't execute 'SHOW CREATE TRIGGER `t`': Access denied (1227)", 'db-rights-missing'],
  ["ERROR 1044 (42000): Access denied for user 'x' to database 'y'", 'db-rights-missing'],
  [
    'mariadb-dump: Error 1412: Table definition has changed when dumping table `t` at row: 5',
    'catalogue-changed',
  ],
  [
    "Error: Couldn't read status information for table last ()\nmariadb-dump: Couldn't execute 'show create table `last`': Table 'd.last' doesn't exist (1146)",
    'catalogue-changed',
  ],
  [
    "mysqldump: Couldn't execute 'FLUSH /*!40101 LOCAL */ TABLES': Lock wait timeout exceeded; try restarting transaction (1205)",
    'target-stage-failed',
  ],
  // As Amazon RDS answers accounts of every kind.
  [
    "mysqldump: Couldn't execute 'FLUSH TABLES WITH READ LOCK': Access denied for user 'x'@'%' (using password: YES) (1045)",
    'db-lock-refused',
  ],
  [
    "mysqldump: Couldn't execute 'FLUSH /*!40101 LOCAL */ TABLES': Access denied; you need (at least one of) the RELOAD or FLUSH_TABLES privilege(s) for this operation (1227)",
    'db-lock-refused',
  ],
  // Numbers that are none of errors.
  ['mariadb-dump: Got errno 32 on write', undefined],
  ['mariadb-dump: Error: disk failure at row: 1045', undefined],
  ["mariadb-dump: Couldn't find table: `2002`", undefined],
  ['mariadb-dump: Error 5: Out of memory for 1142 rows', undefined],
])('takes "%s" for %s', (said, code) => {
  expect(codeOf(said)).toBe(code);
});

it('leaves the word to others when it is not the client that failed', () => {
  const said = 'ERROR 1045 (28000): Access denied';
  expect(
    [undefined, 0, 141].map((status) => explainClientFailure(failed(said, status ?? undefined), 'other')),
  ).toEqual([undefined, undefined, undefined]);
  expect([codeOf(said, 0), codeOf(said, 141)]).toEqual([undefined, undefined]);
});

it('says it in its own words when the names do not fit into a command line', () => {
  const error = explainClientFailure(failed('/bin/sh: 1: mariadb-dump: Argument list too long', 126), 'dump');
  expect(error?.message).toContain('too many for one command line');
});

it.each([
  ['', [], []],
  [
    "mariadb-dump: Deprecated program name. It will be removed in a future release, use '/usr/bin/mariadb-dump' instead\n",
    [],
    [],
  ],
  ['mysqldump: [Warning] Using a password on the command line interface can be insecure.\n', [], []],
  ['Warning: mariadb-dump: ignoring option\n', [], ['Warning: mariadb-dump: ignoring option']],
  ["mariadb-dump: Couldn't find table: `warning`\n", ["mariadb-dump: Couldn't find table: `warning`"], []],
  ['note `warning` note\n', ['note `warning` note'], []],
  ['mysqldump: [Warning] Error: it is one\n', ['mysqldump: [Warning] Error: it is one'], []],
  ['something else\n', ['something else'], []],
])('sorts what a dump said that ended well: %j', (said, errors, warnings) => {
  expect(classifyDumpStderr(said)).toEqual({ errors, warnings });
});

it('shows the line with the error, not the statement that the client repeats before it', () => {
  const said =
    "--------------\nSELECT 1 FROM mysql.proc\n--------------\n\nERROR 1142 (42000) at line 1: SELECT command denied to user 'dump'@'localhost' for table `mysql`.`proc`\n";
  const error = explainClientFailure(failed(said), 'dump');
  expect(error).toMatchObject({ code: 'db-rights-missing' });
  expect(error?.message).toContain('the dump: the dump user lacks a right: ERROR 1142 (42000)');
});
