// A workflow file: whether the steps that use Lifeboat have the inputs that there are, and what around them goes wrong in the end.
import { chooseMinute } from '../../domain/schedule.ts';
import { LifeboatError } from '../../errors.ts';
import type { ActionDeclaration } from '../../inputs/declaration.ts';
import { describeField, type Field } from '../../inputs/field.ts';
import { Refusal } from '../../inputs/kind.ts';
import { nearestName } from '../../inputs/nearest.ts';
import type { Diagnosis } from './diagnosis.ts';

type Mapping = Readonly<Record<string, unknown>>;

const EXPRESSION = /\$\{\{[^]*\}\}/;
/** `OWNER/lifeboat/dump@v1`, also from a checkout: `./lifeboat/dump`. */
const OURS = /(?:^|\/)lifeboat\/([a-z-]+)(?:@.+)?$/;
/** Triggers by which others decide what runs with the secrets. */
const OPEN_TRIGGERS = ['pull_request', 'pull_request_target', 'issue_comment', 'workflow_run'];

/** `workflow` is what the YAML says, `name` for people; `steps` are the actions there are. */
export function checkWorkflow(
  name: string,
  workflow: unknown,
  steps: readonly ActionDeclaration[],
  diagnosis: Diagnosis,
): void {
  const before = diagnosis.findings.length;
  const fault = (what: string, fix: string) => diagnosis.fault('Workflow', `${name}: ${what}`, fix);
  const warn = (what: string, fix: string) => diagnosis.warn('Workflow', `${name}: ${what}`, fix);
  const top = asMapping(workflow);
  const jobs = Object.entries(asMapping(top['jobs']));
  const ours = jobs
    .map(([job, value]) => ({ job, value: asMapping(value), steps: stepsOf(value) }))
    .filter(({ steps: found }) => found.length > 0);
  if (ours.length === 0) {
    fault(
      'no job has a step that uses Lifeboat',
      'Is it the right file? A step begins with `uses: OWNER/lifeboat/dump@v1`.',
    );
    return;
  }
  checkTriggers(top['on'], warn);
  for (const { job, value, steps: found } of ours) {
    checkSurroundings(job, value, top, warn);
    for (const step of found) checkStep(step, steps, fault);
  }
  if (diagnosis.findings.length === before)
    diagnosis.good.push({ area: 'Workflow', what: `${name}: inputs, schedule, permissions, concurrency` });
}

type Tell = (what: string, fix: string) => void;

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

function checkSurroundings(job: string, value: Mapping, workflow: Mapping, warn: Tell): void {
  const permissions = value['permissions'] ?? workflow['permissions'];
  const mayWrite = Object.entries(asMapping(permissions)).some(
    ([scope, level]) => level === 'write' && scope !== 'id-token',
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
  }
}

function checkStep(step: Mapping, steps: readonly ActionDeclaration[], fault: Tell): void {
  const [, action = ''] = OURS.exec(asText(step['uses'])) ?? [];
  const declaration = steps.find(({ name }) => name === action);
  if (declaration === undefined) {
    const nearest = nearestName(
      action,
      steps.map(({ name }) => name),
    );
    fault(
      `there is no action ${action}`,
      nearest === undefined
        ? `There are: ${steps.map(({ name }) => name).join(', ')}.`
        : `Did you mean \`${nearest}\`?`,
    );
    return;
  }
  const { inputs } = declaration;
  const given = asMapping(step['with']);
  for (const [name, value] of Object.entries(given)) {
    const field = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (field === undefined) {
      const nearest = nearestName(name, Object.keys(inputs));
      fault(
        `\`${action}\` has no input \`${name}\``,
        nearest === undefined
          ? `Take it out; docs/reference/${action}.md has all of them.`
          : `Did you mean \`${nearest}\`?`,
      );
    } else {
      checkValue(name, field, asText(value), fault);
    }
  }
  const missing = Object.entries(inputs).filter(([name, { isRequired }]) => isRequired && !(name in given));
  if (missing.length > 0)
    fault(
      `\`${action}\` needs ${missing.map(([name]) => `\`${name}\``).join(', ')}`,
      `docs/reference/${action}.md says what each accepts.`,
    );
}

/** What is worked out when the workflow runs is not known here. */
function checkValue(name: string, field: Field<unknown>, value: string, fault: Tell): void {
  if (EXPRESSION.test(value)) return;
  if (field.isSecret && value !== '') {
    fault(
      `\`${name}\` stands in the file, where everybody can read it who can read the repository`,
      `Take the secret as known, make a new one, store it (gh secret set), and write ${name}: \${{ secrets.NAME }}`,
    );
    return;
  }
  try {
    if (value.trim() !== '') field.parse(value);
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof LifeboatError)) throw error;
    fault(`the value of \`${name}\` cannot be used: ${error.message}`, describeField(field));
  }
}

function stepsOf(job: unknown): Mapping[] {
  const { steps } = asMapping(job);
  return (Array.isArray(steps) ? steps : []).map(asMapping).filter(({ uses }) => OURS.test(asText(uses)));
}

function asMapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}
