// What the dump user may do: everything a complete dump needs (a missing right loses objects without an error), and nothing
// that writes data.
import { LifeboatError } from '../../errors.ts';
import { quoteIdentifier } from './client.ts';

export interface Grant {
  /** In capitals; a right on columns with its columns, `SELECT (A, B)`. */
  readonly rights: readonly string[];
  /** Undefined on either stands for all. A database may be a pattern. */
  readonly database: string | undefined;
  readonly table: string | undefined;
  /** `PROCEDURE` and the like, for what is no table. */
  readonly objectType?: string;
  /** Who has it, as SQL: the dump user, one of its roles, or PUBLIC. */
  readonly grantee: string;
}

/** What a user that only dumps may have. */
const HARMLESS_RIGHTS = new Set([
  'USAGE',
  'SELECT',
  'SHOW VIEW',
  'TRIGGER',
  'EVENT',
  'RELOAD',
  'BINLOG MONITOR',
  'REPLICATION CLIENT',
  'REPLICATION SLAVE',
  'REPLICA MONITOR',
  'SLAVE MONITOR',
  'LOCK TABLES',
  'PROCESS',
  'SHOW DATABASES',
  'SHOW CREATE ROUTINE',
  'REFERENCES',
  'PROXY',
]);

const PER_DATABASE = ['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT'] as const;

const PUBLIC = 'PUBLIC';
/** Everybody may do everything in these unless the server was set up without them (mariadb-install-db, `--skip-test-db`). */
const TEST_DATABASES: readonly (string | undefined)[] = ['test', String.raw`test\_%`];

const NAME = '`(?:[^`]|``)*`';
const GRANT = new RegExp(
  `^GRANT (.+?) ON (?:(TABLE|FUNCTION|PROCEDURE|PACKAGE|PACKAGE BODY) )?(\\*|${NAME})\\.(\\*|${NAME}) TO (${PUBLIC}|${NAME}(?:@${NAME})?)(.*)$`,
  's',
);

/** Parses `SHOW GRANTS` of MariaDB; lines about roles and proxies give nothing themselves. */
export function parseGrants(lines: readonly string[]): Grant[] {
  return lines.flatMap((line) => {
    const match = GRANT.exec(line);
    if (!match) return [];
    const [, rights = '', objectType, database = '', table = '', grantee = '', end = ''] = match;
    return [
      {
        rights: [...splitRights(rights), ...(/ WITH GRANT OPTION\b/.test(end) ? ['GRANT OPTION'] : [])],
        database: database === '*' ? undefined : unquote(database),
        table: table === '*' ? undefined : unquote(table),
        ...(objectType === undefined ? {} : { objectType }),
        grantee,
      },
    ];
  });
}

function splitRights(text: string): string[] {
  return text.split(/, (?![^(]*\))/).map((right) => right.trim().toUpperCase());
}

function unquote(name: string): string {
  return name.slice(1, -1).replaceAll('``', '`');
}

/** Whether no database and no table can be hidden from a user with these grants. */
export function seesEverything(grants: readonly Grant[]): boolean {
  return hasRight(globalRights(grants), 'SELECT');
}

/** Whether everybody has rights by way of PUBLIC, those to the test databases apart. */
export function hasPublicRights(grants: readonly Grant[]): boolean {
  return grants.some(({ grantee, database }) => grantee === PUBLIC && !TEST_DATABASES.includes(database));
}

export interface RightsNeeded {
  /** All chosen databases; `isAll` when the inputs say `*`, so that nothing may be hidden. */
  readonly databases: readonly string[];
  readonly isAll: boolean;
  readonly rotate: boolean;
  readonly coordinates: boolean;
  readonly accounts: boolean;
  /** Databases with tables that are locked. */
  readonly locked: readonly string[];
}

/** Throws `db-rights-missing` or `db-rights-excess`, with statements ready to paste. `account` is CURRENT_USER(). */
export function checkRights(grants: readonly Grant[], needed: RightsNeeded, account: string): void {
  const grantee = quoteAccount(account);
  const missing = missingGrants(grants, needed, grantee).map((grant) => `GRANT ${grant} TO ${grantee};`);
  if (missing.length > 0) {
    throw new LifeboatError(
      'db-rights-missing',
      `the dump user ${account} lacks rights; without them parts of the databases would be missing from the dump without an error`,
      {
        hint: `Run as an administrator of the database server:\n${missing.join('\n')}`,
      },
    );
  }
  const revocations = grants.flatMap(revokeExcess);
  if (revocations.length > 0) {
    throw new LifeboatError(
      'db-rights-excess',
      `the dump user ${account} may change data; a user whose password is in a backup job must only read`,
      {
        hint: `Make a user of its own for dumps (the README has the statements), or run:\n${revocations.join('\n')}`,
      },
    );
  }
}

/** What takes away the rights that are more than harmless. What everybody may do anyway is no reason to refuse this user. */
function revokeExcess({ rights, database, table, objectType, grantee }: Grant): string[] {
  if (grantee === PUBLIC) return [];
  const excess = rights.filter((right) => !HARMLESS_RIGHTS.has(right.replace(/ \(.*/s, '')));
  const type = objectType === undefined ? '' : `${objectType} `;
  const where = [database, table].map((name) => (name === undefined ? '*' : quoteIdentifier(name))).join('.');
  // ALL PRIVILEGES and GRANT OPTION cannot stand in one statement with others.
  const { alone = [], together = [] } = Object.groupBy(excess, (right) =>
    right === 'ALL PRIVILEGES' || right === 'GRANT OPTION' ? 'alone' : 'together',
  );
  return [...(together.length === 0 ? [] : [together.join(', ')]), ...alone].map(
    (list) => `REVOKE ${list} ON ${type}${where} FROM ${grantee};`,
  );
}

function missingGrants(grants: readonly Grant[], needed: RightsNeeded, grantee: string): string[] {
  const globally = globalRights(grants);
  const has = (right: string) => hasRight(globally, right);
  const global = [
    ...(needed.isAll ? PER_DATABASE.filter((right) => !has(right)) : []),
    ...(needed.isAll && needed.locked.some((name) => !mayLock(grants, name)) ? ['LOCK TABLES'] : []),
    ...(needed.rotate && !has('RELOAD') ? ['RELOAD'] : []),
    ...(needed.coordinates && !has('BINLOG MONITOR') && !has('REPLICATION CLIENT') ? ['BINLOG MONITOR'] : []),
  ];
  const missing = global.length > 0 ? [`${global.join(', ')} ON *.*`] : [];
  if (!needed.isAll) {
    for (const database of needed.databases) {
      const here = rightsOn(grants, database);
      const lock = needed.locked.includes(database) ? ['LOCK TABLES'] : [];
      const wanted = [...PER_DATABASE, ...lock].filter((right) => !has(right));
      const lacking = wanted.filter((right) => !hasRight(here, right));
      if (lacking.length === 0) continue;
      const pattern = escapePattern(database);
      // A new pattern would be the most exact one, and those that count now would no longer.
      const isKnown = grants.some((grant) => grant.grantee === grantee && grant.database === pattern);
      missing.push(`${(isKnown ? lacking : wanted).join(', ')} ON ${quoteIdentifier(pattern)}.*`);
    }
  }
  const readsSystem =
    has('SELECT') || global.includes('SELECT') || hasRight(rightsOn(grants, 'mysql'), 'SELECT');
  const readsRoutines = readsSystem || has('SHOW CREATE ROUTINE') || readsTable(grants, 'mysql', 'proc');
  if (needed.accounts && !readsSystem) missing.push('SELECT ON `mysql`.*');
  else if (!readsRoutines) missing.push('SELECT ON `mysql`.`proc`');
  return missing;
}

function mayLock(grants: readonly Grant[], database: string): boolean {
  return [globalRights(grants), rightsOn(grants, database)].some((rights) => hasRight(rights, 'LOCK TABLES'));
}

function hasRight(rights: ReadonlySet<string>, right: string): boolean {
  return rights.has(right) || rights.has('ALL PRIVILEGES');
}

function globalRights(grants: readonly Grant[]): Set<string> {
  return new Set(grants.filter(({ database }) => database === undefined).flatMap(({ rights }) => rights));
}

/**
 * Rights on a whole database, not on single tables of it. Of several patterns that fit, the server looks at the most exact one
 * only; rights of roles and of PUBLIC are added.
 */
function rightsOn(grants: readonly Grant[], database: string): Set<string> {
  const fitting = grants.filter(
    (grant) => grant.database !== undefined && grant.table === undefined && covers(grant.database, database),
  );
  const byGrantee = Object.values(Object.groupBy(fitting, ({ grantee }) => grantee));
  return new Set(
    byGrantee.flatMap(
      (own = []) => own.toSorted((a, b) => literalLength(b) - literalLength(a))[0]?.rights ?? [],
    ),
  );
}

/** How much of a pattern stands before its first wildcard: what the server sorts by. The whole of it without any. */
function literalLength({ database = '' }: Grant): number {
  const at = database.replaceAll(/\\[_%]/g, 'xx').search(/[_%]/);
  return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

function readsTable(grants: readonly Grant[], database: string, table: string): boolean {
  return grants.some(
    (grant) =>
      grant.database === database &&
      grant.table === table &&
      grant.objectType === undefined &&
      hasRight(new Set(grant.rights), 'SELECT'),
  );
}

/** A database in a statement that grants: exactly this one. */
function escapePattern(database: string): string {
  return database.replaceAll(/[_%]/g, String.raw`\$&`);
}

/** A database in a grant is a pattern: `_` and `%` stand for any character(s) unless a backslash stands before them. */
function covers(pattern: string, database: string): boolean {
  const source = pattern.replaceAll(
    /\\([_%])|([_%])|[.*+?^${}()|[\]\\/]/g,
    (match, escaped?: string, wildcard?: string) => {
      if (escaped !== undefined) return escaped;
      if (wildcard !== undefined) return wildcard === '_' ? '.' : '.*';
      return `\\${match}`;
    },
  );
  return new RegExp(`^${source}$`, 'su').test(database);
}

/** `name@host` as CURRENT_USER() gives it; the name may hold an @ itself. */
function quoteAccount(account: string): string {
  const at = account.lastIndexOf('@');
  return `${quoteIdentifier(account.slice(0, at))}@${quoteIdentifier(account.slice(at + 1))}`;
}
