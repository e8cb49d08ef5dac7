// Databases whose structure changes while they are dumped: such a dump must not count, and the change is named. A gate holds the dump
// at a chosen moment, so that the change comes exactly then.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeBlobs } from '../../helpers/blobs.ts';
import { expectFailure } from '../../helpers/expect-failure.ts';
import { putGate, putGates, type Call } from '../../helpers/gate.ts';
import { Site } from '../../helpers/site.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const site = Site.on(lab, 'catalogue');
const DATABASE = 'changing';
/** In the rows of the first table; the client cannot have come to the last one, because no pipe holds that much. */
const IN_FIRST_TABLE_BYTES = 1_000_000;

const good: string[] = [];
beforeAll(async () => {
  await makeBlobs(site, DATABASE, 4);
  await makeObjects();
  good.push(await site.makeGoodBackup({ databases: DATABASE }));
});
beforeEach(makeObjects);
afterEach(async () => {
  await site.reset();
  await site.expectNothingNew(good);
});
afterAll(() => site.expectBackups(good));

/** In the order of their names: `blob`, which is large, comes before `last`. */
async function makeObjects(): Promise<void> {
  const tables = await site.query(
    `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${DATABASE}' AND TABLE_NAME <> 'blob' AND TABLE_TYPE = 'BASE TABLE'`,
  );
  const drops = tables.split('\n').filter((name) => name !== '');
  await site.query(`
    USE ${DATABASE}; SET sql_log_bin = 0;
    ${drops.map((name) => `DROP TABLE \`${name}\`;`).join('\n')}
    CREATE TABLE last (id INT PRIMARY KEY, name VARCHAR(20)); INSERT INTO last VALUES (1, 'one');
    CREATE OR REPLACE VIEW zz_view AS SELECT id FROM last;
    CREATE OR REPLACE PROCEDURE zz_procedure() SELECT 1;
    CREATE OR REPLACE EVENT zz_event ON SCHEDULE EVERY 1 DAY DO SELECT 1;
    CREATE OR REPLACE TRIGGER zz_trigger BEFORE INSERT ON last FOR EACH ROW SET NEW.id = NEW.id;
    CREATE OR REPLACE SEQUENCE zz_sequence;
  `);
}

async function changeDuring(call: Call, bytes: number, sql: string) {
  const gate = putGate(site, call, bytes);
  const run = site.start({ databases: DATABASE });
  await gate.reached();
  await site.query(`USE ${DATABASE}; SET sql_log_bin = 0; ${sql}`);
  gate.open();
  return run.ended;
}

const TABLES: readonly (readonly [string, string, string])[] = [
  ['a table is created', 'CREATE TABLE newcomer (id INT PRIMARY KEY)', 'table changing.newcomer was added'],
  ['a table is dropped', 'DROP VIEW zz_view; DROP TABLE last', 'table changing.last was removed'],
  ['a table is altered', 'ALTER TABLE last ADD COLUMN more INT', 'table changing.last was changed'],
];
const OBJECTS: readonly (readonly [string, string, string])[] = [
  [
    'a view is replaced',
    'CREATE OR REPLACE VIEW zz_view AS SELECT name FROM last',
    'view changing.zz_view was changed',
  ],
  [
    'a trigger is added',
    'CREATE TRIGGER aa BEFORE UPDATE ON last FOR EACH ROW SET NEW.id = OLD.id',
    'trigger changing.aa was added',
  ],
  ['a trigger is dropped', 'DROP TRIGGER zz_trigger', 'trigger changing.zz_trigger was removed'],
  [
    'a procedure is replaced',
    'CREATE OR REPLACE PROCEDURE zz_procedure() SELECT 2',
    'procedure changing.zz_procedure was changed',
  ],
  ['an event is dropped', 'DROP EVENT zz_event', 'event changing.zz_event was removed'],
];

describe.each([
  ['between the first look and the dump', 'data'],
  ['between the dump and the last look', 'after'],
] as const)('%s', (_when, call) => {
  // In the middle of its work the dump itself keeps a sequence from being altered.
  const sequence = [
    'a sequence is altered',
    'ALTER SEQUENCE zz_sequence INCREMENT BY 5',
    'sequence changing.zz_sequence was changed',
  ] as const;
  it.each([...TABLES, sequence])('%s', async (_what, sql, named) => {
    expectFailure(site, await changeDuring(call, 0, sql), { code: 'catalogue-changed', says: [named] });
  });
});

describe('in the middle of the dump', () => {
  const SWAP = 'RENAME TABLE last TO _last_old, _last_new TO last; DROP TABLE _last_old';

  it.each([
    ...TABLES.filter(([what]) => what !== 'a table is dropped'),
    ...OBJECTS,
    // What the client itself stumbles over.
    ['a table is dropped', 'DROP VIEW zz_view; DROP TABLE last', /'changing\.last' doesn't exist \(1146\)/],
    [
      'a table is renamed',
      'DROP VIEW zz_view; RENAME TABLE last TO later',
      /'changing\.last' doesn't exist \(1146\)/,
    ],
    ['a view is dropped', 'DROP VIEW zz_view', /'changing\.zz_view' doesn't exist \(1146\)/],
    ['a table is truncated', 'TRUNCATE last', /Error 1412: .* when dumping table `last`/],
    [
      'a table is rebuilt',
      'ALTER TABLE last FORCE, ALGORITHM=COPY',
      /Error 1412: .* when dumping table `last`/,
    ],
    [
      'a table is swapped, as tools for online changes do',
      `CREATE TABLE _last_new LIKE last; ${SWAP}`,
      /Error 1412: .* when dumping table `last`/,
    ],
  ] as const)('%s', async (_what, sql, named) => {
    expectFailure(site, await changeDuring('data', IN_FIRST_TABLE_BYTES, sql), {
      code: 'catalogue-changed',
      says: [named],
    });
  });
});

it('a table that is away while the rows are read, and back before the last look, is missed in the dump', async () => {
  await site.query(`CREATE TABLE ${DATABASE}.plain (id INT)`);
  const [before, after] = putGates(site, ['data', 0], ['after', 0]);
  const run = site.start({ databases: DATABASE });
  await before?.reached();
  await site.query(`RENAME TABLE ${DATABASE}.plain TO ${DATABASE}.hidden`);
  before?.open();
  await after?.reached();
  await site.query(`RENAME TABLE ${DATABASE}.hidden TO ${DATABASE}.plain`);
  after?.open();
  expectFailure(site, await run.ended, {
    code: 'inventory-mismatch',
    says: ['table changing.plain is missing in the dump', 'table changing.hidden is only in the dump'],
  });
});

it('rows that come and counters that move are no change of structure', async () => {
  const ended = await changeDuring(
    'after',
    0,
    "INSERT INTO `blob` (bytes) VALUES ('late'); DO NEXTVAL(zz_sequence); INSERT INTO last VALUES (2, 'late')",
  );
  expect(ended.exitCode).toBe(0);
  good.push(ended.outputs['backup-id'] ?? '');
  const texts = (await site.expectBackups(good)).at(-1)?.texts;
  expect(texts?.get(DATABASE)?.toString('latin1')).not.toContain("'late'");
});
