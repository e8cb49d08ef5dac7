// A step that uses Lifeboat: whether a run would take its inputs, as far as that is known before it.
import { isDeepStrictEqual } from 'node:util';
import type { StoreLocation } from '../../domain/stores/store-url.ts';
import { LifeboatError } from '../../errors.ts';
import type { ActionDeclaration } from '../../inputs/declaration.ts';
import { camelCase, describeField, type Field } from '../../inputs/field.ts';
import { Refusal } from '../../inputs/kind.ts';
import { nearestName } from '../../inputs/nearest.ts';
import { asMapping, asText, type Mapping, type Tell } from './yaml.ts';

/** What the doctor itself was given. */
export interface Looked {
  readonly server: string;
  readonly store: StoreLocation;
}

/** What a job is like for its steps. */
export interface JobFacts {
  readonly isHostedRunner: boolean;
  readonly hasIdToken: boolean;
  /** Whether something in the job may give keys of a bucket that are not among the inputs. */
  readonly mayHaveAwsKeys: boolean;
}

/** What a step uses, as far as it is known before the run. */
export interface Step {
  readonly action: string;
  /** For people: file and job. */
  readonly where: string;
  /** By name: what stands in the file, and the defaults; not what is worked out in the run, nor what cannot be used. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly isHostedRunner: boolean;
}

const EXPRESSION = /\$\{\{[^]*\}\}/;
/** `OWNER/lifeboat/dump@v1`, or `OWNER/lifeboat@v1` with `command: dump`; also from a checkout: `./lifeboat/dump`. */
const OURS = /(?:^|\/)lifeboat(?:\/([a-z-]+))?(?:@.+)?$/;
const COMMAND = 'command';
/** What init writes for people to replace. */
const BLANK = 'REPLACE_WITH_';

export function isOurs({ uses }: Mapping): boolean {
  return OURS.test(asText(uses));
}

function isRoot(uses: string): boolean {
  return OURS.exec(uses)?.[1] === undefined;
}

/** Of a step of ours: which action it runs, as far as it is known before the run. */
export function actionOf({ uses, with: given }: Mapping): string | undefined {
  const name = OURS.exec(asText(uses))?.[1] ?? asText(asMapping(given)[COMMAND]);
  return EXPRESSION.test(name) ? undefined : name;
}

/** Undefined for a step of another server, or store, and for one of no action. */
export function checkStep(
  step: Mapping,
  steps: readonly ActionDeclaration[],
  job: JobFacts,
  looked: Looked,
  fault: Tell,
): Pick<Step, 'action' | 'values'> | undefined {
  const uses = asText(step['uses']);
  const action = actionOf(step);
  if (uses.startsWith('OWNER/'))
    fault(
      `\`uses: ${uses}\` names nobody's repository`,
      'Write the account that the repository of Lifeboat lives in in place of OWNER (README.md).',
    );
  if (action === undefined) return undefined;
  const declaration = steps.find(({ name }) => name === action);
  if (declaration === undefined) {
    const names = steps.map(({ name }) => name);
    const nearest = nearestName(action, names);
    fault(
      action === '' ? `\`uses: ${uses}\` has no \`${COMMAND}\`` : `there is no action ${action}`,
      nearest === undefined ? `There are: ${names.join(', ')}.` : `Did you mean \`${nearest}\`?`,
    );
    return undefined;
  }
  const written = Object.entries(asMapping(step['with'])).filter(
    ([name]) => !isRoot(uses) || name !== COMMAND,
  );
  const given = new Map(
    written
      .map(([name, value]) => [name, asText(value)] as const)
      // The runner hands over an empty text for an input that was not given.
      .filter(([, text]) => text.trim() !== ''),
  );
  checkNames(
    written.map(([name]) => name),
    declaration,
    fault,
  );
  const values = readValues(given, declaration, fault);
  checkRules(declaration, values, job, fault);
  checkBucketKeys(given, values, job, fault);
  return checkSame(values, looked, fault) ? { action, values } : undefined;
}

function checkNames(
  names: readonly string[],
  { name: action, inputs }: ActionDeclaration,
  fault: Tell,
): void {
  for (const name of names.filter((one) => !Object.hasOwn(inputs, one))) {
    const nearest = nearestName(name, Object.keys(inputs));
    fault(
      `\`${action}\` has no input \`${name}\``,
      nearest === undefined
        ? `Take it out; docs/reference/${action}.md has all of them.`
        : `Did you mean \`${nearest}\`?`,
    );
  }
}

/** What is known of the inputs now, those that are absent included. */
function readValues(
  given: ReadonlyMap<string, string>,
  { name: action, inputs }: ActionDeclaration,
  fault: Tell,
): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  const missing: string[] = [];
  for (const [name, field] of Object.entries(inputs)) {
    const text = given.get(name);
    if (text !== undefined) readValue(name, field, text, values, fault);
    else if (field.isRequired) missing.push(`\`${name}\``);
    else values.set(name, field.absent());
  }
  if (missing.length > 0)
    fault(`\`${action}\` needs ${missing.join(', ')}`, `docs/reference/${action}.md says what each accepts.`);
  return values;
}

/** What is worked out when the workflow runs is not known here. */
function readValue(
  name: string,
  field: Field<unknown>,
  text: string,
  values: Map<string, unknown>,
  fault: Tell,
): void {
  if (text.includes(BLANK)) {
    fault(`\`${name}\` still says ${BLANK}…`, describeField(field));
  } else if (EXPRESSION.test(text)) {
    return;
  } else if (field.isSecret) {
    fault(
      `\`${name}\` stands in the file, where everybody can read it who can read the repository`,
      `Take the secret as known, make a new one, store it (gh secret set), and write ${name}: \${{ secrets.NAME }}`,
    );
  } else {
    try {
      values.set(name, field.parse(text));
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof LifeboatError)) throw error;
      fault(`the value of \`${name}\` cannot be used: ${error.message}`, describeField(field));
    }
  }
}

/** Those that ask for nothing unknown. */
function checkRules(
  { name: action, rules }: ActionDeclaration,
  values: ReadonlyMap<string, unknown>,
  { isHostedRunner, hasIdToken }: JobFacts,
  fault: Tell,
): void {
  for (const rule of rules.filter(({ needs }) => needs.every((name) => values.has(name)))) {
    const asked = Object.fromEntries(rule.needs.map((name) => [camelCase(name), values.get(name)]));
    for (const { input, what, fix } of rule.check(asked, { isHostedRunner, hasIdToken, isWorkflow: true }))
      fault(`\`${input}\`: ${what}`, fix ?? `docs/reference/${action}.md says what it accepts.`);
  }
}

/** Secrets are never known here, so the rules say nothing of them. */
function checkBucketKeys(
  given: ReadonlyMap<string, string>,
  values: ReadonlyMap<string, unknown>,
  { isHostedRunner, mayHaveAwsKeys }: JobFacts,
  fault: Tell,
): void {
  const [id, secret] = ['store-access-key-id', 'store-secret-access-key'] as const;
  const KEYS_GO_TOGETHER = `${id}: \${{ vars.WRITER_ID }}\n${secret}: \${{ secrets.WRITER_SECRET }}`;
  if (given.has(id) !== given.has(secret)) {
    const [missing, other] = given.has(id) ? [secret, id] : [id, secret];
    // Where both are known the rules have told it.
    if (!(values.has(id) && values.has(secret)))
      fault(`\`${missing}\`: nothing is given, but \`${other}\` is`, KEYS_GO_TOGETHER);
    return;
  }
  const store = values.get('store') as StoreLocation | undefined;
  const hasOther = given.has('store-role-arn') || mayHaveAwsKeys;
  if (store?.kind === 's3' && isHostedRunner && !given.has(id) && !hasOther)
    fault(`nothing gives keys for the bucket of \`store\``, KEYS_GO_TOGETHER);
}

function checkSame(values: ReadonlyMap<string, unknown>, looked: Looked, fault: Tell): boolean {
  const others = (['server', 'store'] as const).filter((name) => {
    const value = values.get(name);
    // A list of servers, or none for all of them, is verify's.
    const isAmong = Array.isArray(value) && (value.length === 0 || value.includes(looked[name]));
    return values.has(name) && !isAmong && !isDeepStrictEqual(value, looked[name]);
  });
  for (const name of others)
    fault(
      `\`${name}\` is not what the doctor was given: what was looked at is not what the workflow uses`,
      'Write the same in both, or look at the other with a doctor of its own.',
    );
  return others.length === 0;
}
