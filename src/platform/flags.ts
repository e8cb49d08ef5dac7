// Inputs as a command line gives them: `--name value`, `--name-file path`, or a variable LIFEBOAT_NAME. Secrets are not taken from
// the command line itself, where every user of the machine can read them.
import { readFileSync } from 'node:fs';
import type { Declaration, Field } from '../inputs/field.ts';
import { nearestName } from '../inputs/nearest.ts';
import type { Problem } from '../inputs/problem.ts';
import type { Variables } from './environment.ts';
import { findUnknownVariables, type PlatformSource } from './sources.ts';

const PREFIX = 'LIFEBOAT_';
const FILE_SUFFIX = '-file';
/** A flag, not a value: keys begin with dashes too. */
const FLAG = /^--[a-z]/;

/** `ssh-key` to `LIFEBOAT_SSH_KEY`. */
export function flagVariable(name: string): string {
  return PREFIX + name.replaceAll('-', '_').toUpperCase();
}

/** How a secret is given; `--db-password-file` is an input by itself, a file on the target. */
export function secretFlags(name: string, declaration: Declaration): readonly string[] {
  const fileFlag = name + FILE_SUFFIX;
  const flags = fileFlag in declaration ? [] : [`--${fileFlag} PATH`];
  return [...flags, flagVariable(name)];
}

export function createFlagSource(
  args: readonly string[],
  variables: Variables,
  declaration: Declaration,
  otherNames: readonly string[] = [],
  positional?: string,
): PlatformSource {
  const names = Object.keys(declaration);
  const unknown = findUnknownVariables(variables, PREFIX, flagVariable, [...names, ...otherNames]);
  const flags = readFlags(args, declaration, positional);
  return {
    read: (name) => flags.values.get(name) ?? variables[flagVariable(name)],
    howToGive: (name, isSecret) =>
      isSecret
        ? `Give it as ${secretFlags(name, declaration)
            .map((flag) => `\`${flag}\``)
            .join(' or ')}.`
        : `Give it as \`--${name} VALUE\`.`,
    leaked: flags.leaked,
    problems: [...unknown.problems, ...flags.problems],
    warnings: unknown.warnings,
  };
}

interface Flags {
  readonly values: Map<string, string>;
  readonly problems: Problem[];
  readonly leaked: string[];
}

/** `positional` is the input that the first argument is meant for where it is no flag. */
function readFlags(args: readonly string[], declaration: Declaration, positional: string | undefined): Flags {
  const flags: Flags = { values: new Map(), problems: [], leaked: [] };
  const rest = [...args];
  const field = declaration[positional ?? ''];
  if (positional !== undefined && field !== undefined && rest[0] !== undefined && !FLAG.test(rest[0]))
    addValue(positional, field, rest.shift() ?? '', flags.values, flags.problems);
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (!FLAG.test(argument)) {
      flags.problems.push({ input: 'arguments', what: 'one of them belongs to no flag' });
      continue;
    }
    const [, name = '', inline] = /^--([^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    const takeValue = () =>
      inline ?? (rest[0] === undefined || FLAG.test(rest[0]) ? undefined : rest.shift());
    readFlag(name, takeValue, declaration, flags);
  }
  return flags;
}

function readFlag(
  name: string,
  takeValue: () => string | undefined,
  declaration: Declaration,
  { values, problems, leaked }: Flags,
): void {
  const field = declaration[name];
  const value = takeValue();
  if (field?.isSecret === true) {
    if (value !== undefined) leaked.push(value);
    problems.push({
      input: name,
      what: 'secrets are not taken from the command line, where every user of the machine can read them',
      fix: `Give it as ${secretFlags(name, declaration).join(' or ')}.`,
    });
  } else if (field !== undefined) {
    const given = value ?? field.bare;
    if (given === undefined)
      problems.push({ input: name, what: 'the flag has no value', accepted: field.accepts });
    else addValue(name, field, given, values, problems);
  } else {
    readFileFlag(name, value, declaration, values, problems);
  }
}

function readFileFlag(
  flag: string,
  path: string | undefined,
  declaration: Declaration,
  values: Map<string, string>,
  problems: Problem[],
): void {
  const name = flag.endsWith(FILE_SUFFIX) ? flag.slice(0, -FILE_SUFFIX.length) : '';
  const field = declaration[name];
  if (field === undefined) {
    const nearest = nearestName(flag, Object.keys(declaration));
    const fix = nearest === undefined ? {} : { fix: `Did you mean \`--${nearest}\`?` };
    problems.push({ input: `--${flag}`, what: 'there is no such flag', ...fix });
  } else if (path === undefined) {
    problems.push({ input: name, what: `\`--${flag}\` has no value`, accepted: 'the path of a file' });
  } else {
    try {
      addValue(name, field, readFileSync(path, 'utf8'), values, problems);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      problems.push({ input: name, what: `the file that \`--${flag}\` names cannot be read${code}` });
    }
  }
}

function addValue(
  name: string,
  field: Field<unknown>,
  value: string,
  values: Map<string, string>,
  problems: Problem[],
): void {
  const before = values.get(name);
  if (before !== undefined && field.type !== 'list')
    problems.push({ input: name, what: 'the flag is given twice' });
  values.set(name, before === undefined ? value : `${before}\n${value}`);
}
