// Credentials that lie on the target, good and bad ones, and a database server that cannot be reached.
import { chmodSync, chownSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DumpBench } from '../../helpers/dump-bench.ts';
import { query, quoteText } from '../../lab/mariadb.ts';
import { findFreePorts } from '../../lab/ports.ts';
import { runOnTarget } from '../../lab/target.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const USER = 'credentials_dump';
const ACCOUNT = `'${USER}'@'localhost'`;
const PASSWORD = String.raw` a "b' #c\d\n;$HOME ü `;
const FILE = path.join(lab.ssh.home, 'database-credentials');
const WITH_PASSWORD_FILE = {
  'db-user': USER,
  'db-password': '',
  'db-password-file': '~/database-credentials',
};
const WITH_DEFAULTS_FILE = { 'db-user': '', 'db-password': '', 'db-defaults-file': FILE };
/** For the option file of the client: in double quotes, with backslashes before backslashes and double quotes. */
const OPTIONS = `[client]\nuser = ${USER}\npassword = "${PASSWORD.replaceAll(/[\\"]/g, String.raw`\$&`)}"\n`;

let bench: DumpBench;

beforeAll(async () => {
  await query(
    lab.mariadb,
    `CREATE DATABASE credentials_shop; CREATE TABLE credentials_shop.item (id INT PRIMARY KEY);
     CREATE USER ${ACCOUNT} IDENTIFIED BY ${quoteText(PASSWORD)};
     GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, RELOAD, BINLOG MONITOR ON *.* TO ${ACCOUNT};`,
  );
  bench = await DumpBench.start(lab, 'faults-credentials', {
    databases: 'credentials_shop',
    accounts: 'false',
  });
});

afterEach(() => rmSync(FILE, { force: true }));

afterAll(async () => {
  await query(lab.mariadb, `DROP DATABASE credentials_shop; DROP USER ${ACCOUNT};`);
  bench.stop();
});

/** As the SSH user would leave it, unless the mode says otherwise. */
function writeCredentials(text: string, mode = 0o400): void {
  writeFileSync(FILE, text);
  const { uid, gid } = statSync(lab.ssh.home);
  chownSync(FILE, uid, gid);
  chmodSync(FILE, mode);
}

describe('a good file', () => {
  it.each([
    { what: 'a password', text: `${PASSWORD}\n`, inputs: WITH_PASSWORD_FILE },
    { what: 'a password without a line break', text: PASSWORD, inputs: WITH_PASSWORD_FILE },
    { what: 'options', text: `# for dumps\n${OPTIONS}\n`, inputs: WITH_DEFAULTS_FILE },
  ])('with $what', async ({ text, inputs }) => {
    writeCredentials(text);
    await bench.expectGreen(inputs);
  });
});

describe('a file that others can get at', () => {
  it.each([
    { input: 'db-password-file', text: PASSWORD, inputs: WITH_PASSWORD_FILE },
    { input: 'db-defaults-file', text: OPTIONS, inputs: WITH_DEFAULTS_FILE },
  ])('as $input: the printed command mends it', async ({ input, text, inputs }) => {
    writeCredentials(text, 0o640);
    const message = await bench.expectRed('db-credentials-file', inputs);
    expect(message).toContain(`${input}: `);
    expect(message).toContain('can be read by others (-rw-r-----');
    const fix = /On the target: (chown .*)/.exec(message)?.[1] ?? '';
    expect(await runOnTarget(lab.ssh, fix)).toMatchObject({ status: 0 });
    await bench.expectGreen(inputs);
  });

  it('because it is theirs', async () => {
    writeCredentials(PASSWORD);
    const other = process.getuid?.() === 0 ? 65_534 : undefined;
    if (other === undefined) writeCredentials(PASSWORD, 0o604);
    else chownSync(FILE, other, other);
    const message = await bench.expectRed('db-credentials-file', WITH_PASSWORD_FILE);
    expect(message).toContain('chmod 400');
  });
});

describe('a file that cannot be used', () => {
  it('because it is not there', async () => {
    for (const inputs of [WITH_PASSWORD_FILE, WITH_DEFAULTS_FILE]) {
      expect(await bench.expectRed('db-credentials-file', inputs)).toContain('is not there');
    }
  });

  it.each([
    [`${OPTIONS}where=id < 2\n`, '[client] where'],
    [`${OPTIONS}[mariadb-dump]\nignore-table=credentials_shop.item\n`, '[mariadb-dump] ignore-table'],
    [`!include /etc/mysql/my.cnf\n${OPTIONS}`, '!include'],
  ])('because it would change the dump: %#', async (text, expected) => {
    writeCredentials(text);
    const message = await bench.expectRed('db-credentials-file', WITH_DEFAULTS_FILE);
    expect(message).toContain(expected);
    expect(message).toContain('one group [client]');
    expect(message).not.toContain(PASSWORD);
  });
});

describe('the database server', () => {
  it('refuses a wrong password', async () => {
    const password = 'wrong-canary-password';
    const message = await bench.expectRed('db-access-denied', { 'db-user': USER, 'db-password': password });
    expect(message).toContain(`Access denied for user '${USER}'`);
    expect(message).not.toContain(password);
    writeCredentials(`${password}\n`);
    await bench.expectRed('db-access-denied', WITH_PASSWORD_FILE);
  });

  it('is not at the socket', async () => {
    const message = await bench.expectRed('db-unreachable', { 'db-socket': '/run/nowhere.sock' });
    expect(message).toContain('/run/nowhere.sock');
  });

  it('is not at the port', async () => {
    const { port } = await findFreePorts('port');
    const message = await bench.expectRed('db-unreachable', {
      'db-socket': '',
      'db-host': '127.0.0.1',
      'db-port': String(port),
    });
    expect(message).toContain('127.0.0.1');
  });
});
