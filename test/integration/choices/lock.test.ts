// Tables without transactions under `consistency: lock`, with somebody who writes to them: the dump shows them at one moment, writers wait
// no longer than they have to, and nothing but these tables is locked. A gate holds the dump where it matters.
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { makeBlobs, makeShop } from '../../helpers/blobs.ts';
import type { CheckedBackup } from '../../helpers/bucket-checker.ts';
import { expectFailure } from '../../helpers/expect-failure.ts';
import { putGate } from '../../helpers/gate.ts';
import { Site } from '../../helpers/site.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const site = Site.on(lab, 'locks');
const DATABASE = 'locks';
const USER = `'${lab.mariadb.dumpUser}'@localhost`;
/** Behind the first table, and far before the last. */
const IN_THE_MIDDLE_BYTES = 1_000_000;

const good: string[] = [];
beforeAll(async () => {
  await makeBlobs(site, DATABASE, 4);
  await site.query(`USE ${DATABASE};
    CREATE TABLE a_first (id INT) ENGINE=MyISAM; CREATE TABLE z_last (id INT) ENGINE=Aria;
    INSERT INTO a_first VALUES (1), (2), (3); INSERT INTO z_last VALUES (1), (2), (3);`);
  await makeShop(site, DATABASE);
});
afterEach(() => site.reset());
afterAll(async () => {
  await site.query(`REVOKE LOCK TABLES ON ${DATABASE}.* FROM ${USER}; DROP DATABASE ${DATABASE}`);
  await site.expectBackups(good);
});

const inputs = { databases: DATABASE, consistency: 'lock' };
/** One after the other: at any moment there are as many, or one more in the first. */
const writeBoth = () =>
  site.query(`USE ${DATABASE}; INSERT INTO a_first VALUES (4); INSERT INTO z_last VALUES (4);`);

const countIn = (backup: CheckedBackup | undefined, table: string): number => {
  const text = backup?.texts.get(DATABASE)?.toString('latin1') ?? '';
  return (
    new RegExp(`^INSERT INTO \`${table}\` VALUES\\n((?:\\(\\d+\\)[,;]\\n)*)`, 'm')
      .exec(text)?.[1]
      ?.match(/\n/g)?.length ?? 0
  );
};

async function lastBackup(id: string | undefined): Promise<CheckedBackup | undefined> {
  good.push(id ?? '');
  return (await site.expectBackups(good)).at(-1);
}

it('is refused without the right to lock, with the statement that grants it', async () => {
  const run = await site.run(inputs);
  const grant = `GRANT LOCK TABLES ON \`${DATABASE}\`.* TO`;
  expectFailure(site, run, { code: 'db-rights-missing', says: [grant] });
  await site.query(`GRANT LOCK TABLES ON ${DATABASE}.* TO ${USER}`);
});

it('tears them apart without a lock', async () => {
  const gate = putGate(site, 'data', IN_THE_MIDDLE_BYTES);
  const run = site.start({ ...inputs, consistency: 'snapshot' });
  await gate.reached();
  await writeBoth();
  gate.open();
  const backup = await lastBackup((await run.ended).outputs['backup-id']);
  expect([countIn(backup, 'a_first'), countIn(backup, 'z_last')]).toEqual([3, 4]);
  await site.query(
    `DELETE FROM ${DATABASE}.a_first WHERE id = 4; DELETE FROM ${DATABASE}.z_last WHERE id = 4`,
  );
});

it('shows them at one moment under the lock, locks nothing else, and says for how long', async () => {
  const gate = putGate(site, 'data', IN_THE_MIDDLE_BYTES);
  const run = site.start(inputs);
  await gate.reached();
  const written = writeBoth();
  await vi.waitFor(
    async () =>
      expect(await site.query('SHOW FULL PROCESSLIST')).toMatch(/Waiting for .*lock\tINSERT INTO a_first/),
    { timeout: 10_000, interval: 50 },
  );
  await site.query(`INSERT INTO ${DATABASE}.item VALUES (500, 'late', 1)`);
  gate.open();
  const { exitCode, outputs, summary } = await run.ended;
  expect(exitCode).toBe(0);
  await written;
  const backup = await lastBackup(outputs['backup-id']);
  expect([countIn(backup, 'a_first'), countIn(backup, 'z_last')]).toEqual([3, 3]);
  expect(backup?.manifest['consistency']).toEqual({
    kind: 'lock',
    uncoveredTables: 0,
    lockedMs: expect.any(Number) as number,
  });
  expect((backup?.manifest['consistency'] as { lockedMs: number }).lockedMs).toBeGreaterThan(50);
  expect(summary).toMatch(/Nobody could write to tables without transactions for \d/);
});

it('gives the lock up at max-lock, and fails', async () => {
  const gate = putGate(site, 'data', IN_THE_MIDDLE_BYTES);
  const run = site.start({ ...inputs, 'max-lock': '1s' });
  await gate.reached();
  await writeBoth();
  gate.open();
  expectFailure(site, await run.ended, { code: 'lock-too-long', says: ['for 1 seconds (max-lock)'] });
});

it('is let go when the runner is killed', async () => {
  const gate = putGate(site, 'data', IN_THE_MIDDLE_BYTES);
  const { child, ended } = site.start(inputs);
  await gate.reached();
  const written = writeBoth();
  child.kill('SIGKILL');
  await ended;
  await written;
});

it('does not count when the lock was lost on the way', async () => {
  const gate = putGate(site, 'data', IN_THE_MIDDLE_BYTES);
  const run = site.start(inputs);
  await gate.reached();
  const id = await site.query(
    `SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '${lab.mariadb.dumpUser}' AND COMMAND = 'Sleep'`,
  );
  await site.query(`KILL ${id}`);
  gate.open();
  const { exitCode } = await run.ended;
  expect(exitCode).toBe(1);
  await site.expectNothingNew(good);
});
