// Says which stage of a task failed and what it wrote, when the task's owner has nothing better to say.
import { excerpt } from '../domain/text/excerpt.ts';
import { LifeboatError } from '../errors.ts';
import type { TaskOutcome } from '../ports/remote.ts';

/**
 * The stage that is to blame: the last one that failed. Who writes to a program that ended fails with it, whatever status that
 * gives; who reads from one sees an ordinary end. Without any, the first that did not say how it ended.
 */
export function findCulprit(outcome: TaskOutcome): { stage: string; status: number | undefined } | undefined {
  const failed = [...outcome.statuses]
    .filter(([, status]) => status !== 0)
    .map(([stage, status]) => ({ stage, status }));
  return failed.findLast(({ status }) => status !== undefined) ?? failed[0];
}

/** Stage under which session.sh reports the file system of the private directory when it is full. */
const FULL_DISK = 'room';

export function explainFullDisk({ label, stderr }: TaskOutcome): LifeboatError | undefined {
  const where = stderr.get(FULL_DISK)?.trim();
  if (where === undefined) return undefined;
  return new LifeboatError('target-home', `${label}: ${where} on the target is full`, {
    hint: `Nothing of this run counts. Look what fills it (df ${where}); Lifeboat itself needs a few megabytes there, more only for tens of thousands of tables.`,
  });
}

export function explainOutcome(outcome: TaskOutcome, taskStatus: number): LifeboatError {
  const culprit = findCulprit(outcome);
  const stage = culprit?.stage ?? 'task';
  const how = culprit
    ? culprit.status === undefined
      ? `${stage} was ended before it could report`
      : `${stage} ended with status ${culprit.status}${signalName(culprit.status)}`
    : `the script ended with status ${taskStatus}`;
  return new LifeboatError('target-stage-failed', `${outcome.label}: ${how}${quoteStderr(outcome, stage)}`, {
    hint: 'Nothing of this run counts. The lines above are what the program itself said.',
  });
}

/** What a stage wrote to standard error, on lines of its own; empty when it wrote nothing. */
export function quoteStderr(outcome: TaskOutcome, stage: string): string {
  const text = excerpt(outcome.stderr.get(stage) ?? '');
  return text === '' ? '' : `:\n${text}`;
}

function signalName(status: number): string {
  const names: Readonly<Record<number, string>> = {
    137: 'killed',
    141: 'its reader ended',
    143: 'terminated',
  };
  return names[status] === undefined ? '' : ` (${names[status]})`;
}
