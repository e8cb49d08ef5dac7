// A MariaDB server in a container of Docker or Podman, as people run official images: nothing published, a socket and clients inside.
// The image holds next to nothing; programs and libraries are mounted from the lab's root file system.
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from './command.ts';
import { importWith, startDocker } from './docker.ts';
import { podman, preparePodman } from './podman.ts';
import { findMariadbRoot } from './root-file-system.ts';
import type { LabRun } from './run.ts';

export interface ContainerEngine {
  readonly name: 'docker' | 'podman';
  /** Text of a shell script that runs the engine's program with this engine behind it. */
  readonly wrapper: string;
  /** Docker's: who may open it may use the engine. */
  readonly socket: string | undefined;
  run(...args: readonly string[]): Promise<string>;
  /** Starts a container of the image with the root's programs; returns its name. */
  start(name: string, options: readonly string[], script: string): Promise<void>;
}

const IMAGE = 'localhost/lab/mariadb:1';
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 100;
/** As the entry point of the official image leaves it: a socket, and one administrator who logs in by it. */
const SERVE = `mariadb-install-db --no-defaults --user=mysql --datadir=/var/lib/mysql --skip-test-db >/dev/null &&
  mkdir -p /run/mysqld && chown mysql /run/mysqld &&
  exec mariadbd --no-defaults --user=mysql --datadir=/var/lib/mysql --socket=/run/mysqld/mysqld.sock --skip-networking --log-bin=binlog --innodb-flush-log-at-trx-commit=0`;

export async function startEngine(run: LabRun, name: 'docker' | 'podman'): Promise<ContainerEngine> {
  const root = await findMariadbRoot();
  const socket = name === 'docker' ? (await startDocker(run)).host.replace('unix://', '') : undefined;
  if (name === 'podman') await preparePodman(run);
  const command =
    socket === undefined ? podman(run.directory, []) : (['docker', '--host', `unix://${socket}`] as const);
  const runEngine = (...args: readonly string[]) => runCommand(command[0], [...command.slice(1), ...args]);
  await importWith([...command, 'import'], root, IMAGE, ['usr/*', 'var/lib/mysql/*', 'var/cache/*']);
  return {
    name,
    socket,
    // The real program, not this one again.
    wrapper: `#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\nexec ${command.map((word) => `'${word}'`).join(' ')} "$@"\n`,
    run: runEngine,
    start: async (container, options, script) => {
      const usual = [
        'run',
        '--detach',
        '--name',
        container,
        '--network',
        'none',
        '--volume',
        `${root}/usr:/usr:ro`,
      ];
      await runEngine(...usual, ...options, IMAGE, 'sh', '-c', script);
    },
  };
}

/** Starts a server in a container and returns when it answers. */
export async function startDatabase(engine: ContainerEngine, name: string): Promise<void> {
  await engine.start(name, [], SERVE);
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const answer = await engine.run('exec', name, 'mariadb', '-e', 'SELECT 1').catch(String);
    if (answer.startsWith('1')) return;
    if (Date.now() > deadline) throw new Error(`${answer}\n${await engine.run('logs', name)}`);
    await sleep(POLL_MS);
  }
}

/** Runs SQL in the container as the server's administrator. */
export function queryInside(engine: ContainerEngine, name: string, sql: string): Promise<string> {
  return engine.run('exec', name, 'mariadb', '--batch', '--skip-column-names', '-e', sql);
}
