// A workflow file: whether the steps that use Lifeboat have the inputs that there are, and what around them goes wrong in the end.
import { chooseMinute } from '../../domain/schedule.ts';
import type { ActionDeclaration } from '../../inputs/declaration.ts';
import { actionOf, checkStep, isOurs, type JobFacts, type Looked, type Step } from './check-step.ts';
import type { Diagnosis } from './diagnosis.ts';
import { asMapping, asText, type Mapping, type Tell } from './yaml.ts';

/** Triggers by which others decide what runs with the secrets. */
const OPEN_TRIGGERS = ['pull_request', 'pull_request_target', 'issue_comment', 'workflow_run'];

/** What a job may be let do: take a token of its own for the bucket, write issues about itself. */
const HARMLESS_SCOPES = ['id-token', 'issues'];

/** Where a step finds keys of a bucket that are not among its inputs. */
const AWS_KEYS = /^AWS_/;
const AWS_LOGIN = /^aws-actions\/configure-aws-credentials@/;

/** Returns the steps whose actions are known. `workflow` is what the YAML says, `name` for people; `steps` are the actions there are, with every rule; `looked` is what the doctor was given. */
export function checkWorkflow(
  name: string,
  workflow: unknown,
  steps: readonly ActionDeclaration[],
  looked: Looked,
  diagnosis: Diagnosis,
): readonly Step[] {
  const before = diagnosis.findings.length;
  const fault = (what: string, fix: string) => diagnosis.fault('Workflow', `${name}: ${what}`, fix);
  const warn = (what: string, fix: string) => diagnosis.warn('Workflow', `${name}: ${what}`, fix);
  const top = asMapping(workflow);
  const jobs = Object.entries(asMapping(top['jobs']));
  const ours = jobs
    .map(([job, value]) => ({ job, value: asMapping(value), steps: stepsOf(value).filter(isOurs) }))
    .filter(({ steps: found }) => found.length > 0);
  if (ours.length === 0) {
    fault(
      'no job has a step that uses Lifeboat',
      'Is it the right file? A step begins with `uses: OWNER/lifeboat/dump@v1`.',
    );
    return [];
  }
  const known: Step[] = [];
  checkTriggers(top['on'], warn);
  for (const { job, value, steps: found } of ours) {
    checkSurroundings(job, value, top, found, warn);
    checkRunner(job, value, fault);
    checkIssues(job, value, top, found, warn);
    const facts = factsOf(value, top);
    for (const each of found) {
      if (actionOf(each) === undefined)
        diagnosis.skip('Workflow', `${name}, job ${job}`, 'its `command` is worked out in the run');
      const step = checkStep(each, steps, facts, looked, fault);
      if (step !== undefined)
        known.push({ ...step, where: `${name}, job ${job}`, isHostedRunner: facts.isHostedRunner });
    }
  }
  if (diagnosis.findings.length === before)
    diagnosis.good.push({ area: 'Workflow', what: `${name}: inputs, schedule, permissions, concurrency` });
  return known;
}

function checkTriggers(on: unknown, warn: Tell): void {
  const triggers = new Map(Object.entries(asMapping(on)));
  for (const name of Array.isArray(on) ? on : [on]) triggers.set(asText(name), undefined);
  for (const name of OPEN_TRIGGERS.filter((open) => triggers.has(open))) {
    warn(`it runs on ${name}, which others can set off`, 'Leave only `schedule` and `workflow_dispatch`.');
  }
  const schedule = triggers.get('schedule');
  for (const entry of Array.isArray(schedule) ? schedule : []) {
    const cron = asText(asMapping(entry)['cron']);
    const [minute = '', ...rest] = cron.trim().split(/\s+/);
    if (minute.split(',').every((one) => /^\d+$/.test(one) && Number(one) % 5 !== 0)) continue;
    warn(
      `it is scheduled at minute ${minute} (${cron}), when GitHub is busiest: such runs start late, and some are dropped`,
      `Take a minute of its own: cron: '${chooseMinute()} ${rest.join(' ')}'`,
    );
  }
}

function checkSurroundings(
  job: string,
  value: Mapping,
  workflow: Mapping,
  found: readonly Mapping[],
  warn: Tell,
): void {
  const permissions = value['permissions'] ?? workflow['permissions'];
  const mayWrite = Object.entries(asMapping(permissions)).some(
    ([scope, level]) => level === 'write' && !HARMLESS_SCOPES.includes(scope),
  );
  if (permissions === undefined)
    warn(
      `job ${job} says nothing of permissions, and may get a token that can write to the repository`,
      'permissions: {}',
    );
  else if (permissions === 'write-all' || mayWrite)
    warn(`job ${job} may write to the repository, which no backup needs`, 'permissions: {}');
  const concurrency = value['concurrency'] ?? workflow['concurrency'];
  const isGrouped = typeof concurrency === 'string' || asMapping(concurrency)['group'] !== undefined;
  if (!isGrouped) {
    warn(
      `job ${job} has no concurrency group: a second run starts while the first is at work, and ends as busy`,
      `concurrency:\n  group: ${job}\n  cancel-in-progress: false`,
    );
  } else if (asMapping(concurrency)['cancel-in-progress'] === true) {
    warn(`job ${job} is cancelled by the next one in its concurrency group`, 'cancel-in-progress: false');
  } else if (asMapping(concurrency)['queue'] !== 'max' && found.some(shipsBinlogs)) {
    warn(
      `job ${job} ships binary logs, and a run that waits for the one before it is replaced by the next one, and ends as cancelled`,
      'In the concurrency group: queue: max',
    );
  }
}

/** What runs so often that runs wait for each other. */
function shipsBinlogs(step: Mapping): boolean {
  return actionOf(step) === 'ship-binlogs';
}

function checkRunner(job: string, value: Mapping, fault: Tell): void {
  const labels = labelsOf(value);
  const other = labels.find((label) => /^(?:windows|macos)/i.test(label));
  if (labels.length === 0 && asMapping(value['runs-on'])['group'] === undefined)
    fault(`job ${job} does not say where it runs`, 'runs-on: ubuntu-latest');
  if (other !== undefined)
    fault(`job ${job} runs on ${other}, and Lifeboat runs on Linux alone`, 'runs-on: ubuntu-latest');
}

function checkIssues(job: string, value: Mapping, workflow: Mapping, steps: readonly Mapping[], warn: Tell) {
  const permissions = value['permissions'] ?? workflow['permissions'];
  const writesIssues = steps.some((step) => {
    const given = asMapping(step['with']);
    return asText(given['notify-issue']) === 'true' || asText(given['human-check']) === 'quarterly';
  });
  if (writesIssues && permissions !== 'write-all' && asMapping(permissions)['issues'] !== 'write')
    warn(`job ${job} is to write issues, and its token may not`, 'permissions:\n  issues: write');
}

function factsOf(value: Mapping, workflow: Mapping): JobFacts {
  const permissions = value['permissions'] ?? workflow['permissions'];
  const environments = [workflow, value, ...stepsOf(value)].map(({ env }) => asMapping(env));
  return {
    isHostedRunner: labelsOf(value).some((label) => /^ubuntu-/.test(label)),
    hasIdToken: permissions === 'write-all' || asMapping(permissions)['id-token'] === 'write',
    mayHaveAwsKeys:
      environments.some((names) => Object.keys(names).some((name) => AWS_KEYS.test(name))) ||
      stepsOf(value).some(({ uses, run }) => AWS_LOGIN.test(asText(uses)) || asText(run).includes('AWS_')),
  };
}

/** Of the machine, where they are known before the run. */
function labelsOf(job: Mapping): string[] {
  const runsOn = job['runs-on'];
  const labels = asMapping(runsOn)['labels'] ?? runsOn;
  return (Array.isArray(labels) ? labels : [labels]).map(asText).filter((label) => label !== '');
}

function stepsOf(job: unknown): Mapping[] {
  const { steps } = asMapping(job);
  return (Array.isArray(steps) ? steps : []).map(asMapping);
}
