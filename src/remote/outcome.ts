// Says which stage of a task failed and what it wrote, when the task's owner has nothing better to say.
import { LifeboatError } from '../errors.ts';
import type { TaskOutcome } from '../ports/remote.ts';

/** Lines of standard error that an error message shows. */
const MAX_SHOWN_LINES = 20;
/** 128 + SIGPIPE: a stage that ended because its reader did; hardly ever the cause. */
const ENDED_BY_READER = 141;

/** The stage that is to blame: the first that failed by itself, else the first that did not say how it ended. */
export function findCulprit(outcome: TaskOutcome): { stage: string; status: number | undefined } | undefined {
  const failed = [...outcome.statuses]
    .filter(([, status]) => status !== 0)
    .map(([stage, status]) => ({ stage, status }));
  return (
    failed.find(({ status }) => status !== undefined && status !== ENDED_BY_READER) ??
    failed.find(({ status }) => status === undefined) ??
    failed[0]
  );
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

/** The last lines that a stage wrote to standard error, on lines of their own; empty when it wrote nothing. */
export function quoteStderr(outcome: TaskOutcome, stage: string): string {
  const text = outcome.stderr.get(stage)?.trim() ?? '';
  return text === '' ? '' : `:\n${text.split('\n').slice(-MAX_SHOWN_LINES).join('\n')}`;
}

function signalName(status: number): string {
  const names: Readonly<Record<number, string>> = {
    137: 'killed',
    141: 'its reader ended',
    143: 'terminated',
  };
  return names[status] === undefined ? '' : ` (${names[status]})`;
}
