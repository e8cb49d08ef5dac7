// Kinds of inputs that name something: servers, hosts, users, paths on the target, databases and tables.
import { isIP } from 'node:net';
import { type Assertion, ASSERTION_OPERATORS, parseAssertion } from '../domain/statements/assertion.ts';
import { DUMP_ARGUMENT_NAMES, readDumpArgument } from '../domain/dumps/dump-arguments.ts';
import { isLabel, parseBackupId, SET_NAME } from '../domain/stores/object-names.ts';
import { parseInstant } from '../domain/text/units.ts';
import { type Kind, lineKind, matchKind, Refusal } from './kind.ts';
import { lines } from './kinds.ts';

/** A target's name in the store; it becomes a folder. */
export const serverName: Kind<string> = matchKind(
  'name',
  'lower-case letters, digits, dots and dashes, at most 63, beginning with a letter or digit',
  /^[a-z0-9][a-z0-9.-]{0,62}$/,
  'is not a name for a server',
);

export const serverNames = lines({
  accepts: 'names of servers',
  parse: (name) => serverName.parse(name),
});

/** A part of a backup id. */
export const label: Kind<string> = lineKind(
  'name',
  'lower-case letters, digits and dashes, at most 32, no dash at either end',
  (value) => {
    if (!isLabel(value)) throw new Refusal('is not a label');
    return value;
  },
);

export const setName: Kind<string> = matchKind(
  'name',
  'letters, digits, dots, dashes and underscores, at most 64, beginning with a letter or digit',
  SET_NAME,
  'is not the name of a set',
);

/** RFC 1035: at most 253 characters; underscores are common in practice. */
const HOST_NAME = /^(?=.{1,253}$)\w(?:[\w.-]*[\w.])?$/;

export const hostName: Kind<string> = lineKind(
  'host',
  'a host name or an IP address, nothing else',
  (host) => {
    if (host.includes('@')) throw new Refusal('holds a user; it has an input of its own');
    if (/^\[.*\]|^[^:]*:\d+$/.test(host))
      throw new Refusal('holds brackets or a port; the port has an input of its own');
    if (isIP(host) === 0 && !HOST_NAME.test(host)) throw new Refusal('is not the name of a host');
    return host;
  },
);

/** A leading dash could be taken for an option by programs on the target. */
export const userName: Kind<string> = matchKind(
  'name',
  'a user name without blanks',
  /^[^-\s][^\s]{0,127}$/,
  'is not a user name',
);

/** A path on the target. */
export const targetPath: Kind<string> = matchKind(
  'path',
  'a path on the target that begins with `/` or `~/`',
  /^~?\/[^/]/,
  'is not a path from the root or the home directory',
);

/** As Docker and Podman name containers; an id is one, too. */
export const containerName: Kind<string> = matchKind(
  'name',
  'the name or id of a container',
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/,
  'is not the name or id of a container',
);

const MAX_NAME_CHARACTERS = 64;

function checkName(name: string): string {
  // MySQL, "Schema Object Names": at most 64 characters.
  if (Array.from(name).length > MAX_NAME_CHARACTERS)
    throw new Refusal('holds a name of more than 64 characters');
  return name;
}

const databaseNames = lines({ accepts: 'names of databases', parse: checkName });

/** Every database, or those that are listed. */
export const databases: Kind<'*' | readonly string[]> = {
  ...databaseNames,
  accepts: '`*` for all, or names of databases, one a line; lines that begin with # are comments',
  parse: (text) => {
    const names = databaseNames.parse(text);
    if (names.length === 0) throw new Refusal('lists nothing');
    if (!names.includes('*')) return names;
    if (names.length > 1) throw new Refusal('lists `*` and names');
    return '*';
  },
};

export const excludedDatabases: Kind<readonly string[]> = databaseNames;

/** `database.table`; `*` stands for any characters. */
export const tablePatterns: Kind<readonly string[]> = lines({
  accepts: 'tables as `database.table`, where `*` stands for any characters',
  parse: (pattern) => {
    if (!/^[^.]+\..+$/.test(pattern)) throw new Refusal('holds an entry that is not `database.table`');
    return pattern;
  },
});

/** Arguments for the dump client. */
export const dumpArguments: Kind<readonly string[]> = lines({
  accepts: `arguments such as \`--net-buffer-length=16384\`; only these: ${DUMP_ARGUMENT_NAMES.map((name) => `\`${name}\``).join(', ')}`,
  parse: (text) => {
    const read = readDumpArgument(text);
    if (typeof read === 'object') return read.argument;
    throw new Refusal(
      read === 'value'
        ? 'gives an argument a value that it does not take, or none where it needs one'
        : 'holds an argument that is not on this list',
    );
  },
});

export interface Compression {
  readonly codec: 'zstd';
  readonly level: number;
}

/** zstd(1): levels 1 to 19; higher ones need memory on the target that a backup must not take. */
const MAX_ZSTD_LEVEL = 19;

export const compression: Kind<Compression> = lineKind(
  'compression',
  `\`zstd:1\` (fast) to \`zstd:${MAX_ZSTD_LEVEL}\` (small)`,
  (value) => {
    const level = Number(/^zstd:(\d{1,2})$/.exec(value)?.[1]);
    if (!(level >= 1 && level <= MAX_ZSTD_LEVEL)) throw new Refusal('is not a compression');
    return { codec: 'zstd', level };
  },
);

export type BackupChoice = { readonly kind: 'latest' } | { readonly kind: 'id'; readonly id: string };

/** Which backup to read. */
export const backupChoice: Kind<BackupChoice> = lineKind(
  'backup',
  '`latest`, or the id of a backup such as `20261120T030512Z-7f3a9c1e-mariadb`',
  (value) => {
    if (value === 'latest') return { kind: 'latest' };
    if (parseBackupId(value) === undefined) throw new Refusal('is not the id of a backup');
    return { kind: 'id', id: value };
  },
);

export type RecoverTo = { readonly kind: 'latest' } | { readonly kind: 'instant'; readonly at: Date };
export type ReplayTo = RecoverTo | { readonly kind: 'random' };
export type PointInTime = { readonly kind: 'none' } | ReplayTo;

/** Up to which moment binlogs are replayed. */
export const pointInTime: Kind<PointInTime> = lineKind(
  'point in time',
  '`none`, `latest`, `random`, or an instant with its zone such as `2026-11-20T03:05:12Z`',
  (value) => {
    if (value === 'none' || value === 'latest' || value === 'random') return { kind: value };
    const at = parseInstant(value);
    if (at === undefined) throw new Refusal('is not a point in time');
    return { kind: 'instant', at };
  },
);

/** The same, where somebody waits for the data. */
export const recoverTo: Kind<RecoverTo> = lineKind(
  'point in time',
  '`latest`, or an instant with its zone such as `2026-11-20T03:05:12Z`',
  (value) => {
    const parsed = pointInTime.parse(value);
    if (parsed.kind === 'latest' || parsed.kind === 'instant') return parsed;
    throw new Refusal('is not a point in time to recover to');
  },
);

/** `[database:] SQL => [operator] value`. */
export const assertions: Kind<readonly Assertion[]> = (() => {
  const claims = lines({
    accepts: `claims such as \`shop: SELECT COUNT(*) FROM orders => > 1000\` (${ASSERTION_OPERATORS.join(' ')}; without an operator \`=\`)`,
    parse: (claim) => claim,
  });
  return {
    ...claims,
    parse: (text) =>
      claims.parse(text).map((claim) => {
        const assertion = parseAssertion(claim);
        if (assertion === undefined)
          throw new Refusal('holds a line that is not `[database:] SQL => [operator] value`');
        return assertion;
      }),
  };
})();

/** An image as docker and podman take it; a leading dash would be an option. */
export const imageReference: Kind<string> = matchKind(
  'image',
  'an image as `docker pull` takes it, such as `mariadb:11.8.3`',
  /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}$/,
  'is not the reference of an image',
);

function checkLocalPath(value: string): string {
  if (value.startsWith('~')) throw new Refusal('begins with `~`, which only a shell expands');
  return value;
}

/** A path on the machine that Lifeboat runs on. */
export const localPath: Kind<string> = lineKind('path', 'a path on this machine', checkLocalPath);

export const localPaths: Kind<readonly string[]> = lines({
  accepts: 'paths on this machine',
  parse: checkLocalPath,
});

const SYSTEM_DATABASES = ['mysql', 'sys', 'information_schema', 'performance_schema'];

export function isSystemDatabase(name: string): boolean {
  return SYSTEM_DATABASES.includes(name.toLowerCase());
}

/** One database that may be made. */
export const databaseName: Kind<string> = lineKind('name', 'the name of a database', (name) => {
  if (isSystemDatabase(name)) throw new Refusal("is a database of the server's own");
  return checkName(name);
});

export interface TableName {
  readonly database: string;
  readonly table: string;
}

/** The database ends at the first dot. */
export const tableName: Kind<TableName> = lineKind('table', 'a table as `database.table`', (value) => {
  const [, database, table] = /^([^.]+)\.(.+)$/.exec(value) ?? [];
  if (database === undefined || table === undefined) throw new Refusal('is not `database.table`');
  return { database: checkName(database), table: checkName(table) };
});
