// A server that is written to while it is dumped: the dump shows one instant of it, and the coordinates name that instant.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CheckedBackup } from '../../helpers/bucket-checker.ts';
import { DumpBench } from '../../helpers/dump-bench.ts';
import { runCommand } from '../../lab/command.ts';
import { query, queryRows, startMariadb, type MariadbAddress } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const ROWS = 1_000;
const AMOUNT = 1_000_000;
const GENERAL_LOG = path.join(lab.mariadb.dataDirectory, 'consistency.log');
const SUMS = 'SELECT (SELECT SUM(amount) FROM bank.savings) + (SELECT SUM(amount) FROM bank.current)';
const ENTRIES = 'SELECT COUNT(*) FROM bank.entry';

let bench: DumpBench;
let labRun: LabRun;
let restored: MariadbAddress;
let backup: CheckedBackup;
let generalLog: string;
let [entriesBefore, entriesAfter] = [0, 0];
let binlogBefore: string | undefined;

beforeAll(async () => {
  labRun = await LabRun.start();
  restored = (await startMariadb(labRun, { hasBinlog: false })).address;
  await query(
    lab.mariadb,
    `CREATE DATABASE bank; USE bank;
     CREATE TABLE savings (id INT PRIMARY KEY, amount BIGINT); CREATE TABLE current LIKE savings;
     CREATE TABLE entry (id INT PRIMARY KEY AUTO_INCREMENT, amount BIGINT);
     INSERT INTO savings SELECT seq, ${AMOUNT} FROM seq_1_to_${ROWS};
     INSERT INTO current SELECT * FROM savings;
     CREATE DATABASE bank_control; USE bank_control;
     CREATE TABLE switch (is_on INT); INSERT INTO switch VALUES (1);
     DELIMITER //
     CREATE PROCEDURE move_money() BEGIN
       DECLARE n INT DEFAULT 0;
       WHILE (SELECT is_on FROM bank_control.switch) DO
         SET n = n + 1;
         START TRANSACTION;
         UPDATE bank.savings SET amount = amount - n WHERE id = 1 + n * 7 % ${ROWS};
         INSERT INTO bank.entry (amount) VALUES (n);
         UPDATE bank.current SET amount = amount + n WHERE id = 1 + n * 11 % ${ROWS};
         COMMIT;
       END WHILE;
     END //`,
  );
  bench = await DumpBench.start(lab, 'faults-consistency', { databases: 'bank', accounts: 'false' });
  binlogBefore = (await listBinlogs()).at(-1);
  await query(lab.mariadb, `SET GLOBAL general_log_file = '${GENERAL_LOG}', GLOBAL general_log = 1`);
  const writer = query(lab.mariadb, 'CALL bank_control.move_money()');
  await vi.waitFor(async () => expect(await countEntries(lab.mariadb)).toBeGreaterThan(100), 30_000);
  entriesBefore = await countEntries(lab.mariadb);
  ({ backup } = await bench.expectGreen());
  await query(lab.mariadb, 'UPDATE bank_control.switch SET is_on = 0; SET GLOBAL general_log = 0;');
  await writer;
  entriesAfter = await countEntries(lab.mariadb);
  generalLog = readFileSync(GENERAL_LOG, 'utf8');
  await query(restored, backup.texts.get('bank')?.toString() ?? '');
});

afterAll(async () => {
  await query(lab.mariadb, 'SET GLOBAL general_log = 0; DROP DATABASE bank; DROP DATABASE bank_control;');
  bench.stop();
  await labRun.stop();
});

async function countEntries(server: MariadbAddress): Promise<number> {
  return Number(await query(server, ENTRIES));
}

async function listBinlogs(): Promise<string[]> {
  return (await queryRows(lab.mariadb, 'SHOW BINARY LOGS')).map(([name = '']) => name);
}

describe('a dump while money moves between two tables', () => {
  it('holds the exact sum of one instant, in the middle of the writing', async () => {
    expect(Number(await query(restored, SUMS))).toBe(2 * ROWS * AMOUNT);
    const entries = await countEntries(restored);
    expect(entries).toBeGreaterThanOrEqual(entriesBefore);
    expect(entries).toBeLessThan(entriesAfter);
  });

  it('locks nobody out', () => {
    expect(generalLog).toMatch(/START TRANSACTION.*WITH CONSISTENT SNAPSHOT/);
    expect(generalLog).not.toMatch(/FLUSH .*TABLES.* WITH READ LOCK/i);
    expect(generalLog).not.toMatch(/LOCK TABLES .*WRITE/i);
  });

  it('begins a new binary log, and says where in it the dump stands', async () => {
    const { file, position } = coordinates();
    const binlogs = await listBinlogs();
    expect(file).toBe(binlogs.at(-1));
    expect(file).not.toBe(binlogBefore);
    expect(position).toBeGreaterThan(4);
  });

  // An entry too many would be a duplicate key, an entry too few would be missing.
  it('becomes the source when the binary log is replayed from there', async () => {
    const { file, position } = coordinates();
    const events = await runCommand('mariadb-binlog', [
      ...['--no-defaults', `--start-position=${position}`, '--database=bank'],
      path.join(lab.mariadb.dataDirectory, file),
    ]);
    await query(restored, events);
    expect(await countEntries(restored)).toBe(entriesAfter);
    for (const table of ['savings', 'current', 'entry']) {
      const rows = `SELECT * FROM bank.${table} ORDER BY id`;
      expect(await query(restored, rows)).toBe(await query(lab.mariadb, rows));
    }
  });
});

function coordinates(): { readonly file: string; readonly position: number } {
  return backup.manifest['coordinates'] as { file: string; position: number };
}
