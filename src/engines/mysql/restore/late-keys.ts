// Secondary keys that are cheaper to make when the rows are there, sorted at once, than row by row. Taken from a table before its rows
// and given back behind them, where that leaves the table as it was made.
import type { InventoryObject } from '../../../domain/dumps/inventory.ts';
import { quoteIdentifier } from '../client.ts';

/** Statements for one table. */
export interface LateKeys {
  readonly drop: string;
  readonly add: string;
}

export type FindLateKeys = (database: string, table: string) => LateKeys | undefined;

const NAME = '`(?:[^`]|``)+`';
const COLUMN = `${NAME}(?:\\(\\d+\\))?(?: DESC)?`;
/** Whole lines of what SHOW CREATE TABLE prints. */
const PLAIN_KEY = new RegExp(`^  (KEY (${NAME}) \\((${COLUMN}(?:,${COLUMN})*)\\)),?$`);
/** Servers print unique keys before all others and full-text keys behind them, whatever came first. */
const SORTED_APART = /^  (?:PRIMARY|UNIQUE|FULLTEXT) KEY /;
const ANY_KEY = /^  (?:[A-Z]+ )?KEY /;
/** Foreign keys need their indexes all the time, history does not let itself be changed, and partitions are made of several tables. */
const UNFIT = /^ +(?:CONSTRAINT .* )?FOREIGN KEY |SYSTEM VERSIONING|PARTITION BY|^  PERIOD FOR /m;
const AUTO_INCREMENT = new RegExp(`^  (${NAME}) .* AUTO_INCREMENT\\b`, 'm');
const VIRTUAL = new RegExp(`^  (${NAME}) .*GENERATED ALWAYS AS .* VIRTUAL\\b`, 'gm');
const REFERENCE = new RegExp(` REFERENCES (?:${NAME}\\.)?(${NAME}) \\((${NAME}(?:, ?${NAME})*)\\)`, 'g');

export function lateKeysOf(objects: readonly InventoryObject[]): FindLateKeys {
  const tables = objects.filter(({ kind }) => kind === 'table');
  const referenced = findReferenced(tables);
  const keys = new Map(
    tables.map((table) => [placeOf(table.database, table.name), findKeys(table, referenced)]),
  );
  return (database, table) => keys.get(placeOf(database, table));
}

function findKeys({ name, ddl }: InventoryObject, referenced: ReadonlySet<string>): LateKeys | undefined {
  if (!/^\) ENGINE=InnoDB\b/m.test(ddl) || UNFIT.test(ddl)) return undefined;
  const kept = new Set([...ddl.matchAll(VIRTUAL)].map(([, column = '']) => column));
  const counted = AUTO_INCREMENT.exec(ddl)?.[1];
  if (counted !== undefined && !ddl.includes(`\n  PRIMARY KEY (${counted}`)) kept.add(counted);
  const chosen: { readonly name: string; readonly definition: string }[] = [];
  // From the last one on: what is added comes behind what stayed.
  for (const line of ddl.split('\n').toReversed()) {
    if (!ANY_KEY.test(line) || SORTED_APART.test(line)) continue;
    const [, definition = '', key = '', list = ''] = PLAIN_KEY.exec(line) ?? [];
    const columns = list.match(new RegExp(NAME, 'g')) ?? [];
    if (columns.length === 0 || columns.some((column) => kept.has(column) || referenced.has(column))) break;
    chosen.unshift({ name: key, definition });
  }
  if (chosen.length === 0) return undefined;
  const alter = (changes: readonly string[]) =>
    `\nALTER TABLE ${quoteIdentifier(name)} ${changes.join(', ')};\n`;
  return {
    drop: alter(chosen.map((key) => `DROP KEY ${key.name}`)),
    add: alter(chosen.map(({ definition }) => `ADD ${definition}`)),
  };
}

/** Names of columns that a foreign key refers to, in whatever table: such a column's keys stay. */
function findReferenced(tables: readonly InventoryObject[]): ReadonlySet<string> {
  const columns = tables.flatMap(({ ddl }) =>
    [...ddl.matchAll(REFERENCE)].flatMap(([, , list = '']) => list.match(new RegExp(NAME, 'g')) ?? []),
  );
  return new Set(columns);
}

function placeOf(database: string, table: string): string {
  return JSON.stringify([database, table]);
}
