// The filter in the dump pipeline: passes on every byte, and says truly what went by, however the bytes arrive.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { countRows } from '../../../helpers/dump-oracle.ts';
import { generateDump } from '../../../helpers/generated-dump.ts';
import { inParallel, runFilter, type FilterRun } from '../../../helpers/run-filter.ts';
import { randomText, seededRandom } from '../../../helpers/random-text.ts';

const PIECES = [1, 7, 1000, 65_536, 1 << 20];
const gpgHome = mkdtempSync(path.join(tmpdir(), 'hasher-'));
afterAll(() => rmSync(gpgHome, { recursive: true }));
const GPG = [
  'gpg',
  '--no-options',
  '--homedir',
  gpgHome,
  '--batch',
  '--quiet',
  '--lock-never',
  '--print-md',
  'SHA256',
];

const recorded = (name: string) =>
  readFileSync(path.resolve(import.meta.dirname, '../../../fixtures/dumps', name));
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

/** A dump with one table, whose INSERT statements are given. */
const withTable = (inserts: string, ddl = 'CREATE TABLE `t` (\n  `a` text\n) ENGINE=InnoDB;\n') => `
--
-- Current Database: \`d\`
--

CREATE DATABASE \`d\`;

USE \`d\`;

--
-- Table structure for table \`t\`
--

${ddl}
--
-- Dumping data for table \`t\`
--

${inserts}UNLOCK TABLES;

-- Dump completed on 2026-11-20
`;

function tableIn(run: FilterRun) {
  return run.seen.find(({ kind }) => kind === 'table');
}

describe('generated dumps', () => {
  it.each(Array.from({ length: 8 }, (_, seed) => seed))(
    'are understood in pieces of any size (seed %i)',
    async (seed) => {
      const dump = generateDump(seed);
      const expected = dump.objects.toSorted(byKey);
      for (const pieceBytes of [PIECES[seed % PIECES.length] ?? 1, 1 << 16]) {
        const run = await runFilter(dump.text, { pieceBytes });
        expect(run.stderr).toBe('');
        expect(run.stdout.equals(dump.text)).toBe(true);
        expect(run.seen.map(withoutDdlDigests).toSorted(byKey)).toEqual(expected);
        expect(run.facts).toEqual({
          bytes: dump.text.length,
          hasTrailer: true,
          isOpen: false,
          restSha256: dump.restSha256,
          coordinates: { file: 'binlog.000007', position: 344 + seed, gtid: `0-1-${seed}` },
          databaseBytes: dump.databaseBytes,
          complaints: [],
        });
      }
    },
  );

  it('are counted by the oracle as they were made', () => {
    for (let seed = 100; seed < 120; seed += 1) {
      const dump = generateDump(seed);
      for (const { database, table, rows, text } of countRows(dump.text).values()) {
        const [name, inside] = [table, database].map((bytes) => Buffer.from(bytes, 'latin1').toString());
        const made = dump.objects.find((object) => object.name === name && object.database === inside);
        expect(made).toMatchObject({ kind: 'table', rows, dataSha256: sha256(Buffer.from(text, 'latin1')) });
      }
    }
  });

  it('keep their digests when only comments differ', async () => {
    const [one, other] = await inParallel(['2026-11-20  3:05:12', 'another day'], (date) =>
      runFilter(generateDump(7, { date }).text),
    );
    expect(other?.seen).toEqual(one?.seen);
    expect(other?.facts.restSha256).toBe(one?.facts.restSha256);
  });

  it('are never whole when they are cut, wherever that is', async () => {
    const dump = generateDump(3, { maxRows: 4, maxTables: 2 });
    const random = seededRandom(5);
    const { length } = dump.text;
    const cuts = Array.from({ length: 40 }, (_, index) =>
      index < 12 ? length - 1 - index * 3 : Math.floor(random() * length),
    );
    const borders = new Set(dump.borders);
    const inside = cuts.filter((cut) => isInsideStatement(dump.text, cut, borders));
    expect(inside.length).toBeGreaterThan(15);
    await inParallel(cuts, async (cut) => {
      const { status, facts } = await runFilter(dump.text.subarray(0, cut));
      expect({ cut, status, hasTrailer: facts.hasTrailer }).toEqual({ cut, status: 0, hasTrailer: false });
      if (inside.includes(cut)) expect({ cut, isOpen: facts.isOpen }).toEqual({ cut, isOpen: true });
    });
  });
});

describe.each([
  ['mariadb-10.11.sql', 36],
  ['mariadb-11.8.sql', 36],
  ['mysql-9.7.sql', 39],
] as const)('the recorded dump %s', (name, count) => {
  const dump = recorded(name);
  const isMysql = name.startsWith('mysql');

  it('is counted as an independent reader counts it', async () => {
    const run = await runFilter(dump, { pieceBytes: 7 });
    expect(run.stdout.equals(dump)).toBe(true);
    expect(run.facts).toMatchObject({ hasTrailer: true, isOpen: false, complaints: [] });
    const counted = countRows(dump);
    const tables = run.seen.filter(({ kind }) => kind === 'table');
    expect(tables).toHaveLength(count);
    for (const { database, name: table, rows, dataSha256, plainBytes } of tables) {
      const key = JSON.stringify([database, table].map((text) => Buffer.from(text).toString('latin1')));
      const { rows: expected, text } = counted.get(key) ?? { rows: 0, text: '' };
      expect({ table, rows, plainBytes }).toEqual({ table, rows: expected, plainBytes: text.length });
      expect(dataSha256).toBe(sha256(Buffer.from(text, 'latin1')));
      counted.delete(key);
    }
    expect([...counted.keys()]).toEqual([]);
  });

  it('holds every object by its own name', async () => {
    const { seen } = await runFilter(dump);
    const named = (database: string) =>
      seen
        .filter((object) => object.database === database && object.kind !== 'table')
        .map(({ kind, name: object }) => `${kind} ${object}`)
        .toSorted();
    if (isMysql) {
      expect(named('everything')).toEqual([
        ...['database everything', 'event far off', 'event nightly', 'function half'],
        ...['procedure make_noise', 'trigger after one', 'trigger before_one', 'trigger before_two'],
        ...['view a_view_on_it', 'view base_view', 'view checked_view', 'view on_texts_of_app'],
        'view texts_of_app',
      ]);
    } else
      expect(named('everything')).toEqual([
        ...[
          'database everything',
          'event far off',
          'event nightly',
          'function half',
          'function total',
          'package stock',
        ],
        ...[
          'package-body stock',
          'procedure make_noise',
          'sequence tickets',
          'trigger after one',
          'trigger before_one',
        ],
        ...['trigger before_two', 'view a_view_on_it', 'view base_view', 'view checked_view'],
      ]);
    expect(named('odd')).toEqual([
      ...['database odd', 'event procedure x', 'event second', 'function f trigger x', 'procedure in_sjis'],
      ...['procedure look_alike', 'procedure no_escapes', 'procedure plain', 'procedure quotes'],
      ...(isMysql ? [] : ['sequence moved']),
      ...['trigger first_one', 'trigger second one', 'trigger third', 'view ghostly', 'view spoofed_view'],
    ]);
    expect(new Set(seen.map(({ database }) => database))).toEqual(new Set(['everything', 'odd']));
  });

  it('gives the same in pieces of every size', async () => {
    const [first, ...others] = await inParallel(PIECES.slice(1), (pieceBytes) =>
      runFilter(dump, { pieceBytes }),
    );
    for (const other of others) {
      expect(other.seen).toEqual(first?.seen);
      expect(other.facts).toEqual(first?.facts);
      expect(other.ddl).toEqual(first?.ddl);
    }
  });

  it('keeps the whole definition of each object for the inventory', async () => {
    const { ddl, seen } = await runFilter(dump);
    expect(ddl.map(({ kind, database, name: object }) => [kind, database, object])).toEqual(
      seen.map(({ kind, database, name: object }) => [kind, database, object]),
    );
    // Text that is not UTF-8 is shown byte by byte.
    for (const { ddl: text, ddlSha256 } of ddl)
      expect([sha256(text), sha256(Buffer.from(text, 'latin1'))]).toContain(ddlSha256);
    const textOf = (object: string) => ddl.find((candidate) => candidate.name === object)?.ddl ?? '';
    expect(textOf('look_alike')).toMatch(
      /SELECT 'x;;\nDELIMITER ;\n\n-- Dump completed\n', .* FROM counted; END(?:\n| );;\n$/s,
    );
    expect(textOf('second one')).toMatch(/-- Table structure for table `fake`\n--\n';\nEND \n?\*\/;;\n$/);
    expect(textOf('spoof')).toMatch(/^\) ENGINE=InnoDB /m);
  });
});

describe('rows that stand in one line', () => {
  const packed = (rows: string) => withTable(`INSERT INTO \`t\` VALUES ${rows};\n`);

  it.each([
    [String.raw`('),(','it\'s'),('\\','('),('')`, 3],
    [String.raw`(NULL,0x2827,-1e-5,b'1'),('\\\'),(','\n;')`, 2],
    [String.raw`('\\\\'),('\\\\\'('),('a\'''(')`, 3],
    [`('${'('.repeat(70_000)}'),('${String.raw`\'(`.repeat(30_000)}'),(3)`, 3],
  ])('are counted however they come in pieces: %.60s', async (rows, count) => {
    for (const pieceBytes of PIECES.slice(rows.length > 1_000 ? 2 : 0)) {
      const run = await runFilter(Buffer.from(packed(rows)), { pieceBytes });
      expect(run.facts.complaints).toEqual([]);
      expect({ pieceBytes, rows: tableIn(run)?.rows }).toEqual({ pieceBytes, rows: count });
    }
  });

  it('are counted whatever stands in them', async () => {
    const random = seededRandom(11);
    const pieces = ['\\\\', "\\'", '\\n', '\\"', '(', ')', '),(', ';', ',', 'é', '⚓', 'x'];
    const rows = Array.from({ length: 400 }, () => `('${randomText(random, pieces, 9)}',1)`);
    for (const pieceBytes of [1, 7, 1000]) {
      const run = await runFilter(Buffer.from(packed(rows.join(','))), { pieceBytes });
      expect(run.facts.complaints).toEqual([]);
      expect({ pieceBytes, rows: tableIn(run)?.rows }).toEqual({ pieceBytes, rows: rows.length });
    }
  });

  it('are told when they end inside quotes', async () => {
    const { facts } = await runFilter(Buffer.from(packed("(1,'a),(2")));
    expect(facts.complaints.join()).toContain('rows that end inside quotes: "t"');
  });
});

describe('a character set that the collation implies', () => {
  const columns = [
    "  `b` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT 'x CHARACTER SET y COLLATE z',",
    "  `e` enum('it''s \\\\',')(') CHARACTER SET latin1 COLLATE latin1_bin,",
    '  `c``d` text CHARACTER SET latin1',
  ];
  const ddl = `CREATE TABLE \`t\` (\n${columns.join('\n')}\n) ENGINE=InnoDB;\n`;
  const header = '-- MySQL dump 10.13  Distrib 9.7.4, for Linux (x86_64)\n--\n';
  const read = async (text: string) => {
    const { ddl: objects, facts } = await runFilter(Buffer.from(text));
    return { text: objects.find(({ kind }) => kind === 'table')?.ddl, rest: facts.restSha256 };
  };

  it('does not count in a dump of MySQL, as it is written or not', async () => {
    const written = await read(header + withTable('', ddl));
    const implied = columns.map((line) => line.replace(/ CHARACTER SET \w+(?= COLLATE \w+_bin)/, ''));
    expect(written.text).toContain(implied.join('\n'));
    expect(await read(header + withTable('', ddl.replace(columns.join('\n'), implied.join('\n'))))).toEqual(
      written,
    );
  });

  it('counts everywhere else', async () => {
    expect((await read(withTable('', ddl))).text).toContain(columns.join('\n'));
    const other = await read(header + withTable('', ddl.replace('latin1_bin', 'latin1_german1_ci')));
    expect(other).not.toEqual(await read(header + withTable('', ddl)));
  });
});

it('follows the text of routines in other languages, whatever quotes stand in it', async () => {
  const bodies = ['$$ return "it\'s `x" \n;;\nDELIMITER ;\n$$', '$js$ $$ /* " $js$'];
  const routines = bodies.map(
    (body, index) =>
      `DELIMITER ;;\nCREATE DEFINER=\`a\`@\`b\` FUNCTION \`f${index}\`(n int) RETURNS int\n    LANGUAGE JAVASCRIPT\nAS ${body} ;;\nDELIMITER ;\n`,
  );
  for (const pieceBytes of [1, 1 << 16]) {
    const { seen, facts } = await runFilter(Buffer.from(withTable(`\n${routines.join('')}`)), { pieceBytes });
    expect(facts).toMatchObject({ hasTrailer: true, isOpen: false, complaints: [] });
    expect(seen.filter(({ kind }) => kind === 'function').map(({ name }) => name)).toEqual(['f0', 'f1']);
  }
});

it('knows where the binary log stood, in the words of MySQL', async () => {
  const { facts } = await runFilter(recorded('mysql-9.7.sql'));
  expect(facts.coordinates).toEqual({
    file: 'binlog.000001',
    position: expect.any(Number) as number,
    gtid: '',
  });
  expect(facts.coordinates?.position).toBeGreaterThan(4);
});

describe('what is not in order', () => {
  it.each([
    [
      'dump tool says that it may not',
      '-- insufficient privileges to SHOW CREATE PROCEDURE `p`\n',
      'insufficient privileges',
    ],
    ['dump tool could not read a view', '-- failed on view `v`: no\u0007\n', 'failed on view `v`: no'],
    [
      'dump tool missed a table',
      "-- Warning: Couldn't get status information for table t (no)\n",
      "Warning: Couldn't",
    ],
    [
      'rows come without a table',
      'INSERT INTO `u` VALUES\n(1);\n',
      'rows of a table whose structure did not go by: "u"',
    ],
    [
      'body has no name',
      'DELIMITER ;;\nANALYZE TABLE t;;\nDELIMITER ;\n',
      'a routine, trigger or event of an unknown form: ANALYZE TABLE t;;',
    ],
    ['name never ends', 'ALTER TABLE `t\nINSERT INTO `t` VALUES\n(1);\n', 'a name that does not end'],
    [
      'name is longer than any',
      `ALTER TABLE \`t\n${'x'.repeat(600)}\nUNLOCK TABLES;\n`,
      'a name that does not end',
    ],
  ])('is told when the %s', async (_case, text, complaint) => {
    const { status, facts } = await runFilter(Buffer.from(withTable(`\n${text}`)));
    expect(status).toBe(0);
    expect(facts.complaints.join('\n')).toContain(complaint);
  });

  it('is not told when a name only looks like it', async () => {
    const { facts, seen } = await runFilter(recorded('mariadb-10.11.sql'));
    expect(seen.map(({ name }) => name)).toContain('x\ninsufficient privileges');
    expect(facts.complaints).toEqual([]);
    expect(facts.coordinates?.file).toMatch(/^binlog\./);
    expect(facts.coordinates?.gtid).not.toContain('9-9-9');
  });

  it.each([
    ['two lines from the end', '\n-- Dump completed on 2026\n\nx\n'],
    ['without its line break', '\n-- Dump completed on 2026'],
    ['inside a name', '\nALTER TABLE `\n\n-- Dump completed on 2026\n'],
    ['in the middle of comments', '-- x\n-- Dump completed on 2026\n'],
    ['missing', '\n'],
  ])('is seen when the last line is %s', async (_where, end) => {
    const dump = withTable('').replace(/\n-- Dump completed.*\n$/, end);
    expect((await runFilter(Buffer.from(dump))).facts.hasTrailer).toBe(false);
  });
});

describe('digests', () => {
  const inserts = (count: number) =>
    `INSERT INTO \`t\` VALUES\n${"('some text; that is long enough'),\n".repeat(count)}('x');\n`;
  const small = inserts(3);
  const large = inserts(70_000);

  it.each([
    ['small', small, 4],
    ['larger than 2 MiB', large, 70_001],
    ['in several statements, larger than 2 MiB together', inserts(30_000).repeat(3), 90_003],
    ['empty', '', 0],
  ])('are right for a table that is %s', async (_size, text, rows) => {
    const run = await runFilter(Buffer.from(withTable(text)));
    expect(tableIn(run)).toMatchObject({ rows, dataSha256: sha256(text), plainBytes: text.length });
  });

  it('are the same from every hasher, with and without Digest::SHA', async () => {
    const dump = Buffer.from(withTable(large));
    const plain = await runFilter(dump);
    const others = await inParallel(
      [
        { hasher: GPG },
        { hasher: GPG, hasNoDigestSha: true },
        { hasher: ['sha256sum'], hasNoDigestSha: true },
      ],
      (options) => runFilter(dump, options),
    );
    for (const other of others) {
      expect(other.stderr).toBe('');
      expect(other.seen).toEqual(plain.seen);
      expect(other.facts).toEqual(plain.facts);
    }
  });

  it.each([
    ['fails', ['sh', '-c', 'cat >/dev/null; exit 3']],
    ['ends early', ['sh', '-c', 'exit 0']],
    ['says nothing', ['sh', '-c', 'cat >/dev/null']],
    ['says half', ['sh', '-c', 'cat >/dev/null; echo 0123456789abcdef']],
    ['is not there', ['no-such-program']],
  ])('are not guessed when the hasher %s', async (_how, hasher) => {
    const { status, stderr } = await runFilter(Buffer.from(withTable(large)), { hasher });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/^hasher/m);
  });

  it('do not hide that an object is another', async () => {
    const change = (from: string, to: string) => runFilter(Buffer.from(withTable(small).replace(from, to)));
    const [same, structure, row] = await Promise.all([
      change('2026-11-20', '2027-01-01'),
      change('`a` text', '`a` longtext'),
      change("('x')", "('y')"),
    ]);
    const before = tableIn(same);
    expect(tableIn(structure)).toMatchObject({ dataSha256: before?.dataSha256 });
    expect(tableIn(structure)?.ddlSha256).not.toBe(before?.ddlSha256);
    expect(tableIn(structure)?.shapeSha256).not.toBe(before?.shapeSha256);
    expect(structure.facts.restSha256).not.toBe(same.facts.restSha256);
    expect(tableIn(row)).toMatchObject({ ddlSha256: before?.ddlSha256 });
    expect(tableIn(row)?.dataSha256).not.toBe(before?.dataSha256);
    expect(row.facts.restSha256).toBe(same.facts.restSha256);
  });

  it('of the shape leave out counters, and nothing that looks like one', async () => {
    const ddl = (counter: number, comment: number) =>
      `CREATE TABLE \`t\` (\n  \`a\` int AUTO_INCREMENT COMMENT ' AUTO_INCREMENT=${comment}'\n) ENGINE=InnoDB AUTO_INCREMENT=${counter} DEFAULT CHARSET=latin1;\n`;
    const shape = async (text: string) => tableIn(await runFilter(Buffer.from(withTable('', text))));
    const [one, counted, commented] = await Promise.all([
      shape(ddl(5, 1)),
      shape(ddl(99, 1)),
      shape(ddl(5, 2)),
    ]);
    expect(counted?.shapeSha256).toBe(one?.shapeSha256);
    expect(counted?.ddlSha256).not.toBe(one?.ddlSha256);
    expect(commented?.shapeSha256).not.toBe(one?.shapeSha256);
  });

  it('of a sequence leave out its next value', async () => {
    const sequence = (value: string) =>
      withTable('').replace(
        /--\n-- Table structure[^]*/,
        `--\n-- Sequence structure for \`s\`\n--\n\nCREATE SEQUENCE \`s\` start with 1;\n${value} SETVAL(\`s\`, ${value.length}, 0);\n\n-- Dump completed\n`,
      );
    const [one, other] = await inParallel(['DO', 'SELECT'], (value) =>
      runFilter(Buffer.from(sequence(value))),
    );
    expect(one?.seen.map(({ kind, name }) => [kind, name])).toEqual([
      ['database', 'd'],
      ['sequence', 's'],
    ]);
    expect(other?.seen[1]?.shapeSha256).toBe(one?.seen[1]?.shapeSha256);
    expect(other?.seen[1]?.ddlSha256).not.toBe(one?.seen[1]?.ddlSha256);
  });
});

describe('a look at the structure alone', () => {
  it('gives the shapes of the dump, and keeps no texts', async () => {
    const dump = recorded('mariadb-10.11.sql');
    const [data, look] = await Promise.all([
      runFilter(dump),
      runFilter(recorded('structure-10.11.sql'), {
        what: 'structure',
        prepare: (directory) => symlinkSync('/dev/full', path.join(directory, 'ddl')),
      }),
    ]);
    const shapes = (run: FilterRun) =>
      run.seen.map(({ kind, name, shapeSha256 }) => [kind, name, shapeSha256]);
    expect(look.status).toBe(0);
    expect(shapes(look)).toEqual(shapes(data));
    expect(look.seen.some(({ rows }) => rows !== undefined)).toBe(false);
  });
});

it('counts no rows where only digests are asked for', async () => {
  const { seen, ddl } = await runFilter(recorded('mariadb-10.11.sql'), { what: 'digest' });
  expect(seen.filter(({ dataSha256 }) => dataSha256 !== undefined)).toHaveLength(36);
  expect([...seen, ...ddl].some(({ rows }) => rows !== undefined)).toBe(false);
});

it('finds every account in a dump of accounts, with all that belongs to it', async () => {
  const { seen, ddl, facts } = await runFilter(recorded('accounts-10.11.sql'), { pieceBytes: 7 });
  expect(facts).toMatchObject({ hasTrailer: true, isOpen: false, complaints: [] });
  expect(seen.map(({ kind, database, name }) => `${kind}${database} ${name}`)).toEqual([
    ...["account ''@'localhost'", "account 'a\\\\'b'", "account 'app'@'%'", "account 'clerks'"],
    ...[
      "account 'event admin'@'localhost'",
      "account 'mariadb.sys'@'localhost'",
      "account 'mysql'@'localhost'",
    ],
    ...[
      "account 'new\nline'@'%'",
      "account 'o'brien'@'%'",
      "account 'o'brien'@'10.0.0.%'",
      "account 'root'@'localhost'",
    ],
    ...["account 'rowers'"],
  ]);
  const app = ddl.find(({ name }) => name === "'app'@'%'")?.ddl.split('\n') ?? [];
  expect(app.map((line) => line.replace(/ IDENTIFIED.*/, ''))).toEqual([
    'CREATE USER IF NOT EXISTS `app`@`%`',
    'GRANT `clerks` TO `app`@`%`;',
    'GRANT USAGE ON *.* TO `app`@`%`',
    'GRANT SELECT, INSERT ON `everything`.* TO `app`@`%`;',
    "/*M!100005 SET DEFAULT ROLE 'clerks' FOR 'app'@'%' */;",
    '',
  ]);
});

it('writes valid JSON of any bytes', async () => {
  const strange = [
    '\xff\xfe',
    '\xed\xa0\x80',
    '\xf5\x80\x80\x80',
    '\xc0\xaf',
    '\xe2\x98',
    'ok \xe2\x9a\x93',
    '\x00\x1f\x7f"\\',
  ];
  const columns = strange.map((text, index) => `  \`c${index}${text}\` int`).join(',\n');
  const dump = Buffer.from(withTable('', `CREATE TABLE \`t\` (\n${columns}\n) ENGINE=InnoDB;\n`), 'latin1');
  const { ddl, status } = await runFilter(dump);
  expect(status).toBe(0);
  const text = ddl.find(({ kind }) => kind === 'table')?.ddl ?? '';
  // One byte a character, because the text as a whole is not UTF-8; none of them is lost.
  expect(text).toContain(columns);
  const good = await runFilter(
    Buffer.from(withTable('', 'CREATE TABLE `t` (\n  `⚓ é 😀` int\n) ENGINE=InnoDB;\n')),
  );
  expect(good.ddl[1]?.ddl).toContain('⚓ é 😀');
});

it('keeps to the end marks where characters can hold a quote in their second byte', async () => {
  const body = (charset: string) =>
    Buffer.from(
      withTable('').replace(
        '\n-- Dump completed',
        `/*!50003 SET character_set_client  = ${charset} */ ;\nDELIMITER ;;\nCREATE PROCEDURE \`p\`()\nSELECT '\x95\\'\n;;\nDELIMITER ;\n\n-- Dump completed`,
      ),
      'latin1',
    );
  const [sjis, latin1] = await Promise.all([runFilter(body('sjis')), runFilter(body('latin1'))]);
  expect(sjis.facts).toMatchObject({ isOpen: false, hasTrailer: true });
  expect(sjis.seen.map(({ name }) => name)).toContain('p');
  expect(latin1.facts.isOpen).toBe(true);
});

it('fails when what it writes down does not fit', async () => {
  for (const file of ['seen', 'ddl', 'facts']) {
    const { status, stderr } = await runFilter(recorded('mariadb-10.11.sql'), {
      prepare: (directory) => symlinkSync('/dev/full', path.join(directory, file)),
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain('No space left on device');
  }
});

it('needs little memory for a row of 100 MiB', async () => {
  const MiB = 2 ** 20;
  const [head = '', tail = ''] = withTable("INSERT INTO `t` VALUES\n('<>');\n").split('<>');
  async function* dump() {
    yield Buffer.from(head);
    const piece = Buffer.alloc(MiB, 'x');
    for (let count = 0; count < 100; count += 1) yield await Promise.resolve(piece);
    yield Buffer.from(tail);
  }
  const run = await runFilter(dump(), {
    hasher: ['sh', '-c', `cat >/dev/null; printf %064d 7`],
    discardsOutput: true,
  });
  expect(tableIn(run)).toMatchObject({ rows: 1, dataSha256: '7'.padStart(64, '0') });
  expect(run.facts.bytes).toBe(100 * MiB + head.length + tail.length);
  expect(run.peakBytes).toBeLessThan(40 * MiB);
});

function withoutDdlDigests<T extends { ddlSha256?: string; shapeSha256?: string }>({
  ddlSha256,
  shapeSha256,
  ...object
}: T) {
  expect([ddlSha256, shapeSha256].join()).toMatch(/^[0-9a-f]{64},[0-9a-f]{64}$/);
  return object;
}

function byKey(a: { kind: string; database: string; name: string }, b: typeof a): number {
  const [left, right] = [a, b].map((object) => JSON.stringify([object.kind, object.database, object.name]));
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

/** A cut right after a line break may stand between two statements; anywhere else in a line of SQL it does not. */
function isInsideStatement(text: Buffer, cut: number, borders: ReadonlySet<number>): boolean {
  const before = [...borders].filter((border) => border <= cut).at(-1) ?? 0;
  const begun = text.subarray(before, cut).toString();
  return begun !== '' && !/^(?:--|\n)/.test(begun) && !begun.endsWith(';\n');
}
