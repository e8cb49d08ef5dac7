// A server to back up: a private sshd on the loopback interface with a user of its own. Started as root, that user exists only in the
// mount namespace of this sshd, in copies of /etc/passwd and its like, and so does its /dev/shm; started by anybody else, it is that
// person with another home.
// The one trace on the machine is /run/sshd, empty, as the package's own service makes it: sshd insists on it.
import { existsSync } from 'node:fs';
import { chown, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryCommand } from './command.ts';
import { canConnect, findFreePorts } from './ports.ts';
import { findProcesses, RUN_VARIABLE } from './processes.ts';
import type { LabProcess, LabRun } from './run.ts';
import { createHostKeys, createSshKey } from './ssh-keys.ts';

const USER = 'deploy';
/** Not in any range that Debian hands out (policy 9.2.2: 60000 to 64999 are allocated globally, on demand). */
const USER_ID = 64_321;
/** What Debian's sshd gives an ordinary user. */
const USER_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/games';
const SSHD = '/usr/sbin/sshd';
/** Every process of a session carries it, with the target's port: what a session leaves behind is found by it. */
const TARGET_VARIABLE = 'LIFEBOAT_LAB_TARGET';
/** What Docker gives a container. */
const SHARED_MEMORY = 'size=64m,mode=1777';
/** In the sshd's own mount namespace: no directory above it may be written by anybody but root (sshd_config, ChrootDirectory). */
const JAIL = '/mnt';
const START_TIMEOUT_MS = 15_000;
const POLL_MS = 30;

export interface TargetOptions {
  /** Sessions on one connection, 10 as OpenSSH has it. */
  readonly maxSessions?: number;
  /** Login shell; another than the lab's own user has needs root. */
  readonly shell?: string;
  /** Log in as the user that runs the lab, also as root, whose containers Podman shows to nobody else. */
  readonly asSelf?: boolean;
  /** What the user sees as `/` is `jail` of the address, where `/store` is the user's and no shell is found. Needs root. */
  readonly isJailed?: boolean;
  /** What `Subsystem sftp` starts; empty: nothing. Default: `internal-sftp`. */
  readonly sftp?: string;
  /** PATH is `wrappersDirectory` alone: what a session finds is what was put there. */
  readonly isBare?: boolean;
  /** Further lines for sshd_config; they come first, and sshd keeps what it reads first. */
  readonly configuration?: readonly string[];
}

/** What an SSH client needs; plain data. */
export interface SshAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** OpenSSH format, without passphrase. */
  readonly privateKeyPath: string;
  /** Two known_hosts lines, ed25519 and rsa. */
  readonly knownHosts: string;
}

export interface TargetAddress extends SshAddress {
  /** The user's home, empty at the start. */
  readonly home: string;
  /** Stands first in PATH and is empty: a program put here comes before the machine's own. */
  readonly wrappersDirectory: string;
  /** What sshd has to say, and every connection it saw. */
  readonly logPath: string;
  /** What a jailed user sees as `/`; it belongs to root, as sshd wants it. */
  readonly jail: string;
  /** Its /dev/shm: one of its own where the lab runs as root, otherwise the machine's. */
  readonly sharedMemory: string;
}

export interface TargetServer {
  readonly address: TargetAddress;
  stop(): Promise<void>;
}

/** Starts an sshd and returns when it listens. */
export async function startTarget(run: LabRun, options: TargetOptions = {}): Promise<TargetServer> {
  const { port } = await findFreePorts('port');
  const name = `target-${port}`;
  const directory = await run.makeDirectory(name);
  const privateKeyPath = path.join(directory, 'client_key');
  const account = await makeAccount(directory, options);
  await writeFile(path.join(directory, 'authorized_keys'), await createSshKey(privateKeyPath));
  const knownHosts = await createHostKeys(directory, port);
  const wrappersDirectory = path.join(directory, 'bin');
  await mkdir(wrappersDirectory);
  const configuration = path.join(directory, 'sshd_config');
  const mark = renderMark({ port });
  const searchPath = `PATH=${[wrappersDirectory, ...(options.isBare === true ? [] : [USER_PATH])].join(':')}`;
  const variables = [`HOME=${account.home}`, searchPath, `${RUN_VARIABLE}=${run.id}`, mark];
  await writeFile(
    configuration,
    renderConfiguration({ directory, port, variables, user: account.user, options }),
  );
  const sshd = [SSHD, '-D', '-e', '-f', configuration] as const;
  const command = account.isPrivate ? enterPrivateAccounts(directory, sshd) : sshd;
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const log = path.join(name, 'sshd.log');
  const server = run.spawn(command, { log, mark });
  await waitForPort(port, server);
  const address = {
    host: '127.0.0.1',
    port,
    user: account.user,
    privateKeyPath,
    knownHosts,
    home: account.home,
    wrappersDirectory,
    logPath: run.path(log),
    jail: path.join(directory, 'jail'),
    sharedMemory: account.isPrivate ? `/proc/${server.record.pid}/root/dev/shm` : '/dev/shm',
  };
  return { address, stop: () => server.stop() };
}

interface Account {
  readonly user: string;
  readonly home: string;
  /** Exists only in the sshd's own mount namespace. */
  readonly isPrivate: boolean;
}

async function makeAccount(directory: string, options: TargetOptions): Promise<Account> {
  const { shell, asSelf, isJailed = false } = options;
  const home = path.join(directory, 'home');
  await mkdir(home, { mode: 0o700 });
  if (asSelf === true || !(await canHideAccounts())) {
    if (shell !== undefined || isJailed)
      throw new Error('a login shell and a jail can only be chosen when the lab runs as root');
    return { user: userInfo().username, home, isPrivate: false };
  }
  await copyFile('/etc/passwd', path.join(directory, 'passwd'));
  await copyFile('/etc/group', path.join(directory, 'group'));
  const append = { flag: 'a' } as const;
  const line = `${USER}:x:${USER_ID}:${USER_ID}:lab:${home}:${shell ?? '/bin/bash'}\n`;
  await writeFile(path.join(directory, 'passwd'), line, append);
  await writeFile(path.join(directory, 'group'), `${USER}:x:${USER_ID}:\n`, append);
  // "*": no password fits, but the account is not locked, which sshd would refuse.
  await writeFile(path.join(directory, 'shadow'), `${USER}:*:19000:0:99999:7:::\n`, { mode: 0o600 });
  await chown(home, USER_ID, USER_ID);
  await mkdir(path.join(directory, 'jail/store'), { recursive: true, mode: 0o755 });
  await chown(path.join(directory, 'jail/store'), USER_ID, USER_ID);
  return { user: USER, home, isPrivate: true };
}

/** A container without CAP_SYS_ADMIN has a root that may not mount. */
async function canHideAccounts(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  return (await tryCommand('unshare', ['--mount', 'true'])).status === 0;
}

function enterPrivateAccounts(directory: string, command: readonly string[]): readonly [string, ...string[]] {
  const script = `cd "$1"; shift; for f in passwd group shadow; do mount --bind "$f" "/etc/$f"; done;
    mount -t tmpfs -o ${SHARED_MEMORY} lab /dev/shm; mount --bind jail ${JAIL}; exec "$@"`;
  return [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-euc',
    script,
    'sh',
    directory,
    ...command,
  ];
}

interface Configuration {
  readonly directory: string;
  readonly port: number;
  readonly user: string;
  readonly variables: readonly string[];
  readonly options: TargetOptions;
}

function renderConfiguration({ directory, port, user, variables, options }: Configuration): string {
  return [
    ...(options.configuration ?? []),
    ...(options.isJailed === true ? [`ChrootDirectory ${JAIL}`] : []),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${directory}/host_ed25519`,
    `HostKey ${directory}/host_rsa`,
    `AuthorizedKeysFile ${directory}/authorized_keys`,
    // The directories above belong to others, as everything below /tmp does.
    'StrictModes no',
    `AllowUsers ${user}`,
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'PidFile none',
    'LogLevel VERBOSE',
    `MaxSessions ${options.maxSessions ?? 10}`,
    // Tests connect often and break off in the middle of it.
    'MaxStartups 100',
    ...(options.sftp === '' ? [] : [`Subsystem sftp ${options.sftp ?? 'internal-sftp'}`]),
    `SetEnv ${variables.map((variable) => `"${variable}"`).join(' ')}`,
    '',
  ].join('\n');
}

async function waitForPort(port: number, server: LabProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await canConnect(port))) {
    const end = server.describeEnd();
    if (end !== undefined) throw new Error(end);
    if (Date.now() > deadline) throw new Error('sshd does not listen');
    await sleep(POLL_MS);
  }
}

/** Runs one command on a target with the stock ssh client. */
export async function runOnTarget(target: SshAddress, command: string, input?: string) {
  const known = `${target.privateKeyPath}.known_hosts`;
  if (!existsSync(known)) await writeFile(known, target.knownHosts);
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${known}`,
    'LogLevel=ERROR',
  ];
  return tryCommand(
    'ssh',
    [
      ...['-F', 'none', '-i', target.privateKeyPath, '-p', String(target.port)],
      ...options.flatMap((option) => ['-o', option]),
      ...['--', `${target.user}@${target.host}`, command],
    ],
    input === undefined ? {} : { input },
  );
}

/** Living processes of the target's sessions, also those that a cut connection left behind; sshd itself is not among them. */
export function findTargetProcesses(target: Pick<SshAddress, 'port'>): number[] {
  return findProcesses(renderMark(target));
}

export function renderMark({ port }: Pick<SshAddress, 'port'>): string {
  return `${TARGET_VARIABLE}=${port}`;
}

export async function readTargetLog(target: TargetAddress): Promise<string> {
  return readFile(target.logPath, 'utf8');
}
