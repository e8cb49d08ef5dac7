// The pass criterion of every fault: a clear error, told once, and no secret in it.
import { expect } from 'vitest';
import type { ErrorCode } from '../../src/errors.ts';
import { findCanaries, type Canary } from './canaries.ts';
import type { ActionRun } from './runner.ts';
import { findCommands, type WorkflowCommand } from './workflow-commands.ts';

export interface ExpectedFailure {
  readonly code: ErrorCode;
  /** 1 unless given. */
  readonly exitCode?: number;
  /** Found in the annotation: cause and next step. */
  readonly says: readonly (string | RegExp)[];
  /** None unless given. */
  readonly outputs?: Readonly<Record<string, string>>;
}

/** Who knows the secrets that a run was given. */
export interface Initiated {
  canaries(): readonly Canary[];
}

/** Commands that a run may send to the runner, whatever happened to it. */
const USUAL_COMMANDS = ['group', 'endgroup', 'debug', 'warning', 'error'];

/** Checks how a run failed and returns its annotation. */
export function expectFailure(site: Initiated, run: ActionRun, expected: ExpectedFailure): string {
  const { error, message } = findError(run);
  expect(error.properties).toContain(`(${expected.code})`);
  expect(run.exitCode).toBe(expected.exitCode ?? 1);
  for (const words of expected.says) expect(message).toMatch(words);
  // What failed, what to do, where to read on; nothing of it cut off.
  expect(message).toMatch(
    new RegExp(`\\S\\n +\\S.*\\n +See docs/troubleshooting\\.md#${expected.code}$`, 's'),
  );
  expect(run.summary).toContain(`(${expected.code})`);
  expect(run.outputs).toEqual(expected.outputs ?? {});
  expectNoSecrets(site, run);
  return message;
}

/** Nothing that a run printed holds a secret, and nothing in it is a command that it should not give. */
export function expectNoSecrets(site: Initiated, run: ActionRun): void {
  const told = [run.log, run.summary, ...Object.values(run.outputs)].join('\n');
  expect(findCanaries(told, site.canaries())).toEqual([]);
  for (const { name } of findCommands(run.log)) expect(USUAL_COMMANDS).toContain(name);
}

function findError(run: ActionRun): { error: WorkflowCommand; message: string } {
  const errors = findCommands(run.log).filter(({ name }) => name === 'error');
  expect(errors, run.log).toHaveLength(1);
  const [error] = errors as [WorkflowCommand];
  return { error, message: error.message };
}

/** Messages of the warnings that a run annotated. */
export function findWarnings(run: ActionRun): string[] {
  return findCommands(run.log).flatMap(({ name, message }) => (name === 'warning' ? [message] : []));
}
