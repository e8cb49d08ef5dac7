// The life of a run: a private directory, a signal that says stop, and one ending, whatever happened. Nothing returns from here.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LifeboatError } from '../errors.ts';
import type { RunContext } from './action.ts';
import type { Environment } from './environment.ts';
import { describeFailure, type Failure } from './failure.ts';
import type { RunReporter } from './run-reporter.ts';
import type { Telling } from './telling/telling.ts';

/**
 * From the first signal to the end, at the most. GitHub's runner sends SIGINT, after 7.5 s SIGTERM, and kills 2.5 s later;
 * users are promised 5 s.
 */
export const HARD_STOP_MS = 4_000;

/** From a signal to the end where there is nothing left to undo: a request that is on its way may arrive. */
const TELLING_STOP_MS = 1_000;

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface LifeOptions {
  /** For headings: `dump`. */
  readonly name: string;
  readonly environment: Environment;
  readonly reporter: RunReporter;
  readonly isWorkflow?: boolean;
  readonly ask?: RunContext['ask'];
  /** Whom to tell besides the log. */
  readonly telling?: Telling | undefined;
  readonly body: (context: RunContext) => Promise<void>;
}

/** Runs the body and ends the process with the exit code of its outcome. */
export async function live(options: LifeOptions): Promise<never> {
  const { name, environment, reporter, telling, body } = options;
  const stop = new AbortController();

  let exitCode = 1;
  let ending: Promise<never> | undefined;
  const finish = async (error: unknown): Promise<never> => {
    try {
      const failure = error === undefined ? undefined : tellFailure(error, name, environment, reporter);
      exitCode = failure?.exitCode ?? 0;
      reporter.writeSummary();
      await telling?.end(failure);
    } finally {
      process.exit(exitCode);
    }
  };
  const end = (error: unknown): Promise<never> => (ending ??= finish(error));
  const interrupt = (reason: unknown): void => {
    if (stop.signal.aborted) return;
    stop.abort(reason);
    // A run that only tells others has its verdict.
    if (ending !== undefined) return void setTimeout(() => process.exit(exitCode), TELLING_STOP_MS);
    // Keeps the process alive on purpose: what undoes its work may have nothing else to wait for.
    setTimeout(() => {
      void end(reason);
      // A bug is told to others, a cancelled run has no time left.
      if (isCancelled(reason)) process.exit(exitCode);
    }, HARD_STOP_MS);
    if (isCancelled(reason)) telling?.cancel();
  };

  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => interrupt(new LifeboatError('cancelled', `The run was cancelled (${signal}).`)));
  }
  // Rejections that nobody handles come here too.
  process.on('uncaughtException', interrupt);
  process.on(
    'beforeExit',
    () => void end(new Error('nothing was left to wait for, but the run had not ended')),
  );
  // A log that nobody reads any more is no reason to lose a backup.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  telling?.begin();
  try {
    await body(makeContext(options, stop.signal));
  } catch (error) {
    if (!stop.signal.aborted) return end(error);
    reporter.debug(
      `while stopping: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return end(stop.signal.reason);
  }
  // Done in spite of a signal is done; a bug stays a bug.
  return end(isBug(stop.signal) ? stop.signal.reason : undefined);
}

function isBug(signal: AbortSignal): boolean {
  return signal.aborted && !(signal.reason instanceof LifeboatError);
}

function isCancelled(reason: unknown): boolean {
  return reason instanceof LifeboatError && reason.code === 'cancelled';
}

function makeContext(
  { environment, reporter, isWorkflow = false, ask }: LifeOptions,
  signal: AbortSignal,
): RunContext {
  const temporaryDirectory = mkdtempSync(join(environment.temporaryBase, 'lifeboat-'));
  process.on('exit', () => rmSync(temporaryDirectory, { recursive: true, force: true }));
  return {
    reporter,
    print: (lines) => reporter.print(lines),
    signal,
    temporaryDirectory,
    surroundings: {
      isHostedRunner: environment.isHostedRunner,
      isWorkflow,
      canAsk: ask !== undefined,
      hasIdToken: environment.idTokenRequest !== undefined,
      hasRepository: environment.github.repository !== undefined,
    },
    ask,
    origin: environment.origin,
    ambientCredentials: environment.ambientCredentials,
    idTokenRequest: environment.idTokenRequest,
    github: environment.github,
  };
}

function tellFailure(error: unknown, name: string, environment: Environment, reporter: RunReporter): Failure {
  const failure = describeFailure(error, name, environment.documentationBase);
  if (failure.trace !== undefined) {
    if (failure.isBug) reporter.bug(failure.trace);
    else reporter.debug(failure.trace);
  }
  reporter.error(failure.title, failure.message);
  reporter.summaryFirst(failure.summary);
  return failure;
}
