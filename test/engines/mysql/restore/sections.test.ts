// Every byte of a dump goes somewhere, in whatever chunks it comes, and the rows of a table go where that table is.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Inventory, InventoryObject } from '../../../../src/domain/dumps/inventory.ts';
import { canBeCut, cutDump, type Piece } from '../../../../src/engines/mysql/restore/sections.ts';
import { buildDump, buildRows, quote, type BuiltDatabase } from '../../../helpers/built-dump.ts';
import { collect, generateStream } from '../../../helpers/bytes.ts';
import { generateDump } from '../../../helpers/generated-dump.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../../fixtures');
const LOCK_LINES = /\n(?:LOCK TABLES `[^\n]*` WRITE|UNLOCK TABLES);(?=\n)/g;
const CHUNKS = [1, 7, 1000, 65_536, Infinity];
const LARGE = 512 * 1024;

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytesOf = (piece: Piece): string => ('bytes' in piece ? latin1(piece.bytes) : '');
const joined = (pieces: readonly Piece[]): string => pieces.map(bytesOf).join('');

function cut(text: Buffer, chunkBytes: number, largeBytes?: number): Promise<Piece[]> {
  return collect(cutDump(generateStream(text, Math.min(chunkBytes, text.length)), largeBytes));
}

/** What each kind of piece got, whatever pieces it came in: `rows 0: …`. */
function summary(pieces: readonly Piece[]): string[] {
  const merged: { key: string; bytes: string }[] = [];
  for (const piece of pieces) {
    const key =
      'table' in piece ? `${piece.kind} ${piece.table.ordinal} ${latin1(piece.table.use)}` : piece.kind;
    const last = merged.at(-1);
    if (last?.key === key && piece.kind !== 'barrier') last.bytes += bytesOf(piece);
    else merged.push({ key, bytes: bytesOf(piece) });
  }
  return merged.map(({ key, bytes }) => `${key}: ${bytes}`);
}

/** Rows, by ordinal. */
function rowsOf(pieces: readonly Piece[]): Map<number, string> {
  const rows = new Map<number, string>();
  for (const piece of pieces) {
    if (piece.kind !== 'rows') continue;
    rows.set(piece.table.ordinal, (rows.get(piece.table.ordinal) ?? '') + latin1(piece.bytes));
  }
  return rows;
}

/** A recorded dump without the names with line breaks, which `canBeCut` refuses. */
function recorded(name: string): Buffer {
  const text = readFileSync(path.join(FIXTURES, 'dumps', name)).toString('latin1');
  const sections = text
    .split(/(?=\n--\n-- )/)
    .filter((section) => !/^\n--\n-- [^\n]*\n-- |``mysql```|spoofed_view/.test(section));
  return Buffer.from(sections.join(''), 'latin1');
}

const shop = readFileSync(path.join(FIXTURES, 'format/plain/shop.sql'));
const inventory = JSON.parse(
  readFileSync(path.join(FIXTURES, 'format/plain/inventory.json'), 'utf8'),
) as Inventory;

const object = (ddl: string, changes: Partial<InventoryObject> = {}): InventoryObject => ({
  ...{ kind: 'procedure', database: 'shop', name: 'p', ddlSha256: '', ddl },
  ...changes,
});

describe('real dumps', () => {
  it.each(['mariadb-10.11.sql', 'mariadb-11.8.sql'])(
    '%s comes out whole, its tables large or small',
    async (name) => {
      const text = recorded(name);
      expect(text.length).toBeGreaterThan(30_000);
      const whole = text.toString('latin1').replaceAll(LOCK_LINES, '');
      const expected = summary(await cut(text, Infinity, 0));
      for (const chunkBytes of [7, 1000, 65_536, Infinity]) {
        const small = await cut(text, chunkBytes);
        expect(joined(small)).toBe(whole);
        expect(new Set(small.map(({ kind }) => kind))).toEqual(new Set(['header', 'text', 'barrier']));
        const large = await cut(text, chunkBytes, 0);
        expect(joined(large)).toBe(whole);
        expect(summary(large)).toEqual(expected);
      }
      const pieces = await cut(text, Infinity, 0);
      const tables = text.toString('latin1').match(/\nLOCK TABLES `/g)?.length;
      expect(rowsOf(pieces).size).toBe(tables);
      expect(pieces.filter(({ kind }) => kind === 'rows-end')).toHaveLength(tables ?? 0);
      // All rows went with tables, and nothing of the order did.
      const inOrder = pieces
        .filter(({ kind }) => kind !== 'rows')
        .map(bytesOf)
        .join('');
      // One routine has a line that looks like rows of this table.
      expect(inOrder).not.toMatch(/^INSERT INTO `(?!counted)/m);
      expect([...rowsOf(pieces).values()].join('')).not.toMatch(/^(?:CREATE|DROP|USE|DELIMITER) /m);
    },
  );

  it('the one of the test vectors can be cut, in chunks of one byte too', async () => {
    expect(canBeCut(inventory.objects)).toBe(true);
    const whole = latin1(shop).replaceAll(LOCK_LINES, '');
    const expected = summary(await cut(shop, Infinity, 0));
    expect(expected.filter((part) => part.startsWith('rows 0'))[0]).toContain('USE `shop`;\n');
    for (const chunkBytes of CHUNKS) {
      expect(joined(await cut(shop, chunkBytes, 0))).toBe(whole);
      expect(summary(await cut(shop, chunkBytes, 0))).toEqual(expected);
    }
  });
});

const trigger = `BEGIN
  -- it's not a title: Dumping data for table \`x\`
/*
USE \`elsewhere\`;
INSERT INTO \`small\` VALUES
*/
END `;
const fleet: readonly BuiltDatabase[] = [
  {
    name: 'a`b',
    tables: [
      { name: 'small', rows: buildRows(3), triggers: [trigger] },
      { name: 'big`one', rows: buildRows(200), triggers: [trigger] },
      { name: 'empty', rows: [] },
      { name: 'big two', rows: buildRows(150), hasHistory: true },
    ],
    routines: ['`p`() BEGIN\n/*\nUSE `elsewhere`;\n*/ SELECT 1; END'],
    views: ['v'],
  },
  { name: 'second', tables: [{ name: 'big', rows: buildRows(100) }], views: ['w'] },
];

describe.each(['10.11', '11.8'] as const)('a dump in the style of %s', (style) => {
  const text = buildDump(fleet, style);
  const large = 5_000;

  it('is cut the same way in all chunks', async () => {
    const whole = latin1(text).replaceAll(LOCK_LINES, '');
    const expected = summary(await cut(text, Infinity, large));
    for (const chunkBytes of [1, 7, 13, 1000, 4_999, 5_001]) {
      const pieces = await cut(text, chunkBytes, large);
      expect(joined(pieces)).toBe(whole);
      expect(summary(pieces)).toEqual(expected);
    }
  });

  it('gives each large table its rows, its settings and its database', async () => {
    const pieces = await cut(text, 1000, large);
    const rows = rowsOf(pieces);
    expect([...rows.keys()]).toEqual([0, 1, 2]);
    for (const [ordinal, count] of [200, 150, 100].entries())
      expect(rows.get(ordinal)?.match(/^\(\d+,'/gm)).toHaveLength(count);
    const uses = pieces.flatMap((piece) => (piece.kind === 'rows-end' ? [latin1(piece.table.use)] : []));
    expect(uses).toEqual(['\nUSE `a``b`;\n', '\nUSE `a``b`;\n', '\nUSE `second`;\n']);
    // What is set for rows, and taken back, would be of no use in another session.
    const settings = (found: string | undefined) =>
      found?.match(/^.*(?:HISTORY|AUTOCOMMIT|COMMIT;).*$/gim) ?? [];
    expect(settings(rows.get(1))).toHaveLength(style === '11.8' ? 5 : 2);
    expect(settings(rows.get(0))).toHaveLength(style === '11.8' ? 3 : 0);
    const afterRows = pieces.filter(({ kind }) => kind === 'after-rows').map(bytesOf);
    expect(settings(afterRows.join(''))).toEqual([]);
  });

  it('keeps triggers of large tables apart, and small tables in the text', async () => {
    const pieces = await cut(text, 65_536, large);
    const afterRows = pieces.filter(({ kind }) => kind === 'after-rows').map(bytesOf);
    expect(afterRows).toHaveLength(1);
    expect(afterRows[0]).toContain('TRIGGER `on big``one`');
    expect(afterRows[0]).toMatch(/^\n\/\*!50003 SET @saved_sql_mode/);
    const inOrder = pieces
      .filter(({ kind }) => kind === 'text')
      .map(bytesOf)
      .join('');
    expect(inOrder).toContain('INSERT INTO `small` VALUES\n(0,');
    expect(inOrder).toContain('TRIGGER `on small`');
    expect(inOrder).toContain('ALTER TABLE `empty` ENABLE KEYS');
    expect(inOrder.match(/^CREATE TABLE/gm)).toHaveLength(5);
    expect(inOrder).toMatch(/-- Dump completed[^\n]*\n$/);
  });

  it('has a barrier before what needs all tables', async () => {
    const order = (await cut(text, 65_536, large)).flatMap((piece) => {
      if (piece.kind === 'barrier') return ['barrier'];
      if (piece.kind === 'after-rows') return ['triggers'];
      if (piece.kind === 'rows-end') return ['table'];
      const known = /CREATE PROCEDURE|\/\*!50001 VIEW|(?<=\n)USE `[^;]*/.exec(bytesOf(piece))?.[0];
      return piece.kind === 'text' && known !== undefined && !known.includes('elsewhere') ? [known] : [];
    });
    expect(order).toEqual([
      ...['barrier', 'USE `a``b`', 'table', 'triggers', 'table', 'barrier', 'barrier', 'CREATE PROCEDURE'],
      ...['barrier', 'USE `second`', 'table', 'barrier', 'barrier'],
      ...['barrier', 'USE `a``b`', 'barrier', '/*!50001 VIEW', 'barrier', 'USE `second`', 'barrier'],
      '/*!50001 VIEW',
    ]);
  });
});

describe('the border between small and large', () => {
  // Sessions read the same text in chunks of their own: if one counted a table that another one did not, rows would be lost.
  it('is the same in all chunks', async () => {
    const outcomes: boolean[] = [];
    for (let extra = 0; extra < 60; extra += 1) {
      const text = buildDump([{ name: 'd', tables: [{ name: 't', rows: [`(1,'${'x'.repeat(extra)}')`] }] }]);
      const counts = new Set<number>();
      for (const chunkBytes of [1, 2, 3, 5, Infinity])
        counts.add(rowsOf(await cut(text, chunkBytes, 230)).size);
      expect(counts.size).toBe(1);
      outcomes.push([...counts][0] === 1);
    }
    expect(new Set(outcomes)).toEqual(new Set([false, true]));
  });

  it('is half a mebibyte', async () => {
    const rows = (bytes: number) => buildRows(Math.floor(bytes / 1_100), 1_000);
    const text = buildDump([
      {
        name: 'd',
        tables: [
          { name: 'below', rows: rows(LARGE * 0.9) },
          { name: 'above', rows: rows(LARGE * 1.2), triggers: [trigger] },
          { name: 'far above', rows: rows(LARGE * 3) },
        ],
      },
    ]);
    const expected = summary(await cut(text, Infinity));
    expect(joined(await cut(text, Infinity))).toBe(latin1(text).replaceAll(LOCK_LINES, ''));
    for (const chunkBytes of [65_536, 262_144, 300_001])
      expect(summary(await cut(text, chunkBytes))).toEqual(expected);
    expect(rowsOf(await cut(text, 65_536)).size).toBe(2);
  });

  it('holds no more of a large table than it must', async () => {
    const text = buildDump([{ name: 'd', tables: [{ name: 't', rows: buildRows(4_000, 1_000) }] }]);
    const largest = Math.max(...(await cut(text, 65_536)).map((piece) => bytesOf(piece).length));
    expect(largest).toBeLessThan(LARGE + 2 * 65_536);
  });
});

it('passes on much text that holds no large table', async () => {
  const tables = Array.from({ length: 900 }, (_, index) => ({ name: `t${index}`, rows: buildRows(2) }));
  const text = buildDump([
    { name: 'one', tables },
    {
      name: 'two',
      tables: [{ name: 'big', rows: buildRows(6_000) }],
      routines: Array<string>(2_000).fill('`p`() SELECT 1'),
    },
  ]);
  const pieces = await cut(text, 1_000, 400_000);
  expect(joined(pieces)).toBe(latin1(text).replaceAll(LOCK_LINES, ''));
  expect(pieces.flatMap((piece) => (piece.kind === 'rows-end' ? [latin1(piece.table.use)] : []))).toEqual([
    '\nUSE `two`;\n',
  ]);
  expect(Math.max(...pieces.map((piece) => (piece.kind === 'text' ? piece.bytes.length : 0)))).toBeLessThan(
    200_000,
  );
});

describe('a section without a lock', () => {
  const tables = [
    { name: 'unlocked', rows: buildRows(2), hasLock: false },
    { name: 'big', rows: buildRows(100) },
  ];

  it('stays in the text, and the next one is found', async () => {
    const text = buildDump([{ name: 'd', tables }]);
    for (const chunkBytes of [7, 1_000, Infinity]) {
      const pieces = await cut(text, chunkBytes, 5_000);
      expect(joined(pieces)).toBe(latin1(text).replaceAll(LOCK_LINES, ''));
      expect(rowsOf(pieces).get(0)).toContain('INSERT INTO `big`');
      expect(rowsOf(pieces).get(0)).not.toContain('unlocked');
    }
  });

  it('does not hide the next database', async () => {
    const text = buildDump([
      { name: 'one', tables: tables.slice(0, 1) },
      { name: 'two', tables: tables.slice(1) },
    ]);
    const pieces = await cut(text, 1_000, 5_000);
    expect(pieces.flatMap((piece) => (piece.kind === 'rows-end' ? [latin1(piece.table.use)] : []))).toEqual([
      '\nUSE `two`;\n',
    ]);
    expect(pieces.filter(({ kind }) => kind === 'barrier').length).toBeGreaterThan(3);
  });

  it('may be large', async () => {
    const text = buildDump([{ name: 'd', tables: [{ name: 't', rows: buildRows(300), hasLock: false }] }]);
    for (const chunkBytes of [1_000, Infinity]) {
      const pieces = await cut(text, chunkBytes, 5_000);
      expect(joined(pieces)).toBe(latin1(text));
      expect(rowsOf(pieces).size).toBe(0);
    }
  });
});

describe('a text that ends too early', () => {
  const text = buildDump([{ name: 'd', tables: [{ name: 't', rows: buildRows(100), triggers: [trigger] }] }]);

  it('among the rows of a large table is refused', async () => {
    const at = text.indexOf('(50,');
    for (const end of [at, text.indexOf('\nUNLOCK TABLES;') + 5])
      await expect(cut(text.subarray(0, end), 1_000, 1_000)).rejects.toMatchObject({ code: 'load-failed' });
  });

  it('elsewhere is passed on: whoever loads it looks for its last line', async () => {
    for (const end of [
      10,
      300,
      text.indexOf('LOCK TABLES'),
      text.indexOf('\nUNLOCK TABLES;') + 16,
      text.length - 30,
    ]) {
      const part = text.subarray(0, end);
      const pieces = await cut(part, 1_000, 1_000);
      expect(joined(pieces)).toBe(latin1(part).replaceAll(LOCK_LINES, ''));
    }
  });

  it('throws what the source throws', async () => {
    const broken = (async function* () {
      yield await Promise.resolve(text.subarray(0, 100));
      throw new Error('the source broke');
    })();
    await expect(collect(cutDump(broken))).rejects.toThrow('the source broke');
  });
});

describe('canBeCut', () => {
  it.each([
    ['a line break in the name of a table', object('', { kind: 'table', name: 'a\nb' })],
    ['a carriage return in a name', object('', { kind: 'table', name: 'a\rb' })],
    [
      'a line break in the name of a database',
      object('', { kind: 'database', database: 'a\nb', name: 'a\nb' }),
    ],
    ['a routine with the title of a table', object('BEGIN\n--\n-- Dumping data for table `t`\n--\nEND')],
    ['a routine with the title of a database', object('BEGIN\n--\n-- Current Database: `mysql`\n--\nEND')],
    ['a routine with any title, behind CRLF', object('BEGIN\r\n--\r\n-- x\r\n--\r\nEND')],
    ['a trigger with a line that locks', object('BEGIN\nLOCK TABLES `t` WRITE;\nEND', { kind: 'trigger' })],
    ['a trigger with a line that unlocks', object('BEGIN\nUNLOCK TABLES;\nEND', { kind: 'trigger' })],
    [
      'a column that looks like a title',
      object('CREATE TABLE `t` (\n  `a\n--\n-- Current Database: ``x``` int', { kind: 'table' }),
    ],
    [
      'a column that looks like an end',
      object('CREATE TABLE `t` (\n  `a\nUNLOCK TABLES;\n` int', { kind: 'table' }),
    ],
    ['a definition that nobody took down', { kind: 'view' as const, database: 'shop', name: 'v', ddl: '' }],
    ['a column of a view', object('/*!50001 VIEW `v` AS select 1 AS `x\n--\n-- y` */;', { kind: 'view' })],
  ])('refuses %s', (_, doubtful) => {
    expect(canBeCut([doubtful])).toBe(false);
    expect(canBeCut([...inventory.objects, doubtful])).toBe(false);
  });

  it.each([
    [
      'an account with a line break: it is in another text',
      object('--\n', { kind: 'account', name: "'a\nb'@'%'" }),
    ],
    [
      'comments and backquotes',
      object('BEGIN\n-- Dumping data for table `t`\n -- \n--x\n  UNLOCK TABLES;\n/* `\n`` */ END'),
    ],
    ['a line that names a database', object('BEGIN\n/*\nUSE `mysql`;\n*/ END', { kind: 'trigger' })],
    ['DELIMITER lines', object("BEGIN SELECT '\nDELIMITER ;;\n'; END")],
  ])('accepts %s', (_, harmless) => {
    expect(canBeCut([harmless])).toBe(true);
  });

  // Why it refuses: these texts would be cut at the wrong places.
  it.each([
    [
      'a line break in a name',
      { name: 'd', tables: [{ name: 'a\nUNLOCK TABLES;\nb', rows: buildRows(100) }] },
    ],
    [
      'a routine with the title of a table',
      {
        name: 'd',
        tables: [],
        routines: [
          `\`p\`() BEGIN\n/*\n--\n-- Dumping data for table \`t\`\n--\n\nLOCK TABLES \`t\` WRITE;\n${'x'.repeat(9_000)}\nUNLOCK TABLES;\n*/ SELECT 1; END`,
        ],
      },
    ],
    [
      'a trigger with the title of a database',
      {
        name: 'd',
        tables: [
          {
            name: 's',
            rows: [],
            triggers: ['BEGIN\n/*\n--\n-- Current Database: `mysql`\n--\nUSE `mysql`;\n*/ END '],
          },
          { name: 't', rows: buildRows(100) },
        ],
      },
    ],
  ])('would be wrong about %s', async (_, database) => {
    const pieces = await cut(buildDump([database]), Infinity, 5_000);
    const rows = rowsOf(pieces).get(0) ?? '';
    const uses = pieces.flatMap((piece) => (piece.kind === 'rows' ? [latin1(piece.table.use)] : []));
    const isRight = /\(99,'/.test(rows) && uses.every((use) => use === '\nUSE `d`;\n');
    expect(isRight).toBe(false);
  });
});

it.each(Array.from({ length: 12 }, (_, seed) => seed))(
  'takes a random dump apart without loss, seed %i',
  async (seed) => {
    const { text, objects } = generateDump(seed, { isUnambiguous: true });
    const whole = latin1(text).replaceAll(LOCK_LINES, '');
    const tables = objects.filter(({ kind }) => kind === 'table');
    const expected = summary(await cut(text, Infinity, 0));
    for (const chunkBytes of [97, 1_000, Infinity]) {
      const pieces = await cut(text, chunkBytes, 0);
      expect(joined(pieces)).toBe(whole);
      expect(summary(pieces)).toEqual(expected);
      const rows = rowsOf(pieces);
      expect(rows.size).toBe(tables.length);
      for (const [ordinal, { database, name, plainBytes = 0 }] of tables.entries()) {
        const [table] = pieces.flatMap((piece) =>
          piece.kind === 'rows-end' && piece.table.ordinal === ordinal ? [piece.table] : [],
        );
        expect(table?.use.toString()).toBe(`\nUSE ${quote(database)};\n`);
        const inserts = (rows.get(ordinal) ?? '').split('ENABLE KEYS')[0]?.indexOf('\nINSERT INTO') ?? -1;
        expect(inserts >= 0).toBe(plainBytes > 0);
        expect(Buffer.from(rows.get(ordinal) ?? '', 'latin1').toString()).toContain(
          `ALTER TABLE ${quote(name)} DISABLE KEYS`,
        );
      }
      expect(joined(await cut(text, chunkBytes))).toBe(whole);
    }
  },
);
