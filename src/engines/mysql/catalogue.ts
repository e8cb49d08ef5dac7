// What the server itself says is there: asked once, before the dump, through information_schema.
import { GtidSet } from '../../domain/binlogs/gtid-set.ts';
import type { DatabaseConnection } from '../../ports/engine.ts';
import type { TargetSession, TaskOutcome } from '../../ports/remote.ts';
import { clientFunction, sqlStage, type ClientPrograms } from './client.ts';
import { explainClientFailure } from './client-errors.ts';
import type { Flavour } from './versions.ts';

/** Schemas that belong to the server. */
const SYSTEM_DATABASES = ['mysql', 'information_schema', 'performance_schema', 'sys'] as const;
/** Engines whose tables a snapshot holds still. */
const TRANSACTIONAL = new Set(['InnoDB', 'ROCKSDB', 'TokuDB']);
/** Engines whose rows lie elsewhere: their tables cannot be rebuilt in a sandbox without network. */
const FOREIGN = new Set(['FEDERATED', 'CONNECT', 'SPIDER', 'S3', 'OQGRAPH', 'SPHINX', 'MROONGA']);

/** Accounts that every MySQL server makes for itself, and lets nobody use. */
export const NOT_RESERVED = `NOT (Host = 'localhost' AND User IN ('mysql.sys', 'mysql.session', 'mysql.infoschema'))`;

export interface CatalogueTable {
  readonly database: string;
  readonly name: string;
  readonly kind: 'table' | 'view' | 'sequence';
  readonly engine: string;
  /** Exact for engines without transactions, an estimate otherwise. */
  readonly rows: number;
  /** What the server says instead of "VIEW" when it cannot read a view; undefined for all that is whole. */
  readonly brokenBecause: string | undefined;
  readonly isVersioned: boolean;
  readonly isForeign: boolean;
  readonly isTransactional: boolean;
}

export interface CatalogueObject {
  readonly kind: string;
  readonly database: string;
  readonly name: string;
  /** Triggers only: the table that they stand on. */
  readonly table?: string;
}

export interface Catalogue {
  readonly variables: Readonly<Record<string, string>>;
  /** CURRENT_USER(). */
  readonly account: string;
  /** SHOW GRANTS without password hashes. */
  readonly grants: readonly string[];
  /** Every database that the dump user sees, without the server's own. */
  readonly databases: readonly string[];
  readonly tables: readonly CatalogueTable[];
  /** Routines, triggers and events. */
  readonly objects: readonly CatalogueObject[];
  /** MySQL with GTIDs: what its binary logs hold, as a set in its canonical form; otherwise empty. */
  readonly logged: string;
  /** MySQL: databases that hold code for routines in other languages (CREATE LIBRARY). */
  readonly withLibraries: readonly string[];
}

/** The accounts of the server. */
export interface Accounts {
  /** `'user'@'host'`, roles `'role'`: as the filter writes them. Without PUBLIC. */
  readonly names: readonly string[];
  /** Those that log in through something a sandbox does not have. */
  readonly foreign: number;
  /** MySQL: those with a second password, which the server shows to nobody. */
  readonly withSecondPassword: number;
}

/** Recorded in the inventory: what a sandbox needs to behave like the source. */
const SHARED_VARIABLES = [
  'version',
  'version_comment',
  'server_id',
  'hostname',
  'log_bin',
  'binlog_format',
  'binlog_row_image',
  'sql_mode',
  'lower_case_table_names',
  'character_set_server',
  'collation_server',
  'time_zone',
  'system_time_zone',
  'default_storage_engine',
  'innodb_page_size',
  'innodb_strict_mode',
  'explicit_defaults_for_timestamp',
  'max_allowed_packet',
  'event_scheduler',
] as const;

interface CatalogueDialect {
  readonly variables: readonly string[];
  /** Settings of the session that asks. */
  readonly settings: string;
  /** Asked last. */
  readonly more: readonly string[];
  /** One row for each account: `account`, user, host, and whether it logs in through a plug-in that a new server does not have. */
  readonly accounts: string;
}

const DIALECTS: Readonly<Record<Flavour, CatalogueDialect>> = {
  mariadb: {
    variables: [...SHARED_VARIABLES, 'gtid_domain_id'],
    settings: `sql_mode = '', lock_wait_timeout = 30`,
    more: [],
    // Roles have no plug-in.
    accounts: `SELECT JSON_ARRAY('account', User, Host, COALESCE(JSON_VALUE(Priv, '$.plugin'), '') NOT IN ('', 'mysql_native_password', 'unix_socket', 'ed25519', 'mysql_old_password', 'parsec')) FROM mysql.global_priv;`,
  },
  mysql: {
    variables: [...SHARED_VARIABLES, 'server_uuid', 'gtid_mode', 'partial_revokes'],
    // Numbers of rows must not be those of yesterday.
    settings: `sql_mode = '', lock_wait_timeout = 30, information_schema_stats_expiry = 0`,
    more: [
      // There since 9.2.
      `SET @libraries = IF(EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME = 'LIBRARIES'), 'SELECT DISTINCT JSON_ARRAY(''library'', LIBRARY_SCHEMA) FROM information_schema.LIBRARIES', 'DO 0')`,
      `PREPARE libraries FROM @libraries`,
      `EXECUTE libraries`,
      // What came from elsewhere and was never in a binary log (SET gtid_purged) is in none of their lists either.
      `SELECT JSON_ARRAY('logged', REPLACE(GTID_SUBTRACT(@@GLOBAL.gtid_executed, @@GLOBAL.gtid_purged), CHAR(10), ''))`,
    ],
    accounts: `SELECT JSON_ARRAY('account', User, Host, plugin NOT IN ('', 'caching_sha2_password', 'sha256_password', 'mysql_native_password', 'auth_socket', 'mysql_no_login'), COALESCE(JSON_CONTAINS_PATH(User_attributes, 'one', '$.additional_password'), 0)) FROM mysql.user WHERE ${NOT_RESERVED};`,
  },
};

/** Throws the codes of a failed query; rights are not checked, so that what is hidden from the dump user is missing. */
export async function readCatalogue(
  session: TargetSession,
  connection: DatabaseConnection,
  programs: ClientPrograms,
  flavour: Flavour,
): Promise<Catalogue> {
  const script = clientFunction(connection) + withoutHashes(sqlStage(programs, catalogueSql(flavour)));
  return parseCatalogue(await ask(session, "question for the server's catalogue", script));
}

/** A grant shows the hash of the password: it stays on the target. */
export function withoutHashes(stage: string): string {
  return `{ ${stage.trimEnd()}\n} | sed -e "/^GRANT /s/ IDENTIFIED BY PASSWORD '[^']*'//" -e "/^GRANT /s/ USING '[^']*'//g"\n`;
}

/** Needs the right to read the `mysql` database. */
export async function readAccounts(
  session: TargetSession,
  connection: DatabaseConnection,
  programs: ClientPrograms,
  flavour: Flavour,
): Promise<Accounts> {
  const sql = `SET SESSION sql_mode = '';\n${DIALECTS[flavour].accounts}`;
  const script = clientFunction(connection) + sqlStage(programs, sql);
  return parseAccounts(await ask(session, "question for the server's accounts", script));
}

export interface ViewText {
  readonly database: string;
  /** With the full name of everything in it. */
  readonly text: string;
}

export async function readViews(
  session: TargetSession,
  connection: DatabaseConnection,
  programs: ClientPrograms,
): Promise<ViewText[]> {
  const script = clientFunction(connection) + sqlStage(programs, VIEWS_SQL);
  const lines = await ask(session, "question for the server's views", script);
  return lines.flatMap((line) => {
    if (!line.startsWith('[')) return [];
    const [, database, text] = JSON.parse(line) as Row;
    return [{ database: String(database), text: String(text ?? '') }];
  });
}

async function ask(session: TargetSession, label: string, script: string): Promise<string[]> {
  const explain = (outcome: TaskOutcome) => explainClientFailure(outcome, 'query');
  const { stdout } = await session.run({ label, script, stages: ['query'] }, explain);
  return stdout.toString().split('\n');
}

const VIEWS_SQL = `SET SESSION sql_mode = '', lock_wait_timeout = 30;
SELECT JSON_ARRAY('view', TABLE_SCHEMA, VIEW_DEFINITION) FROM information_schema.VIEWS WHERE TABLE_SCHEMA NOT IN ('sys', 'mysql');`;

function catalogueSql(flavour: Flavour): string {
  const { settings, variables, more } = DIALECTS[flavour];
  const own = `NOT IN (${SYSTEM_DATABASES.map((name) => `'${name}'`).join(', ')})`;
  const statements = [
    `SET SESSION ${settings}`,
    // CONCAT makes text of every kind of value; a bare ON would not be JSON.
    ...variables.map((name) => `SELECT JSON_ARRAY('variable', '${name}', CONCAT(@@${name}))`),
    `SELECT JSON_ARRAY('account', CURRENT_USER())`,
    `SHOW GRANTS`,
    `SELECT JSON_ARRAY('database', SCHEMA_NAME) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME ${own}`,
    // TABLE_ROWS makes the server open each view: TABLE_COMMENT is then "VIEW", or why it cannot be read, in the server's language.
    `SELECT JSON_ARRAY('table', TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, IF(TABLE_TYPE = 'VIEW', TABLE_COMMENT, '')) FROM information_schema.TABLES WHERE TABLE_SCHEMA ${own} AND TABLE_TYPE <> 'TEMPORARY'`,
    `SELECT JSON_ARRAY('object', LOWER(ROUTINE_TYPE), ROUTINE_SCHEMA, ROUTINE_NAME) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA ${own}`,
    `SELECT JSON_ARRAY('object', 'trigger', TRIGGER_SCHEMA, TRIGGER_NAME, EVENT_OBJECT_TABLE) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA ${own}`,
    `SELECT JSON_ARRAY('object', 'event', EVENT_SCHEMA, EVENT_NAME) FROM information_schema.EVENTS WHERE EVENT_SCHEMA ${own}`,
    ...more,
  ];
  return `${statements.join(';\n')};`;
}

type Row = readonly [string, ...(string | number | null)[]];

function parseCatalogue(lines: readonly string[]): Catalogue {
  const variables: Record<string, string> = {};
  const [grants, databases, tables, objects]: [string[], string[], CatalogueTable[], CatalogueObject[]] = [
    [],
    [],
    [],
    [],
  ];
  let account = '';
  let logged = '';
  const withLibraries: string[] = [];
  for (const line of lines) {
    if (/^(?:GRANT|REVOKE|SET DEFAULT ROLE) /.test(line)) grants.push(line);
    if (!line.startsWith('[')) continue;
    const [word, ...values] = JSON.parse(line) as Row;
    const [first = '', second = '', third = '', fourth] = values.map((value) => String(value ?? ''));
    if (word === 'variable') variables[first] = second;
    if (word === 'account') account = first;
    if (word === 'logged') logged = GtidSet.parse(first)?.toString() ?? '';
    if (word === 'database') databases.push(first);
    if (word === 'library') withLibraries.push(first);
    if (word === 'object') {
      const table = fourth === undefined ? {} : { table: fourth };
      objects.push({ kind: first.replace(' ', '-'), database: second, name: third, ...table });
    }
    if (word === 'table') tables.push(parseTable(values));
  }
  return { variables, account, grants, databases, tables, objects, logged, withLibraries };
}

/** A role has no host; the role PUBLIC is there as soon as it has a right, and mariadb-dump leaves it out (seen up to 11.8). */
const PUBLIC = "'PUBLIC'";

function parseAccounts(lines: readonly string[]): Accounts {
  const rows = lines.filter((line) => line.startsWith('[')).map((line) => JSON.parse(line) as Row);
  const accounts = rows.map(([, user, host, isForeign, hasSecondPassword]) => ({
    name: host === '' ? `'${user ?? ''}'` : `'${user ?? ''}'@'${host ?? ''}'`,
    isForeign: Boolean(isForeign),
    hasSecondPassword: Boolean(hasSecondPassword),
  }));
  return {
    names: accounts.map(({ name }) => name).filter((name) => name !== PUBLIC),
    foreign: accounts.filter(({ isForeign }) => isForeign).length,
    withSecondPassword: accounts.filter(({ hasSecondPassword }) => hasSecondPassword).length,
  };
}

function parseTable([database, name, type, engine, rows, comment]: readonly (
  string | number | null
)[]): CatalogueTable {
  const engineName = String(engine ?? '');
  const kind = type === 'VIEW' ? 'view' : type === 'SEQUENCE' ? 'sequence' : 'table';
  return {
    database: String(database),
    name: String(name),
    kind,
    engine: engineName,
    rows: Number(rows ?? 0),
    brokenBecause: kind === 'view' && comment !== 'VIEW' ? String(comment ?? '') : undefined,
    isVersioned: type === 'SYSTEM VERSIONED',
    isForeign: kind === 'table' && FOREIGN.has(engineName.toUpperCase()),
    isTransactional: kind !== 'table' || TRANSACTIONAL.has(engineName),
  };
}

/** A switch among the server's variables, as text. */
export function isOn(value: string | undefined): boolean {
  return value === '1' || value === 'ON';
}
