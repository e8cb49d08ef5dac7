import { describe, expect, it } from 'vitest';
import {
  compareInventories,
  isRestComparable,
  selectRestored,
  type CompareOptions,
  type Difference,
  type RestoredObjects,
} from '../../../src/domain/dumps/compare-inventories.ts';
import type { Inventory, InventoryObject, ObjectKind } from '../../../src/domain/dumps/inventory.ts';
import {
  describeDifference,
  describeLimits,
  judgeDifferences,
} from '../../../src/domain/dumps/judge-differences.ts';
import { HOSTILE } from '../hostile.ts';

const object = (kind: ObjectKind, name: string, ddl = `CREATE ${name};\n`): InventoryObject => ({
  ...{ kind, database: kind === 'account' ? '' : 'shop', name, ddl, ddlSha256: `sha of ${ddl}` },
  ...(kind === 'table' ? { rows: 12_000, dataSha256: 'rows' } : {}),
});
const account = (name: string): InventoryObject => object('account', name, `password of ${name}`);

const OBJECTS = [
  object('database', 'shop'),
  object('table', 'orders'),
  object('table', 'customers'),
  object('view', 'totals'),
  object('trigger', 'audit'),
  account("'app'@'%'"),
];

function inventory(changes: Partial<Inventory> = {}): Inventory {
  return {
    ...{ schema: 1, type: 'inventory', id: 'x', server: 'atlas', variables: {} },
    ...{ rest: { shop: 'rest' }, objects: OBJECTS, brokenViews: [], notProvable: [] },
    ...changes,
  };
}

const restored = (objects: readonly InventoryObject[], restSha256 = 'rest'): RestoredObjects => ({
  objects,
  restSha256,
});
const EXACT: CompareOptions = { compare: 'exact', ignoredAccounts: [] };
const ROWS: CompareOptions = { compare: 'rows', ignoredAccounts: [] };
/** With one field of some objects taken away. */
const without = (field: 'rows' | 'dataSha256', ...names: readonly string[]): InventoryObject[] =>
  OBJECTS.map((each) =>
    names.includes(each.name)
      ? (Object.fromEntries(
          Object.entries(each).filter(([name]) => name !== field),
        ) as unknown as InventoryObject)
      : each,
  );
/** With one object changed, or left out. */
const but = (name: string, changes?: Partial<InventoryObject>): InventoryObject[] =>
  OBJECTS.flatMap((each) => (each.name !== name ? [each] : changes ? [{ ...each, ...changes }] : []));

const compare = (
  objects: readonly InventoryObject[],
  options = EXACT,
  dumped = inventory(),
): readonly Difference[] => compareInventories(dumped, restored(objects), options);
const sentences = (differences: readonly Difference[]): string[] => differences.map(describeDifference);

describe('compareInventories', () => {
  it('finds nothing where everything came back, in any order', () => {
    expect(compare(OBJECTS)).toEqual([]);
    expect(compare(OBJECTS.toReversed())).toEqual([]);
    expect(compare(OBJECTS, ROWS)).toEqual([]);
  });

  it('does not ask for rights on what the backup does not hold', () => {
    const granted = (...lines: string[]) =>
      but("'app'@'%'", { ddl: lines.join('\n'), ddlSha256: lines.join() });
    const [here, elsewhere] = ['shop', 'other'].map(
      (database) => `GRANT SELECT ON \`${database}\`.\`orders\` TO \`app\`@\`%\`;`,
    ) as [string, string];
    const dumped = inventory({ objects: granted('CREATE;', here, elsewhere) });
    expect(compare(granted('CREATE;', here), EXACT, dumped)).toEqual([]);
    expect(compare(granted('CREATE;', elsewhere), EXACT, dumped)).toHaveLength(1);
  });

  it('finds nothing in what an account is granted in another order, but in what it is granted otherwise', () => {
    const granted = (...lines: string[]) =>
      but("'app'@'%'", { ddl: lines.join('\n'), ddlSha256: lines.join() });
    const dumped = inventory({ objects: granted('CREATE;', 'GRANT a;', 'GRANT b;') });
    expect(compare(granted('CREATE;', 'GRANT b;', 'GRANT a;'), EXACT, dumped)).toEqual([]);
    for (const other of [granted('CREATE;', 'GRANT a;'), granted('CREATE;', 'GRANT a;', 'GRANT c;')])
      expect(sentences(compare(other, EXACT, dumped))).toEqual(["account 'app'@'%' has another definition"]);
    const order = (...lines: string[]) => but('totals', { ddl: lines.join('\n'), ddlSha256: lines.join() });
    expect(compare(order('a', 'b'), EXACT, inventory({ objects: order('b', 'a') }))).toHaveLength(1);
  });

  it.each<[string, InventoryObject[], string]>([
    ['a lost table', but('orders'), 'table shop.orders is missing'],
    ['a lost trigger', but('audit'), 'trigger shop.audit is missing'],
    ['a lost account', but("'app'@'%'"), "account 'app'@'%' is missing"],
    ['a lost database', but('shop'), 'database shop is missing'],
    ['lost rows', but('orders', { rows: 11_999 }), 'table shop.orders: 11,999 rows, 12,000 were dumped'],
    [
      'something new',
      [...OBJECTS, object('package-body', 'p')],
      'package body shop.p is there, but was not dumped',
    ],
    ['a new account', [...OBJECTS, account("''@'%'")], "account ''@'%' is there, but was not dumped"],
    [
      'rows that were not counted',
      without('rows', 'orders'),
      'table shop.orders: the rows were not counted, 12,000 were dumped',
    ],
  ])('finds %s, however little is compared', (_, objects, sentence) => {
    expect(sentences(compare(objects))).toEqual([sentence]);
    expect(sentences(compare(objects, ROWS))).toEqual([sentence]);
  });

  it.each<[string, InventoryObject[], string]>([
    [
      'other rows',
      but('orders', { dataSha256: 'others' }),
      'table shop.orders: the rows are not the ones that were dumped',
    ],
    [
      'another definition',
      but('totals', { ddlSha256: 'other', ddl: 'CREATE other;\n' }),
      'view shop.totals has another definition',
    ],
    [
      'an account with other rights',
      but("'app'@'%'", { ddlSha256: 'other', ddl: 'other' }),
      "account 'app'@'%' has another definition",
    ],
  ])('finds %s where everything is compared', (_, objects, sentence) => {
    expect(sentences(compare(objects))).toEqual([sentence]);
    expect(compare(objects, ROWS)).toEqual([]);
  });

  it('says once that rows are others when there are more or fewer', () => {
    expect(compare(but('orders', { rows: 1, dataSha256: 'others' }))).toEqual([
      {
        ...{ kind: 'table', database: 'shop', name: 'orders', what: 'rows' },
        ...{ expected: '12000', found: '1' },
      },
    ]);
  });

  it('sorts what is equally bad by database and name', () => {
    const objects = ['b', 'a'].flatMap((database) =>
      ['y', 'x'].map((name) => ({ ...object('table', name), database })),
    );
    const differences = compare([], EXACT, inventory({ objects }));
    expect(differences.map(({ database, name }) => database + name)).toEqual(['ax', 'ay', 'bx', 'by']);
  });

  it('finds rows whose digest was lost', () => {
    expect(compare(without('dataSha256', 'orders'))).toMatchObject([{ name: 'orders', what: 'data' }]);
  });

  it('tells a view from a table of the same name', () => {
    const objects = [...but('totals'), object('table', 'totals')];
    expect(compare(objects)).toMatchObject([
      { kind: 'view', what: 'missing' },
      { kind: 'table', what: 'added' },
    ]);
  });

  it('compares no rows that the dump did not count, but their digest', () => {
    const dumped = inventory({ objects: without('rows', 'orders', 'customers') });
    expect(compare(OBJECTS, EXACT, dumped)).toEqual([]);
    expect(compare(but('orders', { dataSha256: 'x' }), EXACT, dumped)).toMatchObject([{ what: 'data' }]);
  });

  it('shows a definition as a diff, that of an account never', () => {
    const objects = but('totals', { ddlSha256: 'other', ddl: 'CREATE other;\n' }).map((each) =>
      each.kind === 'account' ? { ...each, ddl: 'hash of a password', ddlSha256: 'other' } : each,
    );
    const differences = compare(objects);
    expect(differences).toMatchObject([
      { kind: 'view', diff: '- CREATE totals;\n+ CREATE other;' },
      { kind: 'account' },
    ]);
    expect(JSON.stringify(differences)).not.toContain('password');
  });

  it('makes only a few diffs', () => {
    const many = Array.from({ length: 50 }, (_, index) => object('view', `v${index}`));
    const changed = many.map((each) => ({ ...each, ddl: 'other\n', ddlSha256: 'other' }));
    const differences = compare(changed, EXACT, inventory({ objects: many }));
    expect(differences).toHaveLength(50);
    expect(differences.filter(({ diff }) => diff !== undefined)).toHaveLength(20);
  });

  it('leaves out what no sandbox can hold, on both sides', () => {
    const notProvable = [{ kind: 'table' as const, database: 'shop', name: 'orders', why: 'CONNECT' }];
    const dumped = inventory({ notProvable });
    expect(compare(but('orders'), EXACT, dumped)).toEqual([]);
    expect(compare(but('orders', { rows: 0 }), EXACT, dumped)).toEqual([]);
    expect(compare([...but('orders'), object('table', 'orders')], EXACT, dumped)).toEqual([]);
    expect(compare(but('customers'), EXACT, dumped)).toHaveLength(1);
  });

  it("does not mind the sandbox's own accounts, but what became of dumped ones", () => {
    const own = "'root'@'localhost'";
    const options = { compare: 'exact' as const, ignoredAccounts: [own, "'app'@'%'"] };
    expect(compare([...OBJECTS, account(own)], options)).toEqual([]);
    expect(sentences(compare([...but("'app'@'%'"), account(own)], options))).toEqual([
      "account 'app'@'%' is missing",
    ]);
    // A table may have such a name.
    expect(compare([...OBJECTS, object('table', own)], options)).toHaveLength(1);
  });

  it('compares no accounts when the dump has none', () => {
    const dumped = inventory({ objects: OBJECTS.filter(({ kind }) => kind !== 'account') });
    expect(compare(OBJECTS, EXACT, dumped)).toEqual([]);
  });

  it('has the worst first', () => {
    const objects = [...but('customers').filter(({ name }) => name !== 'audit'), object('event', 'z')].map(
      (each) => {
        if (each.name === 'orders') return { ...each, rows: 1, ddlSha256: 'x' };
        return each.name === 'totals' ? { ...each, ddlSha256: 'x' } : each;
      },
    );
    expect(compare(objects).map(({ what, name }) => `${what} ${name}`)).toEqual([
      ...['missing customers', 'missing audit', 'rows orders', 'added z'],
      ...['definition orders', 'definition totals'],
    ]);
  });

  it.each(HOSTILE)('takes the name %j as it is', (name) => {
    const dumped = inventory({ objects: [object('table', name), object('table', `${name}.b`)] });
    expect(compare([object('table', `${name}.b`)], EXACT, dumped)).toEqual([
      { kind: 'table', database: 'shop', name, what: 'missing' },
    ]);
  });
});

it('selectRestored leaves out what is not compared, and the accounts of the sandbox', () => {
  const notProvable = [{ kind: 'table' as const, database: 'shop', name: 'orders', why: 'CONNECT' }];
  const objects = [...OBJECTS, account("'root'@'localhost'")];
  expect(selectRestored(inventory({ notProvable }), objects)).toEqual(but('orders'));
  const dumped = inventory({ objects: OBJECTS.filter(({ kind }) => kind !== 'account') });
  expect(selectRestored(dumped, objects)).toEqual(dumped.objects);
});

describe('the rest', () => {
  const differences = (dumped: Inventory, objects: readonly InventoryObject[]): readonly Difference[] =>
    compareInventories(dumped, restored(objects, 'another'), EXACT);

  it('is a difference where it differs and all definitions are equal', () => {
    expect(differences(inventory(), OBJECTS)).toEqual([
      { kind: 'rest', database: '', name: '', what: 'definition' },
    ]);
    expect(differences(inventory(), but('orders', { rows: 1 }))).toHaveLength(2);
    expect(differences(inventory(), but("'app'@'%'"))).toHaveLength(2);
  });

  it('says nothing of its own where a definition differs, or is missing', () => {
    for (const objects of [
      but('totals', { ddlSha256: 'x' }),
      but('audit'),
      [...OBJECTS, object('view', 'x')],
    ])
      expect(differences(inventory(), objects).map(({ kind }) => kind)).not.toContain('rest');
  });

  it('is not compared with `rows`', () => {
    expect(compareInventories(inventory(), restored(OBJECTS, 'another'), ROWS)).toEqual([]);
  });

  it('is not compared where it cannot be equal, which can be asked', () => {
    const split = inventory({ rest: { shop: 'a', wiki: 'b' } });
    const view = { database: 'shop', name: 'v', why: 'x' };
    const left = inventory({ notProvable: [{ kind: 'view', ...view }] });
    for (const dumped of [split, left]) {
      expect(isRestComparable(dumped)).toBe(false);
      expect(differences(dumped, OBJECTS)).toEqual([]);
    }
    const socket = inventory({ notProvable: [{ kind: 'account', ...view }] });
    expect(isRestComparable(socket)).toBe(true);
    expect(differences(socket, OBJECTS)).toHaveLength(1);
  });
});

describe('judgeDifferences', () => {
  const difference = (what: Difference['what'], kind: Difference['kind'] = 'table'): Difference => ({
    ...{ kind, database: 'shop', name: 'orders' },
    what,
  });
  const same = { isSameDumpTool: true, compare: 'exact' as const };
  const other = { isSameDumpTool: false, compare: 'exact' as const };

  it('gives the level that was asked for when nothing differs', () => {
    expect(judgeDifferences([], same)).toEqual({ red: [], told: [], level: 3 });
    expect(judgeDifferences([], other).level).toBe(3);
    expect(judgeDifferences([], { ...same, compare: 'rows' }).level).toBe(2);
  });

  it.each([
    ['missing', 1],
    ['rows', 1],
    ['added', 1],
    ['data', 2],
  ] as const)('%s is red with any dump tool', (what, level) => {
    const differences = [difference(what)];
    expect(judgeDifferences(differences, same)).toEqual({ red: differences, told: [], level });
    expect(judgeDifferences(differences, other)).toEqual({ red: differences, told: [], level });
  });

  it.each(['view', 'rest'] as const)('a definition (%s) is only told with another dump tool', (kind) => {
    const differences = [difference('definition', kind)];
    expect(judgeDifferences(differences, same)).toEqual({ red: differences, told: [], level: 2 });
    expect(judgeDifferences(differences, other)).toEqual({ red: [], told: differences, level: 2 });
  });

  it('parts them where both are there', () => {
    const [red, told] = [difference('data'), difference('definition')];
    expect(judgeDifferences([red, told], other)).toEqual({ red: [red], told: [told], level: 2 });
  });

  it('tells in numbers, without names', () => {
    const told = [
      difference('definition'),
      difference('definition', 'view'),
      difference('definition', 'rest'),
    ];
    expect(describeLimits(told, { isRestComparable: true })).toEqual([
      'definitions of 2 objects are written differently by another version of the dump tool',
      'what stands between the definitions is written differently by another version of the dump tool',
    ]);
    expect(describeLimits([], { isRestComparable: true })).toEqual([]);
    expect(describeLimits([], { isRestComparable: false })).toEqual([
      'what stands between the definitions could not be compared',
    ]);
    expect(describeDifference(difference('definition', 'rest'))).toBe(
      'what stands between the definitions is not what was dumped',
    );
  });
});
