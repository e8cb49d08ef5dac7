// The rights of the dump user: too few lose objects without an error, too many could change data. What the error prints must mend it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DumpBench, statementsIn } from '../../helpers/dump-bench.ts';
import { DUMP_GRANTS } from '../../lab/lab.ts';
import { query } from '../../lab/mariadb.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const USER = 'rights_dump';
const ACCOUNT = `'${USER}'@'localhost'`;
const AS_USER = { 'db-user': USER, 'db-password': 'secret' };

let bench: DumpBench;

beforeAll(async () => {
  await query(
    lab.mariadb,
    `CREATE DATABASE rights_shop; USE rights_shop;
     CREATE TABLE item (id INT PRIMARY KEY); INSERT INTO item VALUES (1), (2);
     CREATE VIEW item_view AS SELECT id FROM item;
     CREATE TRIGGER item_trigger BEFORE INSERT ON item FOR EACH ROW SET @seen = NEW.id;
     CREATE EVENT item_event ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM item;
     CREATE PROCEDURE item_count() SELECT COUNT(*) FROM item;
     CREATE DATABASE rights_hidden; CREATE TABLE rights_hidden.item (id INT PRIMARY KEY);`,
  );
  bench = await DumpBench.start(lab, 'faults-rights', { databases: 'rights_shop' });
});

beforeEach(async () => {
  await query(lab.mariadb, `CREATE OR REPLACE USER ${ACCOUNT} IDENTIFIED BY 'secret'`);
});

afterAll(async () => {
  await query(
    lab.mariadb,
    `DROP DATABASE rights_shop; DROP DATABASE rights_hidden; DROP USER IF EXISTS ${ACCOUNT};`,
  );
  bench.stop();
});

const grant = (rights: string) => query(lab.mariadb, `GRANT ${rights} TO ${ACCOUNT}`);
const paste = (statements: readonly string[]) => query(lab.mariadb, statements.join('\n'));

/** Everything that the database holds: what a dump with too few rights would have lost. */
const OBJECTS = ['CREATE TABLE `item`', 'VIEW `item_view`', 'item_trigger', 'item_event', 'item_count'];

async function expectMended(inputs: Readonly<Record<string, string>> = {}): Promise<void> {
  const { backup } = await bench.expectGreen({ ...AS_USER, ...inputs });
  const text = (backup.texts.get('databases') ?? backup.texts.get('rights_shop'))?.toString() ?? '';
  for (const object of OBJECTS) expect(text).toContain(object);
}

describe('a dump user that lacks a right', () => {
  it.each(DUMP_GRANTS.filter((right) => right !== 'SLAVE MONITOR'))(
    '%s, for all databases',
    async (right) => {
      await grant(`${DUMP_GRANTS.filter((other) => other !== right).join(', ')} ON *.*`);
      const message = await bench.expectRed('db-rights-missing', { ...AS_USER, databases: '*' });
      const statements = statementsIn(message);
      expect(statements).toEqual([`GRANT ${right} ON *.* TO \`${USER}\`@\`localhost\`;`]);
      await paste(statements);
      await expectMended({ databases: '*' });
    },
  );

  // Of two patterns the server looks at the more exact one alone: a statement with the one missing right would take the others.
  it.each([
    { pattern: 'rights_shop', printed: 'SELECT, SHOW VIEW, TRIGGER, EVENT' },
    { pattern: String.raw`rights\_shop`, printed: 'EVENT' },
  ])('EVENT, with the others on $pattern', async ({ pattern, printed }) => {
    await grant(`SELECT, SHOW VIEW, TRIGGER ON \`${pattern}\`.*`);
    await grant('SELECT ON mysql.*');
    await grant('RELOAD, BINLOG MONITOR ON *.*');
    const statements = statementsIn(await bench.expectRed('db-rights-missing', AS_USER));
    expect(statements).toEqual([`GRANT ${printed} ON \`rights\\_shop\`.* TO \`${USER}\`@\`localhost\`;`]);
    await paste(statements);
    await expectMended();
  });

  it.each([
    { accounts: 'true', right: 'SELECT ON `mysql`.*' },
    { accounts: 'false', right: 'SELECT ON `mysql`.`proc`' },
  ])('$right, with accounts: $accounts', async ({ accounts, right }) => {
    await grant('SELECT, SHOW VIEW, TRIGGER, EVENT ON rights_shop.*');
    await grant('RELOAD, BINLOG MONITOR ON *.*');
    const statements = statementsIn(await bench.expectRed('db-rights-missing', { ...AS_USER, accounts }));
    expect(statements).toEqual([`GRANT ${right} TO \`${USER}\`@\`localhost\`;`]);
    await paste(statements);
    await expectMended({ accounts });
  });

  it('every right', async () => {
    const message = await bench.expectRed('db-rights-missing', { ...AS_USER, databases: '*' });
    await paste(statementsIn(message));
    await expectMended({ databases: '*' });
  });

  it('to see a database that the inputs name', async () => {
    await grant('SELECT, SHOW VIEW, TRIGGER, EVENT ON rights_shop.*');
    await grant('SELECT ON mysql.*');
    await grant('RELOAD, BINLOG MONITOR ON *.*');
    const message = await bench.expectRed('db-not-found', {
      ...AS_USER,
      databases: 'rights_shop\nrights_hidden',
    });
    expect(message).toContain('rights_hidden');
    expect(message).toContain('It shows: rights_shop');
  });
});

describe('a dump user that may write', () => {
  it.each(['*.*', '`rights_shop`.*', '`rights_shop`.`item`'])('to %s is refused', async (object) => {
    await grant(`${DUMP_GRANTS.join(', ')} ON *.*`);
    await grant(`INSERT ON ${object}`);
    const statements = statementsIn(await bench.expectRed('db-rights-excess', AS_USER));
    expect(statements).toEqual([`REVOKE INSERT ON ${object} FROM \`${USER}\`@\`localhost\`;`]);
    await paste(statements);
    await expectMended();
  });
});
