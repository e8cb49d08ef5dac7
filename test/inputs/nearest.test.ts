import { expect, it } from 'vitest';
import { editDistance, nearestName } from '../../src/inputs/nearest.ts';

const KNOWN = ['ssh-host', 'ssh-port', 'exclude-databases', 'exclude-tables', 'store'];

it.each([
  ['exclude-database', 'exclude-databases'],
  ['exclude-datbases', 'exclude-databases'],
  ['SSH-HOST', 'ssh-host'],
  ['shs-port', 'ssh-port'],
  ['sotre', 'store'],
])('finds what %s was meant to be', (name, expected) => {
  expect(nearestName(name, KNOWN)).toBe(expected);
});

it.each(['method', 'rc', 'completely-different', ''])('finds nothing near to %j', (name) => {
  expect(nearestName(name, KNOWN)).toBeUndefined();
});

it('counts edits, a swap of neighbours as one', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('ab', 'ba')).toBe(1);
  expect(editDistance('', 'abc')).toBe(3);
});
