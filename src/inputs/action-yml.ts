// Renders an action.yml from a declaration. GitHub reads the file and nothing else, so it says what the parser will accept.
import type { ActionDeclaration, OutputDeclaration } from './declaration.ts';
import { type Declaration, describeField, type Field } from './field.ts';

/** What GitHub wants to know of an action besides inputs and outputs. */
export interface ActionYmlHead {
  /** As the Marketplace and the log show it. */
  readonly name: string;
  readonly description: string;
  /** The built file, relative to the folder of the action.yml. */
  readonly main: string;
}

const HEADER = '# Made by `npm run generate` from the declarations in src/; do not edit.';
const BRANDING = { icon: 'life-buoy', color: 'blue' };

export function renderActionYml(
  head: ActionYmlHead,
  inputs: Declaration,
  outputs: ActionDeclaration['outputs'],
): string {
  return [
    HEADER,
    `name: ${quote(head.name)}`,
    `description: ${quote(head.description)}`,
    'author: Lifeboat contributors',
    'branding:',
    `  icon: ${BRANDING.icon}`,
    `  color: ${BRANDING.color}`,
    'inputs:',
    ...Object.entries(inputs).flatMap(([name, field]) => renderInput(name, field)),
    'outputs:',
    ...Object.entries(outputs).flatMap(([name, output]) => renderOutput(name, output)),
    'runs:',
    '  using: node24',
    `  main: ${head.main}`,
    '',
  ].join('\n');
}

function renderInput(name: string, field: Field<unknown>): readonly string[] {
  return [
    `  ${name}:`,
    `    description: ${quote(describeField(field))}`,
    `    required: ${String(field.isRequired)}`,
    ...(field.default ? [`    default: ${quote(field.default)}`] : []),
  ];
}

function renderOutput(
  name: string,
  { description, example, emptyWhen }: OutputDeclaration,
): readonly string[] {
  return [
    `  ${name}:`,
    `    description: ${quote(`${description} Example: ${example}. Empty when ${emptyWhen}.`)}`,
  ];
}

/** A YAML scalar in single quotes. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
