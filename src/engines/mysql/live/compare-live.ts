// Compares restored databases with the inventory: which objects are there, and how many rows each table has.
import type { Inventory, ObjectKind } from '../../../domain/dumps/inventory.ts';
import { countOf } from '../../../domain/text/units.ts';
import type { RestorePlan } from '../../../ports/live-server.ts';
import { quoteIdentifier } from '../client.ts';
import { isChosen } from './check-plan.ts';

export interface CompareOptions {
  readonly plan: RestorePlan;
  readonly inventory: Inventory;
  readonly ignoresCase: boolean;
}

export interface ListedObject {
  readonly kind: ObjectKind;
  /** Names on the server. */
  readonly database: string;
  readonly name: string;
  readonly hasHistory: boolean;
}

const KINDS: Readonly<Record<string, ObjectKind>> = {
  'BASE TABLE': 'table',
  'SYSTEM VERSIONED': 'table',
  VIEW: 'view',
  SEQUENCE: 'sequence',
  TRIGGER: 'trigger',
  FUNCTION: 'function',
  PROCEDURE: 'procedure',
  PACKAGE: 'package',
  'PACKAGE BODY': 'package-body',
  EVENT: 'event',
};
const MARK = 'lifeboat-rows';
/** Databases of the server's own, as SQL lists them. */
export const SYSTEM = "('information_schema', 'performance_schema', 'mysql', 'sys')";

/** One object a line; names in hex, because they may hold tabs and line ends. */
export const LIST_SQL = [
  ['TABLE_TYPE', 'TABLE_SCHEMA', 'TABLE_NAME', 'TABLES'],
  ["'TRIGGER'", 'TRIGGER_SCHEMA', 'TRIGGER_NAME', 'TRIGGERS'],
  ['ROUTINE_TYPE', 'ROUTINE_SCHEMA', 'ROUTINE_NAME', 'ROUTINES'],
  ["'EVENT'", 'EVENT_SCHEMA', 'EVENT_NAME', 'EVENTS'],
]
  .map(
    ([type = '', database = '', name = '', table = '']) =>
      `SELECT ${type}, HEX(${database}), HEX(${name}) FROM information_schema.${table} WHERE ${database} NOT IN ${SYSTEM};\n`,
  )
  .join('');

/** Those of the databases that were restored. */
export function readListed(stdout: string, { plan, ignoresCase }: CompareOptions): readonly ListedObject[] {
  const fold = folding(ignoresCase);
  const databases = new Set(plan.databases.map(({ to }) => fold(to)));
  return stdout.split('\n').flatMap((line) => {
    const [type = '', databaseHex = '', nameHex = ''] = line.split('\t');
    const [database, name] = [databaseHex, nameHex].map((hex) => Buffer.from(hex, 'hex').toString());
    const kind = KINDS[type];
    if (kind === undefined || database === undefined || name === undefined) return [];
    return databases.has(fold(database))
      ? [{ kind, database, name, hasHistory: type === 'SYSTEM VERSIONED' }]
      : [];
  });
}

/** The dump has the past of a table with history, and its rows were counted with it. */
export function rowsSql(there: readonly ListedObject[]): string {
  const statements = there.map(({ kind, database, name, hasHistory }, index) =>
    kind === 'table'
      ? `SELECT '${MARK}', ${index}, COUNT(*) FROM ${quoteIdentifier(database)}.${quoteIdentifier(name)}${hasHistory ? ' FOR SYSTEM_TIME ALL' : ''};\n`
      : '',
  );
  return `SET SESSION sql_mode = '';\n${statements.join('')}`;
}

/** Sentences without full stop. */
export function findCatalogueDifferences(
  there: readonly ListedObject[],
  rowsText: string,
  { plan, inventory, ignoresCase }: CompareOptions,
): readonly string[] {
  const fold = folding(ignoresCase);
  const keyOf = (kind: ObjectKind, database: string, name: string) =>
    JSON.stringify([kind, fold(database), fold(name)]);
  const rows = new Map(
    Array.from(rowsText.matchAll(new RegExp(`^${MARK}\t(\\d+)\t(\\d+)$`, 'gm')), ([, index, count]) => [
      Number(index),
      Number(count),
    ]),
  );
  const found = new Map(there.map((one, index) => [keyOf(one.kind, one.database, one.name), { one, index }]));
  const differences: string[] = [];
  for (const object of inventory.objects) {
    if (!isChosen(object, plan) || object.kind === 'database') continue;
    const to = plan.databases.find(({ from }) => from === object.database)?.to ?? '';
    const key = keyOf(object.kind, to, object.name);
    const match = found.get(key);
    found.delete(key);
    const what = `${object.kind} ${to}.${object.name}`;
    if (match === undefined) differences.push(`the ${what} is missing`);
    else if (object.rows !== undefined && rows.get(match.index) !== object.rows)
      differences.push(
        `the ${what} has ${countOf(rows.get(match.index) ?? 0, 'row')} instead of ${object.rows}`,
      );
  }
  for (const { one } of found.values())
    differences.push(`the ${one.kind} ${one.database}.${one.name} is not in the dump`);
  return differences;
}

function folding(ignoresCase: boolean): (name: string) => string {
  return (name) => (ignoresCase ? name.toLowerCase() : name);
}
