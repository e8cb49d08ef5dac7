// Composed scripts, run with a client that writes down its arguments: whatever the databases are called, it gets their names.
import { afterAll, expect, it } from 'vitest';
import type { CatalogueTable } from '../../../../src/engines/mysql/catalogue.ts';
import {
  accountsScript,
  concludeScript,
  dataScript,
  dataStages,
  inventoryScript,
  type DumpScripts,
} from '../../../../src/engines/mysql/dump/dump-script.ts';
import { openWorkshop } from '../../../helpers/composed-script.ts';
import { randomText, seededRandom } from '../../../helpers/random-text.ts';

const workshop = openWorkshop();
afterAll(() => workshop.remove());

const PIECES = [
  "'",
  '"',
  '\\',
  '`',
  '$(touch x)',
  '\n',
  ' ',
  '--',
  '-',
  '*',
  '%s',
  '⚓',
  'é',
  'a',
  ';',
  '|',
  '&',
  '!',
  '~',
  '#',
  'beat',
  '\t',
  "'\\''",
];
const random = seededRandom(3);
const names = Array.from({ length: 40 }, () => randomText(random, PIECES, 8));

const table = (database: string, name: string, changes: Partial<CatalogueTable> = {}): CatalogueTable => ({
  ...{ database, name, kind: 'table', engine: 'InnoDB', rows: 1, brokenBecause: undefined },
  ...{ isVersioned: false, isForeign: false, isTransactional: true, ...changes },
});

function scripts(changes: Partial<DumpScripts> = {}): DumpScripts {
  const version = { flavour: 'mariadb', numbers: [10, 11, 19], text: '10.11.19' } as const;
  return {
    client: {
      programs: { sql: workshop.client, dump: workshop.client },
      server: version,
      dumpTool: version,
      knownOptions: new Set(['dump-history']),
    },
    connection: { user: 'dump' },
    choice: {
      databases: names,
      tables: [],
      excludedTables: names.map((name) => table('shop', name)),
      brokenViews: [table('shop', 'view\nof\nlines', { kind: 'view', brokenBecause: "it's gone" })],
      forgottenDatabases: [],
    },
    countRows: true,
    hasPerl: true,
    textOptions: [],
    locked: [],
    maxLockMs: 300_000,
    rotate: true,
    coordinates: true,
    ...changes,
  };
}

const part = { index: 0, databases: [...names, 'shop'] };

it.each(['/bin/dash', '/bin/bash', '/bin/busybox sh'])(
  'gives the client every name as it is (%s)',
  (shell) => {
    const calls = workshop.run(dataScript(scripts(), part), shell);
    const [before, rotation, dump, after] = calls;
    for (const call of [before, dump, after]) {
      const at = call?.args.indexOf('--databases') ?? -1;
      expect(call?.args.slice(at)).toEqual(['--databases', '--', ...names, 'shop']);
      expect(call?.args.filter((word) => word.startsWith('--ignore-table='))).toEqual(
        [...names, 'view\nof\nlines'].map((name) => `--ignore-table=shop.${name}`),
      );
    }
    expect(rotation?.stdin).toBe('SET SESSION lock_wait_timeout = 30; FLUSH BINARY LOGS;\n');
    expect(before?.args).toContain('--no-data');
    expect(dump?.args).not.toContain('--no-data');
    expect(after?.args).toContain('--no-data');
    expect(calls).toHaveLength(4);
  },
);

it('never leaves the options that make a dump whole to a default', () => {
  const dump = workshop.run(dataScript(scripts(), part)).at(-2);
  for (const option of [
    'single-transaction',
    'quick',
    'hex-blob',
    'routines',
    'events',
    'triggers',
    'tz-utc',
    'no-tablespaces',
    'default-character-set=utf8mb4',
    'max-allowed-packet=1G',
    'master-data=2',
    'gtid',
    'comments',
    'create-options',
    'quote-names',
  ])
    expect(dump?.args).toContain(`--${option}`);
  for (const option of ['force', 'compact', 'skip-comments', 'all-databases', 'dump-history'])
    expect(dump?.args).not.toContain(`--${option}`);
});

it('gives the dump client what was added, and the other clients what is for the connection', () => {
  const connection = { user: 'dump', options: ["--ssl-ca=/etc/it's ours.pem"] };
  const [before, rotation, dump] = workshop.run(
    dataScript(scripts({ connection, textOptions: ['--net-buffer-length=16K'] }), part),
  );
  for (const call of [before, rotation, dump]) expect(call?.args).toContain("--ssl-ca=/etc/it's ours.pem");
  expect(dump?.args).toContain('--net-buffer-length=16K');
  expect(before?.args).not.toContain('--net-buffer-length=16K');
});

it('dumps history only where there is some, and asks for coordinates and a new binlog only where there is one', () => {
  const choice = { ...scripts().choice, tables: [table('shop', 't', { isVersioned: true })] };
  const dump = (changes: Partial<DumpScripts>) => workshop.run(dataScript(scripts(changes), part));
  expect(dump({ choice }).at(-2)?.args).toContain('--dump-history');
  expect(
    dump({ choice, client: { ...scripts().client, knownOptions: new Set() } }).at(-2)?.args,
  ).not.toContain('--dump-history');
  const plain = dump({ coordinates: false, rotate: false });
  expect(plain).toHaveLength(3);
  expect(plain.at(-2)?.args.some((word) => /master-data|gtid/.test(word))).toBe(false);
  expect(dataStages(scripts({ rotate: false }), part)).toEqual([
    'structure-before',
    'look-before',
    'dump',
    'filter',
    'structure-after',
    'look-after',
  ]);
});

it('asks for the text of a broken view by its whole name', () => {
  const script = inventoryScript(scripts(), '{"a":"it\'s $(id)"', 1, true);
  const seen = `mkdir "$D/accounts" "$D/0.during"; : >"$D/accounts/ddl"; : >"$D/0.during/ddl"`;
  const [query] = workshop.run(`${seen}; ${script}`);
  expect(query?.stdin).toContain("TABLE_NAME = 'view\nof\nlines'");
  expect(query?.stdin).toContain("'error', 'it\\'s gone'");
});

it('locks tables of the part that is dumped, and names them as they are', () => {
  const locked = [table('wiki', 'a`b'), table('shop', 'cart')];
  const one = { index: 1, databases: ['wiki'] };
  expect(dataStages(scripts({ locked }), one)).toContain('lock');
  expect(dataStages(scripts({ locked }), { index: 0, databases: ['other'] })).not.toContain('lock');
  const script = dataScript(scripts({ locked, maxLockMs: 90_000 }), one);
  expect(script).toContain('LOCK TABLES `wiki`.`a``b` READ;');
  expect(script).toContain('wait_timeout = 95');
  expect(dataScript(scripts({ locked }), { index: 0, databases: ['other'] })).not.toContain('LOCK TABLES');
});

it('leaves out what belongs to the databases of a part, by full names', () => {
  const one = { index: 7, databases: ['wiki'] };
  const choice = {
    ...scripts().choice,
    excludedTables: [table('wiki', 'cache'), table('shop', 'cache')],
    brokenViews: [],
  };
  const [before, dump, after] = workshop.run(dataScript(scripts({ choice, rotate: false }), one));
  for (const call of [before, dump, after]) {
    expect(call?.args.filter((word) => word.startsWith('--ignore-table='))).toEqual([
      '--ignore-table=wiki.cache',
    ]);
    expect(call?.args.slice(-3)).toEqual(['--databases', '--', 'wiki']);
  }
});

it('is one shell text for every task, whatever the names', () => {
  for (const script of [
    accountsScript(scripts()),
    dataScript(scripts(), part),
    concludeScript(2, true),
    inventoryScript(scripts(), '{', 2, false),
  ])
    expect(workshop.run(`if false; then\n${script}\nfi\n`)).toEqual([]);
});
