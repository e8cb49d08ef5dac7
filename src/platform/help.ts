// The command line's help, from the declarations.
import { EXIT_CODES } from '../domain/exit-codes.ts';
import type { ActionDeclaration } from '../inputs/declaration.ts';
import { type Declaration, describeField, type Field } from '../inputs/field.ts';
import { secretFlags } from './flags.ts';

const WIDTH = 100;
const INDENT = '      ';

export function renderHelp(declarations: readonly ActionDeclaration[]): string {
  const width = Math.max(...declarations.map(({ name }) => name.length));
  return [
    'Usage: lifeboat ACTION --INPUT VALUE …',
    '       lifeboat ACTION --help',
    '       lifeboat --version',
    '',
    'Actions:',
    ...declarations.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`),
    '',
    'Exit codes:',
    ...Object.values(EXIT_CODES).map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`),
    '',
  ].join('\n');
}

export function renderActionHelp({ name, description, inputs, positional }: ActionDeclaration): string {
  const groups = [...new Set(Object.values(inputs).map((field) => field.group))];
  return [
    `Usage: lifeboat ${name} ${positional === undefined ? '' : `[${positional.toUpperCase()}] `}--INPUT VALUE …`,
    '',
    `${description}.`,
    '',
    'Every input can also be given as a file, `--INPUT-file PATH`, or as a variable, LIFEBOAT_INPUT. Secrets',
    'are taken in these two ways only. Lists can be given by repeating the flag.',
    ...groups.flatMap((group) => ['', `${group}:`, ...renderGroup(group, inputs)]),
    '',
  ].join('\n');
}

function renderGroup(group: string, inputs: Declaration): readonly string[] {
  return Object.entries(inputs)
    .filter(([, field]) => field.group === group)
    .flatMap(([name, field]) => [
      `  ${renderFlag(name, field, inputs)}${renderPresence(field)}`,
      ...wrap(describeField(field)),
    ]);
}

function renderFlag(name: string, field: Field<unknown>, inputs: Declaration): string {
  if (field.isSecret) return secretFlags(name, inputs).join(' or ');
  if (field.bare === undefined) return `--${name} VALUE`;
  return field.bare === 'true' ? `--${name} [true|false]` : `--${name} [VALUE]`;
}

function renderPresence(field: Field<unknown>): string {
  if (field.isRequired) return '  (required)';
  return field.default === undefined || field.default === '' ? '' : `  (default: ${field.default})`;
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let line = INDENT;
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = INDENT;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
