// Composes the shell text of a MariaDB dump's tasks. Nothing from outside gets in but through shellQuote.
import { shellQuoteAll } from '../../domain/shell.ts';
import { shellQuote } from '../../domain/shell.ts';
import type { DatabaseConnection } from '../../ports/engine.ts';
import type { Choice } from './choice.ts';
import { clientFunction, sqlStage } from './client.ts';
import type { Client } from './find-client.ts';
import { text as filterProgram } from './inventory-filter.pl';

/**
 * Options that no option file and no default of any version may change. hex-blob keeps the text valid UTF-8; without
 * no-tablespaces the user would need PROCESS; 1G is the largest packet there is, the default of 16 MB fails on larger rows.
 */
const COMMON_OPTIONS = [
  '--default-character-set=utf8mb4',
  '--tz-utc',
  '--quote-names',
  '--create-options',
  '--add-drop-table',
  '--triggers',
  '--routines',
  '--events',
  '--hex-blob',
  '--no-tablespaces',
  '--max-allowed-packet=1G',
  '--comments',
];
const DATA_OPTIONS = ['--single-transaction', '--quick', '--extended-insert', '--disable-keys'];

/** Where the filter leaves what it saw, below $D. */
export type Look = 'before' | 'during' | 'after' | 'accounts';

export interface DumpScripts {
  readonly client: Client;
  readonly connection: DatabaseConnection;
  readonly choice: Choice;
  readonly countRows: boolean;
  readonly rotate: boolean;
  readonly coordinates: boolean;
}

function dumpCommand({ client }: DumpScripts, options: readonly string[]): string {
  return `run_client ${shellQuoteAll([client.programs.dump, ...options])}`;
}

/** A stage that passes its input through and notes what it saw; the filter's own text is written once. */
function filterStage(name: string, look: Look, countRows: boolean): string {
  return `stage ${name} perl "$D/filter.pl" "$D/${look}" ${countRows ? 1 : 0} $HASHER`;
}

function preparation(look: Look): string {
  return `[ -e "$D/filter.pl" ] || printf '%s' ${shellQuote(filterProgram)} >"$D/filter.pl"\nmkdir -p "$D/${look}"\n`;
}

function ignored({ choice }: DumpScripts): string[] {
  return [...choice.excludedTables, ...choice.brokenViews].map(
    (table) => `--ignore-table=${table.database}.${table.name}`,
  );
}

/** Everything but the rows, through the same filter. */
function structure(scripts: DumpScripts, look: 'before' | 'after'): string {
  const options = [
    ...COMMON_OPTIONS,
    '--skip-lock-tables',
    '--no-data',
    ...ignored(scripts),
    '--databases',
    '--',
    ...scripts.choice.databases,
  ];
  return `${preparation(look)}stage structure-${look} ${dumpCommand(scripts, options)} | ${filterStage(`look-${look}`, look, false)} >/dev/null\n`;
}

export function accountsScript(scripts: DumpScripts): string {
  const options = ['--default-character-set=utf8mb4', '--comments', '--insert-ignore', '--system=users'];
  return `${clientFunction(scripts.connection)}${preparation('accounts')}stage dump ${dumpCommand(scripts, options)} | ${filterStage('filter', 'accounts', false)} | seal\n`;
}

/** Prints two parts, separated by form feeds: facts, and the accounts that were seen. */
export function concludeAccountsScript(): string {
  return `for part in accounts/facts accounts/seen; do cat "$D/$part" || exit 1; printf '\\f'; done\n`;
}

export function dataScript(scripts: DumpScripts): string {
  const options = [
    ...COMMON_OPTIONS,
    ...DATA_OPTIONS,
    ...(scripts.coordinates ? ['--master-data=2', '--gtid'] : []),
    ...(needsHistory(scripts) ? ['--dump-history'] : []),
    ...ignored(scripts),
    '--databases',
    '--',
    ...scripts.choice.databases,
  ];
  const rotate = scripts.rotate
    ? `${sqlStage(scripts.client.programs, 'SET SESSION lock_wait_timeout = 30; FLUSH BINARY LOGS;')}[ "$stage_status" = 0 ] || exit 1\n`
    : '';
  return (
    clientFunction(scripts.connection) +
    structure(scripts, 'before') +
    `[ "$(cat "$D/status.structure-before" "$D/status.look-before" | tr -d '\\n')" = 00 ] || exit 1\n` +
    rotate +
    preparation('during') +
    // The client writes 4 KiB at a time and wakes its reader for each; a larger buffer saves a tenth of its processor time.
    `if command -v stdbuf >/dev/null 2>&1; then VIA='stdbuf -o 1M'; fi\n` +
    `stage dump ${dumpCommand(scripts, options)} | ${filterStage('filter', 'during', scripts.countRows)} | seal\n`
  );
}

export function dataStages(scripts: DumpScripts): string[] {
  return ['structure-before', 'look-before', ...(scripts.rotate ? ['query'] : []), 'dump', 'filter'];
}

/** Prints four parts, separated by form feeds: facts, and what was seen during, before and after the dump. */
export function concludeScript(scripts: DumpScripts): string {
  return (
    clientFunction(scripts.connection) +
    structure(scripts, 'after') +
    `for part in during/facts during/seen before/seen after/seen; do cat "$D/$part" || exit 1; printf '\\f'; done\n`
  );
}

/** Prints the inventory: members given by the runner, then what the filter wrote; it never leaves the target in clear. */
export function inventoryScript(scripts: DumpScripts, head: string, withAccounts: boolean): string {
  const names = scripts.choice.brokenViews.map((view) => ({ database: view.database, name: view.name }));
  const where = names
    .map(({ database, name }) => `(TABLE_SCHEMA = ${sqlText(database)} AND TABLE_NAME = ${sqlText(name)})`)
    .join(' OR ');
  const sql = `SET SESSION sql_mode = ''; SELECT JSON_OBJECT('database', TABLE_SCHEMA, 'name', TABLE_NAME, 'text', VIEW_DEFINITION, 'error', 'references invalid tables, columns or functions, or its definer lacks rights') FROM information_schema.VIEWS WHERE ${where};`;
  const brokenViews =
    names.length === 0 ? '' : sqlStage(scripts.client.programs, sql).trimEnd().split('\n').join('\n  ');
  return `${clientFunction(scripts.connection)}
print_inventory() {
  printf '%s' ${shellQuote(head)}
  printf ',"objects":['
  ${withAccounts ? `if [ -s "$D/accounts/ddl" ]; then cat "$D/accounts/ddl"; [ ! -s "$D/during/ddl" ] || printf ','; fi` : ':'}
  cat "$D/during/ddl"
  printf '],"brokenViews":['
  cat "$D/broken-views"
  printf ']}\\n'
}
: >"$D/broken-views"
${brokenViews === '' ? '' : `{ ${brokenViews}\n} | { first=1; while IFS= read -r row; do [ "$first" = 1 ] || printf ','; first=0; printf '%s' "$row"; done; } >"$D/broken-views"\n`}stage print print_inventory | seal
`;
}

export function inventoryStages(scripts: DumpScripts): string[] {
  return [...(scripts.choice.brokenViews.length > 0 ? ['query'] : []), 'print'];
}

/** Rows of the past would be lost without it; such tables are read with their history. */
function needsHistory({ client, choice }: DumpScripts): boolean {
  return client.hasDumpHistory && choice.tables.some((table) => table.isVersioned);
}

function sqlText(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}
