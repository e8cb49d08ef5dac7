// Runs the program of a container engine: its arguments never pass through a shell.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { constants } from 'node:os';
import { BoundedText } from './bounded-text.ts';
import type { ContainerEngine } from './engine.ts';

/** Lists of ids and labels are short; what is longer is not for us. */
const MAX_STDOUT_BYTES = 256 * 1024;
/** Of standard error, at the beginning and at the end each. */
const STDERR_PART_BYTES = 4 * 1024;
/** What shells use for a program that cannot be started. */
const NOT_STARTED = 127;
/** What timeout(1) uses. */
const TIMED_OUT = 124;

export interface CliProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Its exit code, 128 + signal when it was killed, once all its output was read. Never rejects. */
  readonly ended: Promise<number>;
  /** Why the program could not be started. */
  readonly startFailure: () => string | undefined;
  /** Kills the program at once, and drops what it still has to say. */
  kill(): void;
}

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly signal?: AbortSignal;
  /** After this time the program is killed, and `stderr` says so. */
  readonly timeoutMs?: number;
}

/** Starts the program with pipes. It leads a session of its own: a Ctrl-C in the terminal is for us, who know what to do first. */
export function startCli(engine: ContainerEngine, args: readonly string[]): CliProcess {
  const { name, environment, workingDirectory } = engine;
  const child = spawn(name, args, {
    stdio: 'pipe',
    detached: true,
    ...(environment && { env: environment }),
    ...(workingDirectory !== undefined && { cwd: workingDirectory }),
  });
  let failure: string | undefined;
  const ended = new Promise<number>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      failure = error.code === 'ENOENT' ? `there is no program "${name}"` : error.message;
      resolve(NOT_STARTED);
    });
    child.once('close', (code, signal) =>
      resolve(code ?? (signal === null ? NOT_STARTED : 128 + constants.signals[signal])),
    );
  });
  // A program that ends before it has read everything is judged by its exit code.
  child.stdin.on('error', () => undefined);
  return {
    child,
    ended,
    startFailure: () => failure,
    kill: () => {
      child.kill('SIGKILL');
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
  };
}

/** Runs one command to its end, whatever that is. Throws only the signal's reason. */
export async function runCli(
  engine: ContainerEngine,
  args: readonly string[],
  { signal, timeoutMs }: CliOptions = {},
): Promise<CliResult> {
  signal?.throwIfAborted();
  const cli = startCli(engine, args);
  const stdout = new BoundedText(MAX_STDOUT_BYTES, 0);
  const stderr = createStderr();
  cli.child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  cli.child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  cli.child.stdin.end();
  const deadline = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const stop = () => cli.kill();
  for (const stopper of [signal, deadline]) stopper?.addEventListener('abort', stop, { once: true });
  const exitCode = await cli.ended;
  for (const stopper of [signal, deadline]) stopper?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (deadline?.aborted === true) {
    const stderr = `no answer within ${(timeoutMs ?? 0) / 1_000} seconds`;
    return { exitCode: TIMED_OUT, stdout: '', stderr };
  }
  return { exitCode, stdout: stdout.toString(), stderr: cli.startFailure() ?? stderr.toString() };
}

export function createStderr(): BoundedText {
  return new BoundedText(STDERR_PART_BYTES, STDERR_PART_BYTES);
}
