// Taking databases and tables out of real dumps, and giving them other names: byte for byte, whatever pieces the text comes in.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InventoryObject } from '../../../../src/domain/dumps/inventory.ts';
import {
  canBeSelected,
  createDatabaseSql,
  selectDump,
  type Selection,
} from '../../../../src/engines/mysql/live/select-dump.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../../fixtures');
const SHOP = readFileSync(path.join(FIXTURES, 'format/plain/shop.sql'));
const HOSTILE = '`a``b; USE `';

async function* inChunks(text: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.subarray(at, at + size));
}

async function select(text: string | Buffer, selection: Partial<Selection>): Promise<string> {
  const bytes = Buffer.from(text);
  const whole = { databases: new Map<string, string>(), withEvents: true, ...selection };
  const results = [];
  for (const size of [1, 7, 4096, bytes.length]) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of selectDump(inChunks(bytes, size), whole)) chunks.push(Buffer.from(chunk));
    results.push(Buffer.concat(chunks).toString());
  }
  expect(new Set(results).size).toBe(1);
  return results[0] ?? '';
}

/** Two databases with one of everything that matters here. */
const TWO = `/*M!999999\\- enable the sandbox mode */
-- MariaDB dump
--
-- Host: localhost    Database:
-- ------------------------------------------------------
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;

--
-- Alternately, following is the position
--

--
-- Current Database: \`a\`
--

CREATE DATABASE /*!32312 IF NOT EXISTS*/ \`a\` /*!40100 DEFAULT CHARACTER SET latin1 COMMENT 'USE \`a\`;' */;

USE \`a\`;

--
-- Table structure for table \`t\`
--

CREATE TABLE \`t\` (
  \`x\` text COMMENT 'USE \`a\`;'
);

--
-- Dumping data for table \`t\`
--

LOCK TABLES \`t\` WRITE;
INSERT INTO \`t\` VALUES
('ALTER DATABASE \`a\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ;'),
USE \`a\`;
ALTER DATABASE \`a\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ;
UNLOCK TABLES;
ALTER DATABASE \`a\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ;
DELIMITER ;;
CREATE TRIGGER tr BEFORE INSERT ON \`t\` FOR EACH ROW BEGIN
USE \`a\`;
ALTER DATABASE \`a\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ;
END ;;
DELIMITER ;
ALTER DATABASE \`a\` CHARACTER SET latin1 COLLATE latin1_swedish_ci ;
ALTER DATABASE \`a\` READ ONLY = 1;

--
-- Table structure for table \`t2\`
--

CREATE TABLE \`t2\` (a int);

--
-- Dumping data for table \`t2\`
--

LOCK TABLES \`t2\` WRITE;
UNLOCK TABLES;

--
-- Dumping events for database 'a'
--
CREATE EVENT e;

--
-- Dumping routines for database 'a'
--
CREATE PROCEDURE p;

--
-- Current Database: \`b\`
--

CREATE DATABASE /*!32312 IF NOT EXISTS*/ \`b\` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;

USE \`b\`;

--
-- Table structure for table \`t\`
--

CREATE TABLE \`t\` (b int);

--
-- Current Database: \`a\`
--

USE \`a\`;

--
-- Final view structure for view \`v\`
--

CREATE VIEW \`v\`;
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;

-- Dump completed on 2026-11-20  3:05:12
`;

describe('of two databases', () => {
  it('both under their own names are the text itself', async () => {
    const databases = new Map([
      ['a', 'a'],
      ['b', 'b'],
    ]);
    expect(await select(TWO, { databases })).toBe(TWO);
  });

  it('one under a new name changes exactly the lines of the dump tool', async () => {
    const text = await select(TWO, {
      databases: new Map([
        ['a', HOSTILE],
        ['b', 'b'],
      ]),
    });
    const quoted = '```a````b; USE ```';
    const changed = TWO.split('\n').flatMap((line, index) => {
      const now = text.split('\n')[index] ?? '';
      return now === line ? [] : [now];
    });
    expect(changed).toEqual([
      `CREATE DATABASE /*!32312 IF NOT EXISTS*/ ${quoted} /*!40100 DEFAULT CHARACTER SET latin1 COMMENT 'USE \`a\`;' */;`,
      `USE ${quoted};`,
      `ALTER DATABASE ${quoted} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ;`,
      `ALTER DATABASE ${quoted} CHARACTER SET latin1 COLLATE latin1_swedish_ci ;`,
      `USE ${quoted};`,
    ]);
  });

  it('the other one alone has the header, and nothing of the first', async () => {
    const text = await select(TWO, { databases: new Map([['b', 'c']]) });
    expect(text).toContain('NO_AUTO_VALUE_ON_ZERO');
    expect(text).toContain('CREATE DATABASE /*!32312 IF NOT EXISTS*/ `c` ');
    expect(text).toContain('CREATE TABLE `t` (b int);');
    expect(text.replaceAll(/^--.*$/gm, '')).not.toMatch(/`a`|`b`|`t2`|VIEW/);
  });

  it('one without its events keeps its routines', async () => {
    const text = await select(TWO, { databases: new Map([['a', 'a']]), withEvents: false });
    expect(text).not.toContain('CREATE EVENT');
    expect(text).toContain('CREATE PROCEDURE p;');
    expect(text).toContain('CREATE VIEW `v`;');
  });

  it('one table has its structure and rows, without triggers, and nothing else', async () => {
    const text = await select(TWO, { databases: new Map([['a', 'new']]), table: 't' });
    expect(text).toContain('CREATE TABLE `t` (\n  `x`');
    // Rows as they were, names of databases in them included.
    expect(text).toContain("('ALTER DATABASE `a` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ;'),\nUSE `a`;\n");
    expect(text).toContain('USE `new`;');
    expect(text).not.toMatch(/TRIGGER|t2|EVENT|PROCEDURE|VIEW|\(b int\)|DELIMITER/);
  });

  it('a table without rows ends where the next one begins', async () => {
    const text = await select(TWO, { databases: new Map([['a', 'a']]), table: 't2' });
    expect(text).toMatch(/LOCK TABLES `t2` WRITE;\nUNLOCK TABLES;\n/);
    expect(text).not.toMatch(/EVENT|PROCEDURE/);
  });
});

it('lines and rows of any length go by', async () => {
  const long = 'x'.repeat(70_000);
  const text = TWO.replace('CREATE PROCEDURE p;', `-- ${long}\nCREATE PROCEDURE p; # ${long}`).replace(
    'INSERT INTO',
    `INSERT INTO \`t\` VALUES ('${long}');\nINSERT INTO`,
  );
  expect(
    await select(text, {
      databases: new Map([
        ['a', 'a'],
        ['b', 'b'],
      ]),
    }),
  ).toBe(text);
});

it('a dump of the real tool has its name in three lines', async () => {
  const text = await select(SHOP, { databases: new Map([['shop', 'salvage']]) });
  expect(text).toBe(
    SHOP.toString()
      .replace(
        'CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop`',
        'CREATE DATABASE /*!32312 IF NOT EXISTS*/ `salvage`',
      )
      .replaceAll('USE `shop`;', 'USE `salvage`;'),
  );
  expect(text).not.toContain('USE `shop`');
});

const object = (changes: Partial<InventoryObject>): InventoryObject => ({
  ...{ kind: 'table', database: 'a', name: 't', ddlSha256: '', ddl: 'CREATE TABLE `t` (\n  a int\n);\n' },
  ...changes,
});

it.each<[string, Partial<InventoryObject>]>([
  ['a name with a line end', { name: 'x\ny' }],
  [
    'a title in a definition',
    { kind: 'view', ddl: "CREATE VIEW `v` AS select 'x\n--\n-- Current Database: `b`\n--\n'" },
  ],
  ['the lock of a table', { kind: 'procedure', ddl: 'BEGIN\nLOCK TABLES `x` WRITE;\nEND' }],
  [
    'a line like those that are rewritten',
    { kind: 'view', ddl: 'x\nALTER DATABASE `a` CHARACTER SET x COLLATE y ;\n' },
  ],
])('%s: nothing is taken out', (_, changes) => {
  expect(canBeSelected([object({})])).toBe(true);
  expect(canBeSelected([object({}), object(changes)])).toBe(false);
});

it('makes the statement for a database, which fails where there is one', () => {
  const ddl =
    'CREATE DATABASE /*!32312 IF NOT EXISTS*/ `a``b` /*!40100 DEFAULT CHARACTER SET latin1 */;\nUSE `a``b`;\n';
  const database = object({ kind: 'database', database: 'a`b', name: 'a`b', ddl });
  expect(createDatabaseSql(database, 'c`d')).toBe(
    'CREATE DATABASE `c``d` /*!40100 DEFAULT CHARACTER SET latin1 */;\n',
  );
  expect(createDatabaseSql({ ...database, ddl: 'CREATE DATABASE x' }, 'c')).toBeUndefined();
});
