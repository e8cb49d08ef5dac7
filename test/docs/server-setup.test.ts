import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBinlogEngine } from '../../src/engines/mysql/binlogs/binlog-engine.ts';
import { createDumpEngine } from '../../src/engines/mysql/dump/dump-engine.ts';
import {
  checkBinlogRights,
  checkRights,
  parseGrants,
  type RightsNeeded,
} from '../../src/engines/mysql/rights.ts';
import { blocksBelow, readPage, ROOT } from '../helpers/documentation.ts';

const ACCOUNT = 'lifeboat@localhost';
const setup = readPage('docs/server-setup.md');
const EVERYTHING: RightsNeeded = {
  databases: ['helpdesk', 'shop'],
  isAll: true,
  rotate: true,
  coordinates: true,
  accounts: true,
  locked: [],
};

function grantsIn(sql: readonly string[]): string[] {
  return sql
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith('GRANT '))
    .map((line) => line.replace(/TO lifeboat@localhost;$/, 'TO `lifeboat`@`localhost`'));
}

/** Every way to take one right out of the statements. */
function withoutOne(grants: readonly string[]): { right: string; left: string[] }[] {
  return grants.flatMap((grant, index) => {
    const [, list = '', where = ''] = /^GRANT (.+) (ON .+)$/.exec(grant) ?? [];
    const rights = list.split(', ');
    return rights.map((right) => {
      const others = rights.filter((other) => other !== right);
      const rest = others.length === 0 ? [] : [`GRANT ${others.join(', ')} ${where}`];
      return { right: `${right} ${where}`, left: grants.toSpliced(index, 1, ...rest) };
    });
  });
}

describe.each([
  ['mariadb', 'all databases', grantsIn(blocksBelow(setup, 'sql', 'All databases')), EVERYTHING],
  [
    'mariadb',
    'all databases, in the README',
    grantsIn(blocksBelow(readPage('README.md'), 'sql', 'On the server')),
    EVERYTHING,
  ],
  [
    'mariadb',
    'a list',
    grantsIn(blocksBelow(setup, 'sql', 'A list of databases')),
    { ...EVERYTHING, databases: ['helpdesk'], isAll: false },
  ],
  ['mysql', 'all databases', grantsIn(blocksBelow(setup, 'sql', 'MySQL, all databases')), EVERYTHING],
  [
    'mysql',
    'a list',
    grantsIn(blocksBelow(setup, 'sql', 'MySQL, a list of databases')),
    { ...EVERYTHING, databases: ['helpdesk'], isAll: false },
  ],
] as const)('the documented grants of %s for %s', (flavour, _, grants, needed) => {
  it('are enough, and not too much', () => {
    expect(grants.length).toBeGreaterThan(0);
    expect(() => checkRights(flavour, parseGrants(grants), needed, ACCOUNT)).not.toThrow();
  });

  it.each(withoutOne(grants))('need $right', ({ right, left }) => {
    // Without it a run only says what it could not see.
    if (right.startsWith('SLAVE MONITOR')) return;
    expect(() => checkRights(flavour, parseGrants(left), needed, ACCOUNT)).toThrow('lacks rights');
  });
});

it('what is said to be unneeded is not needed', () => {
  const grants = grantsIn(blocksBelow(setup, 'sql', 'All databases'));
  const without = (right: string) => parseGrants(grants.map((grant) => grant.replace(`, ${right}`, '')));
  expect(() =>
    checkRights('mariadb', without('RELOAD'), { ...EVERYTHING, rotate: false }, ACCOUNT),
  ).not.toThrow();
  const noBinlog = { ...EVERYTHING, rotate: false, coordinates: false };
  expect(() => checkRights('mariadb', without('RELOAD, BINLOG MONITOR'), noBinlog, ACCOUNT)).not.toThrow();
  const list = grantsIn(blocksBelow(setup, 'sql', 'A list of databases')).map((grant) =>
    grant.replace('`mysql`.*', '`mysql`.`proc`'),
  );
  const noAccounts = { ...EVERYTHING, databases: ['helpdesk'], isAll: false, accounts: false };
  expect(() => checkRights('mariadb', parseGrants(list), noAccounts, ACCOUNT)).not.toThrow();
});

describe.each([
  ['mariadb', 0],
  ['mysql', 1],
] as const)('the documented grants of %s for binary logs', (flavour, index) => {
  const account = 'lifeboat_binlogs@localhost';
  const grants = blocksBelow(setup, 'sql', 'An account for binary logs').map((block) =>
    block
      .split('\n')
      .filter((line) => line.startsWith('GRANT '))
      .map((line) => line.replace(/TO .*$/, 'TO `lifeboat_binlogs`@`localhost`')),
  );
  const usual = grants[index] ?? [];
  const purging = [...usual, grants[2]?.[index] ?? ''];
  const check = (given: readonly string[], purge: boolean) =>
    checkBinlogRights(flavour, parseGrants(given), { rotate: true, purge }, account);

  it('are enough, and not too much', () => {
    expect(() => check(usual, false)).not.toThrow();
    expect(() => check(purging, true)).not.toThrow();
    expect(() => check(purging, false)).toThrow('may change data');
  });

  it.each(withoutOne(usual))('need $right', ({ left }) => {
    expect(() => check(left, false)).toThrow('lacks rights');
  });

  it.each(withoutOne(purging))('need $right to purge', ({ left }) => {
    expect(() => check(left, true)).toThrow('lacks rights');
  });
});

it('every program that a run looks for is listed', () => {
  const session = readFileSync(path.join(ROOT, 'src/remote/session.sh'), 'utf8');
  const always = /^for tool in (.+) \$TOOLS; do$/m.exec(session)?.[1]?.split(' ') ?? [];
  expect(always.length).toBeGreaterThan(10);
  const text = readFileSync(path.join(ROOT, setup.path), 'utf8');
  const section = /^## 1\. Programs$([^]*?)^## /m.exec(text)?.[1] ?? '';
  const listed = Array.from(section.matchAll(/`([a-z-]+)`/g), ([, name]) => name);
  const engines = [createDumpEngine('mariadb'), createBinlogEngine('mariadb')];
  expect(listed).toEqual(expect.arrayContaining([...always, ...engines.flatMap(({ tools }) => tools)]));
});
