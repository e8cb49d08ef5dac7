// Where restore tests run: a container engine of its own, and for each run a directory of its own, so that what a run leaves behind in
// either can be told from what others do.
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, vi } from 'vitest';
import { runCommand, tryCommand, type CommandResult } from '../lab/command.ts';
import { DUMP_GRANTS, type Lab } from '../lab/lab.ts';
import { createDumpUser, startMariadb } from '../lab/mariadb.ts';
import { LabRun } from '../lab/run.ts';
import type { LabSandboxEngine } from '../lab/sandbox-engines.ts';
import type { Canary } from './canaries.ts';
import { restoreTestInputs } from './restore-test-inputs.ts';
import { startAction, type ActionRun, type StartedAction } from './runner.ts';
import { listStored } from './stored-objects.ts';

/** Where runs may put what is private; other sites' runs do so at the same time. */
const SHARED_MEMORY = '/dev/shm';
/** Between the end of a run and that of what it started. */
const CLEAN_MS = 5_000;
/** More sandboxes at the same time than there are cores only wait for each other. */
const MAX_AT_ONCE = 3;

export interface RestoreRun extends ActionRun {
  /** Files and directories that it left in its temporary directories, relative to them. */
  readonly remains: readonly string[];
  /** Of the files among them, byte by byte. */
  readonly remainingText: string;
}

export interface StartedRestore extends Omit<StartedAction, 'ended'> {
  /** RUNNER_TEMP and TMPDIR. */
  readonly temporary: string;
  readonly ended: Promise<RestoreRun>;
}

type StartEngine = (run: LabRun) => Promise<LabSandboxEngine>;

export class RestoreSite {
  readonly lab: Lab;
  readonly engine: LabSandboxEngine;
  readonly labRun: LabRun;
  readonly #pids = new Set<string>();
  readonly #started = new Set<StartedRestore>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #count = 0;

  private constructor(lab: Lab, labRun: LabRun, engine: LabSandboxEngine) {
    this.lab = lab;
    this.labRun = labRun;
    this.engine = engine;
  }

  /** Works with what the lab has. */
  static start(lab: Lab, startEngine: StartEngine): Promise<RestoreSite> {
    return make(async (run) => new RestoreSite(lab, run, await startEngine(run)));
  }

  /** With a database server of its own: `lab` in it has that one. */
  static startWithDatabase(lab: Lab, startEngine: StartEngine): Promise<RestoreSite> {
    return make(async (run) => {
      const [engine, own] = await Promise.all([startEngine(run), startDatabase(run, lab)]);
      return new RestoreSite(own, run, engine);
    });
  }

  async stop(): Promise<void> {
    for (const { child } of this.#started) child.kill('SIGKILL');
    await this.labRun.stop();
  }

  start(
    changes: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>> = {},
  ): StartedRestore {
    const temporary = this.labRun.path(`runner-${(this.#count += 1)}`);
    mkdirSync(temporary, { mode: 0o700 });
    const started = startAction('restore-test', restoreTestInputs(this.lab, changes), {
      ...this.engine.environment,
      RUNNER_TEMP: temporary,
      TMPDIR: temporary,
      ...env,
    });
    const ended = started.ended.then((run) => {
      const found = readdirSync(temporary, { recursive: true, withFileTypes: true });
      const paths = found.map((entry) => path.join(entry.parentPath, entry.name));
      const files = paths.filter((_, index) => found[index]?.isFile() === true);
      const remainingText = files.map((file) => readFileSync(file, 'latin1')).join('\n');
      rmSync(temporary, { recursive: true });
      return { ...run, remains: paths.map((each) => path.relative(temporary, each)), remainingText };
    });
    const restore = { ...started, ended, temporary };
    this.#started.add(restore);
    this.#pids.add(String(started.child.pid));
    void ended.finally(() => this.#started.delete(restore));
    return restore;
  }

  /** Runs it when it is its turn: tests may run at the same time. */
  async run(
    changes: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>> = {},
  ): Promise<RestoreRun> {
    if (this.#running >= MAX_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    try {
      return await this.start(changes, env).ended;
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** Makes an image that is like the engine's own, without some files, or with others of a root file system. */
  async makeImage(
    reference: string,
    { without = [], root = '/', adding = [] }: { without?: string[]; root?: string; adding?: string[] },
  ): Promise<void> {
    const container = `makes-${path.basename(reference).replace(':', '-')}`;
    const { image } = this.engine;
    await this.cli(
      ...['run', '--name', container, '--network', 'none', '--entrypoint', 'rm', image, '-f'],
      ...without,
    );
    for (const file of adding) await this.cli('cp', path.join(root, file), `${container}:${file}`);
    await this.cli('commit', container, reference);
    await this.cli('rm', container);
  }

  /** A variable for a run: with gpg to be found beside the engine. Without it the action decrypts with its own library. */
  withGpg(): Record<string, string> {
    return this.withPrograms('gpg');
  }

  /** A variable for a run: with these programs of the machine to be found beside the engine, which is alone otherwise. */
  withPrograms(...programs: readonly string[]): Record<string, string> {
    const directory = this.labRun.path(`${programs.join('-')}-bin`);
    mkdirSync(directory, { recursive: true });
    for (const program of programs) {
      try {
        symlinkSync(`/usr/bin/${program}`, path.join(directory, program));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
    return { PATH: `${this.engine.environment['PATH'] ?? ''}:${directory}` };
  }

  /** Every secret that a run is given. */
  canaries(): Canary[] {
    const { s3, keys } = this.lab;
    return [
      { name: 'the identity', value: readFileSync(keys.recipients[0].secretKeyPath, 'utf8') },
      { name: "the reader's secret key", value: s3.reader.secretAccessKey },
      { name: "the prover's secret key", value: s3.prover.secretAccessKey },
      { name: 'the proof key', value: readFileSync(keys.proving.secretKeyPath, 'utf8') },
      { name: "the proof key's passphrase", value: keys.proving.passphrase },
    ];
  }

  /** The engine's own program, as a person would use it: its lines. */
  async cli(...args: string[]): Promise<string[]> {
    const text = await runCommand(this.#program, args, { env: this.engine.environment });
    return text.split('\n').filter((line) => line !== '');
  }

  tryCli(...args: string[]): Promise<CommandResult> {
    return tryCommand(this.#program, args, { env: this.engine.environment });
  }

  /** Containers and volumes, and what names one of the runs in shared memory; empty when no run ever was. */
  async findRemains(): Promise<string[]> {
    const shared = readdirSync(SHARED_MEMORY);
    return [
      ...(await this.cli('ps', '--all', '--format', '{{.Names}} {{.Status}}')),
      ...(await this.cli('volume', 'ls', '--quiet')),
      ...shared.filter((name) => name.split('.').some((part) => this.#pids.has(part))),
    ];
  }

  async expectClean(timeoutMs = CLEAN_MS): Promise<void> {
    await vi.waitFor(async () => expect(await this.findRemains()).toEqual([]), {
      timeout: timeoutMs,
      interval: 100,
    });
  }

  /** Whatever stands below `proofs/` of this server: pages, signatures, proofs. */
  listProofs(server: string): Promise<string[]> {
    return listStored(this.lab, `${server}/proofs/`);
  }

  get #program(): string {
    const { name, environment } = this.engine;
    return path.join(environment['PATH'] ?? '', name);
  }
}

async function make(start: (run: LabRun) => Promise<RestoreSite>): Promise<RestoreSite> {
  const run = await LabRun.start();
  try {
    return await start(run);
  } catch (error) {
    await run.stop();
    throw error;
  }
}

/** The dump user's secret is the lab's. */
export async function startDatabase(labRun: LabRun, lab: Lab): Promise<Lab> {
  const { address } = await startMariadb(labRun);
  const user = { dumpUser: 'lifeboat', dumpPassword: lab.mariadb.dumpPassword };
  await createDumpUser(address, DUMP_GRANTS, user);
  return { ...lab, mariadb: { ...address, ...user } };
}
