// Renders declarations as the Markdown of reference pages and READMEs.
import { EXIT_CODES, outcomeOf } from '../domain/exit-codes.ts';
import { markdownTable } from '../domain/text/markdown.ts';
import { ERROR_CODES, type ErrorCode } from '../errors.ts';
import type { ActionDeclaration } from './declaration.ts';
import type { Field } from './field.ts';

/** One table of all inputs. */
export function renderInputsTable({ inputs }: ActionDeclaration): string {
  return markdownTable(
    [{ title: 'Input' }, { title: 'Required' }, { title: 'Default' }, { title: 'Description' }],
    Object.entries(inputs).map(([name, field]) => [
      code(name),
      field.isRequired ? 'yes' : 'no',
      renderDefault(field),
      escapePipes(`${field.description} _${renderType(field)}_`),
    ]),
  );
}

export function renderOutputsTable({ outputs }: ActionDeclaration): string {
  return markdownTable(
    [{ title: 'Output' }, { title: 'Description' }, { title: 'Example' }, { title: 'Empty when' }],
    Object.entries(outputs).map(([name, output]) => [
      code(name),
      output.description,
      code(output.example),
      output.emptyWhen,
    ]),
  );
}

export function renderActionsTable(declarations: readonly ActionDeclaration[]): string {
  return markdownTable(
    [{ title: 'Action' }, { title: 'What it does' }],
    declarations.map(({ name, description, isCommandLineOnly }) => [
      `[${code(name)}](${isCommandLineOnly ? `docs/reference/${name}.md` : `${name}/README.md`})`,
      `${description}.${isCommandLineOnly ? ' On the command line only.' : ''}`,
    ]),
  );
}

/** The page with everything about one action's inputs, group by group. */
export function renderReference(declaration: ActionDeclaration): string {
  const groups = [...new Set(Object.values(declaration.inputs).map((field) => field.group))];
  return [
    `# ${code(declaration.name)}: inputs${Object.keys(declaration.outputs).length === 0 ? '' : ' and outputs'}`,
    `${declaration.description}.${renderPositional(declaration)} All problems with inputs are reported together, before anything is contacted.`,
    ...groups.flatMap((group) => [
      `## ${group}`,
      ...Object.entries(declaration.inputs)
        .filter(([, field]) => field.group === group)
        .flatMap(([name, field]) => renderInput(name, field)),
    ]),
    ...(Object.keys(declaration.outputs).length === 0 ? [] : ['## Outputs', renderOutputsTable(declaration)]),
  ].join('\n\n');
}

/** Begins with a blank; empty where every input has its flag. */
function renderPositional({ name, positional }: ActionDeclaration): string {
  return positional === undefined
    ? ''
    : ` The command line takes ${code(positional)} without its flag, right after the name: ${code(`lifeboat ${name} latest`)}.`;
}

function renderInput(name: string, field: Field<unknown>): readonly string[] {
  const facts = [
    field.isRequired ? 'Required' : 'Optional',
    ...(renderDefault(field) === '' ? [] : [`default ${renderDefault(field)}`]),
    renderType(field),
  ];
  const accepted = field.accepts === undefined ? '' : ` Accepted: ${field.accepts}.`;
  return [`### ${code(name)}`, field.description, `${facts.join(', ')}.${accepted}`];
}

/** Every error code by the class of who must act, and the exit codes. */
export function renderErrors(): string {
  const codes = Object.entries(ERROR_CODES) as [ErrorCode, (typeof ERROR_CODES)[ErrorCode]][];
  const classes = [...new Set(codes.map(([, [errorClass]]) => errorClass))];
  return [
    '# Errors and exit codes',
    'A run that fails tells one code, what failed on what, and what to do.',
    ...classes.flatMap((errorClass) => [
      `## ${errorClass.charAt(0).toUpperCase()}${errorClass.slice(1)}`,
      markdownTable(
        [{ title: 'Code' }, { title: 'Meaning' }, { title: 'Exit code', align: 'right' }],
        codes
          .filter(([, [candidate]]) => candidate === errorClass)
          .map(([name, [, meaning]]) => [code(name), meaning, String(EXIT_CODES[outcomeOf(name)][0])]),
      ),
    ]),
    '## Exit codes',
    'Of the command line, and of the steps of a workflow.',
    markdownTable(
      [{ title: 'Code', align: 'right' }, { title: 'Meaning' }],
      Object.values(EXIT_CODES).map(([exitCode, meaning]) => [String(exitCode), meaning]),
    ),
  ].join('\n\n');
}

function renderDefault({ default: value }: Field<unknown>): string {
  return value === undefined || value === '' ? '' : code(value);
}

function renderType(field: Field<unknown>): string {
  return field.isSecret ? 'secret' : field.type;
}

function code(text: string): string {
  return `\`${text}\``;
}

function escapePipes(text: string): string {
  return text.replaceAll('|', '\\|');
}
