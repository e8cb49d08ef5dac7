import { describe, expect, it } from 'vitest';
import { judgeAssertion, parseAssertion } from '../../../src/domain/statements/assertion.ts';

/** `holds`, or why it does not. */
function judged(claim: string, ...rows: string[]): string {
  const assertion = parseAssertion(claim);
  if (assertion === undefined) return 'not a claim';
  return judgeAssertion(assertion, rows) ?? 'holds';
}

describe('parseAssertion', () => {
  it.each<[string, Record<string, string | undefined>]>([
    ['SELECT 1 => 1', { database: undefined, sql: 'SELECT 1', operator: '=', value: '1' }],
    [
      'shop: SELECT COUNT(*) FROM orders; => > 1000',
      { database: 'shop', sql: 'SELECT COUNT(*) FROM orders', operator: '>', value: '1000' },
    ],
    [
      '`my shop: 2`:  SELECT 1 => >=2',
      { database: 'my shop: 2', sql: 'SELECT 1', operator: '>=', value: '2' },
    ],
    ["SELECT ' => ' => != ' a '", { sql: "SELECT ' => '", operator: '!=', value: ' a ' }],
    ['SELECT 1 => ""', { operator: '=', value: '' }],
    ["SELECT 1 => <= '", { operator: '<=', value: "'" }],
    ["SELECT name FROM t WHERE x = 'a: b' => = NULL", { database: undefined, operator: '=', value: 'NULL' }],
    ['shop:SELECT 1 => 1', { database: undefined, sql: 'shop:SELECT 1' }],
    ['SELECT 1 => < -5', { operator: '<', value: '-5' }],
  ])('reads %s', (text, expected) => {
    expect(parseAssertion(text)).toMatchObject({ text, ...expected });
  });

  it.each([
    '',
    'SELECT 1',
    'SELECT 1 =>',
    'SELECT 1 => ',
    ' => 5',
    'SELECT 1 => >',
    ';  => 1',
    'SELECT 1=>1',
    'shop:  => 5',
    'shop: ; => 5',
  ])('refuses %j', (text) => {
    expect(parseAssertion(text)).toBeUndefined();
  });
});

describe('judgeAssertion', () => {
  it.each([
    ['= 5', '5', true],
    ['= 5', '5.00', true],
    ['= 5', '6', false],
    ['5', '5', true],
    ['!= 5', '6', true],
    ['!= 5', '5.0', false],
    ['> 1000', '999', false],
    ['> 1000', '1000', false],
    ['> 1000', '1001', true],
    ['>= 1000', '1000', true],
    ['< -5', '-5.01', true],
    ['< 0', '-0', false],
    ['<= 5', '5', true],
    ['< 10', '9', true],
    // More digits than a floating-point number has.
    ['= 9007199254740993', '9007199254740992', false],
    ['> 12345678901234567.88', '12345678901234567.89', true],
    ['< 1', '1e-5', true],
    ['> 100', '9e-5', false],
    ['> 2026-01-01', '2026-11-20 03:05:12', true],
    ['> 2026-12-01', '2026-11-20', false],
    ['= Ümlaut', 'Ümlaut', true],
    ["= ''", '', true],
    // Nothing is no number: the greatest of no rows.
    ['> 5', 'NULL', false],
    ['!= 5', 'NULL', false],
    ['= NULL', 'NULL', true],
    ['!= NULL', '5', true],
    ['!= NULL', 'NULL', false],
  ])('of %s given %s says %s', (claim, found, isHeld) => {
    expect(judged(`SELECT 1 => ${claim}`, found)).toBe(isHeld ? 'holds' : `gave ${found}`);
  });

  it('wants one row of one column', () => {
    expect(judged('SELECT 1 => 1')).toBe('gave no row');
    expect(judged('SELECT 1 => 1', '1', '1')).toBe('gave 2 rows, not one');
    expect(judged('SELECT 1 => 1', '1\t1')).toBe('gave several columns, not one');
  });

  it('does not repeat a long value', () => {
    expect(judged('SELECT 1 => 1', 'x'.repeat(10_000))).toBe(`gave ${'x'.repeat(100)}…`);
  });
});
