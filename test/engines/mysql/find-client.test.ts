// Which clients may dump which servers.
import { expect, it } from 'vitest';
import type { LifeboatError } from '../../../src/errors.ts';
import { checkVersions } from '../../../src/engines/mysql/find-client.ts';
import { parseClientVersion, parseServerVersion, type Flavour } from '../../../src/engines/mysql/versions.ts';

const CLIENTS = {
  '10.11-MariaDB': 'mysqldump  Ver 10.19 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)',
  '10.5-MariaDB': 'mysqldump  Ver 10.19 Distrib 10.5.22-MariaDB, for Linux (x86_64)',
  '5.7': 'mysqldump  Ver 10.13 Distrib 5.7.44, for Linux (x86_64)',
  '8.0': 'mysqldump  Ver 8.0.40-0ubuntu0.22.04.1 for Linux on x86_64 ((Ubuntu))',
  '8.4': 'mysqldump  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)',
  '9.7': 'mysqldump  Ver 9.7.4 for Linux on x86_64 (MySQL Community Server - GPL)',
} as const;

/** The code of the refusal; empty when there is none. */
function refusal(engine: Flavour, server: string, client: keyof typeof CLIENTS): string {
  const versions = [parseServerVersion(server, ''), parseClientVersion(CLIENTS[client])] as const;
  if (versions[0] === undefined || versions[1] === undefined) throw new Error('no version');
  try {
    checkVersions(engine, versions[0], versions[1]);
    return '';
  } catch (error) {
    return (error as LifeboatError).code;
  }
}

it.each([
  ['mariadb', '10.11.19-MariaDB', '10.11-MariaDB', ''],
  ['mysql', '8.0.40', '8.0', ''],
  ['mysql', '8.4.3', '8.4', ''],
  ['mysql', '8.0.40', '9.7', ''],
  ['mysql', '9.7.4', '9.7', ''],
  ['mysql', '26.7.0', '9.7', ''],
  // The other flavour's server, and the other flavour's tool under the name that both have.
  ['mariadb', '9.7.4', '9.7', 'db-flavour-mix'],
  ['mysql', '10.11.19-MariaDB', '10.11-MariaDB', 'db-flavour-mix'],
  ['mysql', '9.7.4', '10.11-MariaDB', 'db-flavour-mix'],
  ['mariadb', '10.11.19-MariaDB', '9.7', 'db-flavour-mix'],
  // Too old, or too new to have been tried.
  ['mysql', '5.7.44', '8.0', 'db-version-unsupported'],
  ['mysql', '8.0.19', '8.0', 'db-version-unsupported'],
  ['mysql', '8.0.40', '5.7', 'db-version-unsupported'],
  ['mariadb', '10.5.22-MariaDB', '10.11-MariaDB', 'db-version-unsupported'],
  ['mariadb', '13.0.1-MariaDB', '10.11-MariaDB', 'db-version-unsupported'],
  ['mariadb', '10.11.19-MariaDB', '10.5-MariaDB', 'db-version-unsupported'],
  // It would ask SHOW MASTER STATUS, which is gone.
  ['mysql', '8.4.3', '8.0', 'db-version-unsupported'],
] as const)('`engine: %s`, server %s, client %s: %s', (engine, server, client, code) => {
  expect(refusal(engine, server, client)).toBe(code);
});
