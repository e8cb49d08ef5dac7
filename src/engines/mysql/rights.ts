// What the dump user may do: everything a complete dump needs (a missing right loses objects without an error), and nothing
// that writes data.
import { LifeboatError } from '../../errors.ts';
import { quoteIdentifier } from './client.ts';
import type { Flavour } from './versions.ts';

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
  /** Taken away from what was granted on everything: MySQL's partial revokes. */
  readonly isRevoked?: true;
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
  'SHOW_ROUTINE',
  'FLUSH_TABLES',
  'BACKUP_ADMIN',
]);

const PER_DATABASE = ['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT'] as const;

/** Global rights, and what may stand in for each; the first is the one that is asked for. */
interface Needs {
  /** To say where the binary log stood. */
  readonly coordinates: readonly (readonly string[])[];
  /** To read routines; without any of these `SELECT` on `routinesTable` does, where there is one. */
  readonly routines: readonly string[];
  readonly routinesTable: { readonly database: string; readonly table: string } | undefined;
}

const NEEDS: Readonly<Record<Flavour, Needs>> = {
  mariadb: {
    coordinates: [['BINLOG MONITOR', 'REPLICATION CLIENT']],
    routines: ['SHOW CREATE ROUTINE', 'SELECT'],
    routinesTable: { database: 'mysql', table: 'proc' },
  },
  mysql: {
    // mysqldump holds all writing while it asks, for a moment.
    coordinates: [['REPLICATION CLIENT'], ['RELOAD', 'FLUSH_TABLES']],
    routines: ['SHOW_ROUTINE', 'SELECT'],
    routinesTable: undefined,
  },
};

const PUBLIC = 'PUBLIC';
/** Everybody may do everything in these unless the server was set up without them (mariadb-install-db, `--skip-test-db`). */
const TEST_DATABASES: readonly (string | undefined)[] = ['test', String.raw`test\_%`];

const NAME = '`(?:[^`]|``)*`';
const GRANT = new RegExp(
  `^(GRANT|REVOKE) (.+?) ON (?:(TABLE|FUNCTION|PROCEDURE|PACKAGE|PACKAGE BODY|LIBRARY) )?(\\*|${NAME})\\.(\\*|${NAME}) (?:TO|FROM) (${PUBLIC}|${NAME}(?:@${NAME})?)(.*)$`,
  's',
);

/** Parses `SHOW GRANTS`; lines about roles and proxies give nothing themselves. */
export function parseGrants(lines: readonly string[]): Grant[] {
  return lines.flatMap((line) => {
    const match = GRANT.exec(line);
    if (!match) return [];
    const [, verb, rights = '', objectType, database = '', table = '', grantee = '', end = ''] = match;
    return [
      {
        rights: [...splitRights(rights), ...(/ WITH GRANT OPTION\b/.test(end) ? ['GRANT OPTION'] : [])],
        database: database === '*' ? undefined : unquote(database),
        table: table === '*' ? undefined : unquote(table),
        ...(objectType === undefined ? {} : { objectType }),
        grantee,
        ...(verb === 'REVOKE' ? { isRevoked: true } : {}),
      },
    ];
  });
}

function splitRights(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((right) => right.trim().toUpperCase());
}

function unquote(name: string): string {
  return name.slice(1, -1).replaceAll('``', '`');
}

/** A right, and what may stand in for it. */
type Wanted = readonly [string, ...string[]];

/** To list binary logs; to be sent them; to begin a new one; to have old ones removed, and to see who still reads them. */
const BINLOG_RIGHTS: Readonly<
  Record<Flavour, Readonly<Record<'list' | 'read' | 'rotate' | 'purge' | 'watch', Wanted>>>
> = {
  mariadb: {
    list: ['BINLOG MONITOR', 'REPLICATION CLIENT'],
    read: ['REPLICATION SLAVE'],
    rotate: ['RELOAD'],
    purge: ['BINLOG ADMIN'],
    watch: ['PROCESS'],
  },
  mysql: {
    list: ['REPLICATION CLIENT'],
    read: ['REPLICATION SLAVE'],
    rotate: ['RELOAD'],
    purge: ['BINLOG_ADMIN'],
    watch: ['PROCESS'],
  },
};

/** The rights of the account that ships binary logs. Throws `db-rights-missing` or `db-rights-excess`. */
export function checkBinlogRights(
  flavour: Flavour,
  grants: readonly Grant[],
  wants: { readonly rotate: boolean; readonly purge: boolean },
  account: string,
): void {
  const { list, read, rotate, purge, watch } = BINLOG_RIGHTS[flavour];
  const wanted = [list, read, ...(wants.rotate ? [rotate] : []), ...(wants.purge ? [purge, watch] : [])];
  const globally = globalRights(grants);
  const lacking = wanted.filter((rights) => !rights.some((right) => hasRight(globally, right)));
  if (lacking.length > 0) {
    throw new LifeboatError('db-rights-missing', `the database user ${account} lacks rights`, {
      hint: `Run as an administrator of the database server:\nGRANT ${lacking.map(([right]) => right).join(', ')} ON *.* TO ${quoteAccount(account)};`,
    });
  }
  const excess = findExcess(grants, account, wants.purge ? purge : []);
  if (excess !== undefined) throw excess;
}

/** To see whether and how well a server follows another one. */
const REPLICA_RIGHTS: Readonly<Record<Flavour, Wanted>> = {
  mariadb: ['SLAVE MONITOR', 'REPLICA MONITOR'],
  mysql: ['REPLICATION CLIENT'],
};

/** What has to be granted for that; undefined when nothing has. */
export function grantForReplicas(
  flavour: Flavour,
  grants: readonly Grant[],
  account: string,
): string | undefined {
  const globally = globalRights(grants);
  const rights = REPLICA_RIGHTS[flavour];
  if (rights.some((right) => hasRight(globally, right))) return undefined;
  return `GRANT ${rights[0]} ON *.* TO ${quoteAccount(account)};`;
}

/** Whether no database and no table can be hidden from a user with these grants. */
export function seesEverything(grants: readonly Grant[]): boolean {
  return hasRight(globalRights(grants), 'SELECT') && !grants.some(({ isRevoked }) => isRevoked);
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

/** Throws `db-rights-missing` or `db-rights-excess`. */
export function checkRights(...given: Parameters<typeof findRightsFaults>): void {
  const [first] = findRightsFaults(...given);
  if (first !== undefined) throw first;
}

/** `db-rights-missing` and `db-rights-excess`, with statements ready to paste. `account` is CURRENT_USER(). */
export function findRightsFaults(
  flavour: Flavour,
  grants: readonly Grant[],
  needed: RightsNeeded,
  account: string,
): LifeboatError[] {
  const grantee = quoteAccount(account);
  const faults: LifeboatError[] = [];
  const missing = missingGrants(NEEDS[flavour], grants, needed, grantee).map(
    (grant) => `GRANT ${grant} TO ${grantee};`,
  );
  if (missing.length > 0) {
    faults.push(
      new LifeboatError(
        'db-rights-missing',
        `the dump user ${account} lacks rights; without them parts of the databases would be missing from the dump without an error`,
        { hint: `Run as an administrator of the database server:\n${missing.join('\n')}` },
      ),
    );
  }
  const excess = findExcess(grants, account);
  return excess === undefined ? faults : [...faults, excess];
}

/** `db-rights-excess` when there are rights but the harmless ones and `more`. */
function findExcess(
  grants: readonly Grant[],
  account: string,
  more: readonly string[] = [],
): LifeboatError | undefined {
  const revocations = grants.flatMap((grant) => revokeExcess(grant, more));
  if (revocations.length === 0) return undefined;
  return new LifeboatError(
    'db-rights-excess',
    `the database user ${account} may change data; a user whose password is in a backup job must only read`,
    {
      hint: `Make a user of its own for backups (docs/server-setup.md has the statements), or run:\n${revocations.join('\n')}`,
    },
  );
}

/** What takes away the rights that are more than harmless. What everybody may do anyway is no reason to refuse this user. */
function revokeExcess(
  { rights, database, table, objectType, grantee, isRevoked }: Grant,
  more: readonly string[],
): string[] {
  if (grantee === PUBLIC || isRevoked === true) return [];
  const excess = rights.filter(
    (right) => !HARMLESS_RIGHTS.has(right.replace(/ \(.*/s, '')) && !more.includes(right),
  );
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

function missingGrants(
  { coordinates, routines, routinesTable }: Needs,
  grants: readonly Grant[],
  needed: RightsNeeded,
  grantee: string,
): string[] {
  const globally = globalRights(grants);
  const has = (right: string) => hasRight(globally, right);
  const hasOneOf = (rights: readonly string[]) => rights.some(has);
  const wantsSelect = needed.isAll && !has('SELECT');
  const readsRoutines =
    hasOneOf(routines) ||
    (wantsSelect && routines.includes('SELECT')) ||
    (routinesTable !== undefined &&
      (hasRight(rightsOn(grants, routinesTable.database), 'SELECT') ||
        readsTable(grants, routinesTable.database, routinesTable.table)));
  const global = new Set([
    ...(needed.isAll ? PER_DATABASE.filter((right) => !has(right)) : []),
    ...(needed.isAll && needed.locked.some((name) => !mayLock(grants, name)) ? ['LOCK TABLES'] : []),
    ...(needed.rotate && !has('RELOAD') ? ['RELOAD'] : []),
    ...(needed.coordinates ? coordinates : [])
      .filter((rights) => !hasOneOf(rights))
      .map(([right = '']) => right),
    ...(!readsRoutines && routinesTable === undefined ? routines.slice(0, 1) : []),
  ]);
  const missing = global.size > 0 ? [`${[...global].join(', ')} ON *.*`] : [];
  missing.push(...takenAway(grants, needed));
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
  const readsSystem = has('SELECT') || wantsSelect || hasRight(rightsOn(grants, 'mysql'), 'SELECT');
  if (needed.accounts && !readsSystem) missing.push('SELECT ON `mysql`.*');
  else if (!readsRoutines && routinesTable !== undefined)
    missing.push(
      `SELECT ON ${quoteIdentifier(routinesTable.database)}.${quoteIdentifier(routinesTable.table)}`,
    );
  return missing;
}

/** What was taken away again of rights on everything, and is needed. */
function takenAway(grants: readonly Grant[], { isAll, databases, accounts }: RightsNeeded): string[] {
  return grants.flatMap(({ isRevoked, rights, database }) => {
    if (isRevoked !== true || database === undefined) return [];
    const isSystem = database === 'mysql';
    if (isSystem ? !accounts : !isAll && !databases.includes(database)) return [];
    const wanted: readonly string[] = isSystem ? ['SELECT'] : PER_DATABASE;
    const lacking = rights.filter((right) => wanted.includes(right));
    return lacking.length === 0 ? [] : [`${lacking.join(', ')} ON ${quoteIdentifier(database)}.*`];
  });
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
    (grant) =>
      grant.isRevoked !== true &&
      grant.database !== undefined &&
      grant.table === undefined &&
      covers(grant.database, database),
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
