import { describe, expect, it } from 'vitest';
import { judge, type Evidence, type Looked } from '../../../src/actions/restore-test/judge.ts';
import type { Assertion } from '../../../src/domain/statements/assertion.ts';
import type { InventoryObject } from '../../../src/domain/dumps/inventory.ts';
import { exampleBackup, exampleInventory, exampleObject, SAME_VERSIONS, exampleReplay } from './examples.ts';
import { exampleManifest } from '../../domain/dumps/manifest-example.ts';

const looked = (
  objects: readonly InventoryObject[] = exampleInventory().objects,
  changes: Partial<Looked> = {},
): Looked => ({
  ...{ objects, restSha256: 'rest', broken: [] },
  ...changes,
});
const evidence = (changes: Partial<Evidence> = {}): Evidence => ({
  ...{ backup: exampleBackup(), inventory: exampleInventory(), inputs: { compare: 'exact' }, assertions: [] },
  ...{ versions: SAME_VERSIONS, looked: looked(), replay: undefined, brokenAfter: [] },
  ...changes,
});
const replaced = (name: string, changes: Partial<InventoryObject>): InventoryObject[] =>
  exampleInventory().objects.map((object) => (object.name === name ? { ...object, ...changes } : object));
const assertion: Assertion = {
  text: 'SELECT 1 => 2',
  database: undefined,
  sql: 'SELECT 1',
  operator: '=',
  value: '2',
};
const broken = {
  kind: 'view' as const,
  database: 'shop',
  name: 'totals',
  problem: 'error 1356: no column x',
};
const sentences = (changes: Partial<Evidence>) =>
  judge(evidence(changes)).findings.map(({ code, sentence }) => `${code}: ${sentence}`);

it('finds nothing in what is equal', () => {
  expect(judge(evidence())).toEqual({ findings: [], differences: [], level: 3, limits: [] });
});

describe('each fault has its code:', () => {
  it.each<[string, Partial<Evidence>, readonly string[]]>([
    [
      'a missing table',
      { looked: looked(exampleInventory().objects.filter(({ name }) => name !== 'audit')) },
      ['restore-differs: trigger shop.audit is missing'],
    ],
    [
      'missing rows',
      { looked: looked(replaced('orders', { rows: 11_999 })) },
      ['restore-differs: table shop.orders: 11,999 rows, 12,000 were dumped'],
    ],
    [
      'other rows',
      { looked: looked(replaced('orders', { dataSha256: 'others' })) },
      ['restore-differs: table shop.orders: the rows are not the ones that were dumped'],
    ],
    [
      'another definition',
      { looked: looked(replaced('totals', { ddlSha256: 'x', ddl: 'x' })) },
      ['restore-differs: view shop.totals has another definition'],
    ],
    [
      'an object too many',
      { looked: looked([...exampleInventory().objects, exampleObject('event', 'extra')]) },
      ['restore-differs: event shop.extra is there, but was not dumped'],
    ],
    [
      'other settings',
      { looked: looked(undefined, { restSha256: 'other' }) },
      ['restore-differs: what stands between the definitions is not what was dumped'],
    ],
    [
      'a broken view',
      { looked: looked(undefined, { broken: [broken] }) },
      ['restore-broken: view shop.totals: error 1356: no column x'],
    ],
    [
      'an assertion that does not hold',
      {
        assertions: [
          { assertion, problem: 'gave 1' },
          { assertion, problem: undefined },
        ],
      },
      ['assertion-failed: SELECT 1 => 2: it gave 1'],
    ],
    [
      'no rows',
      {
        inventory: exampleInventory({ objects: replaced('orders', { rows: 0 }) }),
        looked: looked(replaced('orders', { rows: 0 })),
      },
      ['restore-empty: there is no row in any table of what was restored'],
    ],
    [
      'no tables',
      { inventory: exampleInventory({ objects: [] }), looked: looked([]) },
      ['restore-empty: there is no table in what was restored'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(sentences(changes)).toEqual(expected);
  });

  it('the worst comes first', () => {
    const found = sentences({
      looked: looked(
        replaced('orders', { rows: 0, dataSha256: 'none' }).filter(({ name }) => name !== 'audit'),
        {
          broken: [broken],
        },
      ),
      assertions: [{ assertion, problem: 'gave no row' }],
    });
    expect(found.map((finding) => finding.split(':')[0])).toEqual([
      ...['restore-empty', 'restore-differs', 'restore-differs', 'restore-broken', 'assertion-failed'],
    ]);
    expect(found[1]).toContain('is missing');
  });

  it('a broken view that was left out of the comparison is none', () => {
    const inventory = exampleInventory({
      notProvable: [
        { kind: 'view', database: 'shop', name: 'totals', why: 'it reads a table of another server' },
      ],
    });
    expect(sentences({ inventory, looked: looked(undefined, { broken: [broken] }) })).toEqual([]);
  });
});

describe('without a comparison', () => {
  const none = { inputs: { compare: 'none' as const }, looked: undefined };

  it('the level is 1, and that is said', () => {
    expect(judge(evidence(none))).toMatchObject({
      findings: [],
      level: 1,
      limits: ['nothing was compared with what was dumped'],
    });
  });

  it('the manifest says whether there was anything', () => {
    const manifest = exampleManifest();
    const database = { name: 'shop', tables: 0, views: 1, rows: 0, plainBytes: 100 };
    const backup = (databases: (typeof manifest)['databases']) =>
      exampleBackup({ manifest: { ...manifest, databases } });
    expect(sentences({ ...none, backup: backup([database]) })).toEqual([
      'restore-empty: there is no table in what was restored',
    ]);
    expect(sentences({ ...none, backup: backup([{ ...database, tables: 2 }]) })).toEqual([
      'restore-empty: there is no row in any table of what was restored',
    ]);
    // Not counted is not empty.
    expect(sentences({ ...none, backup: backup([{ ...database, tables: 2, rows: null }]) })).toEqual([]);
  });

  it('assertions count all the same', () => {
    expect(sentences({ ...none, assertions: [{ assertion, problem: 'gave 3' }] })).toEqual([
      'assertion-failed: SELECT 1 => 2: it gave 3',
    ]);
  });
});

describe('what is not proven is said:', () => {
  const limits = (changes: Partial<Evidence>) => judge(evidence(changes)).limits;

  it('no signature, no accounts, rows only', () => {
    const manifest = exampleManifest();
    const backup = exampleBackup({
      signedBy: undefined,
      manifest: { ...manifest, objects: manifest.objects.filter(({ role }) => role !== 'accounts') },
    });
    expect(limits({ backup, inputs: { compare: 'rows' } })).toEqual([
      'the signature of the manifest was not checked',
      'accounts are not in the backup: others stood in for them',
      'rows were counted, not compared',
    ]);
    expect(judge(evidence({ inputs: { compare: 'rows' } })).level).toBe(2);
  });

  it('names only, and what is missing or too many among them', () => {
    const { objects } = exampleInventory();
    const inventory = exampleInventory({
      onlyNames: { definers: [] },
      rest: {},
      objects: objects.map(({ kind, database, name }) => ({ kind, database, name, ddl: '' })),
    });
    const limit =
      'only the names of tables and views could be compared: nothing else was taken down when they were dumped';
    for (const compare of ['exact', 'rows'] as const)
      expect(judge(evidence({ inventory, inputs: { compare } }))).toEqual({
        ...{ findings: [], differences: [], level: 1, limits: [limit] },
      });
    expect(limits({ inventory, inputs: { compare: 'none' }, looked: undefined })).toEqual([
      'nothing was compared with what was dumped',
    ]);
    // Of triggers and accounts the names in a dump are not known.
    const others = objects.map((object) =>
      object.kind === 'trigger' || object.kind === 'account' ? { ...object, name: 'other' } : object,
    );
    expect(sentences({ inventory, looked: looked(others) })).toEqual([]);
    const spoiled = [...objects.filter(({ kind }) => kind !== 'table'), exampleObject('view', 'extra')];
    expect(sentences({ inventory, looked: looked(spoiled) })).toEqual([
      'restore-empty: there is no table in what was restored',
      'restore-differs: table shop.orders is missing',
      'restore-differs: view shop.extra is there, but was not dumped',
    ]);
  });

  it('rows that nobody counted', () => {
    const uncounted = [exampleObject('table', 'a'), exampleObject('table', 'b')].map((table) => {
      Reflect.deleteProperty(table, 'rows');
      return table;
    });
    expect(
      limits({ inventory: exampleInventory({ objects: uncounted }), looked: looked(uncounted) }),
    ).toEqual(['the rows of 2 tables were not counted when they were dumped']);
  });

  it('another version: definitions count no more, and the level is 2', () => {
    const versions = {
      server: '10.11.20-MariaDB',
      dumpTool: '10.19 Distrib 10.11.20-MariaDB',
      isSameVersion: false,
    };
    const judgement = judge(
      evidence({ versions, looked: looked(replaced('totals', { ddlSha256: 'x', ddl: 'x' })) }),
    );
    expect(judgement).toMatchObject({ findings: [], level: 2 });
    expect(judgement.differences).toHaveLength(1);
    expect(judgement.limits).toEqual([
      'the sandbox ran 10.11.20-MariaDB with dump client 10.19 Distrib 10.11.20-MariaDB, the source 10.11.19-MariaDB-log with 10.19 Distrib 10.11.19-MariaDB',
      'definitions of 1 object are written differently by another version of the dump tool',
    ]);
    expect(sentences({ versions, looked: looked(replaced('orders', { rows: 1 })) })).toHaveLength(1);
  });
});

it('judges ten thousand tables in a moment', () => {
  const objects = Array.from({ length: 10_000 }, (_, index) => exampleObject('table', `t${index}`));
  const judgement = judge(
    evidence({ inventory: exampleInventory({ objects }), looked: looked([exampleObject('table', 'x')]) }),
  );
  expect(judgement.findings).toHaveLength(10_001);
});

describe('after a replay', () => {
  it('level 3 becomes level 4, and no other does', () => {
    expect(judge(evidence({ replay: exampleReplay({ limits: ['a limit'] }) }))).toMatchObject({
      ...{ level: 4, findings: [], limits: ['a limit'] },
    });
    expect(judge(evidence({ replay: exampleReplay({ transactions: 0 }) })).level).toBe(3);
    expect(judge(evidence({ replay: exampleReplay(), inputs: { compare: 'rows' } })).level).toBe(2);
    expect(judge(evidence({ replay: exampleReplay(), looked: undefined })).level).toBe(1);
  });

  it('a table that is broken then is red', () => {
    const table = { kind: 'table' as const, database: 'shop', name: 'orders', problem: 'Corrupt' };
    expect(judge(evidence({ replay: exampleReplay(), brokenAfter: [table] })).findings).toEqual([
      { code: 'restore-broken', sentence: 'after the replay: table shop.orders: Corrupt' },
    ]);
  });
});
