import { describe, expect, it } from 'vitest';
import { accountOf, createStatement, grantStatements } from '../../../src/domain/dumps/dump-account.ts';
import { findRightsFaults, grantForReplicas, parseGrants } from '../../../src/engines/mysql/rights.ts';

const DATABASES = ['shop', 'my_shop', '50%', 'od`d'];

describe.each(['mariadb', 'mysql'] as const)('on %s', (flavour) => {
  it.each([['*' as const], [DATABASES]])('the rights for %j are enough, and not too much', (databases) => {
    const account = accountOf('lifeboat');
    // As SHOW GRANTS writes them.
    const shown = grantStatements(flavour, account, databases).map((statement) =>
      statement.replace(/ TO .*/, ' TO `lifeboat`@`localhost`'),
    );
    const needed = {
      databases: DATABASES,
      isAll: databases === '*',
      ...{ rotate: true, coordinates: true, accounts: true, locked: [] },
    };
    expect(findRightsFaults(flavour, parseGrants(shown), needed, 'lifeboat@localhost')).toEqual([]);
    expect(grantForReplicas(flavour, parseGrants(shown), 'lifeboat@localhost')).toBeUndefined();
  });
});

it('quotes what SQL would take for something else', () => {
  expect(accountOf('back-up')).toBe('`back-up`@localhost');
  expect(createStatement('mysql', 'a@localhost', `it's \\ it`)).toBe(
    String.raw`CREATE USER a@localhost IDENTIFIED BY 'it\'s \\ it';`,
  );
});
