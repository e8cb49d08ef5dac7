// The real day from a command line: look, fetch, restore; asked before anything is dropped.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dumpInputs } from '../../helpers/dump-inputs.ts';
import { restoreInputs } from '../../helpers/restore-inputs.ts';
import { runAction } from '../../helpers/runner.ts';
import { runStep } from '../../helpers/step.ts';
import { tryCommand } from '../../lab/command.ts';
import { query, startMariadb, type MariadbAddress } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const SERVER = 'commandline';
const CLI = path.resolve(import.meta.dirname, '../../../dist/cli.js');

let run: LabRun;
let live: MariadbAddress;
let id: string;
let variables: Record<string, string>;
beforeAll(async () => {
  run = await LabRun.start();
  live = (await startMariadb(run, { hasBinlog: false })).address;
  await query(
    lab.mariadb,
    'CREATE DATABASE commandline; CREATE TABLE commandline.t (a INT); INSERT INTO commandline.t VALUES (1), (2)',
  );
  const { outputs } = await runAction('dump', dumpInputs(lab, { server: SERVER, databases: 'commandline' }));
  id = outputs['backup-id'] ?? '';
  const inputs = Object.entries(restoreInputs(lab, live, { server: SERVER })).filter(
    ([name]) => name !== 'confirm',
  );
  variables = Object.fromEntries(
    inputs.map(([name, value]) => [`LIFEBOAT_${name.toUpperCase().replaceAll('-', '_')}`, value]),
  );
});
afterAll(async () => {
  await query(lab.mariadb, 'DROP DATABASE commandline');
  await run.stop();
});

const cli = (...args: string[]) => runStep([CLI, ...args], variables);
const rows = () => query(live, 'SELECT COUNT(*) FROM salvage.t');

it('lists, fetches, fetches nothing twice, and restores', async () => {
  const listed = await cli('list');
  expect(listed).toMatchObject({ exitCode: 0 });
  expect(listed.stdout).toMatch(new RegExp(`^1 backup of ${SERVER} [^]*\n${id}  .*  never   commandline\n`));

  const directory = run.path('fetched');
  const fetched = await cli('fetch', 'latest', '--directory', directory);
  expect(fetched.exitCode).toBe(0);
  expect(fetched.stdout).toContain('3 files fetched');
  expect(readdirSync(directory).toSorted()).toEqual([
    ...[
      'accounts.sql.zst.gpg',
      'commandline.sql.zst.gpg',
      'inventory.json.zst.gpg',
      'manifest.json',
      'manifest.json.sig',
    ],
  ]);
  expect((await cli('fetch', id, '--directory', directory)).stdout).toContain(
    '0 files fetched (0 B); 3 files had been there already',
  );

  const restored = await cli('restore', id, '--into', 'salvage');
  expect(restored).toMatchObject({ exitCode: 0, leftovers: [] });
  expect(restored.stdout).toContain('DROP DATABASE `salvage`;');
  expect(await rows()).toBe('2\n');
});

it('drops nothing that nobody confirmed', async () => {
  await query(
    live,
    'CREATE DATABASE IF NOT EXISTS salvage; CREATE OR REPLACE TABLE salvage.t (a INT); INSERT INTO salvage.t VALUES (7)',
  );
  const refused = await cli('restore', id, '--into', 'salvage', '--replace');
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain(`Type exactly: restore ${SERVER} into salvage`);

  // `script` makes a terminal.
  const command = `${process.execPath} ${CLI} restore ${id} --into salvage --replace`;
  const onTerminal = (typed: string) =>
    tryCommand('script', ['-qec', command, '/dev/null'], {
      input: `${typed}\n`,
      env: { PATH: process.env['PATH'], HOME: run.path('.'), TERM: 'xterm', ...variables },
    });
  const declined = await onTerminal('no');
  expect(declined.status).toBe(2);
  expect(declined.stdout.toString()).toContain(`Type "restore ${SERVER} into salvage" to go on: `);
  expect(await rows()).toBe('1\n');

  const agreed = await onTerminal(`restore ${SERVER} into salvage`);
  expect(agreed.status).toBe(0);
  // A line that is drawn again and again.
  expect(agreed.stdout.toString()).toMatch(/\r\x1b\[Kloaded commandline +\d+%  \[/);
  expect(await rows()).toBe('2\n');
});
