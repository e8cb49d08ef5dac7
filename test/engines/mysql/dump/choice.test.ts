import { expect, it } from 'vitest';
import type { LifeboatError } from '../../../../src/errors.ts';
import type { Catalogue, CatalogueTable } from '../../../../src/engines/mysql/catalogue.ts';
import { checkNotEmpty, choose } from '../../../../src/engines/mysql/dump/choice.ts';
import type { DumpRequest } from '../../../../src/ports/engine.ts';

const table = (database: string, name: string, changes: Partial<CatalogueTable> = {}): CatalogueTable => ({
  ...{ database, name, kind: 'table', engine: 'InnoDB', rows: 1, brokenBecause: undefined },
  ...{ isVersioned: false, isForeign: false, isTransactional: true, ...changes },
});

function choice(
  request: Partial<DumpRequest>,
  tables: readonly CatalogueTable[],
  databases = ['shop', 'wiki', 'my-db', 'empty'],
) {
  const catalogue: Catalogue = {
    variables: {},
    account: 'a@b',
    grants: [],
    databases,
    tables,
    objects: [],
    logged: '',
    withLibraries: [],
  };
  const whole: DumpRequest = {
    connection: {},
    textOptions: [],
    layout: 'one',
    maxLockMs: 300_000,
    databases: '*',
    excludeDatabases: [],
    excludeTables: [],
    consistency: 'auto',
    accounts: true,
    inventory: 'rows',
    rotate: true,
    coordinates: true,
    brokenViews: 'exclude',
    maxReplicaLagMs: 900_000,
    allowEmpty: false,
    ...request,
  };
  const chosen = choose(catalogue, whole);
  checkNotEmpty(chosen, whole);
  return chosen;
}

const TABLES = [
  table('shop', 'item'),
  table('shop', 'cache_a'),
  table('shop', 'cache_b'),
  table('shop', 'best', { kind: 'view' }),
  table('wiki', 'page'),
  table('my-db', 'a.b+c'),
];
const names = (tables: readonly CatalogueTable[]) =>
  tables.map(({ database, name }) => `${database}.${name}`);

function refusal(...args: Parameters<typeof choice>): string {
  try {
    choice(...args);
    return '';
  } catch (error) {
    const { code, message } = error as LifeboatError;
    return `${code}: ${message}`;
  }
}

it('takes everything for *, and names what is forgotten for a list', () => {
  expect(choice({}, TABLES)).toMatchObject({
    databases: ['shop', 'wiki', 'my-db', 'empty'],
    forgottenDatabases: [],
    tables: TABLES,
  });
  expect(choice({ databases: ['wiki'] }, TABLES)).toMatchObject({
    databases: ['wiki'],
    forgottenDatabases: ['shop', 'my-db'],
  });
  expect(choice({ excludeDatabases: ['shop', 'empty'] }, TABLES).forgottenDatabases).toEqual(['shop']);
});

it.each([
  [['shop.cache_*'], ['shop.cache_a', 'shop.cache_b']],
  [
    ['shop.item', 'wiki.page'],
    ['shop.item', 'wiki.page'],
  ],
  [['*.item'], ['shop.item']],
  [['my-db.*'], ['my-db.a.b+c']],
  [['my-db.a.b+c'], ['my-db.a.b+c']],
  [['shop.b*t'], ['shop.best']],
  [['nowhere.x*'], []],
])('leaves out %j', (excludeTables, left) => {
  const { excludedTables, tables } = choice({ excludeTables }, TABLES);
  expect(names(excludedTables)).toEqual(left);
  expect(names(tables)).toEqual(names(TABLES).filter((name) => !left.includes(name)));
});

it('keeps broken views apart, unless they are left out anyway', () => {
  const broken = table('shop', 'gone', { kind: 'view', brokenBecause: 'references invalid' });
  expect(names(choice({}, [...TABLES, broken]).brokenViews)).toEqual(['shop.gone']);
  const without = choice({ excludeTables: ['shop.gone'] }, [...TABLES, broken]);
  expect(names(without.brokenViews)).toEqual([]);
  expect(names(without.excludedTables)).toEqual(['shop.gone']);
});

it('takes a directory that is no database for none, as long as nothing is in it', () => {
  const databases = ['shop', '#mysql50#lost+found', '#mysql50#a-b'];
  expect(choice({}, [...TABLES, table('#mysql50#a-b', 't')], databases).databases).toEqual([
    'shop',
    '#mysql50#a-b',
  ]);
});

it.each<[string, Partial<DumpRequest>, RegExp]>([
  ['a database that is not there', { databases: ['shop', 'Shop'] }, /^db-not-found: .*: Shop$/],
  ['an excluded database that is not there', { excludeDatabases: ['x'] }, /^db-not-found: .*: x$/],
  [
    'an excluded table that is not there',
    { excludeTables: ['shop.items'] },
    /^db-not-found: .*: shop.items$/,
  ],
  ['nothing to dump', { databases: ['wiki'], excludeDatabases: ['wiki'] }, /^db-empty: no database/],
  ['no tables', { databases: ['empty'] }, /^db-empty: there is no table in empty$/],
  [
    'views alone',
    { databases: ['shop'], excludeTables: ['shop.item', 'shop.cache*'] },
    /^db-empty: there is no table in shop$/,
  ],
])('refuses %s', (_what, request, message) => {
  expect(refusal(request, TABLES)).toMatch(message);
});

it('accepts an empty dump only when told to', () => {
  expect(choice({ databases: ['empty'], allowEmpty: true }, TABLES).databases).toEqual(['empty']);
  expect(refusal({ databases: ['empty'], excludeDatabases: ['empty'], allowEmpty: true }, TABLES)).toMatch(
    /^db-empty/,
  );
});

it('refuses to leave out what mariadb-dump cannot leave out', () => {
  const tables = [table('a.b', 't'), table('a.b', 'u')];
  expect(refusal({ excludeTables: ['a.b.t'] }, tables, ['a.b'])).toMatch(/with a dot in its name: a\.b\.t$/);
  expect(choice({}, tables, ['a.b']).tables).toHaveLength(2);
});
