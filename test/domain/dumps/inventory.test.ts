import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../../src/domain/dumps/inventory.ts';
import { MAX_INVENTORY_BYTES, objectKey, parseInventory } from '../../../src/domain/dumps/inventory.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { ABSENT, changed, place } from './manifest-example.ts';

const sha = 'a'.repeat(64);

const example = (): Inventory => ({
  schema: 1,
  type: 'inventory',
  ...place,
  variables: { sql_mode: 'STRICT_TRANS_TABLES', lower_case_table_names: '0' },
  rest: { databases: sha },
  objects: [
    { kind: 'database', database: 'shop', name: 'shop', ddlSha256: sha, ddl: 'CREATE DATABASE `shop`;\n' },
    {
      kind: 'table',
      database: 'shop',
      name: 'orders',
      rows: 3,
      dataSha256: sha,
      ddlSha256: sha,
      ddl: 'CREATE …',
    },
    { kind: 'table', database: 'shop', name: 'not counted', dataSha256: sha, ddlSha256: sha, ddl: '' },
    { kind: 'view', database: 'shop', name: 'a "b"\n', ddlSha256: sha, ddl: 'VIEW' },
    { kind: 'account', database: '', name: "'shop'@'%'", ddlSha256: sha, ddl: 'GRANT' },
  ],
  brokenViews: [{ database: 'shop', name: 'old', text: 'select 1', error: 'View references invalid table' }],
  notProvable: [{ kind: 'account', database: '', name: "'root'@'localhost'", why: 'unix socket' }],
});

const parse = (value: unknown): Inventory => parseInventory(Buffer.from(JSON.stringify(value)), place);

function complaint(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(LifeboatError);
    expect((error as LifeboatError).code).toBe('manifest-invalid');
    return (error as LifeboatError).message;
  }
  throw new Error('it was accepted');
}

describe('parseInventory', () => {
  it('reads one with every field, in any layout of the JSON', () => {
    expect(parse(example())).toEqual(example());
    expect(parseInventory(Buffer.from(JSON.stringify(example(), undefined, 3)), place)).toEqual(example());
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['another schema', { schema: 2 }, 'schema is not 1'],
    ['another type', { type: 'dump' }, 'type is not "inventory"'],
    ['that of another dump', { id: place.id.replace('7f', '00') }, 'it belongs to another dump'],
    ['that of another server', { server: 'borg' }, 'it belongs to another dump'],
    ['an unknown kind', { 'objects.0.kind': 'index' }, 'objects[0].kind is not'],
    ['a table without a digest', { 'objects.1.dataSha256': ABSENT }, 'objects[1].dataSha256 is missing'],
    ['a view with a digest', { 'objects.3.dataSha256': sha }, 'objects[3].dataSha256 belongs to tables'],
    ['a view with rows', { 'objects.3.rows': 1 }, 'objects[3].rows belongs to tables'],
    ['negative rows', { 'objects.1.rows': -1 }, 'objects[1].rows is not a whole number'],
    ['an object twice', { 'objects.5': example().objects[1] }, 'objects[5] is there twice'],
    ['a bad digest', { 'rest.databases': 'x' }, 'rest."databases" is not 64'],
    ['a variable that is no text', { 'variables.x': 1 }, 'variables."x" is not a string'],
    ['a list of variables', { variables: [] }, 'variables is not an object'],
    ['no list of broken views', { brokenViews: ABSENT }, 'brokenViews is missing'],
    ['an unknown field', { 'objects.0.engine': 'InnoDB' }, 'objects[0]."engine" is not a field'],
  ])('refuses %s', (_, changes, problem) => {
    expect(complaint(() => parse(changed(example(), changes)))).toContain(problem);
  });

  describe('of a target that could take down names only', () => {
    const onlyNames = (changes: Record<string, unknown> = {}): unknown => ({
      ...changed(example(), { rest: {}, onlyNames: { definers: ['`app`@`%`'] } }),
      objects: example().objects.map(({ kind, database, name, ddl, ddlSha256 }) => ({
        ...{ kind, database, name },
        ...(kind === 'database' ? { ddl, ddlSha256 } : {}),
      })),
      ...changes,
    });

    it('reads it, and definitions that are not there as empty', () => {
      const { objects, onlyNames: marker } = parse(onlyNames());
      expect(marker).toEqual({ definers: ['`app`@`%`'] });
      expect(objects.map(({ ddl }) => ddl)).toEqual(['CREATE DATABASE `shop`;\n', '', '', '', '']);
      expect(objects[1]).toEqual({ kind: 'table', database: 'shop', name: 'orders', ddl: '' });
    });

    it.each<[string, Record<string, unknown>, string]>([
      ['a digest of the rest', { rest: { databases: sha } }, 'rest does not belong to onlyNames'],
      ['no list of definers', { onlyNames: {} }, 'onlyNames.definers is missing'],
      ['everything', { objects: example().objects }, 'objects[1].rows does not belong to onlyNames'],
      [
        'a database without its definition',
        { objects: [{ kind: 'database', database: 'shop', name: 'shop' }] },
        'objects[0].ddl is missing',
      ],
    ])('refuses %s', (_, changes, problem) => {
      expect(complaint(() => parse(onlyNames(changes)))).toContain(problem);
    });

    it('refuses it without the mark', () => {
      expect(complaint(() => parse(onlyNames({ onlyNames: undefined })))).toContain(
        'objects[1].dataSha256 is missing',
      );
    });
  });

  it.each(['', '{', '[]', '"x"'])('refuses %j', (json) => {
    expect(complaint(() => parseInventory(Buffer.from(json), place))).toContain('cannot be used');
  });

  it('refuses more bytes than it can hold', () => {
    const bytes = new Uint8Array(MAX_INVENTORY_BYTES + 1);
    expect(complaint(() => parseInventory(bytes, place))).toContain('has more than 268435456 bytes');
  });

  it('says no more than a few lines about a broken one, and no names', () => {
    const objects = Array.from({ length: 1000 }, () => ({ kind: 'table', name: 'salaries' }));
    const message = complaint(() => parse({ ...example(), objects }));
    expect(message.length).toBeLessThan(2500);
    expect(message).toMatch(/and \d+ more/);
    expect(message).not.toContain('salaries');
  });
});

describe('objectKey', () => {
  it('tells apart what glued names would not', () => {
    const names = [
      { kind: 'table', database: 'a.b', name: 'c' },
      { kind: 'table', database: 'a', name: 'b.c' },
      { kind: 'view', database: 'a', name: 'b.c' },
    ] as const;
    expect(new Set(names.map(objectKey)).size).toBe(3);
  });
});
