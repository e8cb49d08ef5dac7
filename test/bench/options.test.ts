import { expect, it } from 'vitest';
import { parseOptions } from '../../bench/options.ts';

it('has defaults', () => {
  expect(parseOptions([])).toEqual({
    sizeBytes: 1.3e9,
    pairs: 5,
    files: 8,
    only: ['near', 'far', 'restic', 'memory'],
    bufferPoolBytes: 512e6,
    memorySizesBytes: [1e9, 1e10],
    encryptOn: 'target',
  });
});

it('takes what it is given', () => {
  expect(
    parseOptions([
      '--size',
      '200MB',
      '--pairs=15',
      '--files=40',
      '--only',
      'far,memory',
      '--buffer-pool',
      '1GB',
      '--memory-sizes',
      '1GB',
      '--encrypt-on=runner',
    ]),
  ).toEqual({
    sizeBytes: 2e8,
    pairs: 15,
    files: 40,
    only: ['far', 'memory'],
    bufferPoolBytes: 1e9,
    memorySizesBytes: [1e9],
    encryptOn: 'runner',
  });
});

it.each([
  ['--size', '5'],
  ['--pairs', '0'],
  ['--files', 'some'],
  ['--only', 'nearly'],
  ['--memory-sizes', '1GB,many'],
  ['--encrypt-on', 'paper'],
  ['--fast', '1'],
])('refuses %s %s', (option, value) => {
  expect(() => parseOptions([option, value])).toThrow(option);
});
