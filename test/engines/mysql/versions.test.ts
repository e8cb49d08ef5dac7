import { expect, it } from 'vitest';
import {
  compareNumbers,
  parseClientVersion,
  parseServerVersion,
} from '../../../src/engines/mysql/versions.ts';

it.each([
  ['10.6.22-MariaDB', 'MariaDB Server', 'mariadb', [10, 6, 22]],
  ['10.11.19-MariaDB-0+deb12u1-log', 'Debian 12', 'mariadb', [10, 11, 19]],
  ['11.4.5-MariaDB-ubu2404', 'mariadb.org binary distribution', 'mariadb', [11, 4, 5]],
  ['11.8.9-MariaDB-4 from Debian-log', 'Debian', 'mariadb', [11, 8, 9]],
  ['12.3.1-MariaDB', '', 'mariadb', [12, 3, 1]],
  ['13.0.1-MariaDB', '', 'mariadb', [13, 0, 1]],
  ['5.5.5-10.6.22-MariaDB-log', 'managed', 'mariadb', [10, 6, 22]],
  ['10.6.14-log', 'MariaDB Server', 'mariadb', [10, 6, 14]],
  ['8.0.40-0ubuntu0.22.04.1', '(Ubuntu)', 'mysql', [8, 0, 40]],
  ['8.4.3', 'MySQL Community Server - GPL', 'mysql', [8, 4, 3]],
  ['9.7.4', 'MySQL Community Server - GPL', 'mysql', [9, 7, 4]],
  ['26.7.0', 'MySQL Community Server - GPL', 'mysql', [26, 7, 0]],
  ['8.0.36-28', 'Percona Server (GPL), Release 28, Revision 47601f19', 'mysql', [8, 0, 36]],
  ['8.0.28', 'Source distribution', 'mysql', [8, 0, 28]],
])('knows the server %s (%s)', (version, comment, flavour, numbers) => {
  expect(parseServerVersion(version, comment)).toEqual({ flavour, numbers, text: version });
});

it.each(['', 'unknown', '8.0', '8.0.mysql_aurora.3.04.0', 'v10.6.1'])(
  'does not guess from "%s"',
  (version) => {
    expect(parseServerVersion(version, '')).toBeUndefined();
  },
);

it.each([
  [
    'mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)',
    'mariadb',
    [10, 11, 19],
  ],
  ['mysqldump  Ver 10.19 Distrib 10.6.22-MariaDB, for Linux (x86_64)', 'mariadb', [10, 6, 22]],
  ['mariadb-dump from 11.8.9-MariaDB, client 10.20 for debian-linux-gnu (x86_64)', 'mariadb', [11, 8, 9]],
  [
    'mariadb-dump  Ver 10.19 Distrib 10.6.16-11-MariaDB-enterprise, for Linux (x86_64)',
    'mariadb',
    [10, 6, 16],
  ],
  ['/usr/bin/mysqldump from 12.1.2-MariaDB, client 10.20 for Linux (x86_64)', 'mariadb', [12, 1, 2]],
  ['mysqldump  Ver 8.0.40-0ubuntu0.22.04.1 for Linux on x86_64 ((Ubuntu))', 'mysql', [8, 0, 40]],
  ['mysqldump  Ver 8.0.36-28 for Linux on x86_64 (Percona Server (GPL), Release 28)', 'mysql', [8, 0, 36]],
  ['mysqldump  Ver 9.7.4 for Linux on x86_64 (MySQL Community Server - GPL)', 'mysql', [9, 7, 4]],
  ['mysqldump  Ver 26.7.0 for Linux on x86_64', 'mysql', [26, 7, 0]],
  ['mysqldump  Ver 10.13 Distrib 5.7.44, for Linux (x86_64)', 'mysql', [5, 7, 44]],
])('knows the client that prints %s', (line, flavour, numbers) => {
  expect(parseClientVersion(line)).toMatchObject({ flavour, numbers });
});

it('knows nothing of a client that says nothing', () => {
  expect(parseClientVersion('')).toBeUndefined();
  expect(parseClientVersion('bash: mysqldump: not found')).toBeUndefined();
});

it.each([
  [[10, 6, 0], [10, 11, 0], -1],
  [[10, 11, 9], [10, 11, 10], -1],
  [[11, 0, 0], [10, 11, 19], 1],
  [[10, 6, 0], [10, 6, 0], 0],
])('compares %j with %j as numbers', (a, b, sign) => {
  expect(Math.sign(compareNumbers(a, b))).toBe(sign);
});
