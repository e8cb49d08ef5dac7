// The structure changes while a dump runs, or the dump program lies. A program named mariadb-dump stands before the real one: it
// runs the real one and makes the change at the right moment, or spoils what it printed, as no real program does on demand.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { DumpBench } from '../../helpers/dump-bench.ts';
import { query } from '../../lab/mariadb.ts';

const lab = inject('lab');
const REAL = '/usr/bin/mariadb-dump';
/** May change what the dump user only reads. */
const CHANGER = "'changer'@'localhost'";
const OPTIONS = path.join(lab.ssh.home, 'changer.cnf');

let bench: DumpBench;

beforeAll(async () => {
  await makeDatabase();
  await query(
    lab.mariadb,
    `CREATE USER ${CHANGER} IDENTIFIED BY 'secret'; GRANT ALL ON catalogue_shop.* TO ${CHANGER};
     GRANT SUPER ON *.* TO ${CHANGER};`,
  );
  writeFileSync(OPTIONS, '[client]\nuser=changer\npassword=secret\n', { mode: 0o644 });
  bench = await DumpBench.start(lab, 'faults-catalogue', { databases: 'catalogue_shop', accounts: 'false' });
});

beforeEach(makeDatabase);
afterEach(() => bench.unwrap('mariadb-dump'));

afterAll(async () => {
  await query(lab.mariadb, `DROP DATABASE catalogue_shop; DROP USER ${CHANGER};`);
  rmSync(OPTIONS);
  bench.stop();
});

async function makeDatabase(): Promise<void> {
  await query(
    lab.mariadb,
    `CREATE OR REPLACE DATABASE catalogue_shop; USE catalogue_shop;
     CREATE TABLE customer (id INT PRIMARY KEY AUTO_INCREMENT, name TEXT);
     INSERT INTO customer (name) VALUES ('a'), ('b'), ('c');
     CREATE TABLE item (id INT PRIMARY KEY); INSERT INTO item VALUES (1), (2);
     CREATE VIEW customer_view AS SELECT id FROM customer;`,
  );
}

/** Shell text that the wrapper runs in place of the dump with the rows; every other call goes to the real program. */
function wrapDataDump(script: string): void {
  bench.wrap(
    'mariadb-dump',
    `case " $* " in *" --single-transaction "*) ;; *) exec ${REAL} "$@" ;; esac\n${script}`,
  );
}

function change(sql: string): string {
  const { socket } = lab.mariadb;
  return `mariadb --defaults-file='${OPTIONS}' --socket='${socket}' catalogue_shop --execute=${quoteForShell(sql)} </dev/null || exit 99`;
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

describe('the structure changes while the dump runs', () => {
  it.each([
    ['CREATE TABLE late (id INT)', 'table catalogue_shop.late was added'],
    ['DROP TABLE item', 'table catalogue_shop.item was removed'],
    ['ALTER TABLE item ADD COLUMN more INT', 'table catalogue_shop.item was changed'],
    [
      'CREATE TRIGGER late BEFORE INSERT ON item FOR EACH ROW SET @x = 1',
      'trigger catalogue_shop.late was added',
    ],
    [
      'CREATE OR REPLACE VIEW customer_view AS SELECT name FROM customer',
      'view catalogue_shop.customer_view was changed',
    ],
  ])('%s', async (sql, expected) => {
    wrapDataDump(`${REAL} "$@"; status=$?\n${change(sql)}\nexit $status`);
    expect(await bench.expectRed('catalogue-changed')).toContain(expected);
  });

  it('before the rows are read, and back again after them', async () => {
    wrapDataDump(
      `${change('RENAME TABLE item TO hidden')}\n${REAL} "$@"; status=$?\n${change('RENAME TABLE hidden TO item')}\nexit $status`,
    );
    expect(await bench.expectRed('inventory-mismatch')).toContain(
      'table catalogue_shop.item is removed in the dump',
    );
  });

  it('but not when only an AUTO_INCREMENT moved', async () => {
    wrapDataDump(
      `${REAL} "$@"; status=$?\n${change("INSERT INTO customer (name) VALUES ('late')")}\nexit $status`,
    );
    const { backup } = await bench.expectGreen();
    expect(backup.texts.get('catalogue_shop')?.toString()).not.toContain("'late'");
  });
});

describe('the dump program ends with 0, but', () => {
  it.each([
    {
      fault: 'leaves out its last line',
      script: `${REAL} "$@" | grep -v '^-- Dump completed'`,
      says: 'its last line is missing',
    },
    {
      fault: 'prints half of the text',
      script: `${REAL} "$@" | sed '/^-- Dumping data for table .item./,$d'`,
      says: 'its last line is missing',
    },
    {
      fault: 'ends in the middle of the rows',
      script: `${REAL} "$@" | sed '/^INSERT INTO .item. VALUES/,$ { /^INSERT/!d }'`,
      says: 'it ends in the middle of a statement',
    },
    {
      fault: 'reports an error',
      script: `${REAL} "$@" && echo 'mariadb-dump: Error: lost something' >&2`,
      says: 'lost something',
    },
    {
      fault: 'leaves out the structure of a table',
      script: `${REAL} "$@" | sed '/^-- Table structure for table .item./,/^-- Dumping data for table .item./d'`,
      says: 'rows of a table whose structure did not go by: "item"',
    },
  ])('$fault', async ({ script, says }) => {
    wrapDataDump(`${script}; exit 0`);
    expect(await bench.expectRed('dump-incomplete')).toContain(says);
  });

  it('leaves out a table', async () => {
    // Options end at `--`, and the file with the credentials must be the first.
    wrapDataDump(`${REAL} "$1" --ignore-table=catalogue_shop.item "\${@:2}"; exit 0`);
    expect(await bench.expectRed('inventory-mismatch')).toContain(
      'table catalogue_shop.item is removed in the dump',
    );
  });
});

describe("MySQL's dump program", () => {
  it('is refused before anything is dumped', async () => {
    bench.wrap(
      'mariadb-dump',
      `case " $* " in *" --version "*) echo 'mysqldump  Ver 8.0.40 for Linux on x86_64 (MySQL Community Server - GPL)' ;; *" --help "*) ;; *) echo called >>"$HOME/called" ;; esac`,
    );
    const message = await bench.expectRed('db-flavour-mix');
    expect(message).toContain('MySQL 8.0.40');
    expect(message).toContain('mariadb-client');
    expect(() => readFileSync(path.join(lab.ssh.home, 'called'))).toThrow('ENOENT');
  });
});
