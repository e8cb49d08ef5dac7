import { describe, expect, it } from 'vitest';
import { checkSql, readChecks } from '../../../src/engines/mysql/restore/checks.ts';

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
    expect(readChecks([VIEW], result, new Set(["'app'@'%'"]))).toMatchObject([{ isOfSource: true }]);
  });

  it('is broken when the definer was dumped, or nobody knows', () => {
    const [dumped] = readChecks([VIEW], result, new Set(["'ghost'@'no;where'"]));
    expect(dumped).toMatchObject({ isOfSource: false, problem: expect.stringContaining('ghost') as string });
    expect(readChecks([VIEW], result, undefined)).toMatchObject([{ isOfSource: false }]);
  });

  it('is broken when something else is wrong besides', () => {
    const other = answer(`shop.totals\tcheck\tError\tTable 'shop.orders' doesn't exist`, GHOST);
    expect(readChecks([VIEW], other, new Set())).toMatchObject([{ isOfSource: false }]);
  });
});
