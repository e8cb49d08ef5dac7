// A private MariaDB server: own data directory, socket and port, binary log on, nothing durable about it.
import { chown } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand, tryCommand, type CommandOptions } from './command.ts';
import { findFreePorts } from './ports.ts';
import type { LabProcess, LabRun } from './run.ts';

const MARIADBD = '/usr/sbin/mariadbd';
/** The first start on busy cores took 4 s. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
const BINLOG = ['--log-bin=binlog', '--binlog-format=ROW', '--server-id=4711'];
/** Its data need not survive anything. */
const FAST = [
  ...['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0'],
  ...['--innodb-buffer-pool-size=512M', '--innodb-log-file-size=256M'],
];

export interface MariadbOptions {
  /** More options for mariadbd, e.g. `--event-scheduler=ON`. */
  readonly options?: readonly string[];
  /** Off for a server that is only restored into. */
  readonly hasBinlog?: boolean;
}

/** How to reach a server as its administrator; plain data. */
export interface MariadbAddress {
  readonly socket: string;
  readonly port: number;
  /** Has every right; logs in over the socket, as the operating-system user that runs the lab, without password. */
  readonly adminUser: string;
  readonly dataDirectory: string;
}

export interface MariadbServer {
  readonly address: MariadbAddress;
  /** Process id of mariadbd. */
  readonly pid: number;
  stop(): Promise<void>;
  /** Kills it in the middle of whatever it does, starts it again on the same data, and returns when it answers. */
  crash(): Promise<void>;
}

/** Makes an empty server and returns when it answers. */
export async function startMariadb(run: LabRun, options: MariadbOptions = {}): Promise<MariadbServer> {
  const { port } = await findFreePorts('port');
  const name = `mariadb-${port}`;
  await run.makeDirectory(name);
  const dataDirectory = await run.makeDirectory(path.join(name, 'data'), 0o750);
  const socketDirectory = await run.makeDirectory(path.join(name, 'run'));
  // A server that starts removes every temporary table that it finds: two must not share a directory for them.
  const temporary = await run.makeDirectory(path.join(name, 'tmp'), 0o750);
  const directories = [dataDirectory, socketDirectory, temporary];
  const asUser = process.getuid?.() === 0 ? await giveToMysql(directories) : [];
  const places = [`--datadir=${dataDirectory}`, `--tmpdir=${temporary}`, ...asUser];
  const adminUser = userInfo().username;
  await runCommand(
    'mariadb-install-db',
    [
      ...['--no-defaults', ...places, '--skip-test-db'],
      ...['--auth-root-authentication-method=socket', `--auth-root-socket-user=${adminUser}`],
    ],
    { env: run.environment },
  );
  const socket = path.join(socketDirectory, 'mysqld.sock');
  const command: readonly [string, ...string[]] = [
    MARIADBD,
    ...['--no-defaults', ...places],
    ...[`--socket=${socket}`, `--port=${port}`, '--bind-address=127.0.0.1'],
    ...[`--pid-file=${socketDirectory}/mysqld.pid`, '--max-allowed-packet=1G', ...FAST],
    ...(options.hasBinlog === false ? [] : BINLOG),
    ...(options.options ?? []),
  ];
  const address = { socket, port, adminUser, dataDirectory };
  const launch = async (log: string): Promise<LabProcess> => {
    const process = run.spawn(command, { log: path.join(name, log) });
    await waitForAnswer(address, process);
    return process;
  };
  let server = await launch('mariadbd.log');
  return {
    address,
    pid: server.record.pid,
    stop: () => server.stop(),
    crash: async () => {
      await server.stop();
      server = await launch('mariadbd-again.log');
    },
  };
}

/** mariadbd refuses to run as root; the package brings a user for it. */
async function giveToMysql(directories: readonly string[]): Promise<string[]> {
  const ids = (await runCommand('id', ['mysql'])).match(/uid=(\d+).* gid=(\d+)/);
  for (const directory of directories) await chown(directory, Number(ids?.[1]), Number(ids?.[2]));
  return ['--user=mysql'];
}

/** Runs SQL as the administrator and returns what it printed: tab-separated, without headings. */
export async function query(server: MariadbAddress, sql: string | Readable, database = ''): Promise<string> {
  return runCommand('mariadb', clientArguments(server, database), withSql(sql));
}

/** Rows as lists of columns; values as MariaDB prints them in batch mode, with backslash escapes. */
export async function queryRows(server: MariadbAddress, sql: string, database = ''): Promise<string[][]> {
  const text = await query(server, sql, database);
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  return lines.map((line) => line.split('\t'));
}

function clientArguments(server: MariadbAddress, database: string): string[] {
  const connection = [`--socket=${server.socket}`, `--user=${server.adminUser}`];
  const manner = [
    '--batch',
    '--skip-column-names',
    '--binary-mode',
    '--comments',
    '--default-character-set=utf8mb4',
  ];
  return ['--no-defaults', ...connection, ...manner, '--max-allowed-packet=1G', '--', database];
}

function withSql(sql: string | Readable): CommandOptions {
  return { input: sql, env: { PATH: process.env['PATH'] } };
}

export interface DumpUser {
  readonly dumpUser: string;
  readonly dumpPassword: string;
}

/** Makes the user that dumps; `grants` are privileges ON *.*, e.g. `['SELECT', 'SHOW VIEW']`. */
export async function createDumpUser(
  server: MariadbAddress,
  grants: readonly string[],
  { dumpUser, dumpPassword }: DumpUser,
): Promise<void> {
  const account = `${quoteText(dumpUser)}@'localhost'`;
  const identified = `CREATE USER ${account} IDENTIFIED BY ${quoteText(dumpPassword)};`;
  await query(server, `${identified} GRANT ${grants.join(', ')} ON *.* TO ${account};`);
}

/** A string literal of SQL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

async function waitForAnswer(address: MariadbAddress, server: LabProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const { status } = await tryCommand('mariadb', clientArguments(address, 'mysql'), withSql('SELECT 1'));
    if (status === 0) return;
    const end = server.describeEnd();
    if (end !== undefined) throw new Error(end);
    if (Date.now() > deadline) throw new Error('MariaDB does not answer');
    await sleep(POLL_MS);
  }
}
