import { expect, it } from 'vitest';
import { evaluate, resolve } from '../helpers/expression.ts';

const CONTEXT = { inputs: { server: 'atlas', 'dry-run': false, empty: '' }, needs: { a: { outputs: {} } } };

it.each([
  ["inputs.server == 'ATLAS'", true],
  ["inputs.server != 'atlas'", false],
  ["inputs.nothing || 'latest'", 'latest'],
  ["inputs.server && 'yes' || 'no'", 'yes'],
  ["inputs.empty && 'yes' || 'no'", 'no'],
  ["needs.a.outputs.id != ''", false],
  ["!(inputs.dry-run || inputs.empty) && 'it''s'", "it's"],
  ['fromJSON(format(\'["{0}"]\', inputs.server))', ['atlas']],
  ['always()', true],
])('%s', (text, expected) => {
  expect(evaluate(text, CONTEXT, { always: () => true })).toEqual(expected);
});

it.each([
  'inptus.server',
  'hashFiles(inputs.server)',
  "'open",
  'inputs.server ==',
  'inputs.server)',
  'a ? b : c',
])('%s is refused', (text) => {
  expect(() => evaluate(text, CONTEXT)).toThrow(text);
});

it('texts keep what stands around, and a lone expression its type', () => {
  const value = { a: 'x-${{ inputs.server }}-${{ inputs.nothing }}', b: ['${{ inputs.dry-run }}'], c: 3 };
  expect(resolve(value, CONTEXT)).toEqual({ a: 'x-atlas-', b: [false], c: 3 });
});
