import { expect, it } from 'vitest';
import { diffLines } from '../../../src/domain/dumps/line-diff.ts';
import { randomText, seededRandom } from '../../helpers/random-text.ts';

const numbered = (count: number, prefix = ''): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
const lines = (texts: readonly string[]): string => `${texts.join('\n')}\n`;

it('says nothing about equal texts', () => {
  expect(diffLines('a\nb\n', 'a\nb\n')).toBe('');
  expect(diffLines('', '')).toBe('');
});

it('shows what changed, and two lines around it', () => {
  const [expected, found] = [numbered(12), numbered(12)];
  found[5] = 'six';
  expected[11] = 'twelve';
  expect(diffLines(lines(expected), lines(found))).toBe(
    ['…', '  4', '  5', '- 6', '+ six', '  7', '  8', '…', '  10', '  11', '- twelve', '+ 12'].join('\n'),
  );
});

it('shows lines that came or went', () => {
  expect(diffLines('a\nb\nc\n', 'a\nc\nd\n')).toBe('  a\n- b\n  c\n+ d');
  expect(diffLines('', 'a\n')).toBe('+ a');
  expect(diffLines('a\n', '')).toBe('- a');
});

it('sees a last line break', () => {
  expect(diffLines('a\nb', 'a\nb\n')).toBe('  a\n- b\\ no line break\n+ b');
});

it('ends long differences with their number', () => {
  const shown = diffLines(lines(numbered(300, 'a')), lines(numbered(200, 'b'))).split('\n');
  expect(shown).toHaveLength(41);
  expect(shown.at(-1)).toBe('… 460 more lines');
});

it('takes bounded time for texts of any size', () => {
  // The full table would have 4 * 10^10 cells, which is more than an array can hold.
  const shown = diffLines(lines(numbered(200_000, 'a')), lines(numbered(200_000, 'b')));
  expect(shown.split('\n').at(-1)).toBe('… 399960 more lines');
});

it('shows of long lines what differs', () => {
  const before = 'x'.repeat(5_000);
  const shown = diffLines(`${before}OLD${before}\n`, `${before}NEW${before}\n`).split('\n');
  expect(shown.map((line) => line.length)).toEqual([164, 164]);
  expect(shown[0]).toMatch(/^- …x{40}OLDx{117}…$/);
  expect(shown[1]).toMatch(/^\+ …x{40}NEWx{117}…$/);
});

it('can be applied: what it keeps and adds is the found text', () => {
  const random = seededRandom(7);
  for (let round = 0; round < 300; round += 1) {
    const [expected, found] = [1, 2].map(() => randomText(random, ['a\n', 'b\n', 'c\n'], 8)) as [
      string,
      string,
    ];
    const shown = diffLines(expected, found).split('\n');
    if (expected === found || shown.includes('…')) continue;
    const side = (mark: string): string =>
      shown
        .filter((line) => line.startsWith(' ') || line.startsWith(mark))
        .map((line) => `${line.slice(2)}\n`)
        .join('');
    expect([side('-'), side('+')]).toEqual([expected, found]);
  }
});
