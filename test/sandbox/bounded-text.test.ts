import { describe, expect, it } from 'vitest';
import { BoundedText } from '../../src/sandbox/bounded-text.ts';

function write(text: BoundedText, ...chunks: string[]): string {
  chunks.forEach((chunk) => text.push(Buffer.from(chunk)));
  return text.toString();
}

describe('BoundedText', () => {
  it.each([[['abcdefg']], [['abc', 'defg']], [['a', 'b', 'c', 'd', 'e', 'f', 'g']]])(
    'keeps a text that fits, in chunks %j',
    (chunks) => expect(write(new BoundedText(3, 4), ...chunks)).toBe('abcdefg'),
  );

  it.each([[['abcdefghij']], [['ab', 'cdefg', 'hij']], [['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']]])(
    'keeps beginning and end of a longer one, and counts the rest, in chunks %j',
    (chunks) => expect(write(new BoundedText(3, 4), ...chunks)).toBe('abc\n[… 3 more bytes …]\nghij'),
  );

  it('keeps only the end where no beginning is wanted', () => {
    expect(write(new BoundedText(0, 4), 'abc', 'defg')).toBe('defg');
  });

  it('keeps only the beginning where no end is wanted', () => {
    expect(write(new BoundedText(4, 0), 'abc', 'def')).toMatch(/^abcd\n/);
  });
});
