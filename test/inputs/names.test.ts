// The kinds of inputs that say which backup, what must hold of it, and in what it is restored.
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/inputs/kind.ts';
import { assertions, backupChoice, imageReference } from '../../src/inputs/names.ts';

describe('backupChoice', () => {
  it('is the newest, or one by its id', () => {
    expect(backupChoice.parse(' latest ')).toEqual({ kind: 'latest' });
    const id = '20261120T030512Z-7f3a9c1e-mariadb-nightly';
    expect(backupChoice.parse(id)).toEqual({ kind: 'id', id });
  });

  it.each([
    '',
    'newest',
    '20261120T030512Z',
    '20261320T030512Z-7f3a9c1e-mariadb',
    '../20261120T030512Z-7f3a9c1e-mariadb',
    'latest\nlatest',
  ])('refuses %j', (value) => {
    expect(() => backupChoice.parse(value)).toThrow(Refusal);
  });
});

describe('assertions', () => {
  it('are read line by line', () => {
    const text = '# how many\nshop: SELECT COUNT(*) FROM orders => > 1000\n\n  SELECT 1 => 1\n';
    expect(assertions.parse(text)).toMatchObject([
      { database: 'shop', operator: '>', value: '1000' },
      { sql: 'SELECT 1', operator: '=', value: '1' },
    ]);
    expect(assertions.parse('')).toEqual([]);
    expect(assertions.isMultiline).toBe(true);
  });

  it('are all refused for one that is none, without its text', () => {
    expect(() => assertions.parse('SELECT 1 => 1\nSELECT secret')).toThrow(
      new Refusal('holds a line that is not `[database:] SQL => [operator] value`'),
    );
  });

  it('say what is accepted', () => {
    expect(assertions.accepts).toContain('(= != < <= > >=; without an operator `=`)');
  });
});

describe('imageReference', () => {
  it.each([
    'mariadb:11.8.3',
    'docker.io/library/mariadb:10.11',
    'localhost:5000/x/mariadb@sha256:' + 'a'.repeat(64),
  ])('accepts %s', (value) => {
    expect(imageReference.parse(value)).toBe(value);
  });

  it.each(['', '-v/:/host', '--privileged', 'maria db', 'mariadb;id', '$(id)', 'm\nx', 'x'.repeat(256)])(
    'refuses %j',
    (value) => {
      expect(() => imageReference.parse(value)).toThrow(Refusal);
    },
  );
});
