// Docker and Podman for sandboxes, each with an image of a database server that product code finds under the official name. Started by the
// tests that need them: they take seconds, and others need neither.
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asRoot, runCommand } from './command.ts';
import { importWith, startDocker } from './docker.ts';
import { podman, preparePodman } from './podman.ts';
import { findImageStore, findMariadbRoot, findMysqlRoot, findRootFileSystem } from './root-file-system.ts';
import type { LabRun } from './run.ts';

/** Plain data. */
export interface LabSandboxEngine {
  readonly name: 'docker' | 'podman';
  /** The whole environment of a process that shall find this engine and not the other, nor the machine's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of the first: `docker.io/library/mariadb:VERSION` with server, clients, perl, gpg and zstd; or `…/mysql:VERSION` with what official images have. */
  readonly image: string;
  /** The same of all, in the order in which they were asked for. */
  readonly images: readonly string[];
  /** Of the first one's server, e.g. `10.11.18`. */
  readonly serverVersion: string;
}

/** MariaDB of the lab's own version or of the one that machines have, or MySQL. */
export type SandboxedServer = 'mariadb' | 'newer mariadb' | 'mysql';

interface ImageRecipe {
  readonly flavour: 'mariadb' | 'mysql';
  readonly findRoot: () => Promise<string>;
  readonly server: string;
  readonly version: RegExp;
  /** Patterns of what the official image does not have. */
  readonly leftOut: readonly string[];
}

const IMAGES: Readonly<Record<SandboxedServer, ImageRecipe>> = {
  mariadb: {
    flavour: 'mariadb',
    findRoot: findMariadbRoot,
    server: 'mariadbd',
    version: /Ver (\d+\.\d+\.\d+)-MariaDB/,
    leftOut: [],
  },
  'newer mariadb': {
    flavour: 'mariadb',
    findRoot: findRootFileSystem,
    server: 'mariadbd',
    version: /Ver (\d+\.\d+\.\d+)-MariaDB/,
    leftOut: ['usr/bin/ceph*', 'usr/bin/rados*', 'usr/lib/*/ceph', 'usr/lib/python3*'],
  },
  mysql: {
    flavour: 'mysql',
    findRoot: findMysqlRoot,
    server: 'mysqld',
    version: /Ver (\d+\.\d+\.\d+)/,
    leftOut: [
      'usr/bin/perl*',
      'usr/lib/*/perl*',
      'usr/share/perl*',
      'usr/bin/mysqlbinlog',
      'usr/bin/mysqlcheck',
    ],
  },
};

/** Starts a Docker Engine with an image of each server; it ends with the run. */
export async function startDockerForSandboxes(
  run: LabRun,
  ...servers: readonly SandboxedServer[]
): Promise<LabSandboxEngine> {
  const { host } = await startDocker(run);
  const images = await describeImages(servers);
  await Promise.all(
    images.map(({ root, reference, leftOut }) =>
      importWith(['docker', '--host', host, 'import'], root, reference, leftOut),
    ),
  );
  // The client is the machine's; Podman is not to be found beside it.
  const program = await findProgram('docker');
  const programs = await makePrograms(run, 'docker', `exec '${program}' "$@"`);
  const environment = { PATH: programs, HOME: run.path('docker'), DOCKER_HOST: host };
  return { name: 'docker', environment, ...nameImages(images) };
}

/** Podman with the run's state and an image of each server; the containers end with the run. */
export async function startPodmanForSandboxes(
  run: LabRun,
  ...servers: readonly SandboxedServer[]
): Promise<LabSandboxEngine> {
  await preparePodman(run);
  const images = await describeImages(servers);
  const stores = await Promise.all(images.map(findStore));
  const options = stores.flatMap((store) => ['--storage-opt', `additionalimagestore=${store}`]);
  const command = podman(run.directory, options).map((word) => `'${word}'`);
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const programs = await makePrograms(run, 'podman', `PATH=${path}\nexec ${command.join(' ')} "$@"`);
  const environment = { PATH: programs, HOME: run.path('pod') };
  return { name: 'podman', environment, ...nameImages(images) };
}

/** Makes the images that Podman needs where they are not there, so that tests find them ready. */
export async function buildImages(): Promise<void> {
  const names = Object.keys(IMAGES) as SandboxedServer[];
  for (const image of await describeImages(names)) await findStore(image);
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

interface Image {
  readonly name: SandboxedServer;
  readonly root: string;
  readonly reference: string;
  readonly serverVersion: string;
  readonly leftOut: readonly string[];
}

/** Under the names of the official ones. */
async function describeImages(servers: readonly SandboxedServer[]): Promise<Image[]> {
  const wanted = servers.length === 0 ? (['mariadb'] as const) : servers;
  return Promise.all(
    wanted.map(async (name) => {
      const recipe = IMAGES[name];
      const root = await recipe.findRoot();
      const serverVersion = await readVersion(root, recipe);
      const reference = `docker.io/library/${recipe.flavour}:${serverVersion}`;
      return { name, root, reference, serverVersion, leftOut: recipe.leftOut };
    }),
  );
}

function nameImages(images: readonly Image[]) {
  const [first] = images;
  if (first === undefined) throw new Error('an engine has an image at least');
  return {
    image: first.reference,
    images: images.map(({ reference }) => reference),
    serverVersion: first.serverVersion,
  };
}

function findStore({ name, root, reference, leftOut }: Image): Promise<string> {
  return findImageStore(name.replace(' ', '-'), root, reference, leftOut);
}

async function readVersion(root: string, { server, version }: ImageRecipe): Promise<string> {
  const [file, ...args] = asRoot(['chroot', root, server, '--version']);
  const said = await runCommand(file, args);
  const found = version.exec(said)?.[1];
  if (found === undefined) throw new Error(`${root} has no ${server}: ${said}`);
  return found;
}
