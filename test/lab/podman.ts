// Containers of a run, with Podman's own state kept in the run's directory: nothing appears in the machine's list of containers,
// and a container that belongs to the run is found by where its state lies.
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asRoot, runCommand, tryCommand, type CommandOptions, type CommandResult } from './command.ts';
import { appendToLedger } from './ledger.ts';
import { recordProcess } from './processes.ts';
import type { LabRun } from './run.ts';

/** Short, because Podman takes at most 50 characters for its run root. */
const STATE_DIRECTORY = 'pod';
/** Plenty for the lab. Podman's own defaults (a million) fail where the machine's limits are lower and cannot be raised. */
const MAX_OPEN_FILES = 65_536;
const MAX_PROCESSES = 4_096;

export interface ContainerOptions {
  /** Root file system that all containers share; what one writes goes to a layer that dies with it. */
  readonly root: string;
  /** Script (POSIX or bash, by its first line) that is the container's main process. */
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
  /** More options for `podman run`. */
  readonly options?: readonly string[];
}

export class Container {
  readonly name: string;
  readonly #run: LabRun;

  private constructor(run: LabRun, name: string) {
    this.#run = run;
    this.name = name;
  }

  /** Starts a container on the machine's own network; ports are the caller's to choose. */
  static async start(run: LabRun, name: string, options: ContainerOptions): Promise<Container> {
    await preparePodman(run);
    const script = '/lab-main';
    const variables = Object.entries(options.env ?? {}).flatMap(([key, value]) => [
      '--env',
      `${key}=${value}`,
    ]);
    const command = [
      ...['run', '--detach', '--name', name, '--network', 'host', '--log-driver', 'k8s-file'],
      ...['--volume', `${options.script}:${script}:ro`, ...variables, ...(options.options ?? [])],
      ...['--rootfs', `${options.root}:O`, script],
    ];
    const [file, ...args] = podman(run.directory, command);
    await runCommand(file, args);
    const container = new Container(run, name);
    await container.#record();
    return container;
  }

  /** Runs a command inside and returns its status. */
  async exec(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const interactive = options.input === undefined ? [] : ['--interactive'];
    return this.#podman(['exec', ...interactive, this.name, ...command], options);
  }

  /** Freezes every process inside: the server is there and says nothing. */
  async pause(): Promise<void> {
    await this.#require(['pause', this.name]);
  }

  async resume(): Promise<void> {
    await this.#require(['unpause', this.name]);
  }

  async stop(): Promise<void> {
    await this.#require(['rm', '--force', '--time', '0', this.name]);
  }

  /** Undefined while it runs; otherwise what it printed last. */
  async describeEnd(): Promise<string | undefined> {
    const { stdout } = await this.#podman(['inspect', '--format', '{{.State.Running}}', this.name]);
    return stdout.toString().trim() === 'true' ? undefined : this.readLog();
  }

  async readLog(): Promise<string> {
    const { stdout, stderr } = await this.#podman(['logs', '--tail', '40', this.name]);
    return `${stdout.toString()}${stderr}`;
  }

  /** Its end ends every process in the container. */
  async #record(): Promise<void> {
    const { stdout } = await this.#podman(['inspect', '--format', '{{.State.Pid}}', this.name]);
    const record = recordProcess(Number(stdout.toString()));
    if (record !== undefined) appendToLedger(this.#run.directory, record);
  }

  async #require(command: readonly string[]): Promise<void> {
    const { status, stderr } = await this.#podman(command);
    if (status !== 0) throw new Error(`podman ${command.join(' ')}: ${stderr}`);
  }

  async #podman(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const [file, ...args] = podman(this.#run.directory, command);
    return tryCommand(file, args, options);
  }
}

/** Removes every container of the run that has this directory. */
export async function removeContainers(runDirectory: string): Promise<void> {
  if (!existsSync(path.join(runDirectory, STATE_DIRECTORY, 'containers.conf'))) return;
  const [file, ...args] = podman(runDirectory, ['rm', '--all', '--force', '--time', '0']);
  await runCommand(file, args);
}

/** Makes what `podman` needs before its first use in a run. */
export async function preparePodman(run: LabRun): Promise<void> {
  const state = await run.makeDirectory(STATE_DIRECTORY);
  await writeFile(path.join(state, 'containers.conf'), await renderConfiguration());
}

/** Own settings instead of the machine's: cgroupfs needs no systemd, a file of events no journal. */
async function renderConfiguration(): Promise<string> {
  const runtime =
    (await tryCommand('sh', ['-c', 'PATH=$PATH:/usr/sbin:/sbin command -v runc'])).status === 0
      ? 'runc'
      : 'crun';
  const files = Math.min(MAX_OPEN_FILES, readHardLimit('Max open files'));
  const processes = Math.min(MAX_PROCESSES, readHardLimit('Max processes'));
  return [
    '[containers]',
    `default_ulimits = ["nofile=${files}:${files}", "nproc=${processes}:${processes}"]`,
    '[engine]',
    `runtime = "${runtime}"`,
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    '',
  ].join('\n');
}

/** As the machine lets it be raised to; "Max open files" and the like. */
export function readHardLimit(name: string): number {
  const limits = readFileSync('/proc/self/limits', 'utf8').split('\n');
  const hard = limits
    .find((line) => line.startsWith(name))
    ?.slice(name.length)
    .trim()
    .split(/\s+/)[1];
  return hard === undefined || hard === 'unlimited' ? Infinity : Number(hard);
}

/** A command line of Podman with the run's own state. */
export function podman(runDirectory: string, command: readonly string[]): readonly [string, ...string[]] {
  const state = path.join(runDirectory, STATE_DIRECTORY);
  return asRoot([
    'env',
    `CONTAINERS_CONF=${state}/containers.conf`,
    'podman',
    // The runtime keeps its own state, in /run unless it is told.
    ...['--runtime-flag', `root=${state}/runtime`],
    ...['--root', `${state}/storage`, '--runroot', `${state}/r`, '--tmpdir', `${state}/tmp`],
    ...command,
  ]);
}
