import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellQuote, shellQuoteAll } from '../../../src/domain/text/shell.ts';
import { randomText, seededRandom } from '../../helpers/random-text.ts';

const PIECES = [
  "'",
  '"',
  '\\',
  '$(id)',
  '`id`',
  '$HOME',
  '\n',
  ' ',
  '*',
  '!',
  '-n',
  '#',
  ';',
  '&&',
  '|',
  '~',
  'é',
  '⚓',
  '\t',
  "'\\''",
  '%s',
  '{a,b}',
  '',
];

it.each(['/bin/dash', '/bin/bash', '/bin/busybox sh'])(
  'gives %s exactly the words that were meant',
  (shell) => {
    const random = seededRandom(1);
    const words = ['', ...Array.from({ length: 200 }, () => randomText(random, PIECES, 6))];
    const [program = '', ...args] = shell.split(' ');
    const printed = execFileSync(program, [
      ...args,
      '-c',
      `printf '%s\\0' ${shellQuoteAll(words)}`,
    ]).toString();
    expect(printed.split('\0').slice(0, -1)).toEqual(words);
  },
);

it('refuses what no word of a shell can hold', () => {
  expect(() => shellQuote('a\0b')).toThrow(TypeError);
});
