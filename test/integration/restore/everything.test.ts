// A dump that cannot be taken apart without doubt, of a schema that holds everything: whole into an empty server, or not at all. And a
// backup that nobody signed.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dumpInputs } from '../../helpers/dump-inputs.ts';
import { dumpText } from '../../helpers/guides.ts';
import { restoreInputs } from '../../helpers/restore-inputs.ts';
import { runAction } from '../../helpers/runner.ts';
import { DUMP_GRANTS } from '../../lab/lab.ts';
import { createDumpUser, query, startMariadb, type MariadbAddress } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const SERVER = 'everything-unsigned';
const SCHEMA = path.resolve(import.meta.dirname, '../../fixtures/everything.sql');
const DATABASES = ['everything', "-we`ird ⚓ na'me;", 'empty_one'];

let run: LabRun;
let source: MariadbAddress;
let empty: MariadbAddress;
beforeAll(async () => {
  run = await LabRun.start();
  [source, empty] = (
    await Promise.all([startMariadb(run, { hasBinlog: false }), startMariadb(run, { hasBinlog: false })])
  ).map(({ address }) => address) as [MariadbAddress, MariadbAddress];
  await query(source, readFileSync(SCHEMA, 'utf8'));
  await createDumpUser(source, DUMP_GRANTS, lab.mariadb);
  const changes = { server: SERVER, 'db-socket': source.socket, databases: DATABASES.join('\n') };
  const inputs = { ...dumpInputs(lab, changes), 'signing-key': '', 'signing-key-passphrase': '' };
  expect((await runAction('dump', inputs)).exitCode).toBe(0);
});
afterAll(() => run.stop());

const restore = (changes: Record<string, string>) =>
  runAction('restore', restoreInputs(lab, empty, { server: SERVER, ...changes }));
const unsigned = { 'trusted-signers': '', unsigned: 'true' };
const countDatabases = () =>
  query(empty, "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '%everything%'");

it('that nobody signed is refused where signers are given', async () => {
  const { log, exitCode } = await restore({ 'same-names': 'true' });
  expect(log).toContain('(signature-invalid)');
  expect(log).toContain('is not signed');
  expect(exitCode).not.toBe(0);
});

it.each<[string, Record<string, string>]>([
  ['under new names', {}],
  ['one of its databases', { databases: 'everything', 'same-names': 'true' }],
  ['one table', { table: 'everything.numbers' }],
])('is not restored in part or renamed: %s', async (_, changes) => {
  const { log, exitCode } = await restore({ ...unsigned, ...changes });
  expect(log).toContain('(restore-choice)');
  expect(log).toContain('`same-names: true`');
  expect(exitCode).toBe(1);
  expect(await countDatabases()).toBe('0\n');
});

it('comes back whole, as it was', async () => {
  const { log, summary, exitCode } = await restore({ ...unsigned, 'same-names': 'true', accounts: 'true' });
  expect(log).not.toContain('::error');
  expect(exitCode).toBe(0);
  expect(summary).toContain('not checked for a signature');
  const what = [
    '--routines',
    '--events',
    '--ignore-table=everything.broken_view',
    '--databases',
    '--',
    ...DATABASES,
  ];
  expect(await dumpText(empty, what)).toBe(await dumpText(source, what));
});
