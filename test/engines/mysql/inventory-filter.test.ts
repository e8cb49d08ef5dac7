// The filter in the dump's pipeline, fed with text that a dump could hold: what it passes on, and what it counts.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSeen } from '../../../src/engines/mysql/structure.ts';

const FILTER = path.resolve(import.meta.dirname, '../../../src/engines/mysql/inventory-filter.pl');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'filter-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

interface Statement {
  readonly rows: readonly string[];
}

/** A dump of one table, with its rows in statements as mariadb-dump writes them. */
function renderDump(statements: readonly Statement[]): { readonly text: string; readonly data: string } {
  const inserts = statements.map(({ rows }) => ({
    head: 'INSERT INTO `t` VALUES\n',
    rows: `${rows.join(',\n')};\n`,
  }));
  const text = [
    '-- Current Database: `d`\n\nCREATE DATABASE `d`;\n\nUSE `d`;\n\n',
    '--\n-- Table structure for table `t`\n--\n\nCREATE TABLE `t` (\n  `a` text\n);\n\n',
    '--\n-- Dumping data for table `t`\n--\n\n',
    ...inserts.map(({ head, rows }) => head + rows),
    '\n-- Dump completed on 2026-11-20\n',
  ].join('');
  return { text, data: inserts.map(({ head, rows }) => head + rows).join('') };
}

function run(text: string): Buffer {
  return execFileSync('perl', [FILTER, directory, '1', 'sha256sum'], { input: text, maxBuffer: 1 << 28 });
}

const rowsOf = (count: number, chars: number) =>
  Array.from({ length: count }, (_, index) => `('${index} ${'x'.repeat(chars)} );\\n')`);

describe.each([
  ['short rows', [{ rows: rowsOf(5_000, 5) }]],
  ['long rows', [{ rows: rowsOf(200, 3_000) }]],
  [
    'short rows, then long ones, larger than what is hashed in place',
    [{ rows: rowsOf(20_000, 5) }, { rows: rowsOf(2_000, 2_000) }],
  ],
  ['long rows, then short ones', [{ rows: rowsOf(300, 9_000) }, { rows: rowsOf(100_000, 5) }]],
  ['a row larger than a block', [{ rows: rowsOf(3, 2_500_000) }]],
  ['many statements', Array.from({ length: 500 }, () => ({ rows: rowsOf(3, 700) }))],
])('%s', (_what, statements) => {
  it('pass unchanged, and are counted and hashed', () => {
    const { text, data } = renderDump(statements);
    expect(run(text).equals(Buffer.from(text))).toBe(true);
    const table = parseSeen(readFileSync(path.join(directory, 'seen'), 'utf8')).find(
      ({ kind }) => kind === 'table',
    );
    expect(table).toMatchObject({
      name: 't',
      rows: statements.reduce((sum, { rows }) => sum + rows.length, 0),
      dataSha256: createHash('sha256').update(data).digest('hex'),
      plainBytes: data.length,
    });
  });
});
