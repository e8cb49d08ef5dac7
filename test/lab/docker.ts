// A Docker Engine of the run's own, with all its state in the run's directory: daemon, containerd, images, containers. It touches
// neither the machine's network nor another Docker.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asRoot, runCommand, tryCommand } from './command.ts';
import { readHardLimit } from './podman.ts';
import { RUN_VARIABLE } from './processes.ts';
import type { LabProcess, LabRun } from './run.ts';

const STATE_DIRECTORY = 'docker';
/** Both start within a second; the first time on busy cores they took three. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
/** Soft and hard; the daemon's own default, a million, fails where the machine's limit is lower. */
const OPEN_FILES = [1_024, 20_000] as const;

export interface DockerEngine {
  /** For DOCKER_HOST. */
  readonly host: string;
  stop(): Promise<void>;
}

/** Starts the engine and returns when it answers. */
export async function startDocker(run: LabRun): Promise<DockerEngine> {
  const state = await run.makeDirectory(STATE_DIRECTORY);
  const containerdSocket = path.join(state, 'containerd.sock');
  // Its service for Kubernetes wants a network.
  await writeFile(
    path.join(state, 'containerd.toml'),
    'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n',
  );
  // The machine's own settings in /etc/docker are not for this daemon.
  await writeFile(path.join(state, 'daemon.json'), '{}\n');
  const containerd = start(run, 'containerd', [
    ...['--config', path.join(state, 'containerd.toml'), '--address', containerdSocket],
    ...['--root', path.join(state, 'containerd'), '--state', path.join(state, 'containerd-run')],
  ]);
  await waitFor('containerd', containerd, () => Promise.resolve(existsSync(containerdSocket)));
  const host = renderHost(run.directory);
  const [soft, hard] = OPEN_FILES;
  const dockerd = start(run, 'dockerd', [
    ...['--config-file', path.join(state, 'daemon.json'), '--containerd', containerdSocket],
    ...['--host', host, '--group', String(process.getgid?.() ?? 0)],
    ...['--data-root', path.join(state, 'data'), '--exec-root', path.join(state, 'run')],
    ...['--pidfile', path.join(state, 'dockerd.pid')],
    ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false'],
    ...['--default-ulimit', `nofile=${soft}:${Math.min(hard, readHardLimit('Max open files'))}`],
  ]);
  await waitFor('dockerd', dockerd, async () => (await docker(host, ['version'])).status === 0);
  return {
    host,
    stop: async () => {
      await removeDockerContainers(run.directory);
      await dockerd.stop();
      await containerd.stop();
    },
  };
}

/** Packs a root file system into the standard input of an engine's `import`; `leftOut` are patterns of what does not go with it. */
export async function importWith(
  command: readonly string[],
  root: string,
  reference: string,
  leftOut: readonly string[] = [],
): Promise<void> {
  const exclude = leftOut.map((pattern) => `--exclude=./${pattern}`);
  const pack = asRoot(['tar', '--numeric-owner', '-C', root, ...exclude, '-c', '.']);
  const script = 'set -o pipefail; n=$1; shift; "${@:1:n}" | "${@:n+1}"';
  await runCommand('bash', ['-c', script, 'bash', String(pack.length), ...pack, ...command, '-', reference]);
}

/** Removes every container of the run that has this directory, while its daemon is there. */
export async function removeDockerContainers(runDirectory: string): Promise<void> {
  const host = renderHost(runDirectory);
  if (!existsSync(host.replace('unix://', ''))) return;
  const { stdout } = await docker(host, ['ps', '--all', '--quiet']);
  const ids = stdout
    .toString()
    .split('\n')
    .filter((id) => id !== '');
  if (ids.length > 0) await docker(host, ['rm', '--force', '--volumes', ...ids]);
}

function docker(host: string, args: readonly string[]) {
  return tryCommand('docker', ['--host', host, ...args]);
}

function renderHost(runDirectory: string): string {
  return `unix://${path.join(runDirectory, STATE_DIRECTORY, 'docker.sock')}`;
}

/** The processes of containers are children of containerd's shims, which leave its tree but keep the mark. */
function start(run: LabRun, program: string, args: readonly string[]): LabProcess {
  const environment = [
    `${RUN_VARIABLE}=${run.id}`,
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  ];
  return run.spawn(asRoot(['env', ...environment, program, ...args]), {
    log: path.join(STATE_DIRECTORY, `${program}.log`),
  });
}

async function waitFor(name: string, process: LabProcess, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isReady())) {
    const end = process.describeEnd();
    if (end !== undefined) throw new Error(end);
    if (Date.now() > deadline) throw new Error(`${name} does not answer`);
    await sleep(POLL_MS);
  }
}
