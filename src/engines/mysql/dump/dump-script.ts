// Composes the shell text of a dump's tasks. Nothing from outside gets in but through shellQuote.
import { shellQuote, shellQuoteAll } from '../../../domain/text/shell.ts';
import type { DatabaseConnection } from '../../../ports/engine.ts';
import type { CatalogueTable } from '../catalogue.ts';
import type { Choice } from './choice.ts';
import { ACCOUNTS_DUMPS, LIST_OPTIONS } from './accounts-dump.ts';
import { clientFunction, quoteSqlString, sqlStage } from '../client.ts';
import {
  COMMON_OPTIONS,
  coordinateOptions,
  DATA_OPTIONS,
  FLAVOUR_OPTIONS,
  HISTORY_OPTION,
} from './dump-options.ts';
import type { Client } from '../find-client.ts';
import type { Flavour } from '../versions.ts';
import { LOCK_STAGE, RELEASE_LOCK, takeLock } from './lock-script.ts';
import { text as filterProgram } from './inventory-filter.pl';
import { text as namesFilter } from './names-filter.sh';

/** Databases that are dumped into one object. */
export interface DumpPart {
  readonly index: number;
  readonly databases: readonly string[];
}

/** Where the filter leaves what it saw, below $D: of accounts, and of each part. */
type Look = 'accounts' | `${number}.${'before' | 'during' | 'after'}`;

export interface DumpScripts {
  readonly client: Client;
  readonly connection: DatabaseConnection;
  readonly choice: Choice;
  readonly countRows: boolean;
  /** Else only names are taken down. */
  readonly hasPerl: boolean;
  readonly textOptions: readonly string[];
  /** Tables that a lock holds still while they are dumped. */
  readonly locked: readonly CatalogueTable[];
  readonly maxLockMs: number;
  readonly rotate: boolean;
  readonly coordinates: boolean;
}

function flavourOf({ client }: DumpScripts): Flavour {
  return client.server.flavour;
}

/** What the stages of a dump are made of. */
function beginning({ connection, hasPerl }: DumpScripts): string {
  return clientFunction(connection) + (hasPerl ? '' : namesFilter);
}

function dumpCommand({ client }: DumpScripts, options: readonly string[]): string {
  return `run_client ${shellQuoteAll([client.programs.dump, ...options])}`;
}

/** A stage that passes its input through and writes down, below `$D/<look>`, what it saw. */
function filterStage(
  { hasPerl }: DumpScripts,
  name: string,
  look: Look,
  what: 'rows' | 'digest' | 'structure',
): string {
  if (!hasPerl) return `stage ${name} look_at_names "$D/${look}" ${what}`;
  return `stage ${name} nice perl "$D/filter.pl" "$D/${look}" ${what} $HASHER`;
}

/** The filter's own text is written once a session. */
function preparation({ hasPerl }: DumpScripts, look: Look): string {
  if (!hasPerl) return `mkdir -p "$D/${look}"\n`;
  return `[ -e "$D/filter.pl" ] || printf '%s' ${shellQuote(filterProgram)} >"$D/filter.pl"\nmkdir -p "$D/${look}"\n`;
}

function ignored({ choice }: DumpScripts, { databases }: DumpPart): string[] {
  const inside = new Set(databases);
  return [...choice.excludedTables, ...choice.brokenViews]
    .filter(({ database }) => inside.has(database))
    .map((table) => `--ignore-table=${table.database}.${table.name}`);
}

/** Everything but the rows, through the same filter. */
function structure(scripts: DumpScripts, part: DumpPart, when: 'before' | 'after'): string {
  const options = [
    ...COMMON_OPTIONS,
    ...FLAVOUR_OPTIONS[flavourOf(scripts)],
    '--skip-lock-tables',
    '--no-data',
    ...ignored(scripts, part),
    '--databases',
    '--',
    ...part.databases,
  ];
  const look: Look = `${part.index}.${when}`;
  return `${preparation(scripts, look)}stage structure-${when} ${dumpCommand(scripts, options)} | ${filterStage(scripts, `look-${when}`, look, 'structure')} >/dev/null\n`;
}

export function accountsScript(scripts: DumpScripts): string {
  const start = beginning(scripts) + preparation(scripts, 'accounts');
  const end = `${filterStage(scripts, 'filter', 'accounts', 'digest')} | seal\n`;
  const accounts = ACCOUNTS_DUMPS[flavourOf(scripts)];
  if (accounts.by === 'dump tool')
    return `${start}stage dump ${dumpCommand(scripts, accounts.options)} | ${end}`;
  const format = scripts.hasPerl ? 'perl "$D/accounts/format.pl"' : 'format_accounts';
  const client = (options: readonly string[]) =>
    `run_client ${shellQuoteAll([scripts.client.programs.sql, ...options])}`;
  return [
    start.trimEnd(),
    `printf '%s' ${shellQuote(accounts.question)} >"$D/accounts/question"`,
    `printf '%s' ${shellQuote(accounts.format)} >"$D/accounts/format.pl"`,
    `IN=$D/accounts/question`,
    `stage query ${client(LIST_OPTIONS)} >"$D/accounts/statements"`,
    `[ "$stage_status" = 0 ] || exit 1`,
    `IN=$D/accounts/statements`,
    `stage dump ${client(accounts.options)} | stage format ${format} | ${end}`,
  ].join('\n');
}

export function accountsStages(scripts: DumpScripts): string[] {
  const isAsked = ACCOUNTS_DUMPS[flavourOf(scripts)].by === 'statements';
  return [...(isAsked ? ['query', 'dump', 'format'] : ['dump']), 'filter'];
}

export function dataScript(scripts: DumpScripts, part: DumpPart): string {
  const options = [
    ...COMMON_OPTIONS,
    ...FLAVOUR_OPTIONS[flavourOf(scripts)],
    ...DATA_OPTIONS,
    ...scripts.textOptions,
    ...(scripts.coordinates ? coordinateOptions(flavourOf(scripts), scripts.client.knownOptions) : []),
    ...(needsHistory(scripts) ? [HISTORY_OPTION] : []),
    ...ignored(scripts, part),
    '--databases',
    '--',
    ...part.databases,
  ];
  const look: Look = `${part.index}.during`;
  const { maxLockMs, client } = scripts;
  const tables = lockedIn(scripts, part);
  const hasLock = tables.length > 0;
  const rotate = scripts.rotate
    ? `${sqlStage(scripts.client.programs, 'SET SESSION lock_wait_timeout = 30; FLUSH BINARY LOGS;')}[ "$stage_status" = 0 ] || exit 1\n`
    : '';
  return (
    beginning(scripts) +
    structure(scripts, part, 'before') +
    `[ "$(cat "$D/status.structure-before" "$D/status.look-before" | tr -d '\\n')" = 00 ] || exit 1\n` +
    rotate +
    preparation(scripts, look) +
    (hasLock ? takeLock({ programs: client.programs, tables, maxLockMs }) : '') +
    // The client writes 4 KiB at a time and wakes its reader for each; a larger buffer saves a tenth of its processor time.
    `if command -v stdbuf >/dev/null 2>&1; then VIA='stdbuf -o 1M'; fi\n` +
    `stage dump ${hasLock ? 'locked ' : ''}${dumpCommand(scripts, options)} | ${filterStage(scripts, 'filter', look, scripts.countRows ? 'rows' : 'digest')} | seal\n` +
    (hasLock ? RELEASE_LOCK : '') +
    structure(scripts, part, 'after')
  );
}

/** Tables of these databases that are locked while they are dumped. */
export function lockedIn({ locked }: DumpScripts, { databases }: DumpPart): readonly CatalogueTable[] {
  const inside = new Set(databases);
  return locked.filter(({ database }) => inside.has(database));
}

export function dataStages(scripts: DumpScripts, part: DumpPart): string[] {
  const before = ['structure-before', 'look-before', ...(scripts.rotate ? ['query'] : [])];
  const lock = lockedIn(scripts, part).length > 0 ? [LOCK_STAGE] : [];
  return [...before, ...lock, 'dump', 'filter', 'structure-after', 'look-after'];
}

/**
 * Prints texts that end with form feeds: with accounts the facts and what was seen of their dump; then for each part of the dump the
 * facts, and what was seen during, before and after it.
 */
export function concludeScript(parts: number, withAccounts: boolean): string {
  return `show() { for file in "$@"; do cat "$D/$file" || exit 1; printf '\\f'; done; }
${withAccounts ? 'show accounts/facts accounts/seen' : ':'}
n=0
while [ "$n" -lt ${parts} ]; do show "$n.during/facts" "$n.during/seen" "$n.before/seen" "$n.after/seen"; n=$((n + 1)); done
`;
}

/** Prints the inventory: members given by the runner, then what the filter wrote, or what is known instead; sealed as the dump itself is. */
export function inventoryScript(
  scripts: DumpScripts,
  head: string,
  parts: number,
  withAccounts: boolean,
  known: readonly object[] = [],
): string {
  const { brokenViews } = scripts.choice;
  const taken = [
    ...(withAccounts ? ['print_objects accounts || return'] : []),
    'n=0',
    `while [ "$n" -lt ${parts} ]; do print_objects "$n.during" || return; n=$((n + 1)); done`,
  ];
  const objects = scripts.hasPerl
    ? taken.join('\n  ')
    : `printf '%s' ${shellQuote(known.map((object) => JSON.stringify(object)).join(',\n'))}`;
  // One row of JSON a view, separated by commas.
  const readBrokenViews = `{ ${sqlStage(scripts.client.programs, brokenViews.map(brokenViewSql).join('\n'))}} |
{ first=1; while IFS= read -r row; do [ "$first" = 1 ] || printf ','; first=0; printf '%s' "$row"; done; } >"$D/broken-views"
`;
  return `${clientFunction(scripts.connection)}
print_objects() {
  [ -s "$D/$1/ddl" ] || { [ -e "$D/$1/ddl" ]; return; }
  printf '%s' "$separator"
  separator=,
  cat "$D/$1/ddl"
}
print_inventory() {
  printf '%s' ${shellQuote(head)}
  printf ',"objects":['
  separator=
  ${objects}
  printf '],"brokenViews":['
  cat "$D/broken-views" || return
  printf ']}\\n'
}
: >"$D/broken-views"
${brokenViews.length === 0 ? '' : readBrokenViews}stage print print_inventory | seal
`;
}

/** Names are compared byte by byte too: the catalogue's own comparison takes E for é. */
function brokenViewSql({ database, name, brokenBecause = '' }: CatalogueTable): string {
  const members = `'database', TABLE_SCHEMA, 'name', TABLE_NAME, 'text', VIEW_DEFINITION, 'error', ${quoteSqlString(brokenBecause)}`;
  const isIt = [
    `TABLE_SCHEMA = ${quoteSqlString(database)} AND TABLE_NAME = ${quoteSqlString(name)}`,
    `BINARY TABLE_SCHEMA = ${quoteSqlString(database)} AND BINARY TABLE_NAME = ${quoteSqlString(name)}`,
  ].join(' AND ');
  return `SET SESSION sql_mode = ''; SELECT JSON_OBJECT(${members}) FROM information_schema.VIEWS WHERE ${isIt};`;
}

export function inventoryStages(scripts: DumpScripts): string[] {
  return [...(scripts.choice.brokenViews.length > 0 ? ['query'] : []), 'print'];
}

/** Rows of the past would be lost without it; such tables are read with their history. */
function needsHistory({ client, choice }: DumpScripts): boolean {
  return client.knownOptions.has('dump-history') && choice.tables.some((table) => table.isVersioned);
}
