import { expect, it } from 'vitest';
import { inOrderOfViews } from '../../../../src/engines/mysql/dump/order-of-views.ts';

const view = (database: string, shown: string) => ({
  database,
  text: `select ${shown}.\`t\`.\`id\` from ${shown}.\`t\``,
});

it('keeps the order where no view shows another database', () => {
  expect(inOrderOfViews(['b', 'a'], [view('b', '`b`'), view('a', '`elsewhere`')])).toEqual(['b', 'a']);
});

it('puts a database after those that its views show, whatever they are called', () => {
  const views = [view('a', '`b`'), view('b', '`o``dd.\n⚓`'), view('a', '`o``dd.\n⚓`')];
  expect(inOrderOfViews(['a', 'b', 'c', 'o`dd.\n⚓'], views)).toEqual(['o`dd.\n⚓', 'b', 'a', 'c']);
});

it('refuses a circle, and names it', () => {
  const views = [view('x', '`a`'), view('a', '`b`'), view('b', '`c`'), view('c', '`a`')];
  expect(() => inOrderOfViews(['x', 'a', 'b', 'c'], views)).toThrow('a, b, c, a.');
});
