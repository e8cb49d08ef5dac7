// A stand-in for GitHub and its runner: reads the example workflows, or those that init writes, and does what they say, with the built actions. It knows what the
// examples use (needs, if, matrix, env, with, secrets, vars, inputs, outputs, calls of other workflows, permissions of the token) and
// refuses everything else. Time limits and concurrency groups are GitHub's own, and are not seen here.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { runCommand } from '../lab/command.ts';
import { ROOT } from './documentation.ts';
import { type Context, evaluate, isTrue, resolve, toText } from './expression.ts';
import type { ActionRun } from './runner.ts';

const EXAMPLES = path.join(ROOT, 'docs/examples');

/** What GitHub keeps for a repository, and what machine steps run on. */
export interface Surroundings {
  /** Secrets and variables of an environment; an unknown one has none. */
  environment(name: string): { readonly secrets: Context; readonly vars: Context };
  /** The token of a job with this permission for issues. */
  token(canWriteIssues: boolean): string;
  run(
    action: string,
    inputs: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>>,
  ): Promise<ActionRun>;
}

export interface Event {
  readonly name: 'schedule' | 'workflow_dispatch';
  /** What somebody filled in; the rest has its default. */
  readonly inputs?: Readonly<Record<string, unknown>>;
}

export type Result = 'success' | 'failure' | 'skipped';

export interface JobRun {
  /** With its place in the matrix, and behind that of its caller: `backup (atlas) / dump`. */
  readonly name: string;
  readonly result: Result;
  readonly environment: string;
  readonly outputs: Context;
  /** What its steps did, actions and scripts. */
  readonly steps: readonly {
    readonly uses: string;
    readonly log: string;
    readonly exitCode: number | null;
  }[];
}

interface Mapping {
  readonly [name: string]: unknown;
}

/** What a workflow knows of whoever called it. */
interface Call {
  readonly prefix: string;
  readonly inputs: Context;
  readonly mayWriteIssues: boolean;
  /** Whether the secrets of environments are handed on. */
  readonly hasSecrets: boolean;
}

const KNOWN = {
  workflow: ['name', 'on', 'permissions', 'jobs'],
  job: [
    ...['runs-on', 'timeout-minutes', 'environment', 'permissions', 'concurrency', 'outputs', 'steps', 'env'],
    ...['strategy', 'needs', 'if', 'uses', 'with', 'secrets'],
  ],
  step: ['id', 'if', 'uses', 'with', 'run', 'env'],
} as const;

/** Runs an example by its file name. Returns all jobs in the order in which they were done, those of called workflows among them. */
export async function runWorkflow(
  file: string,
  event: Event,
  around: Surroundings,
): Promise<readonly JobRun[]> {
  return runParsed(file, readExample(file), event, around);
}

/** The same for the text of a workflow that calls no other. */
export async function runWorkflowText(
  name: string,
  text: string,
  event: Event,
  around: Surroundings,
): Promise<readonly JobRun[]> {
  return runParsed(name, readWorkflow(name, text), event, around);
}

async function runParsed(
  file: string,
  workflow: Mapping,
  event: Event,
  around: Surroundings,
): Promise<readonly JobRun[]> {
  const trigger = (workflow['on'] as Mapping)[event.name];
  if (trigger === undefined) throw new Error(`${file} does not run on ${event.name}`);
  const declared = ((trigger ?? {}) as Mapping)['inputs'] as Mapping | undefined;
  const inputs = event.name === 'schedule' ? {} : readInputs(file, declared ?? {}, event.inputs ?? {});
  const done = await runJobs(workflow, event, around, {
    prefix: '',
    inputs,
    mayWriteIssues: true,
    hasSecrets: true,
  });
  return done.runs;
}

export function readExample(file: string): Mapping {
  return readWorkflow(file, readFileSync(path.join(EXAMPLES, file), 'utf8'));
}

function readWorkflow(name: string, text: string): Mapping {
  const workflow = parse(text) as Mapping;
  refuseUnknown(name, workflow, KNOWN.workflow);
  return workflow;
}

interface Done {
  readonly runs: readonly JobRun[];
  /** By the names of the jobs in this file. */
  readonly jobs: Readonly<Record<string, { readonly result: Result; readonly outputs: Context }>>;
}

async function runJobs(workflow: Mapping, event: Event, around: Surroundings, call: Call): Promise<Done> {
  const waiting = new Map(Object.entries(workflow['jobs'] as Record<string, Mapping>));
  const jobs: Record<string, { result: Result; outputs: Context }> = {};
  const runs: JobRun[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].find(([, { needs = [] }]) =>
      [needs].flat().every((name) => String(name) in jobs),
    );
    if (ready === undefined) throw new Error('jobs wait for each other, or for one that is not there');
    const [name, job] = ready;
    waiting.delete(name);
    refuseUnknown(name, job, KNOWN.job);
    const needed = [job['needs'] ?? []].flat().map(String);
    const needs = Object.fromEntries(needed.map((one) => [one, jobs[one]]));
    const context = { inputs: call.inputs, needs, github: githubContext(event) };
    if (
      !isDue(
        job['if'],
        context,
        Object.values(needs).every((one) => one?.result === 'success'),
      )
    ) {
      jobs[name] = { result: 'skipped', outputs: {} };
      runs.push({ name: call.prefix + name, result: 'skipped', environment: '', outputs: {}, steps: [] });
      continue;
    }
    const legs: { result: Result; outputs: Context }[] = [];
    for (const matrix of readMatrix(job, context)) {
      const values = Object.values(matrix).map(toText);
      const label = `${call.prefix}${name}${values.length === 0 ? '' : ` (${values.join(', ')})`}`;
      const leg = await runJob(label, job, { ...context, matrix }, event, around, call, workflow);
      runs.push(...leg.runs);
      legs.push(leg);
    }
    const isGood = legs.every(({ result }) => result === 'success');
    jobs[name] = { result: isGood ? 'success' : 'failure', outputs: legs.at(-1)?.outputs ?? {} };
  }
  return { runs, jobs };
}

async function runJob(
  name: string,
  job: Mapping,
  context: Context,
  event: Event,
  around: Surroundings,
  call: Call,
  workflow: Mapping,
): Promise<{ runs: readonly JobRun[]; result: Result; outputs: Context }> {
  const permissions = (job['permissions'] ?? workflow['permissions'] ?? {}) as Mapping;
  const mayWriteIssues = call.mayWriteIssues && permissions['issues'] === 'write';
  if (typeof job['uses'] === 'string') {
    const file = path.basename(job['uses']);
    const called = readExample(file);
    const { inputs = {}, outputs = {} } = (called['on'] as Mapping)['workflow_call'] as Record<
      string,
      Mapping
    >;
    const given = resolve(job['with'] ?? {}, context) as Mapping;
    const done = await runJobs(called, event, around, {
      prefix: `${name} / `,
      inputs: readInputs(file, inputs, given),
      mayWriteIssues,
      hasSecrets: job['secrets'] === 'inherit',
    });
    const values = Object.entries(outputs).map(([output, declared]) => [
      output,
      resolve((declared as Mapping)['value'], { jobs: done.jobs }),
    ]);
    const isGood = Object.values(done.jobs).every(({ result }) => result !== 'failure');
    return {
      runs: done.runs,
      result: isGood ? 'success' : 'failure',
      outputs: Object.fromEntries(values) as Context,
    };
  }
  const environment = toText(resolve(job['environment'], context));
  const { secrets, vars } = around.environment(environment);
  const known = {
    ...context,
    secrets: { ...(call.hasSecrets ? secrets : {}), GITHUB_TOKEN: around.token(mayWriteIssues) },
    vars,
  };
  const steps: Record<string, { outputs: Context }> = {};
  const ran: { uses: string; log: string; exitCode: number | null }[] = [];
  let isGood = true;
  for (const step of job['steps'] as Mapping[]) {
    refuseUnknown(name, step, KNOWN.step);
    const here = { ...known, steps };
    if (!isDue(step['if'], here, isGood)) continue;
    const env = toTexts(
      resolve({ ...(job['env'] as Mapping), ...(step['env'] as Mapping) }, here) as Mapping,
    );
    const done = await runStep(step, env, here, around);
    ran.push(done);
    if (typeof step['id'] === 'string') steps[step['id']] = { outputs: done.outputs };
    isGood &&= done.exitCode === 0;
  }
  const outputs = resolve(job['outputs'] ?? {}, { ...known, steps }) as Context;
  const result = isGood ? 'success' : 'failure';
  return { runs: [{ name, result, environment, outputs, steps: ran }], result, outputs };
}

async function runStep(
  { uses, run, with: given }: Mapping,
  env: Readonly<Record<string, string>>,
  context: Context,
  around: Surroundings,
) {
  if (typeof run === 'string') {
    if (run.includes('${{')) throw new Error('an expression stands in a script');
    const log = await runCommand('bash', ['-e', '-c', run], { env: { PATH: process.env['PATH'], ...env } });
    return { uses: 'bash', log, exitCode: 0, outputs: {} };
  }
  const [, action] = /^[\w-]+\/lifeboat\/([a-z-]+)@\w+$/.exec(String(uses)) ?? [];
  if (action === undefined) throw new Error(`${String(uses)} cannot be run here`);
  const inputs = toTexts(resolve(given ?? {}, context) as Mapping);
  const { log, exitCode, outputs } = await around.run(action, inputs, env);
  return { uses: action, log, exitCode, outputs };
}

/** A status function says what it is about by itself; without one everything before must have been good. */
function isDue(condition: unknown, context: Context, isGood: boolean): boolean {
  if (condition === undefined) return isGood;
  const text = toText(condition).replace(/^\$\{\{(.*)\}\}$/, '$1');
  const asked = new Set<string>();
  const ask = (name: string, value: boolean) => () => {
    asked.add(name);
    return value;
  };
  const value = isTrue(
    evaluate(text, context, {
      always: ask('always', true),
      success: ask('success', isGood),
      failure: ask('failure', !isGood),
      cancelled: ask('cancelled', false),
    }),
  );
  return asked.size > 0 ? value : value && isGood;
}

function readMatrix(job: Mapping, context: Context): readonly Context[] {
  const { matrix } = (job['strategy'] ?? {}) as { matrix?: Mapping };
  if (matrix === undefined) return [{}];
  return Object.entries(matrix).reduce<Context[]>(
    (legs, [name, values]) =>
      legs.flatMap((leg) =>
        (resolve(values, context) as unknown[]).map((value) => ({ ...leg, [name]: value })),
      ),
    [{}],
  );
}

/** Checked as GitHub checks them: nothing unknown, everything required, each of its type. */
function readInputs(file: string, declared: Mapping, given: Mapping): Context {
  const unknown = Object.keys(given).filter((name) => !(name in declared));
  if (unknown.length > 0) throw new Error(`${file} takes no ${unknown.join(', ')}`);
  const entries = Object.entries(declared as Record<string, Mapping>).map(([name, input]) => {
    const value = given[name] ?? input['default'];
    if (value === undefined && input['required'] === true) throw new Error(`${file} needs ${name}`);
    const { type, options } = input;
    const isFit =
      type === 'choice'
        ? (options as unknown[]).includes(value)
        : value === undefined || typeof value === type;
    if (!isFit) throw new Error(`${file}: ${name} is no ${String(type)}`);
    return [name, value ?? ''];
  });
  return Object.fromEntries(entries) as Context;
}

function githubContext({ name }: Event): Context {
  return { event_name: name, run_id: '4711', run_attempt: '1', repository: 'example/ops' };
}

function toTexts(values: Mapping): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toText(value)]));
}

function refuseUnknown(where: string, value: Mapping, known: readonly string[]): void {
  const unknown = Object.keys(value).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${where}: ${unknown.join(', ')} is not known here`);
}
