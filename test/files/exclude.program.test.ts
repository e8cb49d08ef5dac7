// Patterns of `exclude`, as find itself understands what is made of them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXCLUDE_PRESETS } from '../../src/domain/snapshots/exclude-presets.ts';
import { shellQuote } from '../../src/domain/text/shell.ts';
import { excludeRule } from '../../src/files/exclude.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'exclude-'));
  const script = `mkdir -p a/b/c cache a/cache 'od[d'; touch a/x.tmp a/b/y.tmp a/b/c/cache 'od[d/a+b' a/b/.tmp 'new
line'`;
  execFileSync('sh', ['-euc', script], { cwd: directory });
});

afterAll(() => rmSync(directory, { recursive: true }));

function found(pattern: string): string[] {
  const [kind, test] = excludeRule(pattern);
  const type = kind.endsWith('-of-directory') ? '-type d' : '';
  const how = kind.startsWith('name') ? '-name' : '-regex';
  const script = `find "$1" -mindepth 1 -regextype posix-extended ${type} ${how} ${shellQuote(test)} -printf '%P\\0'`;
  return execFileSync('sh', ['-euc', script, 'sh', directory], {
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
  })
    .toString()
    .split('\0')
    .slice(0, -1)
    .toSorted();
}

it.each([
  ['*.tmp', ['a/b/.tmp', 'a/b/y.tmp', 'a/x.tmp']],
  ['cache', ['a/b/c/cache', 'a/cache', 'cache']],
  ['cache/', ['a/cache', 'cache']],
  ['a/*.tmp', ['a/x.tmp']],
  ['a/**/*.tmp', ['a/b/.tmp', 'a/b/y.tmp', 'a/x.tmp']],
  ['a/?', ['a/b']],
  ['[!a]/c', ['a/b/c']],
  [String.raw`od\[d/a+b`, ['od[d/a+b']],
  ['new?line', ['new\nline']],
  ["it's $(x)", []],
  ['a/[!a]', ['a/b']],
  ['a/[!]]', ['a/b']],
  ['a/[+-b]', ['a/b']],
  ['a/b[!0-9]c', []],
  ['a/b[^x]c', []],
  ['a/b[!]]c', []],
  ['a/b[!]-]c', []],
  ['a/b[!-x]c', []],
  ['a/b[!--.]c', []],
  ['a/b[+-9]c', []],
  ['a/b[]+-9]c', []],
  ['a/b[--9]c', []],
])('leaves out by %j', (pattern, expected) => {
  expect(found(pattern)).toEqual(expected);
});

it('takes a path from the root as it is', () => {
  expect(found(`${directory}/a/*.tmp`)).toEqual(['a/x.tmp']);
  expect(found(`${directory}/cache/`)).toEqual(['cache']);
  expect(found('/a/x.tmp')).toEqual([]);
});

it('is made of presets that find understands', () => {
  for (const pattern of Object.values(EXCLUDE_PRESETS).flat()) expect(() => found(pattern)).not.toThrow();
});
