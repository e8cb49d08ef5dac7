// Everything that is made from the declarations: which files, and what belongs into them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { accountOf, createStatement, grantStatements } from '../src/domain/dumps/dump-account.ts';
import { codeBlock } from '../src/domain/text/markdown.ts';
import { b2Commands, proverPolicy, readerPolicy, writerPolicy } from '../src/domain/stores/store-roles.ts';
import { actions } from '../src/entries/actions.ts';
import { renderActionYml } from '../src/inputs/action-yml.ts';
import type { ActionDeclaration } from '../src/inputs/declaration.ts';
import { type Declaration, field, group } from '../src/inputs/field.ts';
import { choice } from '../src/inputs/kinds.ts';
import { fillMarkers } from '../src/inputs/markers.ts';
import {
  renderActionsTable,
  renderErrors,
  renderInputsTable,
  renderOutputsTable,
  renderReference,
} from '../src/inputs/tables.ts';
import { COMMAND_INPUT } from '../src/platform/on-github.ts';

export interface GeneratedFile {
  /** Relative to the root of the project. */
  readonly path: string;
  readonly content: string;
}

const PROJECT = join(import.meta.dirname, '..');
/** The Marketplace shows this one; the name must be unique there. */
const ROOT_HEAD = {
  name: 'Lifeboat backups',
  description: 'Back up servers over SSH into a bucket, encrypted, and prove that the newest backup restores',
  main: 'dist/main.js',
};
/** Pages that people write, with generated blocks in them. */
const PAGES_WITH_BLOCKS = ['README.md', 'docs/server-setup.md', 'docs/store-setup.md'];
const MADE = '<!-- Made by `npm run generate` from the declarations in src/; do not edit. -->';

const declarations: readonly ActionDeclaration[] = Object.values(actions).map(
  ({ declaration }) => declaration,
);

/** Those that a workflow can use as a step. */
const steps = declarations.filter(({ isCommandLineOnly }) => !isCommandLineOnly);

/** All generated files with their content, formatted as the rest of the project. */
export async function renderGeneratedFiles(root: string): Promise<readonly GeneratedFile[]> {
  const files: readonly GeneratedFile[] = [
    { path: 'action.yml', content: renderRootAction() },
    { path: 'docs/reference/errors.md', content: `${MADE}\n\n${renderErrors()}` },
    { path: 'src/version.ts', content: renderVersion(root) },
    ...declarations.flatMap((declaration) => renderAction(declaration)),
    ...[...PAGES_WITH_BLOCKS, ...steps.map(({ name }) => `${name}/README.md`)]
      .filter((path) => existsSync(join(root, path)))
      .map((path) => ({
        path,
        content: fillMarkers(readFileSync(join(root, path), 'utf8'), renderBlocks()),
      })),
  ];
  return Promise.all(
    files.map(async ({ path, content }) => {
      const filepath = join(PROJECT, path);
      return { path, content: await format(content, { ...(await resolveConfig(filepath)), filepath }) };
    }),
  );
}

function renderAction(declaration: ActionDeclaration): readonly GeneratedFile[] {
  const { name, description, inputs, outputs, isCommandLineOnly } = declaration;
  const head = { name: `Lifeboat ${name}`, description, main: `../dist/${name}.js` };
  const reference = {
    path: `docs/reference/${name}.md`,
    content: `${MADE}\n\n${renderReference(declaration)}`,
  };
  if (isCommandLineOnly === true) return [reference];
  return [{ path: `${name}/action.yml`, content: renderActionYml(head, inputs, outputs) }, reference];
}

/** The union of all inputs; one is required only when every action requires it. */
function renderRootAction(): string {
  const [first = '', ...others] = steps.map(({ name }) => name);
  const command = group('Command', {
    [COMMAND_INPUT]: field(choice(first, ...others), {
      description: 'Which action to run. The other inputs are those of that action.',
      required: true,
    }),
  });
  const fieldsOf = (name: string) => steps.flatMap(({ inputs: { [name]: one } }) => one ?? []);
  const names = new Set(steps.flatMap((declaration) => Object.keys(declaration.inputs)));
  const inputs: Declaration = Object.fromEntries(
    [...names].flatMap((name) => {
      const [first, ...others] = fieldsOf(name);
      if (first === undefined) return [];
      const isRequired =
        fieldsOf(name).length === steps.length && fieldsOf(name).every((one) => one.isRequired);
      // Where actions differ, nothing is handed over, and each takes its own.
      const isShared = others.every((other) => other.default === first.default);
      return [[name, { ...first, isRequired, default: isShared ? first.default : undefined }]];
    }),
  );
  const outputs = Object.fromEntries(steps.flatMap((declaration) => Object.entries(declaration.outputs)));
  return renderActionYml(ROOT_HEAD, { ...command, ...inputs }, outputs);
}

function renderBlocks(): Readonly<Record<string, string>> {
  const place = { bucket: 'example-backups', prefix: 'servers' };
  return {
    ...renderGrants(),
    'writer-policy': renderJson(writerPolicy(place)),
    'reader-policy': renderJson(readerPolicy(place)),
    'prover-policy': renderJson(proverPolicy(place)),
    'backblaze-keys': codeBlock(b2Commands({ ...place, server: 'atlas' }).join('\n'), 'sh'),
    actions: renderActionsTable(declarations),
    ...Object.fromEntries(
      declarations.flatMap((declaration) => [
        [`${declaration.name}-inputs`, renderInputsTable(declaration)],
        [`${declaration.name}-outputs`, renderOutputsTable(declaration)],
      ]),
    ),
  };
}

/** The statements of docs/server-setup.md, for the account that it uses. */
function renderGrants(): Readonly<Record<string, string>> {
  const account = accountOf('lifeboat');
  const sql = (...statements: readonly string[]) => codeBlock(statements.join('\n'), 'sql');
  return {
    'account-socket': sql(createStatement('mariadb', account)),
    'account-password': sql(createStatement('mariadb', account, 'a long random password')),
    'grants-mariadb': sql(...grantStatements('mariadb', account, '*')),
    'grants-mariadb-list': sql(...grantStatements('mariadb', account, ['helpdesk'])),
    'grants-mysql': sql(createStatement('mysql', account), ...grantStatements('mysql', account, '*')),
    'grants-mysql-list': sql(...grantStatements('mysql', account, ['helpdesk'])),
  };
}

function renderJson(value: unknown): string {
  return codeBlock(JSON.stringify(value, null, 2), 'json');
}

function renderVersion(root: string): string {
  const parsed: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version =
    typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined;
  if (typeof version !== 'string') throw new Error('package.json holds no version');
  return `// Made by \`npm run generate\` from package.json; do not edit.\nexport const VERSION = '${version}';\n`;
}
