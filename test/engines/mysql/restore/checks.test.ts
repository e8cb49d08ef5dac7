import { describe, expect, it } from 'vitest';
import { checkSql, readChecks as readChecksOf } from '../../../../src/engines/mysql/restore/checks.ts';

const table = (name: string) => ({ kind: 'table' as const, database: 'shop', name });
const view = (name: string) => ({ kind: 'view' as const, database: 'shop', name });
const OBJECTS = [table('orders'), view('totals'), { ...table('numbers'), kind: 'sequence' as const }];
const result = (stdout: string, stderr = '') => ({ exitCode: 0, stdout: Buffer.from(stdout), stderr });
const ok = (index: number, name: string, more = '') =>
  `lifeboat-object-${index}\nshop.${name}\tcheck\tstatus\tOK\n${more}`;

describe('checkSql', () => {
  it('checks every table, and opens views', () => {
    const sql = checkSql([table("it's\n`a\\b`\r"), view('v')]);
    expect(sql).toBe(
      [
        "SET SESSION sql_mode = '';",
        "SELECT 'lifeboat-object-0';",
        "CHECK TABLE `shop`.`it's\n``a\\b``\r`;",
        "SELECT 'lifeboat-object-1';",
        'CHECK TABLE `shop`.`v`;',
        'SELECT 1 FROM `shop`.`v` LIMIT 0;',
        '',
      ].join('\n'),
    );
  });
});

/** Where it is not known which accounts the source had. */
const readChecks = (
  objects: Parameters<typeof readChecksOf>[0],
  answer: Parameters<typeof readChecksOf>[1],
) => readChecksOf(objects, answer, undefined);

describe('readChecks', () => {
  it('is content when all are', () => {
    const notes =
      "lifeboat-object-2\nshop.numbers\tcheck\tnote\tThe storage engine for the table doesn't support check\n";
    expect(readChecks(OBJECTS, result(ok(0, 'orders') + ok(1, 'totals') + notes))).toEqual([]);
    expect(
      readChecks(
        [table('a')],
        result('lifeboat-object-0\nshop.a\tcheck\tstatus\tTable is already up to date\n'),
      ),
    ).toEqual([]);
    expect(readChecks([], result(''))).toEqual([]);
  });

  it('names what is broken, and how', () => {
    const stdout = `lifeboat-object-0
shop.orders\tcheck\twarning\t1 client is using or hasn't closed the table properly
shop.orders\tcheck\terror\tKey 2 doesn't point at same records
shop.orders\tcheck\terror\tCorrupt
${ok(1, 'totals')}${ok(2, 'numbers')}`;
    expect(readChecks(OBJECTS, result(stdout))).toEqual([
      {
        ...table('orders'),
        problem:
          "1 client is using or hasn't closed the table properly; Key 2 doesn't point at same records; Corrupt",
      },
    ]);
  });

  it('tells errors of the client by their lines', () => {
    // Lines 2 and 3 are those of the table, 4 to 6 of the view, 7 and 8 of the sequence.
    const stderr = [
      '--------------',
      'EXECUTE IMMEDIATE …',
      'ERROR 1356 (HY000) at line 6: View shop.totals references invalid table(s)',
      'ERROR 1034 (HY000) at line 7: Index is corrupt',
    ].join('\n');
    expect(readChecks(OBJECTS, result(ok(0, 'orders') + ok(1, 'totals') + ok(2, 'numbers'), stderr))).toEqual(
      [
        {
          ...view('totals'),
          problem: 'error 1356: View shop.totals references invalid table(s)',
        },
        { ...table('numbers'), problem: 'error 1034: Index is corrupt' },
      ],
    );
  });

  it('takes silence for a fault', () => {
    expect(readChecks(OBJECTS, result(ok(0, 'orders') + ok(1, 'totals')))).toEqual([
      { ...table('numbers'), problem: 'CHECK TABLE did not answer' },
    ]);
    expect(readChecks(OBJECTS, result(''))).toHaveLength(3);
  });

  it('lets no name speak for another object', () => {
    const corrupt = 'lifeboat-object-0\nshop.a\tcheck\terror\tCorrupt\n';
    const names = [
      'x\nlifeboat-object-0\ny',
      'x\nlifeboat-object-2\ny',
      'x\nlifeboat-object-1',
      'x\nlifeboat-object-\ty',
    ];
    for (const name of names) {
      const broken = readChecks(
        [table('a'), table(name), table('b')],
        result(corrupt + ok(1, name) + corrupt.replace('0', '2')),
      );
      expect(broken.map((object) => object.name)).toEqual(expect.arrayContaining(['a', 'b']));
      expect(broken.find((object) => object.name === 'a')?.problem).toBe('Corrupt');
    }
  });
});

const VIEW = { kind: 'view', database: 'shop', name: 'totals' } as const;
const GHOST = "The user specified as a definer ('ghost'@'no;where') does not exist";

/** As the server answers CHECK TABLE, and the client after it the statement that opens the view. */
const answer = (row: string, error: string) => ({
  exitCode: 1,
  stdout: Buffer.from(`lifeboat-object-0\n${row}\nshop.totals\tcheck\terror\tCorrupt\n`),
  stderr: `ERROR 1449 (HY000) at line 4: ${error}\n`,
});

describe('a view that cannot be opened', () => {
  const result = answer(`shop.totals\tcheck\tError\t${GHOST}`, GHOST);

  it('is a true copy when its definer was not among the accounts that were dumped', () => {
    expect(checkSql([VIEW]).split('\n')[3]).toContain('LIMIT 0');
    expect(readChecksOf([VIEW], result, new Set(["'app'@'%'"]))).toMatchObject([{ isOfSource: true }]);
  });

  it('is broken when the definer was dumped, or nobody knows', () => {
    const [dumped] = readChecksOf([VIEW], result, new Set(["'ghost'@'no;where'"]));
    expect(dumped?.isOfSource).toBeUndefined();
    expect(dumped?.problem).toContain('ghost');
    expect(readChecksOf([VIEW], result, undefined)).toEqual([
      expect.not.objectContaining({ isOfSource: true }),
    ]);
  });

  it('is broken when something else is wrong besides', () => {
    const other = answer(`shop.totals\tcheck\tError\tTable 'shop.orders' doesn't exist`, GHOST);
    expect(readChecksOf([VIEW], other, new Set())).toEqual([
      expect.not.objectContaining({ isOfSource: true }),
    ]);
  });
});
