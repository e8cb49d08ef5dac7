// What is said when a restored database is not what the inventory says.
import { expect, it } from 'vitest';
import type { Inventory, InventoryObject } from '../../../../src/domain/dumps/inventory.ts';
import {
  findCatalogueDifferences,
  readListed,
  rowsSql,
} from '../../../../src/engines/mysql/live/compare-live.ts';

const object = (kind: InventoryObject['kind'], name: string, rows?: number): InventoryObject => ({
  ...{ kind, database: 'shop', name, ddl: '', ddlSha256: '' },
  ...(rows === undefined ? {} : { rows }),
});
const inventory = {
  objects: [
    ...[object('database', 'shop'), object('table', 'orders', 3), object('table', 'Past', 2)],
    ...[object('view', 'v'), object('event', 'e'), object('function', 'f')],
  ],
} as unknown as Inventory;
const plan = {
  databases: [{ from: 'shop', to: 'new\t1' }],
  table: undefined,
  isWhole: false,
  withEvents: false,
};

const hex = (text: string) => Buffer.from(text).toString('hex').toUpperCase();
const listed = (...rows: [string, string, string][]) =>
  rows.map(([type, database, name]) => `${type}\t${hex(database)}\t${hex(name)}\n`).join('');
const GOOD: [string, string, string][] = [
  ['BASE TABLE', 'new\t1', 'orders'],
  ['SYSTEM VERSIONED', 'new\t1', 'Past'],
  ['VIEW', 'new\t1', 'v'],
  ['FUNCTION', 'new\t1', 'f'],
  ['BASE TABLE', 'other', 'x'],
];

function compare(rows: [string, string, string][], counts: readonly number[], ignoresCase = false) {
  const options = { plan, inventory, ignoresCase };
  const there = readListed(listed(...rows), options);
  const text = counts.map((count, index) => `lifeboat-rows\t${index}\t${count}\n`).join('');
  return { sql: rowsSql(there), differences: findCatalogueDifferences(there, text, options) };
}

it('is content with what was restored, and counts rows of the past', () => {
  const { sql, differences } = compare(GOOD, [3, 2]);
  expect(differences).toEqual([]);
  expect(sql).toContain('COUNT(*) FROM `new\t1`.`orders`;');
  expect(sql).toContain('COUNT(*) FROM `new\t1`.`Past` FOR SYSTEM_TIME ALL;');
  expect(sql).not.toContain('other');
});

it.each<[string, [string, string, string][], number[], string[]]>([
  ['a missing table', GOOD.slice(1), [2], ['the table new\t1.orders is missing']],
  ['a missing function', GOOD.toSpliced(3, 1), [3, 2], ['the function new\t1.f is missing']],
  ['a row too few', GOOD, [2, 2], ['the table new\t1.orders has 2 rows instead of 3']],
  ['rows that were not counted', GOOD, [3], ['the table new\t1.Past has 0 rows instead of 2']],
  [
    'a table too many',
    [...GOOD, ['BASE TABLE', 'new\t1', 'extra']],
    [3, 2],
    ['the table new\t1.extra is not in the dump'],
  ],
  [
    'an event that was to be left out',
    [...GOOD, ['EVENT', 'new\t1', 'e']],
    [3, 2],
    ['the event new\t1.e is not in the dump'],
  ],
])('tells of %s', (_, rows, counts, expected) => {
  expect(compare(rows, counts).differences).toEqual(expected);
});

it('compares names as the server does', () => {
  const folded = GOOD.map(([type, database, name]): [string, string, string] => [
    type,
    database,
    name.toLowerCase(),
  ]);
  expect(compare(folded, [3, 2], true).differences).toEqual([]);
  expect(compare(folded, [3, 2]).differences).toHaveLength(2);
});
