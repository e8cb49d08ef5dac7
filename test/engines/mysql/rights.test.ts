import { expect, it } from 'vitest';
import type { LifeboatError } from '../../../src/errors.ts';
import {
  checkRights,
  hasPublicRights,
  parseGrants,
  seesEverything,
  type RightsNeeded,
} from '../../../src/engines/mysql/rights.ts';

const ALL: RightsNeeded = {
  databases: ['shop'],
  isAll: true,
  rotate: true,
  coordinates: true,
  accounts: true,
  locked: [],
};
const SHOP: RightsNeeded = {
  databases: ['shop'],
  isAll: false,
  rotate: false,
  coordinates: false,
  accounts: false,
  locked: [],
};
const FULL = ['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT', 'RELOAD', 'BINLOG MONITOR'];
const ON_DATABASE = 'SELECT, SHOW VIEW, TRIGGER, EVENT';
const WHO = '`dump`@`localhost`';

/** Code and the statements to paste; empty when all is well. */
function check(grants: readonly string[], needed = ALL, account = 'dump@localhost'): string[] {
  try {
    checkRights('mariadb', parseGrants(grants), needed, account);
    return [];
  } catch (error) {
    const { code, hint = '' } = error as LifeboatError;
    return [code, ...hint.split('\n').slice(1)];
  }
}

it('is content with exactly what the guide grants', () => {
  expect(check([`GRANT ${FULL.join(', ')} ON *.* TO ${WHO} IDENTIFIED BY PASSWORD`])).toEqual([]);
});

it.each(FULL)('asks for %s where it is missing', (right) => {
  const rest = FULL.filter((other) => other !== right).join(', ');
  expect(check([`GRANT ${rest} ON *.* TO ${WHO}`])).toEqual([
    'db-rights-missing',
    `GRANT ${right} ON *.* TO ${WHO};`,
  ]);
});

it('asks only for what the run does', () => {
  const plain = { ...ALL, rotate: false, coordinates: false };
  expect(check([`GRANT ${ON_DATABASE} ON *.* TO ${WHO}`], plain)).toEqual([]);
  expect(check([`GRANT USAGE ON *.* TO ${WHO}`], SHOP)).toEqual([
    'db-rights-missing',
    `GRANT ${ON_DATABASE} ON \`shop\`.* TO ${WHO};`,
    `GRANT SELECT ON \`mysql\`.\`proc\` TO ${WHO};`,
  ]);
  expect(check([`GRANT ${ON_DATABASE} ON \`shop\`.* TO ${WHO}`], { ...SHOP, accounts: true })).toEqual([
    'db-rights-missing',
    `GRANT SELECT ON \`mysql\`.* TO ${WHO};`,
  ]);
  const proc = `GRANT SELECT ON \`mysql\`.\`proc\` TO ${WHO}`;
  expect(check([`GRANT ${ON_DATABASE} ON \`shop\`.* TO ${WHO}`, proc], SHOP)).toEqual([]);
});

it.each([
  ['shop', 'shop', true],
  ['my-shop', 'my-shop', true],
  ['a.b(c)[d]', 'a.b(c)[d]', true],
  ['axb', 'a.b', false],
  ['my_shop', 'myXshop', false],
  ['my_shop', 'my\\_shop', true],
  ['myXshop', 'my_shop', true],
  ['myXshop', 'my\\_shop', false],
  ['shop_2026', 'shop%', true],
  ['shop%', 'shop\\%', true],
  ['shopx', 'shop\\%', false],
  ['x`y', 'x``y', true],
  ['back\\slash', 'back\\slash', true],
])('finds that a grant for %s may stand as `%s`: %s', (database, pattern, covers) => {
  const grants = [
    `GRANT ${ON_DATABASE} ON \`${pattern}\`.* TO ${WHO}`,
    `GRANT SELECT ON \`mysql\`.\`proc\` TO ${WHO}`,
  ];
  expect(check(grants, { ...SHOP, databases: [database] }).length === 0).toBe(covers);
});

it('looks at the most exact pattern only, as the server does, and adds roles', () => {
  const needed = { ...SHOP, databases: ['app_x'] };
  const proc = `GRANT SELECT ON \`mysql\`.\`proc\` TO ${WHO}`;
  const wide = `GRANT ${ON_DATABASE} ON \`app%\`.* TO ${WHO}`;
  const exact = `GRANT SELECT ON \`app\\_x\`.* TO ${WHO}`;
  expect(check([wide, proc], needed)).toEqual([]);
  expect(check([wide, exact, proc], needed)[1]).toBe(
    `GRANT SHOW VIEW, TRIGGER, EVENT ON \`app\\_x\`.* TO ${WHO};`,
  );
  expect(
    check([exact, wide, proc, `GRANT SHOW VIEW, TRIGGER, EVENT ON \`app\\_x\`.* TO \`dumpers\``], needed),
  ).toEqual([]);
});

it('takes no right on single tables, columns or routines for one on the database', () => {
  const proc = `GRANT SELECT ON \`mysql\`.\`proc\` TO ${WHO}`;
  for (const grant of [
    `GRANT ${ON_DATABASE} ON \`shop\`.\`item\` TO ${WHO}`,
    `GRANT SELECT (\`a\`, \`b\`), SHOW VIEW, TRIGGER, EVENT ON \`shop\`.* TO ${WHO}`,
  ])
    expect(check([grant, proc], SHOP)[0]).toBe('db-rights-missing');
});

it('counts the rights of an active role, and of everybody', () => {
  const lines = (role: string) => [
    `GRANT \`dumpers\` TO ${WHO}`,
    `GRANT USAGE ON *.* TO ${WHO}`,
    `GRANT ${FULL.join(', ')} ON *.* TO ${role}`,
  ];
  expect(check(lines('`dumpers`'))).toEqual([]);
  expect(check(lines('PUBLIC'))).toEqual([]);
});

it.each([
  [
    'GRANT ALL PRIVILEGES ON *.* TO `dump`@`localhost` WITH GRANT OPTION',
    [
      'REVOKE ALL PRIVILEGES ON *.* FROM `dump`@`localhost`;',
      'REVOKE GRANT OPTION ON *.* FROM `dump`@`localhost`;',
    ],
  ],
  [
    'GRANT SELECT, INSERT, UPDATE ON `a``b`.* TO `dump`@`localhost`',
    ['REVOKE INSERT, UPDATE ON `a``b`.* FROM `dump`@`localhost`;'],
  ],
  [
    'GRANT SELECT (`id`), INSERT (`label`, `id`) ON `shop`.`item` TO `dump`@`localhost`',
    ['REVOKE INSERT (`LABEL`, `ID`) ON `shop`.`item` FROM `dump`@`localhost`;'],
  ],
  [
    'GRANT EXECUTE ON PROCEDURE `shop`.`sell` TO `dump`@`localhost`',
    ['REVOKE EXECUTE ON PROCEDURE `shop`.`sell` FROM `dump`@`localhost`;'],
  ],
  ['GRANT DELETE ON `shop`.* TO `clerks`', ['REVOKE DELETE ON `shop`.* FROM `clerks`;']],
  [
    'GRANT SELECT ON `shop`.* TO `dump`@`localhost` REQUIRE X509 WITH GRANT OPTION MAX_QUERIES_PER_HOUR 3',
    ['REVOKE GRANT OPTION ON `shop`.* FROM `dump`@`localhost`;'],
  ],
])('refuses %s, and says how to take it back', (grant, revocations) => {
  expect(check([`GRANT ${FULL.join(', ')} ON *.* TO ${WHO}`, grant])).toEqual([
    'db-rights-excess',
    ...revocations,
  ]);
});

it('does not refuse a user for what everybody may do, as on a server with the test databases', () => {
  const test = 'GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON `test\\_%`.* TO PUBLIC';
  expect(check([`GRANT ${FULL.join(', ')} ON *.* TO ${WHO}`, test])).toEqual([]);
  expect(hasPublicRights(parseGrants([test, 'GRANT SELECT ON `test`.* TO PUBLIC']))).toBe(false);
  expect(hasPublicRights(parseGrants([test, 'GRANT SELECT ON `shop`.* TO PUBLIC']))).toBe(true);
});

it('writes the account so that it can be pasted', () => {
  expect(check([], { ...SHOP, databases: ['a`b_c'] }, "o'b@x@10.0.%")[1]).toBe(
    `GRANT ${ON_DATABASE} ON \`a\`\`b\\_c\`.* TO \`o'b@x\`@\`10.0.%\`;`,
  );
});

it('asks for the right to lock only where something is locked', () => {
  const full = [`GRANT ${FULL.join(', ')} ON *.* TO ${WHO}`];
  const locked = ['shop'];
  expect(check(full, { ...ALL, locked }).join('\n')).toContain(`GRANT LOCK TABLES ON *.* TO ${WHO};`);
  expect(check([...full, `GRANT LOCK TABLES ON \`shop\`.* TO ${WHO}`], { ...ALL, locked })).toEqual([]);
  expect(
    check([`GRANT ${[...FULL, 'LOCK TABLES'].join(', ')} ON *.* TO ${WHO}`], { ...ALL, locked }),
  ).toEqual([]);
  const shop = [
    `GRANT ${ON_DATABASE} ON \`shop\`.* TO ${WHO}`,
    `GRANT SELECT ON \`mysql\`.\`proc\` TO ${WHO}`,
  ];
  expect(check(shop, SHOP)).toEqual([]);
  expect(check(shop, { ...SHOP, locked }).join('\n')).toContain(`GRANT LOCK TABLES ON \`shop\`.* TO ${WHO};`);
});

const MYSQL_FULL = 'SELECT, RELOAD, REPLICATION CLIENT, SHOW VIEW, EVENT, TRIGGER';
/** The same for MySQL. */
function checkMysql(grants: readonly string[], needed = ALL): string[] {
  try {
    checkRights('mysql', parseGrants(grants), needed, 'dump@localhost');
    return [];
  } catch (error) {
    const { code, hint = '' } = error as LifeboatError;
    return [code, ...hint.split('\n').slice(1)];
  }
}

it('is content with what the guide grants on MySQL, also in its own words', () => {
  expect(checkMysql([`GRANT ${MYSQL_FULL} ON *.* TO ${WHO}`])).toEqual([]);
  expect(
    checkMysql(
      [
        `GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, REPLICATION CLIENT ON *.* TO ${WHO}`,
        `GRANT BACKUP_ADMIN,FLUSH_TABLES,SHOW_ROUTINE ON *.* TO ${WHO}`,
      ],
      { ...ALL, rotate: false },
    ),
  ).toEqual([]);
});

it('asks on MySQL for the lock of a moment, for routines, and for what was taken away', () => {
  expect(
    checkMysql([`GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON *.* TO ${WHO}`], { ...ALL, rotate: false }),
  ).toEqual(['db-rights-missing', `GRANT REPLICATION CLIENT, RELOAD ON *.* TO ${WHO};`]);
  expect(checkMysql([`GRANT ${ON_DATABASE} ON \`shop\`.* TO ${WHO}`], SHOP)).toEqual([
    'db-rights-missing',
    `GRANT SHOW_ROUTINE ON *.* TO ${WHO};`,
  ]);
  const full = `GRANT ${MYSQL_FULL} ON *.* TO ${WHO}`;
  const withoutShop = [full, `REVOKE SELECT, TRIGGER ON \`shop\`.* FROM ${WHO}`];
  expect(checkMysql(withoutShop)).toEqual([
    'db-rights-missing',
    `GRANT SELECT, TRIGGER ON \`shop\`.* TO ${WHO};`,
  ]);
  expect(checkMysql(withoutShop, { ...SHOP, databases: ['other'] })).toEqual([]);
  expect(seesEverything(parseGrants(withoutShop))).toBe(false);
  const withoutSystem = [full, `REVOKE SELECT ON \`mysql\`.* FROM ${WHO}`];
  expect(checkMysql(withoutSystem)[1]).toBe(`GRANT SELECT ON \`mysql\`.* TO ${WHO};`);
  expect(checkMysql(withoutSystem, { ...ALL, accounts: false })).toEqual([]);
});

it('refuses dynamic rights of MySQL that change something', () => {
  expect(
    checkMysql([
      `GRANT ${MYSQL_FULL} ON *.* TO ${WHO}`,
      `GRANT BACKUP_ADMIN,SYSTEM_VARIABLES_ADMIN ON *.* TO ${WHO}`,
    ]),
  ).toEqual(['db-rights-excess', `REVOKE SYSTEM_VARIABLES_ADMIN ON *.* FROM ${WHO};`]);
});
