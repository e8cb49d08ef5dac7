// Which databases and tables of the catalogue a dump takes.
import { LifeboatError } from '../../../errors.ts';
import type { DumpRequest } from '../../../ports/engine.ts';
import type { Catalogue, CatalogueTable } from '../catalogue.ts';

export interface Choice {
  readonly databases: readonly string[];
  readonly tables: readonly CatalogueTable[];
  readonly excludedTables: readonly CatalogueTable[];
  readonly brokenViews: readonly CatalogueTable[];
  /** Databases with tables that are neither chosen nor the server's own: a dump without them is no anchor. */
  readonly forgottenDatabases: readonly string[];
}

/** Throws `db-not-found`. */
export function choose(catalogue: Catalogue, request: DumpRequest): Choice {
  const wanted =
    request.databases === '*' ? catalogue.databases.filter(isDatabase(catalogue)) : request.databases;
  const known = new Set(catalogue.databases);
  const unknown = [...wanted, ...request.excludeDatabases].filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new LifeboatError(
      'db-not-found',
      `the server does not show these databases to the dump user: ${unknown.join(', ')}`,
      {
        hint: `It shows: ${catalogue.databases.join(', ') || 'none'}. Check the spelling in databases and exclude-databases, and the rights of the dump user.`,
      },
    );
  }
  const excluded = new Set(request.excludeDatabases);
  const databases = wanted.filter((name) => !excluded.has(name));
  const chosen = new Set(databases);
  const inside = catalogue.tables.filter((table) => chosen.has(table.database));
  checkPatterns(request.excludeTables, inside);
  const isExcluded = matcher(request.excludeTables);
  const [excludedTables, kept] = split(inside, (table) => isExcluded(`${table.database}.${table.name}`));
  const [brokenViews, tables] = split(kept, (table) => table.brokenBecause !== undefined);
  checkNames([...excludedTables, ...brokenViews]);
  const withTables = new Set(catalogue.tables.map((table) => table.database));
  const forgottenDatabases = catalogue.databases.filter((name) => withTables.has(name) && !chosen.has(name));
  return { databases, tables, excludedTables, brokenViews, forgottenDatabases };
}

/** Those that pass the test, and the others. */
function split<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const { yes = [], no = [] } = Object.groupBy(items, (item) => (test(item) ? 'yes' : 'no'));
  return [yes, no];
}

/**
 * A directory whose name no database could have is shown as `#mysql50#…`; `lost+found` is one on every volume of its own. Without
 * tables it is no database, and the dump tool stops at it.
 */
function isDatabase(catalogue: Catalogue): (name: string) => boolean {
  return (name) => !name.startsWith('#mysql50#') || catalogue.tables.some((table) => table.database === name);
}

/** Throws `db-empty`. To a user without rights everything looks empty, so they are to be checked first. */
export function checkNotEmpty({ databases, tables }: Choice, request: DumpRequest): void {
  if (databases.length > 0 && (request.allowEmpty || tables.some((table) => table.kind === 'table'))) return;
  throw new LifeboatError(
    'db-empty',
    databases.length === 0 ? 'no database is left to dump' : `there is no table in ${databases.join(', ')}`,
    {
      hint: 'Is this the server you meant? If an empty dump is right, set allow-empty: true.',
    },
  );
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const tests = patterns.map(
    (pattern) => new RegExp(`^${pattern.split('*').map(escapeRegExp).join('.*')}$`, 'su'),
  );
  return (name) => tests.some((test) => test.test(name));
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}

/** A pattern without `*` that matches nothing is a typing error that would otherwise back up what should stay out. */
function checkPatterns(patterns: readonly string[], tables: readonly CatalogueTable[]): void {
  const names = new Set(tables.map((table) => `${table.database}.${table.name}`));
  const unknown = patterns.filter((pattern) => !pattern.includes('*') && !names.has(pattern));
  if (unknown.length === 0) return;
  throw new LifeboatError(
    'db-not-found',
    `exclude-tables names tables that are not there: ${unknown.join(', ')}`,
    {
      hint: 'Write database.table; a * matches any characters, and a pattern with * may match nothing.',
    },
  );
}

/** mariadb-dump splits the value of --ignore-table at its first dot. */
function checkNames(ignored: readonly CatalogueTable[]): void {
  const dotted = ignored.filter((table) => table.database.includes('.'));
  if (dotted.length === 0) return;
  throw new LifeboatError(
    'db-not-found',
    `the dump tool cannot leave out tables of a database with a dot in its name: ${dotted.map((table) => `${table.database}.${table.name}`).join(', ')}`,
    {
      hint: 'Take the whole database (and repair or drop its broken views), or leave the whole database out.',
    },
  );
}
