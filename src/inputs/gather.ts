// Reads all inputs of an action and asks every rule and check, so that a run tells all its problems at once, before anything
// is contacted.
import { LifeboatError } from '../errors.ts';
import type { ActionDeclaration, Rule, Surroundings } from './declaration.ts';
import { camelCase, type Declaration, type Field, type InputsOf } from './field.ts';
import { Refusal } from './kind.ts';
import { type Problem, problemsError, quoteValue } from './problem.ts';
import type { InputSource } from './source.ts';

/**
 * A check by an adapter, such as reading a key: it is asked only when the inputs it needs could be read. What it returns is
 * kept for the run; a LifeboatError that it throws is one more problem, of the first input that it needs.
 */
export interface Check<T> {
  readonly needs: readonly string[];
  run(inputs: object): T | Promise<T>;
}

/** Makes checks for inputs of a declaration: `run` gets exactly the inputs that it asked for. */
export function checkFor<D extends Declaration, K extends keyof D & string, T>(
  _declaration: D,
  needs: readonly K[],
  run: (inputs: InputsOf<Pick<D, K>>) => T | Promise<T>,
): Check<T> {
  return { needs, run: (inputs) => run(inputs as InputsOf<Pick<D, K>>) };
}

export type Checks = Readonly<Record<string, Check<unknown>>>;
export type Checked<C extends Checks> = { readonly [K in keyof C]: C[K] extends Check<infer T> ? T : never };

export interface Gathered<D extends Declaration, C extends Checks> {
  readonly inputs: InputsOf<D>;
  readonly checked: Checked<C>;
}

const FORKS_AND_UNSET =
  'A secret that is not set, and every secret in a run that a fork started, looks exactly like this.';

/**
 * Throws `input-invalid` with every problem. Where a check's error is the only problem, that error itself is thrown.
 */
export async function gatherInputs<D extends Declaration, C extends Checks>(
  action: ActionDeclaration<D>,
  source: InputSource,
  surroundings: Surroundings,
  wiring: { readonly rules?: readonly Rule[]; readonly checks: C },
): Promise<Gathered<D, C>> {
  const problems = [...source.problems];
  const values = new Map<string, unknown>();
  for (const [name, field] of Object.entries(action.inputs)) {
    if (source.problems.some((problem) => problem.input === name)) continue;
    const reading = readField(name, field, source);
    if ('problem' in reading) problems.push(reading.problem);
    else values.set(name, reading.value);
  }

  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [camelCase(name), values.get(name)]));
  const isAskable = ({ needs }: { readonly needs: readonly string[] }) =>
    needs.every((name) => values.has(name));

  const rules = [...action.rules, ...(wiring.rules ?? [])].filter(isAskable);
  problems.push(...rules.flatMap((rule) => rule.check(pick(rule.needs), surroundings)));

  const checked = new Map<string, unknown>();
  const failures: LifeboatError[] = [];
  for (const [name, check] of Object.entries(wiring.checks).filter(([, candidate]) => isAskable(candidate))) {
    try {
      checked.set(name, await check.run(pick(check.needs)));
    } catch (error) {
      if (!(error instanceof LifeboatError)) throw error;
      failures.push(error);
      problems.push(fromError(check.needs[0] ?? name, error));
    }
  }

  const [onlyFailure] = failures;
  if (problems.length === 1 && onlyFailure !== undefined) throw onlyFailure;
  if (problems.length > 0) throw problemsError(action.name, sortProblems(problems, action), onlyFailure);
  return {
    inputs: pick(Object.keys(action.inputs)) as InputsOf<D>,
    checked: Object.fromEntries(checked) as Checked<C>,
  };
}

type Reading = { readonly value: unknown } | { readonly problem: Problem };

function readField(name: string, field: Field<unknown>, source: InputSource): Reading {
  const raw = source.read(name) ?? '';
  // The runner hands over an empty text for an input that was not given.
  if (raw.trim() === '') {
    return field.isRequired ? { problem: missing(name, field, source) } : { value: field.absent() };
  }
  try {
    return { value: field.parse(raw) };
  } catch (error) {
    if (error instanceof LifeboatError) return { problem: fromError(name, error) };
    if (!(error instanceof Refusal)) throw error;
    const what = `${field.isSecret ? 'the value' : quoteValue(raw)} ${error.message}`;
    return { problem: { input: name, what, accepted: field.accepts } };
  }
}

function missing(name: string, field: Field<unknown>, source: InputSource): Problem {
  const howToGive = source.howToGive(name, field.isSecret);
  return {
    input: name,
    what: 'nothing is given',
    accepted: field.accepts,
    fix: field.isSecret ? `${FORKS_AND_UNSET} ${howToGive}` : howToGive,
  };
}

function fromError(input: string, error: LifeboatError): Problem {
  return { input, what: error.message, ...(error.hint === undefined ? {} : { fix: error.hint }) };
}

/** In the order of the declaration; what belongs to no input comes first. */
function sortProblems(problems: readonly Problem[], action: ActionDeclaration): readonly Problem[] {
  const order = Object.keys(action.inputs);
  return problems.toSorted((a, b) => order.indexOf(a.input) - order.indexOf(b.input));
}
