// Another server to back up, a machine of its own in a container: MySQL, or other versions of sshd, MariaDB and gpg than the host has.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandOptions, CommandResult } from './command.ts';
import { Container } from './podman.ts';
import { canConnect, findFreePorts } from './ports.ts';
import { RUN_VARIABLE } from './processes.ts';
import { findMysqlRoot, findRootFileSystem } from './root-file-system.ts';
import type { LabRun } from './run.ts';
import { createHostKeys, createSshKey } from './ssh-keys.ts';
import { renderMark, type SshAddress } from './target.ts';

const START_TIMEOUT_MS = 90_000;
const POLL_MS = 100;

export interface Machine {
  readonly address: SshAddress;
  /** Of the database server; path inside the machine. */
  readonly socket: string;
  /** Runs a command inside as root. */
  exec(command: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Runs SQL as the server's administrator, and returns the rows; throws when it fails. */
  query(sql: string | Uint8Array): Promise<string>;
  /** SIGKILL for the database server, by its process id; returns when it answers again. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the machine and returns when it takes logins. */
export async function startMachine(run: LabRun, flavour: 'mariadb' | 'mysql' = 'mariadb'): Promise<Machine> {
  const ports = await findFreePorts('ssh', 'database');
  const name = `machine-${ports.ssh}`;
  const keys = await run.makeDirectory(name);
  const privateKeyPath = run.path(`${name}.client_key`);
  await writeFile(path.join(keys, 'authorized_keys'), await createSshKey(privateKeyPath));
  const knownHosts = await createHostKeys(keys, ports.ssh);
  const container = await Container.start(run, name, {
    root: await (flavour === 'mysql' ? findMysqlRoot() : findRootFileSystem()),
    script: path.join(import.meta.dirname, 'machine.sh'),
    env: {
      SSH_PORT: String(ports.ssh),
      DB_FLAVOUR: flavour,
      DB_PORT: String(ports.database),
      SESSION_VARIABLES: `${RUN_VARIABLE}=${run.id} ${renderMark({ port: ports.ssh })}`,
    },
    options: ['--volume', `${keys}:/lab-keys:ro`],
  });
  await waitForLogins(ports.ssh, container);
  const socket = '/run/mysqld/mysqld.sock';
  return {
    address: { host: '127.0.0.1', port: ports.ssh, user: 'deploy', privateKeyPath, knownHosts },
    socket,
    exec: (command, options) => container.exec(command, options),
    query: (sql) => querySocket(container, [flavour, '--no-defaults', `--socket=${socket}`], sql),
    crash: () => crash(container, flavour, socket),
    stop: () => container.stop(),
  };
}

async function crash(container: Container, flavour: string, socket: string): Promise<void> {
  const client = `${flavour} --no-defaults --socket=${socket} --execute 'SELECT 1'`;
  // A socket that the dead server left must not be taken for the next one's.
  const script = `kill -KILL "$(cat /run/mysqld/mysqld.pid)" && rm -f ${socket} && until ${client} >/dev/null 2>&1; do sleep 0.1; done`;
  const { status, stderr } = await container.exec([
    'timeout',
    String(START_TIMEOUT_MS / 1_000),
    'sh',
    '-c',
    script,
  ]);
  if (status !== 0) throw new Error(`the database server did not come back: ${stderr}`);
}

async function querySocket(
  container: Container,
  client: readonly string[],
  sql: string | Uint8Array,
): Promise<string> {
  const manner = ['--batch', '--skip-column-names', '--binary-mode', '--comments'];
  const command = [...client, ...manner, '--default-character-set=utf8mb4'];
  const { status, stdout, stderr } = await container.exec(command, { input: sql });
  if (status !== 0) throw new Error(stderr);
  return stdout.toString();
}

async function waitForLogins(port: number, container: Container): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await canConnect(port))) {
    const end = await container.describeEnd();
    if (end !== undefined) throw new Error(`the machine ended:\n${end}`);
    if (Date.now() > deadline) throw new Error(`the machine takes no logins:\n${await container.readLog()}`);
    await sleep(POLL_MS);
  }
}
