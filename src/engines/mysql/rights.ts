// What the dump user may do: everything a complete dump needs (a missing right loses objects without an error), and nothing
// that writes data.
import { LifeboatError } from '../../errors.ts';
import { quoteIdentifier } from './client.ts';

export interface Grant {
  /** In upper case, but for the columns of a column right: ``UPDATE (`price`)``. */
  readonly rights: readonly string[];
  /** Undefined on either stands for all. */
  readonly database: string | undefined;
  readonly table: string | undefined;
  /** What the rights are on, as the server writes it: `*.*`, ``PROCEDURE `shop`.`close` ``. */
  readonly object: string;
  /** Who has them, as the server writes it: the account itself, a role that it is in, or PUBLIC. */
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

const NAME = '`(?:[^`]|``)+`';
const GRANT_LINE = new RegExp(
  `^GRANT (.+?) ON ((?:(?:TABLE|FUNCTION|PROCEDURE|PACKAGE BODY|PACKAGE) )?(\\*|${NAME})\\.(\\*|${NAME})) TO (PUBLIC|\`(?:[^\`]|\`\`)*\`(?:@\`(?:[^\`]|\`\`)*\`)?)`,
);

/** Parses `SHOW GRANTS` of MariaDB; lines about roles and proxies give nothing themselves. */
export function parseGrants(lines: readonly string[]): Grant[] {
  return lines.flatMap((line) => {
    const match = GRANT_LINE.exec(line);
    if (!match) return [];
    const [, rights = '', object = '', database = '', table = '', grantee = ''] = match;
    return [
      {
        // Column rights (`SELECT (a, b)`) are less than the right itself.
        rights: [...splitRights(rights), ...(/ WITH GRANT OPTION/.test(line) ? ['GRANT OPTION'] : [])],
        database: database === '*' ? undefined : unquote(database),
        table: table === '*' ? undefined : unquote(table),
        object,
        grantee,
      },
    ];
  });
}

function splitRights(text: string): string[] {
  return text
    .split(/, (?![^(]*\))/)
    .map((right) => right.trim().replace(/^[^(]+/, (name) => name.toUpperCase()));
}

function unquote(name: string): string {
  return name.slice(1, -1).replaceAll('``', '`');
}

export interface RightsNeeded {
  /** All chosen databases; `isAll` when the inputs say `*`, so that nothing may be hidden. */
  readonly databases: readonly string[];
  readonly isAll: boolean;
  readonly rotate: boolean;
  readonly coordinates: boolean;
  readonly accounts: boolean;
  readonly routines: boolean;
}

/** Throws `db-rights-missing` or `db-rights-excess`, with statements ready to paste. `account` is CURRENT_USER(). */
export function checkRights(grants: readonly Grant[], needed: RightsNeeded, account: string): void {
  const missing = statementsForMissing(grants, needed, account);
  if (missing.length > 0) {
    throw new LifeboatError(
      'db-rights-missing',
      `the dump user ${account} lacks rights; without them parts of the databases would be missing from the dump without an error`,
      {
        hint: `Run as an administrator of the database server:\n${missing.join('\n')}`,
      },
    );
  }
  const revokes = grants.flatMap(revokesOf);
  if (revokes.length > 0) {
    // ALL PRIVILEGES can only be taken as a whole: what the dump needs of it is then given back.
    const kept = grants.map((grant) => ({ ...grant, rights: harmlessOf(grant) }));
    const statements = [...revokes, ...statementsForMissing(kept, needed, account)];
    throw new LifeboatError(
      'db-rights-excess',
      `the dump user ${account} may change data; a user whose password is in a backup job must only read`,
      {
        hint: `Make a user of its own for dumps (the README has the statements), or run:\n${statements.join('\n')}`,
      },
    );
  }
}

function harmlessOf(grant: Grant): string[] {
  return grant.rights.filter((right) => HARMLESS_RIGHTS.has(right.replace(/ ?\(.*/s, '')));
}

/** Statements that take everything from a grant that a dump has no use for. */
function revokesOf(grant: Grant): string[] {
  const harmless = harmlessOf(grant);
  const excess = grant.rights.filter((right) => !harmless.includes(right));
  if (excess.length === 0) return [];
  // ALL PRIVILEGES and GRANT OPTION cannot stand in one REVOKE … ON.
  const lists = excess.includes('ALL PRIVILEGES') ? excess.map((right) => [right]) : [excess];
  return lists.map((rights) => `REVOKE ${rights.join(', ')} ON ${grant.object} FROM ${grant.grantee};`);
}

function statementsForMissing(grants: readonly Grant[], needed: RightsNeeded, account: string): string[] {
  const grantee = quoteAccount(account);
  return missingGrants(grants, needed, grantee).map((grant) => `GRANT ${grant} TO ${grantee};`);
}

function missingGrants(grants: readonly Grant[], needed: RightsNeeded, grantee: string): string[] {
  const globally = new Set(
    grants.filter((grant) => grant.database === undefined).flatMap((grant) => grant.rights),
  );
  const has = (right: string) => globally.has(right) || globally.has('ALL PRIVILEGES');
  const missing: string[] = [];
  const global: string[] = [];
  if (needed.isAll) global.push(...PER_DATABASE.filter((right) => !has(right)));
  if (needed.rotate && !has('RELOAD')) global.push('RELOAD');
  if (needed.coordinates && !has('BINLOG MONITOR') && !has('REPLICATION CLIENT'))
    global.push('BINLOG MONITOR');
  if (global.length > 0) missing.push(`${global.join(', ')} ON *.*`);
  if (!needed.isAll) {
    for (const database of needed.databases) {
      const here = rightsOn(grants, database);
      const wanted = PER_DATABASE.filter((right) => !has(right));
      const lacking = wanted.filter((right) => !here.has(right) && !here.has('ALL PRIVILEGES'));
      if (lacking.length === 0) continue;
      const pattern = escapePattern(database);
      // A new pattern would be the most exact one, and those that count now would no longer.
      const isKnown = grants.some((grant) => grant.grantee === grantee && grant.database === pattern);
      missing.push(`${(isKnown ? lacking : wanted).join(', ')} ON ${quoteIdentifier(pattern)}.*`);
    }
  }
  const readsSystem =
    has('SELECT') ||
    global.includes('SELECT') ||
    grants.some(
      (grant) => grant.database === 'mysql' && grant.table === undefined && grant.rights.includes('SELECT'),
    );
  const readsRoutines =
    readsSystem ||
    has('SHOW CREATE ROUTINE') ||
    grants.some(
      (grant) => grant.database === 'mysql' && grant.table === 'proc' && grant.rights.includes('SELECT'),
    );
  if (needed.accounts && !readsSystem) missing.push('SELECT ON `mysql`.*');
  else if (needed.routines && !readsRoutines) missing.push('SELECT ON `mysql`.`proc`');
  return missing;
}

/** Whether no database with tables can be hidden from this user; the server leaves out what a user may not read. */
export function seesEverything(grants: readonly Grant[]): boolean {
  return grants.some(
    ({ database, rights }) =>
      database === undefined && (rights.includes('SELECT') || rights.includes('ALL PRIVILEGES')),
  );
}

/**
 * Rights on a whole database, not on single tables of it. Of several patterns that fit, the server looks at the most exact one
 * only; what roles and PUBLIC may do is added.
 */
function rightsOn(grants: readonly Grant[], database: string): Set<string> {
  const fitting = grants.filter(
    (grant) => grant.database !== undefined && grant.table === undefined && covers(grant.database, database),
  );
  const byGrantee = Object.values(Object.groupBy(fitting, ({ grantee }) => grantee));
  const mostExact = byGrantee.map((own = []) => own.toSorted((a, b) => exactness(b) - exactness(a))[0]);
  return new Set(mostExact.flatMap((grant) => grant?.rights ?? []));
}

/** How much of a pattern stands before its first wildcard: what the server sorts by. */
function exactness({ database = '' }: Grant): number {
  const at = database.replaceAll(/\\./gsu, 'x').search(/[_%]/);
  return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

/** A database in a grant is a pattern: `_` and `%` stand for any character(s) unless a backslash stands before them. */
function covers(pattern: string | undefined, database: string): boolean {
  if (pattern === undefined) return true;
  const source = pattern.replaceAll(
    /\\(.)|([_%])|[.*+?^${}()|[\]\\/-]/gsu,
    (match, escaped?: string, wildcard?: string) => {
      if (escaped !== undefined) return escaped.replace(/[.*+?^${}()|[\]\\/-]/, String.raw`\$&`);
      if (wildcard !== undefined) return wildcard === '_' ? '.' : '.*';
      return `\\${match}`;
    },
  );
  return new RegExp(`^${source}$`, 'su').test(database);
}

/** A database in a statement that grants: exactly this one. */
function escapePattern(database: string): string {
  return database.replaceAll(/[\\_%]/g, String.raw`\$&`);
}

/** `name@host` as CURRENT_USER() gives it; the name may hold an @ itself. */
function quoteAccount(account: string): string {
  const at = account.lastIndexOf('@');
  return `${quoteIdentifier(account.slice(0, at))}@${quoteIdentifier(account.slice(at + 1))}`;
}
