import { describe, expect, it } from 'vitest';
import { restoreDeclaration } from '../../../src/actions/restore/inputs.ts';
import { planRestore, type PlanInputs } from '../../../src/actions/restore/plan.ts';
import { checkPlan } from '../../../src/engines/mysql/live/check-plan.ts';
import type { Inventory, InventoryObject } from '../../../src/domain/dumps/inventory.ts';
import type { Surroundings } from '../../../src/inputs/declaration.ts';
import { gatherInputs } from '../../../src/inputs/gather.ts';
import { exampleManifest } from '../../domain/dumps/manifest-example.ts';

const manifest = { ...exampleManifest(), instant: '2026-11-20T03:05:14.250Z' };
const names = manifest.databases.map(({ name }) => name);
const [first = '', second = ''] = names;
const plan = (inputs: Partial<PlanInputs> = {}) =>
  planRestore(manifest, {
    databases: undefined,
    table: undefined,
    into: undefined,
    sameNames: false,
    ...inputs,
  });

describe('a plan', () => {
  it('gives every database a name of its own', () => {
    expect(names.length).toBe(2);
    expect(plan()).toEqual({
      databases: names.map((from) => ({ from, to: `${from}_restored_202611200305` })),
      ...{ table: undefined, isWhole: false, withEvents: false },
    });
    expect(plan({ sameNames: true })).toMatchObject({ isWhole: true, withEvents: true });
    expect(plan({ sameNames: true, databases: [second] })).toMatchObject({
      databases: [{ from: second, to: second }],
      isWhole: false,
    });
    expect(plan({ table: { database: first, table: 't' }, into: 'x' })).toMatchObject({
      databases: [{ from: first, to: 'x' }],
      table: 't',
    });
  });

  it.each<[Partial<PlanInputs>, string]>([
    [{ into: 'x' }, '`into` is one name'],
    [{ databases: ['nope'] }, 'not in the backup: nope'],
    [{ table: { database: 'nope', table: 't' } }, 'not in the backup: nope'],
  ])('%j is refused', (inputs, says) => {
    expect(() => plan(inputs)).toThrow(says);
  });

  it('never has the name of a system database, or one that is too long', () => {
    const [one] = manifest.databases;
    const called = (name: string) => ({
      ...manifest,
      databases: [{ ...one, name }] as typeof manifest.databases,
    });
    const inputs = { databases: undefined, table: undefined, into: undefined };
    expect(() => planRestore(called('MySQL'), { ...inputs, sameNames: true })).toThrow("server's own");
    expect(() => planRestore(called('x'.repeat(60)), { ...inputs, sameNames: false })).toThrow('longer than');
  });
});

describe('what the inventory says of a plan', () => {
  const object = (kind: InventoryObject['kind'], name: string, ddl: string): InventoryObject => ({
    ...{ kind, database: 'shop', name, ddl, ddlSha256: '' },
  });
  const objects = [
    object('database', 'shop', 'CREATE DATABASE `shop`;\nUSE `shop`;\n'),
    object('table', 't', 'CREATE TABLE `t` (a int COMMENT "shopping.list")'),
    object('view', 'v', 'VIEW `v` AS select `other`.`shop` from `t`'),
    object('procedure', 'p', 'BEGIN SELECT * FROM shop . t; END'),
    object('event', 'e', 'DELETE FROM `shop`.`t`'),
    object('trigger', 'tr', 'CREATE TRIGGER tr BEFORE INSERT ON `t` FOR EACH ROW SET NEW.a = 1'),
  ];
  const inventory = { objects, rest: { shop: '' } } as unknown as Inventory;
  const check = (table: string | undefined, to = 'new', withEvents = false) =>
    checkPlan({ databases: [{ from: 'shop', to }], table, isWhole: false, withEvents }, inventory);

  it('names definitions that name their own database, and counts what is left out', () => {
    expect(check(undefined)).toEqual({
      namesItself: ['procedure shop.p'],
      leftOutEvents: 1,
      leftOutTriggers: 0,
    });
    expect(check('t')).toEqual({ namesItself: [], leftOutEvents: 0, leftOutTriggers: 1 });
    expect(check(undefined, 'shop', true)).toEqual({ namesItself: [], leftOutEvents: 0, leftOutTriggers: 0 });
  });

  it('looks at what the text of a database can hold, not at what others have in theirs', () => {
    const odd = { ...object('table', 't\n--', 'CREATE TABLE `t\n--` (a int)'), database: 'other' };
    const plan = {
      databases: [{ from: 'shop', to: 'new' }],
      table: undefined,
      isWhole: false,
      withEvents: false,
    };
    const withOdd = (rest: Inventory['rest']) => () =>
      checkPlan(plan, { ...inventory, objects: [...objects, odd], rest });
    expect(withOdd({ databases: '' })).toThrow('look like the marks between its parts');
    expect(withOdd({ shop: '', other: '' })).not.toThrow();
  });

  it('refuses a table that is none', () => {
    expect(() => check('v')).toThrow('shop.v is a view');
    expect(() => check('T')).toThrow('shop.T is no table of the backup');
  });
});

describe('the inputs', () => {
  const given = {
    ...{ server: 'atlas', store: 'file:///srv/backups', identity: 'key', 'trusted-signers': 'key' },
  };
  const read = (changes: Record<string, string>, surroundings: Partial<Surroundings> = {}) => {
    const values: Record<string, string> = { ...given, ...changes };
    const source = { read: (name: string) => values[name], howToGive: () => '', problems: [], warnings: [] };
    return gatherInputs(
      restoreDeclaration,
      source,
      { isHostedRunner: false, ...surroundings },
      { checks: {} },
    );
  };

  it('go to a moment with everything under its own name only', async () => {
    const all = { 'same-names': 'true', accounts: 'true', 'to-time': '2026-11-20T14:05:59Z' };
    await expect(read(all)).resolves.toMatchObject({
      inputs: { toTime: { kind: 'instant', at: new Date('2026-11-20T14:05:59Z') } },
    });
    await expect(read({ ...all, 'to-time': 'latest' })).resolves.toBeDefined();
    for (const moment of ['random', 'none', '14:05'])
      await expect(read({ ...all, 'to-time': moment })).rejects.toThrow('is not a point in time');
    for (const name of ['same-names', 'accounts'])
      await expect(read({ ...all, [name]: 'false' })).rejects.toThrow(
        '`to-time`: only with `same-names` and `accounts`',
      );
    for (const change of [{ databases: 'shop' }, { 'log-bin': 'true' }])
      await expect(read({ ...all, ...change })).rejects.toThrow('cannot be given together with `to-time`');
  });

  it('need no confirmation on a command line, but for replacing', async () => {
    await expect(read({})).resolves.toBeDefined();
    await expect(read({ replace: 'true' }, { canAsk: true })).resolves.toBeDefined();
    await expect(read({ replace: 'true' })).rejects.toThrow('Type exactly: restore atlas into new names');
    await expect(read({ replace: 'true', confirm: 'restore atlas into new names' })).resolves.toBeDefined();
  });

  it.each([
    [{}, 'restore atlas into new names'],
    [{ 'same-names': 'true' }, 'restore atlas into same names'],
    [{ into: 'copy', databases: 'shop' }, 'restore atlas into copy'],
  ])('must be confirmed in a workflow: %j', async (changes, confirm) => {
    const workflow = { isWorkflow: true };
    await expect(read(changes, workflow)).rejects.toThrow(
      `\`confirm\`: nothing is given. Type exactly: ${confirm}`,
    );
    await expect(read({ ...changes, confirm: `${confirm}!` }, workflow)).rejects.toThrow(
      'not what has to be typed',
    );
    await expect(read({ ...changes, confirm }, workflow)).resolves.toBeDefined();
  });

  it.each<[Record<string, string>, string]>([
    [{ 'trusted-signers': '' }, '`trusted-signers`: nothing is given'],
    [{ table: 'a.b', databases: 'a' }, 'cannot be given together with `table`'],
    [{ table: 'a.b', 'same-names': 'true' }, '`same-names`: cannot be given together with `table`'],
    [{ into: 'x', 'same-names': 'true' }, '`into`: cannot be given together with `same-names`'],
    [{ accounts: 'true' }, '`accounts`: only with `same-names`'],
    [{ into: 'mysql' }, "is a database of the server's own"],
    [{ table: 'orders' }, 'is not `database.table`'],
    [{ 'ssh-host': 'atlas.example.com' }, '`ssh-known-hosts`: nothing is given, but `ssh-host` is'],
    [{ 'ssh-user': 'me' }, '`ssh-user`: only with `ssh-host`'],
    [{ 'db-socket': '/run/x', 'db-host': 'h' }, 'cannot be given together with `db-socket`'],
  ])('%j is refused', async (changes, says) => {
    await expect(read(changes)).rejects.toThrow(says);
  });

  it('without signatures must be said', async () => {
    await expect(read({ 'trusted-signers': '', unsigned: 'true' })).resolves.toBeDefined();
  });
});
