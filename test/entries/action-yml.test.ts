import type { Field } from '../../src/inputs/field.ts';
import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import rolldownConfig from '../../rolldown.config.ts';
import { actions } from '../../src/entries/actions.ts';
import { field } from '../../src/inputs/field.ts';
import { renderActionYml } from '../../src/inputs/action-yml.ts';
import { line } from '../../src/inputs/kinds.ts';
import type { ActionEntry } from '../../src/platform/action.ts';
import { BRANDING_COLOURS, BRANDING_ICONS } from './branding.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Of the Marketplace. */
const MAX_DESCRIPTION_CHARACTERS = 124;

interface Metadata {
  readonly name: string;
  readonly description: string;
  readonly branding: { readonly icon: string; readonly color: string };
  readonly inputs: Readonly<Record<string, { description: string; required: boolean; default?: string }>>;
  readonly outputs: Readonly<Record<string, { description: string }>>;
  readonly runs: { readonly using: string; readonly main: string };
}

function readMetadata(path: string): Metadata {
  return parse(readFileSync(join(ROOT, path), 'utf8')) as Metadata;
}

const declarations = Object.values<ActionEntry>(actions)
  .map(({ declaration }) => declaration)
  .filter(({ isCommandLineOnly }) => isCommandLineOnly !== true);
const files = ['action.yml', ...declarations.map(({ name }) => `${name}/action.yml`)];

describe.each(files)('%s', (path) => {
  const metadata = readMetadata(path);

  it('has what GitHub and the Marketplace ask for', () => {
    expect(metadata.name).toMatch(/^Lifeboat \w/);
    expect(metadata.description.length).toBeLessThanOrEqual(MAX_DESCRIPTION_CHARACTERS);
    expect(metadata.description).toMatch(/^[A-Z].*[^.]$/);
    expect(BRANDING_ICONS).toContain(metadata.branding.icon);
    expect(BRANDING_COLOURS).toContain(metadata.branding.color);
    expect(metadata.runs.using).toBe('node24');
  });

  it('runs a file that is built', () => {
    const built = relative(ROOT, join(ROOT, dirname(path), metadata.runs.main));
    expect(dirname(built)).toBe('dist');
    expect(Object.keys(rolldownConfig.input ?? {})).toContain(basename(built, '.js'));
  });

  it('describes every input and output in sentences, and gives texts as defaults', () => {
    for (const { description } of [...Object.values(metadata.inputs), ...Object.values(metadata.outputs)]) {
      expect(description).toMatch(/^[A-Z`][^]*\.$/);
    }
    for (const [name, { default: value = '' }] of Object.entries(metadata.inputs))
      expect(value, name).toBeTypeOf('string');
  });
});

it('has unique names', () => {
  const names = files.map((path) => readMetadata(path).name);
  expect(new Set(names).size).toBe(names.length);
});

it.each(declarations)(
  '$name/action.yml has exactly the declared inputs and outputs',
  ({ name, inputs, outputs }) => {
    const metadata = readMetadata(`${name}/action.yml`);
    expect(
      Object.fromEntries(
        Object.entries(metadata.inputs).map(([input, one]) => [input, [one.required, one.default ?? '']]),
      ),
    ).toEqual(
      Object.fromEntries(
        Object.entries<Field<unknown>>(inputs).map(([input, one]) => [
          input,
          [one.isRequired, one.default ?? ''],
        ]),
      ),
    );
    expect(Object.keys(metadata.outputs)).toEqual(Object.keys(outputs));
  },
);

it('has a root action that takes a command and the inputs of every action', () => {
  const metadata = readMetadata('action.yml');
  const [command, ...others] = Object.keys(metadata.inputs);
  expect(command).toBe('command');
  expect(metadata.inputs['command']?.required).toBe(true);
  for (const { name, inputs } of declarations) {
    expect(metadata.inputs['command']?.description).toContain(`\`${name}\``);
    expect(others).toEqual(expect.arrayContaining(Object.keys(inputs)));
  }
});

it('has nothing of what belongs to the command line alone', () => {
  const { inputs } = readMetadata('action.yml');
  expect(inputs['command']?.description).not.toContain('`list`');
  expect(Object.keys(inputs)).not.toContain('limit');
});

it('never has a default for a secret', () => {
  for (const { inputs } of declarations) {
    for (const { isSecret, default: value } of Object.values(inputs))
      if (isSecret) expect(value).toBeUndefined();
  }
});

it('quotes what would mean something in YAML', () => {
  const description = `It's: a "test" # with {braces}, *stars*, &amp; and - dashes.`;
  const rendered = renderActionYml(
    { name: `a: b's`, description: '- x', main: 'x.js' },
    { on: field(line, { description, default: 'true' }) },
    { yes: { description, example: '1', emptyWhen: 'no' } },
  );
  const metadata = parse(rendered) as Metadata;
  expect(metadata.name).toBe(`a: b's`);
  expect(metadata.description).toBe('- x');
  expect(metadata.inputs).toEqual({ on: { description, required: false, default: 'true' } });
  expect(metadata.outputs['yes']?.description).toBe(`${description} Example: 1. Empty when no.`);
});
