import { expect, it } from 'vitest';
import { exitCodeOf, outcomeOf } from '../../src/domain/exit-codes.ts';

it.each([
  ['input-invalid', 2],
  ['ssh-auth', 1],
  ['store-denied', 1],
  ['recipient-unusable', 1],
  ['dump-incomplete', 1],
  ['target-busy', 5],
  ['cancelled', 130],
] as const)('ends with the documented code after %s', (code, expected) => {
  expect(exitCodeOf(outcomeOf(code))).toBe(expected);
});

it('ends with 0 when all went well', () => {
  expect(exitCodeOf('good')).toBe(0);
});
