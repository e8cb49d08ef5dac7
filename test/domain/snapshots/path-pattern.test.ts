// Which entries of a snapshot a path or glob means. The same globs as `exclude`, whose meaning find itself is asked for in
// test/files/exclude.program.test.ts.
import { expect, it } from 'vitest';
import { PathPattern } from '../../../src/domain/snapshots/path-pattern.ts';

const TREE = [
  ...[
    '/srv/',
    '/srv/app/',
    '/srv/app/cache/',
    '/srv/app/cache/x',
    '/srv/app/a.pdf',
    '/srv/app/ab.pdf',
    '/srv/app/2026/',
  ],
  ...[
    '/srv/app/2026/b.pdf',
    '/srv/app/2026/cache',
    '/srv/app/new\nline',
    '/srv/app/a+b[c',
    '/srv/application',
    '/srv/app/é',
  ],
];

function fitting(pattern: string): string[] {
  const one = new PathPattern(pattern);
  return TREE.filter((entry) => one.fits(entry.replace(/(?<=.)\/$/, ''), entry.endsWith('/'))).map((entry) =>
    entry.replace('/srv/app/', ''),
  );
}

it.each([
  ['*.pdf', ['a.pdf', 'ab.pdf', '2026/b.pdf']],
  ['?.pdf', ['a.pdf', '2026/b.pdf']],
  ['cache', ['cache/', 'cache/x', '2026/cache']],
  ['cache/', ['cache/', 'cache/x']],
  ['app/*.pdf', ['a.pdf', 'ab.pdf']],
  ['/srv/**/*.pdf', ['a.pdf', 'ab.pdf', '2026/b.pdf']],
  ['/srv/app/2026', ['2026/', '2026/b.pdf', '2026/cache']],
  ['/srv/app/2026/', ['2026/', '2026/b.pdf', '2026/cache']],
  ['/app', []],
  ['.pdf', []],
  ['[!b].pdf', ['a.pdf']],
  ['app[!x]cache', []],
  ['/srv/app/[]^a-]*', ['a.pdf', 'ab.pdf', 'a+b[c']],
  ['new?line', ['new\nline']],
  [String.raw`a+b\[c`, ['a+b[c']],
  ['?', ['cache/x', 'é']],
])('%j', (pattern, expected) => {
  expect(fitting(pattern).toSorted()).toEqual(expected.toSorted());
});

it.each(['**', '/', '/srv/', 'srv'])('everything: %j', (pattern) => {
  expect(fitting(pattern)).toHaveLength(TREE.length);
});

it('refuses a set that is none', () => {
  expect(() => new PathPattern('[z-a]')).toThrow(SyntaxError);
});
