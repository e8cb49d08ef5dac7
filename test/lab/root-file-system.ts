// The Debian root file systems that the lab's containers have, and images of them. Each is built once and kept in a cache directory.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { asRoot } from './command.ts';

interface Recipe {
  /** Of its directory. */
  readonly name: string;
  readonly suite: string;
  readonly packages: readonly string[];
}

/** A real S3 server (Ceph), and a second target machine: sshd, MariaDB and gpg of other versions than the host's. */
const SERVERS: Recipe = {
  name: 'sid',
  suite: 'sid',
  packages: [
    ...['radosgw', 'ceph-mon', 'ceph-osd', 'mariadb-server', 'openssh-server'],
    ...['gpg', 'gpg-agent', 'zstd', 'busybox', 'procps', 'awscli'],
  ],
};
/** What a restore test needs of an image of MariaDB, in the version of the server that the lab dumps; the official one has it too. */
const MARIADB: Recipe = {
  name: 'own',
  suite: 'own',
  packages: ['mariadb-server', 'tzdata', 'zstd', 'gpg', 'gpg-agent'],
};

/** A target machine with MySQL, and images of it. */
const MYSQL: Recipe = {
  name: 'mysql',
  suite: 'sid',
  packages: [
    ...['mysql-server', 'mysql-client', 'openssh-server', 'gpg', 'gpg-agent'],
    ...['zstd', 'perl', 'tzdata', 'procps'],
  ],
};

/**
 * Directory of the root file system of servers; builds it when it is not there, which takes a minute or two and prints what it does.
 * LIFEBOAT_LAB_ROOT names one that is ready, LIFEBOAT_LAB_CACHE another place to keep it.
 */
export async function findRootFileSystem(): Promise<string> {
  const ready = process.env['LIFEBOAT_LAB_ROOT'];
  return ready !== undefined && ready !== '' ? ready : findOrBuild(SERVERS);
}

/** Directory of the root file system that images of MariaDB are made from; builds it when it is not there. */
export async function findMariadbRoot(): Promise<string> {
  return findOrBuild(MARIADB);
}

/** The same for MySQL. */
export async function findMysqlRoot(): Promise<string> {
  return findOrBuild(MYSQL);
}

/**
 * Directory of a store that Podman reads this image from, beside its own; makes it when it is not there. Nobody writes to it: the sandboxes of all
 * runs share it, where an import in each run would take half a minute of a busy machine. `leftOut` are patterns of what does not go with the root.
 */
export async function findImageStore(
  name: string,
  root: string,
  reference: string,
  leftOut: readonly string[],
): Promise<string> {
  const store = path.join(findCache(), `image-${name}`);
  await build([path.join(import.meta.dirname, 'build-image.sh'), store, root, reference, ...leftOut]);
  return store;
}

async function findOrBuild({ name, suite, packages }: Recipe): Promise<string> {
  const root = path.join(findCache(), name);
  await build([path.join(import.meta.dirname, 'build-root.sh'), root, suite, ...packages]);
  if (!existsSync(root)) throw new Error(`${root} was not built`);
  return root;
}

function findCache(): string {
  const base = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  return process.env['LIFEBOAT_LAB_CACHE'] ?? path.join(base, 'lifeboat-lab');
}

/** The script does nothing when what it would build is there; it locks against other builds. */
async function build(command: readonly [string, ...string[]]): Promise<void> {
  const [file, ...args] = asRoot(command);
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0)
    throw new Error(`a root file system or an image for the lab's containers could not be built, see above`);
}
