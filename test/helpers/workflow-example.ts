// Judges examples of workflows in the documentation: would they run, and are they what we would want people to copy?
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { actions } from '../../src/entries/actions.ts';
import type { ActionDeclaration } from '../../src/inputs/declaration.ts';
import { ROOT } from './documentation.ts';

type Mapping = Readonly<Record<string, unknown>>;

const declarations: Readonly<Record<string, { readonly declaration: ActionDeclaration }>> = actions;

/** Everything that is wrong with a piece of YAML: a whole workflow, a list of steps, or anything else that can be parsed. */
export function findWorkflowFaults(text: string): string[] {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    return [`it cannot be parsed: ${String(error)}`];
  }
  if (Array.isArray(value)) return value.flatMap((step) => findStepFaults(step));
  return isMapping(value) && 'jobs' in value ? findFaults(value) : [];
}

function findFaults(workflow: Mapping): string[] {
  const triggers = isMapping(workflow['on']) ? workflow['on'] : {};
  const jobs = isMapping(workflow['jobs']) ? Object.entries(workflow['jobs']) : [];
  return [
    ...(JSON.stringify(workflow['permissions']) === '{}' ? [] : ['permissions is not {}']),
    ...Object.keys(triggers)
      .filter((name) => !['schedule', 'workflow_dispatch', 'workflow_call'].includes(name))
      .map((name) => `it runs on ${name}`),
    ...(isByHand(jobs) ? findTriggerFaults(triggers) : findScheduleFaults(triggers, jobs)),
    ...(jobs.length === 0 ? ['it has no jobs'] : []),
    ...jobs.flatMap(([name, job]) => findJobFaults(name, job, workflow)),
  ];
}

/** Restores are for people to start. */
function isByHand(jobs: readonly (readonly [string, unknown])[]): boolean {
  return JSON.stringify(jobs).includes('/lifeboat/restore@');
}

function findTriggerFaults(triggers: Mapping): string[] {
  return Object.keys(triggers).join() === 'workflow_dispatch'
    ? []
    : ['a restore is not started by hand alone'];
}

/** What others call, and what is done on the occasion of something else, has its time from there. */
function findScheduleFaults(
  { schedule, ...others }: Mapping,
  jobs: readonly (readonly [string, unknown])[],
): string[] {
  const isOccasional = 'workflow_call' in others || jobs.some(([, job]) => isMapping(job) && 'needs' in job);
  if (!Array.isArray(schedule)) return isOccasional ? [] : ['it has no schedule'];
  return schedule.flatMap((entry) => {
    const cron = isMapping(entry) ? String(entry['cron']) : '';
    const minutes = (/^(\d{1,2}(?:,\d{1,2})*)( \S+){4}$/.exec(cron)?.[1] ?? '0').split(',').map(Number);
    return minutes.some((minute) => minute % 5 === 0) ? [`"${cron}" is not at an odd minute`] : [];
  });
}

function findJobFaults(name: string, job: unknown, workflow: Mapping): string[] {
  if (!isMapping(job)) return [`${name}: it is no job`];
  if ('uses' in job) return findCallFaults(name, job);
  const concurrency = job['concurrency'] ?? workflow['concurrency'];
  const isGrouped =
    isMapping(concurrency) && Boolean(concurrency['group']) && concurrency['cancel-in-progress'] === false;
  const steps = Array.isArray(job['steps']) ? job['steps'] : [];
  return [
    ...(isGrouped ? [] : [`${name}: no concurrency group without cancel-in-progress`]),
    ...(typeof job['timeout-minutes'] === 'number' ? [] : [`${name}: no timeout-minutes`]),
    ...(typeof job['runs-on'] === 'string' ? [] : [`${name}: no runs-on`]),
    ...(steps.length === 0 ? [`${name}: no steps`] : []),
    ...findPermissionFaults(name, job['permissions'], steps.some(writesIssues)),
    ...steps.flatMap((step) => findStepFaults(step)),
  ];
}

/** A job that calls another example, which lies beside it. */
function findCallFaults(name: string, { uses, with: given, secrets, permissions }: Mapping): string[] {
  const [, file = ''] = /^\.\/\.github\/workflows\/([a-z-]+\.yml)$/.exec(String(uses)) ?? [];
  const called = path.join(ROOT, 'docs/examples', file);
  if (file === '' || !existsSync(called)) return [`${name}: there is no workflow ${String(uses)}`];
  const workflow = parse(readFileSync(called, 'utf8')) as Mapping;
  const call = isMapping(workflow['on']) ? workflow['on']['workflow_call'] : undefined;
  if (call === undefined) return [`${name}: ${file} cannot be called`];
  const declared = isMapping(call) && isMapping(call['inputs']) ? call['inputs'] : {};
  const inputs = isMapping(given) ? given : {};
  const jobs = isMapping(workflow['jobs']) ? Object.values(workflow['jobs']) : [];
  const mayWrite = jobs.some(
    (job) => isMapping(job) && isMapping(job['permissions']) && 'issues' in job['permissions'],
  );
  return [
    ...Object.keys(inputs)
      .filter((input) => !(input in declared))
      .map((input) => `${name}: ${file} takes no ${input}`),
    ...Object.entries(declared)
      .filter(([input, one]) => isMapping(one) && one['required'] === true && !(input in inputs))
      .map(([input]) => `${name}: ${file} needs ${input}`),
    ...(secrets === 'inherit' ? [] : [`${name}: ${file} gets no secrets`]),
    ...findPermissionFaults(name, permissions, mayWrite),
  ];
}

/** Nothing, but issues where a step is to write some. */
function findPermissionFaults(name: string, permissions: unknown, isWriting: boolean): string[] {
  const needed = isWriting ? '{"issues":"write"}' : '{}';
  return JSON.stringify(permissions ?? {}) === needed ? [] : [`${name}: permissions are not ${needed}`];
}

function writesIssues(step: unknown): boolean {
  const given = isMapping(step) && isMapping(step['with']) ? step['with'] : {};
  return given['notify-issue'] === true || given['human-check'] === 'quarterly';
}

function findStepFaults(step: unknown): string[] {
  if (!isMapping(step)) return ['a step is no mapping'];
  const { uses, run } = step;
  if (typeof run === 'string') return run.includes('${{') ? ['an expression stands in a script'] : [];
  const name = /^OWNER\/lifeboat\/([a-z-]+)@v1$/.exec(String(uses))?.[1];
  if (name === undefined) return [`${String(uses)} is none of our actions`];
  return findInputFaults(name, isMapping(step['with']) ? step['with'] : {});
}

function findInputFaults(name: string, given: Mapping): string[] {
  const file = path.join(ROOT, name, 'action.yml');
  const declared = declarations[name]?.declaration.inputs;
  if (!existsSync(file) || declared === undefined) return [`there is no action ${name}`];
  const { inputs } = parse(readFileSync(file, 'utf8')) as {
    inputs: Readonly<Record<string, { readonly required: boolean }>>;
  };
  return [
    ...Object.entries(inputs)
      .filter(([input, { required }]) => required && !(input in given))
      .map(([input]) => `${input} is required`),
    ...Object.entries(given).flatMap(([input, value]) => {
      const field = declared[input];
      if (!(input in inputs) || field === undefined) return [`there is no input ${input}`];
      const text = String(value);
      const isSecret = /^\$\{\{ (?:[\w.]+ == '\w*' && )?secrets\.[A-Z_]+(?: \|\| '')? \}\}$/.test(text);
      if (field.isSecret !== isSecret)
        return [`${input} is ${field.isSecret ? 'not ' : ''}taken from a secret`];
      return text.includes('${{') ? [] : findValueFault(input, () => field.parse(text));
    }),
  ];
}

function findValueFault(input: string, read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    return [`${input}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
