// Runs a program as GitHub's runner runs a step: a bare environment, files for outputs and summary, one log of everything printed.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs of the tests are read over and over: Node remembers what it made of their modules. */
export const COMPILE_CACHE = join(import.meta.dirname, '../../node_modules/.cache/node-compile');

export interface StepResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly summary: string;
  /** GITHUB_OUTPUT as it was written. */
  readonly outputs: string;
  /** What it left in RUNNER_TEMP. */
  readonly leftovers: readonly string[];
}

export interface StartedStep {
  readonly child: ChildProcess;
  /** Resolves when this text was printed; rejects when the program ends without. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<StepResult>;
}

/** `args` are those of node: the program and what follows. */
export function startStep(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): StartedStep {
  const directory = mkdtempSync(join(tmpdir(), 'step-'));
  const temporary = mkdtempSync(join(directory, 'temp-'));
  const files = { outputs: join(directory, 'output'), summary: join(directory, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const child = spawn(process.execPath, args, {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: directory,
      RUNNER_TEMP: temporary,
      GITHUB_OUTPUT: files.outputs,
      GITHUB_STEP_SUMMARY: files.summary,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  child.stdout.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
  const text = (name: 'stdout' | 'stderr') => Buffer.concat(chunks[name]).toString();

  const ended = new Promise<StepResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      const result = {
        ...{ exitCode, signal, stdout: text('stdout'), stderr: text('stderr') },
        summary: readFileSync(files.summary, 'utf8'),
        outputs: readFileSync(files.outputs, 'utf8'),
        leftovers: readdirSync(temporary),
      };
      rmSync(directory, { recursive: true });
      resolve(result);
    });
  });
  const printed = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (text('stdout').includes(wanted) || text('stderr').includes(wanted)) resolve();
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.once('close', () =>
        reject(new Error(`the program ended without printing "${wanted}": ${text('stderr')}`)),
      );
      look();
    });
  return { child, printed, ended };
}

export function runStep(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<StepResult> {
  return startStep(args, variables).ended;
}

/** What the runner shows: it takes the commands that say what to mask out of the log. */
export function shownLog({ stdout, stderr }: StepResult): string {
  return `${stdout}\n${stderr}`.replace(/^::add-mask::.*\n/gm, '');
}
