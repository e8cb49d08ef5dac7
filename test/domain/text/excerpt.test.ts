import { expect, it } from 'vitest';
import { excerpt } from '../../../src/domain/text/excerpt.ts';

it('leaves what fits as it is', () => {
  expect(excerpt('first\n  second\n')).toBe('first\n  second');
  expect(excerpt('')).toBe('');
});

it('keeps the beginning and the end of many lines', () => {
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  const kept = excerpt(lines.join('\n')).split('\n');
  expect(kept).toEqual([...lines.slice(0, 4), '[… 80 more lines …]', ...lines.slice(84)]);
});

it('keeps the beginning and the end of a long line', () => {
  const kept = excerpt(`begin${'x'.repeat(100_000)}end`);
  expect(kept).toMatch(/^beginx+\[… 99608 more characters …\]x+end$/);
  expect(kept.length).toBeLessThan(500);
});

it('leaves room in an annotation, whatever the text', () => {
  for (const length of [1, 100, 5_000]) {
    for (const count of [1, 7, 20, 1_000]) {
      const text = Array.from({ length: count }, () => 'y'.repeat(length)).join('\n');
      expect(excerpt(text).length).toBeLessThan(2_500);
      expect(excerpt(text).endsWith('y')).toBe(true);
    }
  }
});
