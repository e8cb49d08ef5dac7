// What users claim of restored data: one SQL statement and the single value that it must give.

export const ASSERTION_OPERATORS = ['=', '!=', '<', '<=', '>', '>='] as const;

export type AssertionOperator = (typeof ASSERTION_OPERATORS)[number];

export interface Assertion {
  /** As it was written: for people. */
  readonly text: string;
  readonly database: string | undefined;
  readonly sql: string;
  readonly operator: AssertionOperator;
  readonly value: string;
}

const ARROW = ' => ';
/** `shop: SELECT …`; a name with blanks or colons stands in backquotes. */
const DATABASE = /^(?:`([^`]+)`|([^\s:`'"]+)):(?:\s+|$)/;
const EXPECTED = /^(<=|>=|!=|=|<|>)?\s*(.*)$/s;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
/** As databases write floating-point numbers. */
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
/** What clients print where there is no value. */
const NO_VALUE = 'NULL';

/** `[database:] SQL => [operator] value`, split at the last arrow. Undefined for text of another form. */
export function parseAssertion(text: string): Assertion | undefined {
  const at = text.lastIndexOf(ARROW);
  if (at < 0) return undefined;
  const claim = text.slice(0, at).trim();
  const [, operator, value = ''] = EXPECTED.exec(text.slice(at + ARROW.length).trim()) ?? [];
  const named = DATABASE.exec(claim);
  const sql = claim.slice(named?.[0].length ?? 0).replace(/;$/, '');
  if (sql === '' || value === '') return undefined;
  return {
    text,
    database: named?.[1] ?? named?.[2],
    sql,
    operator: ASSERTION_OPERATORS.find((known) => known === operator) ?? '=',
    value: unquote(value),
  };
}

/** Why the rows that the statement gave do not fulfil the claim, as the rest of a sentence; undefined when they do. */
export function judgeAssertion({ operator, value }: Assertion, rows: readonly string[]): string | undefined {
  const [found] = rows;
  if (found === undefined) return 'gave no row';
  if (rows.length > 1) return `gave ${rows.length} rows, not one`;
  if (found.includes('\t')) return 'gave several columns, not one';
  // The greatest of no rows is not greater than anything.
  if (found === NO_VALUE && value !== NO_VALUE) return `gave ${NO_VALUE}`;
  return holds(operator, compare(found, value)) ? undefined : `gave ${shorten(found)}`;
}

/** Numbers as numbers, everything else as text: dates as databases write them sort as text. */
function compare(found: string, value: string): number {
  if (found === value) return 0;
  if (DECIMAL.test(found) && DECIMAL.test(value)) return compareDecimals(found, value);
  if (NUMBER.test(found) && NUMBER.test(value)) return Number(found) - Number(value);
  return found < value ? -1 : 1;
}

/** Digit by digit: ids and sums of money have more digits than a floating-point number. */
function compareDecimals(a: string, b: string): number {
  const decimals = Math.max(decimalsOf(a), decimalsOf(b));
  const difference = scale(a, decimals) - scale(b, decimals);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

function decimalsOf(number: string): number {
  return DECIMAL.exec(number)?.[3]?.length ?? 0;
}

function scale(number: string, decimals: number): bigint {
  const [, sign = '', whole = '', fraction = ''] = DECIMAL.exec(number) ?? [];
  const scaled = BigInt(whole + fraction.padEnd(decimals, '0'));
  return sign === '' ? scaled : -scaled;
}

function holds(operator: AssertionOperator, order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** Quotes around a value are for values with blanks at their ends, and for the empty one. */
function unquote(value: string): string {
  return /^'.*'$|^".*"$/s.test(value) && value.length >= 2 ? value.slice(1, -1) : value;
}

const MAX_SHOWN = 100;

function shorten(value: string): string {
  return value.length <= MAX_SHOWN ? value : `${value.slice(0, MAX_SHOWN)}…`;
}
