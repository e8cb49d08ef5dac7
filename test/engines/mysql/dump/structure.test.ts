import { expect, it } from 'vitest';
import type { LifeboatError } from '../../../../src/errors.ts';
import type { Catalogue, CatalogueTable } from '../../../../src/engines/mysql/catalogue.ts';
import {
  checkAccounts,
  checkAgainstCatalogue,
  checkNumberOfAccounts,
  checkSameDefinitions,
  listCatalogueDifferences,
  checkStructure,
  listChanges,
  some,
  type SeenObject,
} from '../../../../src/engines/mysql/dump/structure.ts';

const seen = (kind: string, name: string, shape = 'a', ddl = shape): SeenObject => ({
  ...{ kind, database: 'shop', name, shapeSha256: shape.padEnd(64, '0'), ddlSha256: ddl.padEnd(64, '0') },
});
const BEFORE = [
  seen('database', 'shop'),
  seen('table', 'item'),
  seen('view', 'best'),
  seen('trigger', 'log'),
];

function refusal(check: () => void): string {
  try {
    check();
    return '';
  } catch (error) {
    const { code, message } = error as LifeboatError;
    return `${code}: ${message}`;
  }
}

it('names what was removed, added and changed, and not what moves by itself', () => {
  const later = [
    seen('database', 'shop'),
    seen('table', 'item', 'a', 'counted on'),
    seen('view', 'best', 'b'),
    seen('table', 'new'),
  ];
  expect(listChanges(BEFORE, later)).toEqual([
    'trigger shop.log was removed',
    'table shop.new was added',
    'view shop.best was changed',
  ]);
  expect(listChanges(BEFORE, BEFORE.toReversed())).toEqual([]);
});

it('tells a structure that changed from a dump that is wrong', () => {
  const without = BEFORE.filter(({ name }) => name !== 'item');
  expect(refusal(() => checkStructure(BEFORE, BEFORE, BEFORE))).toBe('');
  expect(refusal(() => checkStructure(BEFORE, without, BEFORE))).toMatch(
    /^inventory-mismatch: .*: table shop.item is missing in the dump$/,
  );
  expect(refusal(() => checkStructure(BEFORE, BEFORE, without))).toMatch(
    /^catalogue-changed: .*: table shop.item was removed$/,
  );
  expect(refusal(() => checkStructure(BEFORE, without, without))).toMatch(
    /^catalogue-changed: .*: table shop.item was removed$/,
  );
  // Gone and back again, but not in the dump.
  expect(refusal(() => checkStructure(BEFORE, [...BEFORE, seen('table', 'x')], BEFORE))).toMatch(
    /table shop.x is only in the dump/,
  );
});

const table = (name: string, kind: CatalogueTable['kind'] = 'table', database = 'shop'): CatalogueTable => ({
  ...{ database, name, kind, engine: 'InnoDB', rows: 1, brokenBecause: undefined },
  ...{ isVersioned: false, isForeign: false, isTransactional: true },
});
const trigger = (name: string, on: string, database = 'shop') => ({
  kind: 'trigger',
  database,
  name,
  table: on,
});

function compare(
  objects: Catalogue['objects'],
  before: readonly SeenObject[],
  excluded: readonly CatalogueTable[] = [],
): string {
  const tables = [table('item'), table('best', 'view')];
  const catalogue: Catalogue = {
    variables: {},
    account: '',
    grants: [],
    databases: ['shop'],
    tables,
    objects,
    logged: '',
    withLibraries: [],
  };
  const choice = {
    databases: ['shop'],
    tables,
    excludedTables: excluded,
    brokenViews: [],
    forgottenDatabases: [],
  };
  return refusal(() => checkAgainstCatalogue(listCatalogueDifferences(catalogue, choice, before)));
}

it('compares what the dump tool shows with what the server lists', () => {
  const listed = [
    trigger('log', 'item'),
    { kind: 'procedure', database: 'shop', name: 'sell' },
    { kind: 'event', database: 'other', name: 'x' },
  ];
  expect(compare(listed, [...BEFORE, seen('procedure', 'sell')])).toBe('');
  expect(compare(listed, BEFORE)).toMatch(/: procedure shop.sell is missing$/);
  expect(compare(listed, [...BEFORE, seen('procedure', 'sell'), seen('function', 'sell')])).toMatch(
    /: function shop.sell is not in the catalogue$/,
  );
  expect(compare(listed, [...BEFORE.slice(0, 1), ...BEFORE.slice(2), seen('procedure', 'sell')])).toMatch(
    /: table shop.item is missing$/,
  );
});

it('counts triggers, those of tables that are left out apart', () => {
  const listed = [trigger('log', 'item'), trigger('more', 'item'), trigger('cached', 'cache')];
  expect(compare(listed, BEFORE)).toMatch(/database shop has 3 triggers, the dump tool shows 1$/);
  const two = [...BEFORE, seen('trigger', 'more')];
  expect(compare(listed, two, [table('cache')])).toBe('');
  // A trigger that vanishes is seen although some are left out.
  expect(compare(listed, BEFORE, [table('cache')])).toMatch(
    /database shop has 2 triggers, the dump tool shows 1$/,
  );
});

it('wants exactly the accounts of the server', () => {
  const accounts = { names: ["'a'@'%'", "'clerks'"], foreign: 0, withSecondPassword: 0 };
  const dumped = (...list: string[]) => list.map((name) => seen('account', name));
  expect(refusal(() => checkAccounts(accounts, dumped("'clerks'", "'a'@'%'")))).toBe('');
  expect(refusal(() => checkAccounts(accounts, dumped("'a'@'%'", "'b'@'%'")))).toMatch(
    /^inventory-mismatch: .*: account 'clerks' is missing; account 'b'@'%' was not there before$/,
  );
});

it('names twenty, and counts the others', () => {
  expect(some(['a', 'b'])).toBe('a; b');
  expect(some(Array.from({ length: 25 }, (_, index) => `t${index}`))).toMatch(/; t19; and 5 more$/);
});

it('counts what it does not know the names of', () => {
  const accounts = { names: ["'a'@'%'", "'b'@'%'"], foreign: 0, withSecondPassword: 0 };
  const account = (name: string) => ({ kind: 'account', database: '', name });
  expect(refusal(() => checkNumberOfAccounts(accounts, [account('no. 1'), account('no. 2')]))).toBe('');
  expect(refusal(() => checkNumberOfAccounts(accounts, [account('no. 1')]))).toBe(
    'inventory-mismatch: the dump of accounts holds 1 accounts, the server lists 2',
  );
  expect(refusal(() => checkSameDefinitions('a', 'a'))).toBe('');
  expect(refusal(() => checkSameDefinitions('a', 'b'))).toContain('catalogue-changed: ');
  // Nobody took it down.
  expect(refusal(() => checkSameDefinitions('', ''))).toContain('catalogue-changed: ');
});
