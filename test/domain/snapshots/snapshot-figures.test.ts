import { expect, it } from 'vitest';
import {
  addFigures,
  expectEqual,
  expectFigures,
  inconsistent,
  NO_FIGURES,
} from '../../../src/domain/snapshots/snapshot-figures.ts';

const some = { files: 2, directories: 1, links: 0, bytes: 10 };

it('adds and takes away', () => {
  expect(addFigures(some, some)).toEqual({ files: 4, directories: 2, links: 0, bytes: 20 });
  expect(addFigures(some, some, -1)).toEqual(NO_FIGURES);
});

it('lets no two ways of counting disagree', () => {
  expectEqual('records', 3, 3);
  expectFigures('of the index', some, { ...some });
  expect(() => {
    expectEqual('records', 2, 3);
  }).toThrow('records: 2 where there should be 3');
  for (const name of ['files', 'directories', 'links', 'bytes'] as const)
    expect(() => {
      expectFigures('of the index', { ...some, [name]: 99 }, some);
    }).toThrow(`${name} of the index: 99`);
  expect(inconsistent('x').code).toBe('storage-inconsistent');
});
