// The user's own commands on the target, around a dump or a snapshot: `before`, and `after`, which is run whatever happens in between. When this run
// can no longer do that, the session on the target does it at its end.
import { excerpt } from '../domain/text/excerpt.ts';
import { shellQuote } from '../domain/text/shell.ts';
import { LifeboatError } from '../errors.ts';
import type { TargetSession, Task, TaskOutcome } from '../ports/remote.ts';
import type { Reporter } from '../ports/reporter.ts';

/** What the session needs for `after`. */
const COMMAND_TOOLS = ['setsid', 'timeout'] as const;

/** sh(1): 128 and the number of the signal; `timeout` ends what takes too long with KILL. */
const KILLED = 137;

/** As a user gives them. */
export interface CommandInputs {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface Commands extends CommandInputs {
  readonly session: TargetSession;
  readonly reporter: Reporter;
}

export function hasCommands({ before, after }: CommandInputs): boolean {
  return (before ?? after) !== undefined;
}

/** Programs that the target must have for them. */
export function commandTools(inputs: CommandInputs): readonly string[] {
  return hasCommands(inputs) ? COMMAND_TOOLS : [];
}

/** Returns what the work gave, and how `after` failed. Throws `before-failed`, and what the work throws. */
export async function withCommands<T>(
  commands: Commands,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly failure: LifeboatError | undefined }> {
  try {
    await runBefore(commands);
    const value = await work();
    return { value, failure: await runAfter(commands) };
  } catch (error) {
    // The session may be in the middle of something: its end is a way that always works.
    if (commands.after !== undefined) commands.reporter.info('the server runs `after` by itself now');
    throw error;
  }
}

/** Fails a run, and says what there is all the same: `what` is stored. */
export function afterFailed(what: string, { code, message, hint, cause }: LifeboatError): LifeboatError {
  const options = { ...(hint === undefined ? {} : { hint }), cause };
  return new LifeboatError(code, `${what} is stored and counts, but ${message}`, options);
}

async function handOverAfter({ after, session }: Commands): Promise<void> {
  if (after === undefined) return;
  const script = `printf '%s\n' ${shellQuote(after)} >"$D/after" && mkdir "$D/after_is_due"`;
  await session.run({ label: '`after`, to be run later', script, stages: [] });
}

/** From here on `after` is due: who does not come to `runAfter` leaves it to the end of the session. Throws `before-failed`. */
export async function runBefore(commands: Commands): Promise<void> {
  const { before } = commands;
  await handOverAfter(commands);
  if (before === undefined) return;
  const script = `printf '%s\n' ${shellQuote(before)} >"$D/before"; stage before run_before`;
  await run(commands, { label: '`before`', script, stages: ['before'] }, (how) => {
    return new LifeboatError('before-failed', `\`before\` ${how}`, {
      hint: 'Nothing was stored. The lines above are what the commands said; `after` is run all the same.',
    });
  });
}

/** Returns how it failed. */
export async function runAfter(commands: Commands): Promise<LifeboatError | undefined> {
  if (commands.after === undefined) return undefined;
  const script = 'take_after && stage after run_after';
  try {
    await run(commands, { label: '`after`', script, stages: ['after'] }, (how) => {
      return new LifeboatError('after-failed', `\`after\` ${how}`, {
        hint: 'Look at the server: what `before` stopped may still be stopped.',
      });
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    if (error.code === 'after-failed') return error;
    return new LifeboatError('after-failed', `\`after\` was not seen to end: ${error.message}`, {
      hint: 'The server runs it by itself when its session ends. Look whether it did.',
      cause: error,
    });
  }
}

async function run(
  { session, reporter }: Commands,
  task: Task,
  fail: (how: string) => LifeboatError,
): Promise<void> {
  const [stage = ''] = task.stages;
  const explain = (outcome: TaskOutcome) => {
    const status = outcome.statuses.get(stage);
    if (status === undefined || status === 0) return undefined;
    const said = excerpt(outcome.stderr.get(stage) ?? '');
    return fail(
      `ended with status ${status}${status === KILLED ? ' (killed)' : ''}${said === '' ? '' : `:\n${said}`}`,
    );
  };
  await reporter.group(`Run ${task.label}`, async () => {
    const { stderr } = await session.run(task, explain);
    const said = (stderr.get(stage) ?? '').trimEnd();
    if (said !== '') reporter.info(said);
  });
}
