// One run of the lab: a throw-away directory, a list of what was started, and the promise that all of it ends: by `stop`, else by
// the supervisor when this process dies, else by the sweep at the next start.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { appendToLedger } from './ledger.ts';
import {
  findProcesses,
  killUntilGone,
  recordProcess,
  RUN_VARIABLE,
  type ProcessRecord,
} from './processes.ts';
import { makeRunId, removeRun, sweepDeadRuns } from './sweep.ts';

/** Podman takes at most 50 characters for its --runroot, which is six longer; sockets may have 107 (sockaddr_un). */
const MAX_DIRECTORY_LENGTH = 44;

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** File below the run's directory that takes standard output and standard error. */
  readonly log: string;
  /** `NAME=value` in the environment of processes that belong to this one although they may have left its tree. */
  readonly mark?: string;
}

export interface LabProcess {
  readonly record: ProcessRecord;
  /** Kills it with all that belongs to it and returns when nothing of that is left. */
  stop(): Promise<void>;
  /** Undefined while it runs; otherwise how it ended, with the end of its log. */
  describeEnd(): string | undefined;
}

export class LabRun {
  readonly id: string;
  /** Others may pass through it (mode 0711): database servers run as users of their own. */
  readonly directory: string;
  readonly #supervisor: ChildProcess;

  private constructor(id: string, directory: string) {
    this.id = id;
    this.directory = directory;
    this.#supervisor = startSupervisor(directory);
  }

  /** Sweeps what dead runs left, then makes a new one. */
  static async start(): Promise<LabRun> {
    const base = await makeBase();
    await sweepDeadRuns(base);
    const id = makeRunId();
    const directory = path.join(base, id);
    if (directory.length > MAX_DIRECTORY_LENGTH) {
      throw new Error(`${directory} is too long a path for Podman: set TMPDIR to a shorter one`);
    }
    await makeDirectory(directory, 0o711);
    return new LabRun(id, directory);
  }

  get supervisorPid(): number | undefined {
    return this.#supervisor.pid;
  }

  /** For programs that work for the run: whatever they leave behind is found by it. Nothing else of our environment but PATH. */
  get environment(): Readonly<Record<string, string | undefined>> {
    return { PATH: process.env['PATH'], [RUN_VARIABLE]: this.id };
  }

  path(...parts: string[]): string {
    return path.join(this.directory, ...parts);
  }

  /** Makes a directory below the run's own. */
  async makeDirectory(name: string, mode = 0o755): Promise<string> {
    const directory = this.path(name);
    await makeDirectory(directory, mode);
    return directory;
  }

  /** Starts a server that outlives the call; it gets nothing of our environment but PATH. */
  spawn(command: readonly [string, ...string[]], options: SpawnOptions): LabProcess {
    const [file, ...args] = command;
    const logPath = this.path(options.log);
    const log = openSync(logPath, 'a');
    const child = spawn(file, args, {
      cwd: this.directory,
      detached: true,
      env: { ...options.env, ...this.environment },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    let failure: string | undefined;
    child.once('error', (error) => (failure = error.message));
    child.once('exit', (status, signal) => (failure ??= `ended with ${signal ?? status ?? 'no status'}`));
    child.unref();
    const record = child.pid === undefined ? undefined : recordProcess(child.pid);
    if (record === undefined)
      throw new Error(`${file} cannot be started: is it installed? script/setup installs it`);
    appendToLedger(this.directory, record);
    return {
      record,
      stop: () => killUntilGone(() => findProcesses(options.mark, [record])),
      describeEnd: () =>
        failure === undefined
          ? undefined
          : `${file} ${failure}:\n${readFileSync(logPath, 'utf8').slice(-2_000)}`,
    };
  }

  /** The living processes that carry this run's mark: for tests that look for what was left behind. */
  findProcesses(): number[] {
    return findProcesses(`${RUN_VARIABLE}=${this.id}`);
  }

  /** Ends everything that belongs to the run and removes its directory. */
  async stop(): Promise<void> {
    await removeRun(this.directory);
    const ended = new Promise((resolve) => this.#supervisor.once('exit', resolve));
    this.#supervisor.ref();
    this.#supervisor.stdin?.end();
    if (this.#supervisor.exitCode === null) await ended;
  }
}

async function makeBase(): Promise<string> {
  const { uid } = userInfo();
  const base = path.join(tmpdir(), `lifeboat-${uid}`);
  await makeDirectory(base, 0o711);
  const found = await lstat(base);
  if (!found.isDirectory() || found.uid !== uid) throw new Error(`${base} is not ours: remove it`);
  return base;
}

/** mkdir's own mode is cut by the umask. */
async function makeDirectory(directory: string, mode: number): Promise<void> {
  await mkdir(directory, { recursive: true });
  await chmod(directory, mode);
}

/** The pipe to its standard input ends when we do, however we end. */
function startSupervisor(directory: string): ChildProcess {
  const script = path.join(import.meta.dirname, 'supervisor.ts');
  const child = spawn(process.execPath, [script, directory], {
    detached: true,
    env: { PATH: process.env['PATH'] },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  // A socket towards the child would keep our event loop alive.
  (child.stdin as { unref?: () => void } | null)?.unref?.();
  return child;
}
