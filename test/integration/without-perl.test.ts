// A target that has busybox, zstd, gpg and the database's client, and no perl: its dumps are whole, or red, as anywhere else; what they can
// be compared by is less, and everybody says so.
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DumpProof } from '../../src/domain/proofs/proof.ts';
import { parseDumpProof } from '../helpers/dump-proof.ts';
import { dump, namesOf, refused } from '../helpers/dumped.ts';
import { findWarnings } from '../helpers/expect-failure.ts';
import { restoreInputs } from '../helpers/restore-inputs.ts';
import { RestoreSite } from '../helpers/restore-site.ts';
import { runAction } from '../helpers/runner.ts';
import { getStored } from '../helpers/stored-objects.ts';
import { runCommand } from '../lab/command.ts';
import type { Lab } from '../lab/lab.ts';
import { query, startMariadb } from '../lab/mariadb.ts';
import { startPodmanForSandboxes } from '../lab/sandbox-engines.ts';
import { startTarget } from '../lab/target.ts';
import { useLab } from '../helpers/use-lab.ts';

const FIXTURE = path.resolve(import.meta.dirname, '../fixtures/everything.sql');
const PROGRAMS = ['zstd', 'gpg', 'flock', 'nice', 'mariadb', 'mariadb-dump'] as const;
/** One of its tables has a name that takes two lines. */
const EVERYTHING = {
  databases: 'everything',
  'exclude-tables': 'everything.broken*',
  consistency: 'snapshot',
};
const SMALL = { databases: 'small', accounts: 'false' };
const WHAT = 'rows and definitions';
const LIMIT =
  'only the names of tables and views could be compared: nothing else was taken down when they were dumped';

let site: RestoreSite;
let lab: Lab;
beforeAll(async () => {
  site = await RestoreSite.startWithDatabase(useLab(), startPodmanForSandboxes);
  const { address: ssh } = await startTarget(site.labRun, { isBare: true });
  const applets = (await runCommand('/bin/busybox', ['--list'])).split('\n').filter((name) => name !== '');
  for (const name of applets) symlinkSync('/bin/busybox', path.join(ssh.wrappersDirectory, name));
  lab = { ...site.lab, ssh };
  PROGRAMS.forEach(unwrap);
  await query(lab.mariadb, Readable.from([readFileSync(FIXTURE)]));
  await query(
    lab.mariadb,
    `CREATE DATABASE small; USE small; CREATE TABLE item (id INT PRIMARY KEY AUTO_INCREMENT, name TEXT); INSERT INTO item (name) VALUES ('one'), ('two');
     CREATE TABLE z_last (id INT PRIMARY KEY); CREATE FUNCTION one() RETURNS INT DETERMINISTIC RETURN 1;
     CREATE USER keeper@localhost; GRANT SELECT, EXECUTE ON small.* TO keeper@localhost;
     CREATE DEFINER = keeper@localhost VIEW lower AS SELECT id FROM item; CREATE DEFINER = keeper@localhost VIEW upper AS SELECT id FROM lower;
     CREATE USER changer@localhost; GRANT ALL ON small.* TO changer@localhost;
     CREATE DATABASE locked; CREATE TABLE locked.t (id INT) ENGINE = MyISAM; INSERT INTO locked.t VALUES (1);
     CREATE DATABASE other; CREATE TABLE other.t (id INT); INSERT INTO other.t VALUES (1)`,
  );
});
afterAll(async () => {
  await site.expectClean();
  await site.stop();
});

/** Puts a script before a program; `$real` is the program itself. */
function wrap(program: string, script: string): void {
  const file = path.join(lab.ssh.wrappersDirectory, program);
  rmSync(file, { force: true });
  writeFileSync(file, `#!/bin/sh\nreal=/usr/bin/${program}\n${script}\n`, { mode: 0o755 });
}

function unwrap(program: string): void {
  const file = path.join(lab.ssh.wrappersDirectory, program);
  rmSync(file, { force: true });
  symlinkSync(`/usr/bin/${program}`, file);
}

async function prove(server: string): Promise<{ proof: DumpProof; summary: string }> {
  const run = await site.run({ server });
  expect(run.log).not.toContain('::error');
  expect(run.outputs).toMatchObject({ passed: 'true', level: '1' });
  const key = run.outputs['proof-key'] ?? '';
  const proof = parseDumpProof(await getStored(lab, key), { server, id: key.split('/').at(-2) ?? '' });
  return { proof, summary: run.summary };
}

it('is dumped with all that a schema can hold, and proven to level 1', async () => {
  const { run, backup, inventory } = await dump(lab, 'no-perl', EVERYTHING);
  expect(findWarnings(run)).toContainEqual(expect.stringMatching(/no perl: .*level 1 only\. .*perl-base/));
  expect(run.summary).toContain(`cannot show that ${WHAT} come back: the target had no perl`);
  expect(backup.manifest).toMatchObject({
    notProvable: [{ what: WHAT }],
    databases: [{ name: 'everything', rows: null, plainBytes: backup.texts.get('everything')?.length }],
  });
  expect(inventory).toMatchObject({
    onlyNames: { definers: expect.arrayContaining(['`ghost`@`nowhere`']) as string[] },
    rest: {},
  });
  const listed = await query(
    lab.mariadb,
    `SELECT LOWER(CONCAT(IF(TABLE_TYPE IN ('VIEW', 'SEQUENCE'), TABLE_TYPE, 'table'), ' ', TABLE_NAME)) FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = 'everything' AND TABLE_NAME NOT LIKE 'broken%'`,
  );
  const names = namesOf(inventory, 'everything').map((name) => name.toLowerCase());
  expect(names).toEqual(expect.arrayContaining(listed.split('\n').filter((name) => name !== '')));
  expect(inventory.objects.filter(({ kind }) => kind === 'account').length).toBeGreaterThan(3);

  const { proof, summary } = await prove('no-perl');
  expect(proof).toMatchObject({ level: 1, limits: [LIMIT], notProvable: [{ what: WHAT }] });
  expect(summary.split('\n')[0]).toContain(`(without ${WHAT})`);
  expect(summary).toContain('**Level 1: it loads.**');
});

it('is dumped database by database, and encrypted by the runner; others stand in for accounts', async () => {
  const { backup } = await dump(lab, 'no-perl-runner', {
    ...{ databases: 'small\nother', accounts: 'false', layout: 'per-database', 'encrypt-on': 'runner' },
  });
  expect(backup.manifest['databases']).toMatchObject([{ plainBytes: expect.any(Number) as number }, {}]);
  const { proof } = await prove('no-perl-runner');
  expect(proof.limits).toEqual([expect.stringContaining('others stood in'), LIMIT]);
  expect(proof.counts).toMatchObject({ table: 3, view: 2, function: 1 });
});

it('comes back whole, and not in part', async () => {
  const { backup } = await dump(lab, 'no-perl-restored', { databases: 'small\nother' });
  // One object holds both.
  expect(backup.manifest['databases']).toMatchObject([{ plainBytes: null }, { plainBytes: null }]);
  const { address: empty } = await startMariadb(site.labRun, { hasBinlog: false });
  await query(empty, 'CREATE USER keeper@localhost; GRANT ALL ON *.* TO keeper@localhost');
  const restore = (changes: Record<string, string>) =>
    runAction('restore', restoreInputs(lab, empty, { server: 'no-perl-restored', ...changes }));
  const part = await restore({ databases: 'small' });
  expect(part.log).toContain('(restore-choice)');
  expect(part.log).toContain('on a target without perl');
  const { log, exitCode } = await restore({ 'same-names': 'true' });
  expect(log).not.toContain('::error');
  expect(exitCode).toBe(0);
  expect(await query(empty, 'SELECT * FROM small.item; SELECT * FROM small.upper')).toBe(
    await query(lab.mariadb, 'SELECT * FROM small.item; SELECT * FROM small.upper'),
  );
});

describe('a dump that', () => {
  afterEach(() => PROGRAMS.forEach(unwrap));
  const data = (script: string) =>
    `case " $* " in *" --single-transaction "*) ;; *) exec "$real" "$@" ;; esac\n${script}`;
  const later = (change: string) =>
    data(
      `"$real" "$@" && /usr/bin/mariadb --no-defaults --socket='${lab.mariadb.socket}' --user=changer -e '${change}'`,
    );

  it.each([
    [
      'is cut',
      `"$real" "$@" | { head -c 3000; cat >/dev/null; }`,
      'dump-incomplete',
      'its last line is missing',
    ],
    [
      'lacks a table',
      `file=$1; shift; "$real" "$file" --ignore-table=small.z_last "$@"`,
      'inventory-mismatch',
      'table small.z_last is missing in the dump',
    ],
    [
      'lacks a routine',
      `"$real" "$@" | sed '/^DELIMITER ;;/,/^DELIMITER ;$/d'`,
      'inventory-mismatch',
      'routine, trigger or event small.no. 1 is missing in the dump',
    ],
  ])('%s is red', async (_, script, code, says) => {
    wrap('mariadb-dump', data(script));
    const log = await refused(lab, SMALL);
    expect(log).toContain(`(${code})`);
    expect(log).toContain(says);
  });

  it('lacks an account is red', async () => {
    wrap(
      'mariadb-dump',
      `case " $* " in *" --system=users "*) "$real" "$@" | sed '/^CREATE USER.*keeper/d' ;; *) exec "$real" "$@" ;; esac`,
    );
    expect(await refused(lab, { databases: 'small' })).toMatch(
      /the dump of accounts holds \d accounts, the server lists \d/,
    );
  });

  it.each([
    ['removed', 'DROP TABLE small.z_last', 'table small.z_last was removed'],
    ['changed', 'ALTER TABLE small.z_last ADD more INT', 'a definition is not'],
  ])('is overlapped by a table that is %s is red', async (_, change, says) => {
    wrap('mariadb-dump', later(change));
    const log = await refused(lab, SMALL);
    await query(
      lab.mariadb,
      'DROP TABLE IF EXISTS small.z_last; CREATE TABLE small.z_last (id INT PRIMARY KEY)',
    );
    expect(log).toContain('(catalogue-changed)');
    expect(log).toContain(says);
  });

  it('grep did not read to its end is red', async () => {
    const grep = path.join(lab.ssh.wrappersDirectory, 'grep');
    rmSync(grep);
    const dying = `#!/bin/sh\ncase " $* " in *" -aE "*) head -c 100; kill -KILL $$ ;; esac\nexec /bin/busybox grep "$@"\n`;
    writeFileSync(grep, dying, { mode: 0o755 });
    const log = await refused(lab, SMALL);
    rmSync(grep);
    symlinkSync('/bin/busybox', grep);
    expect(log).toContain('(target-stage-failed)');
  });
});

it.each([
  ['to hold a lock', { databases: 'locked', consistency: 'lock' }, 'end a lock'],
  ['to find names with line breaks', { ...EVERYTHING, 'exclude-tables': '' }, 'everything.broken'],
])('is refused where it takes perl %s', async (_, changes, says) => {
  const log = await refused(lab, { ...changes, 'dry-run': 'true' });
  expect(log).toContain('(target-tool-missing)');
  expect(log).toContain(says);
  expect(log).toContain('perl-base');
});
