// A second server to back up, a machine of its own in a container: other versions of sshd, MariaDB and gpg than the host has.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandOptions, CommandResult } from './command.ts';
import { Container } from './podman.ts';
import { canConnect, findFreePorts } from './ports.ts';
import { RUN_VARIABLE } from './processes.ts';
import { findRootFileSystem } from './root-file-system.ts';
import type { LabRun } from './run.ts';
import { createHostKeys, createSshKey } from './ssh-keys.ts';
import { renderMark, type SshAddress } from './target.ts';

const START_TIMEOUT_MS = 90_000;
const POLL_MS = 100;

export interface Machine {
  readonly address: SshAddress;
  /** Path inside the machine. */
  readonly mariadbSocket: string;
  /** Runs a command inside as root. */
  exec(command: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Runs SQL as MariaDB's administrator; throws when it fails. */
  query(sql: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the machine and returns when it takes logins. */
export async function startMachine(run: LabRun): Promise<Machine> {
  const ports = await findFreePorts('ssh', 'mariadb');
  const name = `machine-${ports.ssh}`;
  const keys = await run.makeDirectory(name);
  const privateKeyPath = run.path(`${name}.client_key`);
  await writeFile(path.join(keys, 'authorized_keys'), await createSshKey(privateKeyPath));
  const knownHosts = await createHostKeys(keys, ports.ssh);
  const container = await Container.start(run, name, {
    root: await findRootFileSystem(),
    script: path.join(import.meta.dirname, 'machine.sh'),
    env: {
      SSH_PORT: String(ports.ssh),
      DB_PORT: String(ports.mariadb),
      SESSION_VARIABLES: `${RUN_VARIABLE}=${run.id} ${renderMark({ port: ports.ssh })}`,
    },
    options: ['--volume', `${keys}:/lab-keys:ro`],
  });
  await waitForLogins(ports.ssh, container);
  const mariadbSocket = '/run/mysqld/mysqld.sock';
  return {
    address: { host: '127.0.0.1', port: ports.ssh, user: 'deploy', privateKeyPath, knownHosts },
    mariadbSocket,
    exec: (command, options) => container.exec(command, options),
    query: (sql) => querySocket(container, mariadbSocket, sql),
    stop: () => container.stop(),
  };
}

async function querySocket(container: Container, socket: string, sql: string): Promise<string> {
  const client = ['mariadb', '--no-defaults', `--socket=${socket}`, '--batch', '--skip-column-names'];
  const { status, stdout, stderr } = await container.exec(client, { input: sql });
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
