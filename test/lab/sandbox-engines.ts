// Docker and Podman for sandboxes, each with an image of MariaDB that product code finds under the official name. Started by the
// tests that need them: they take seconds, and others need neither.
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asRoot, runCommand } from './command.ts';
import { importIntoDocker, importWith, startDocker } from './docker.ts';
import { podman, preparePodman } from './podman.ts';
import { findMariadbRoot } from './root-file-system.ts';
import type { LabRun } from './run.ts';

/** Plain data. */
export interface LabSandboxEngine {
  readonly name: 'docker' | 'podman';
  /** The whole environment of a process that shall find this engine and not the other, nor the machine's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** `docker.io/library/mariadb:VERSION`: there, with server, clients, perl, gpg and zstd. */
  readonly image: string;
  /** Of its MariaDB, e.g. `10.11.18`. */
  readonly mariadbVersion: string;
}

/** Starts a Docker Engine; it ends with the run. */
export async function startDockerForSandboxes(run: LabRun): Promise<LabSandboxEngine> {
  const [root, { host }] = await Promise.all([findMariadbRoot(), startDocker(run)]);
  const mariadbVersion = await readVersion(root);
  const image = renderReference(mariadbVersion);
  await importIntoDocker(host, root, image);
  // The client is the machine's; Podman is not to be found beside it.
  const program = await findProgram('docker');
  const programs = await makePrograms(run, 'docker', `exec '${program}' "$@"`);
  const environment = { PATH: programs, HOME: run.path('docker'), DOCKER_HOST: host };
  return { name: 'docker', environment, image, mariadbVersion };
}

/** Podman with the run's state; the containers end with the run. */
export async function startPodmanForSandboxes(run: LabRun): Promise<LabSandboxEngine> {
  const [root] = await Promise.all([findMariadbRoot(), preparePodman(run)]);
  const mariadbVersion = await readVersion(root);
  const image = renderReference(mariadbVersion);
  await importWith(podman(run.directory, ['import']), root, image);
  const command = podman(run.directory, []).map((word) => `'${word}'`);
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const programs = await makePrograms(run, 'podman', `PATH=${path}\nexec ${command.join(' ')} "$@"`);
  const environment = { PATH: programs, HOME: run.path('pod') };
  return { name: 'podman', environment, image, mariadbVersion };
}

/** A directory for PATH with this one program. */
async function makePrograms(run: LabRun, name: string, script: string): Promise<string> {
  const directory = await run.makeDirectory(`${name}-bin`);
  const file = path.join(directory, name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return directory;
}

async function findProgram(name: string): Promise<string> {
  return (await runCommand('sh', ['-c', 'command -v "$1"', 'sh', name])).trim();
}

async function readVersion(root: string): Promise<string> {
  const [file, ...args] = asRoot(['chroot', root, 'mariadbd', '--version']);
  const said = await runCommand(file, args);
  const version = /Ver (\d+\.\d+\.\d+)-MariaDB/.exec(said)?.[1];
  if (version === undefined) throw new Error(`${root} has no MariaDB: ${said}`);
  return version;
}

function renderReference(version: string): string {
  return `docker.io/library/mariadb:${version}`;
}
