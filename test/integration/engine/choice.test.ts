// What is dumped, what is left out, and what is refused.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBucket } from '../../helpers/bucket-checker.ts';
import { dumpInputs } from '../../helpers/dump-inputs.ts';
import { dump, namesOf, refused } from '../../helpers/dumped.ts';
import { runAction } from '../../helpers/runner.ts';
import { DUMP_GRANTS, type Lab } from '../../lab/lab.ts';
import { createDumpUser, query, startMariadb } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const ROOT = path.resolve(import.meta.dirname, '../../..');

describe('the choice', () => {
  // A server of its own: `*` means every database that is there.
  let run: LabRun;
  let own: Lab;
  beforeAll(async () => {
    run = await LabRun.start();
    const { address } = await startMariadb(run);
    const user = { dumpUser: 'dumper', dumpPassword: 'choice-secret' };
    await createDumpUser(address, DUMP_GRANTS, user);
    own = { ...lab, mariadb: { ...address, ...user } };
  });
  beforeAll(() =>
    query(
      own.mariadb,
      `CREATE DATABASE shop; CREATE DATABASE \`my-wiki\`; CREATE DATABASE hollow;
       CREATE TABLE shop.item (id INT PRIMARY KEY); INSERT INTO shop.item VALUES (1), (2);
       CREATE TABLE shop.cache_a (id INT PRIMARY KEY); CREATE TABLE shop.cache_b (id INT PRIMARY KEY);
       CREATE TRIGGER shop.kept BEFORE INSERT ON shop.item FOR EACH ROW SET NEW.id = NEW.id;
       CREATE TRIGGER shop.cached BEFORE INSERT ON shop.cache_a FOR EACH ROW SET NEW.id = NEW.id;
       CREATE TABLE \`my-wiki\`.page (id INT PRIMARY KEY, t TEXT); INSERT INTO \`my-wiki\`.page VALUES (1, REPEAT('x', 60000));
       CREATE TABLE shop.gone (id INT); CREATE VIEW shop.\`é
of lines\` AS SELECT id FROM shop.gone; CREATE VIEW shop.\`e
of lines\` AS SELECT id FROM shop.item; DROP TABLE shop.gone;`,
    ),
  );
  afterAll(() => run.stop());

  it('leaves out what it is told to, says so, and is no anchor then', async () => {
    const { backup, inventory, run } = await dump(own, 'choice', {
      'exclude-databases': 'hollow',
      'exclude-tables': 'shop.cache_*',
    });
    expect(namesOf(inventory, 'shop')).toEqual([
      'database shop',
      'table item',
      'trigger kept',
      'view e\nof lines',
    ]);
    expect(namesOf(inventory, 'my-wiki')).toEqual(['database my-wiki', 'table page']);
    expect(backup.manifest['excluded']).toMatchObject({ tables: 2, brokenViews: 1 });
    expect(backup.manifest['pitrAnchor']).toMatchObject({
      isAnchor: false,
      reasons: expect.arrayContaining(['2 tables left out']) as string[],
    });
    expect(run.summary).toContain('Point-in-time recovery cannot start here');
  });

  it('keeps the text of a broken view in the inventory, and of no other', async () => {
    const { inventory, run } = await dump(own, 'broken', { databases: 'shop' });
    expect(inventory.brokenViews).toEqual([
      {
        ...{ database: 'shop', name: 'é\nof lines' },
        text: expect.stringContaining('`shop`.`gone`') as string,
        error: expect.stringContaining('references invalid') as string,
      },
    ]);
    expect(run.summary).toContain('These views are broken');
    expect(await refused(own, { databases: 'shop', 'broken-views': 'fail' })).toContain(
      'these views cannot be dumped',
    );
  });

  it('needs a reason to store nothing', async () => {
    expect(await refused(own, { databases: 'hollow' })).toContain('there is no table in hollow');
    const { backup } = await dump(own, 'hollow', {
      databases: 'hollow',
      'allow-empty': 'true',
      label: 'nightly',
      set: 'Night-7',
    });
    expect(backup.id).toMatch(/-mariadb-nightly$/);
    expect(backup.manifest).toMatchObject({ label: 'nightly', set: 'Night-7' });
    expect(backup.manifest['databases']).toEqual([
      expect.objectContaining({ name: 'hollow', tables: 0, rows: 0 }),
    ]);
  });

  it('counts nothing that is smaller than it should be', async () => {
    // Of SQL it has 60 kB.
    expect(await refused(own, { databases: 'my-wiki', 'min-size': '40kB' })).toMatch(
      /stored in \d\.\d kB, less than min-size \(40\.0 kB\)/,
    );
  });

  it('writes nothing in a dry run', async () => {
    const run = await runAction(
      'dump',
      dumpInputs(own, { server: 'dry', databases: 'shop', 'dry-run': 'true' }),
    );
    expect(run.exitCode).toBe(0);
    expect(run.summary).toContain('nothing was written');
    expect((await checkBucket(lab, 'dry')).keys).toEqual([]);
  });

  it('is no anchor for a user that may not read everything', async () => {
    await query(
      own.mariadb,
      `CREATE USER narrow_one@localhost IDENTIFIED BY 'narrow-secret'; GRANT RELOAD, BINLOG MONITOR ON *.* TO narrow_one@localhost;
       GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON \`my-wiki\`.* TO narrow_one@localhost; GRANT SELECT ON mysql.* TO narrow_one@localhost;`,
    );
    const narrow = { 'db-user': 'narrow_one', 'db-password': 'narrow-secret', databases: 'my-wiki' };
    const { backup } = await dump(own, 'narrow', narrow);
    expect(JSON.stringify(backup.manifest['pitrAnchor'])).toContain('may not read every database');
    await query(own.mariadb, 'REVOKE TRIGGER ON `my-wiki`.* FROM narrow_one@localhost');
    expect(await refused(own, narrow)).toContain('GRANT TRIGGER ON `my-wiki`.* TO `narrow_one`@`localhost`;');
    await query(own.mariadb, 'GRANT TRIGGER, INSERT ON `my-wiki`.* TO narrow_one@localhost');
    expect(await refused(own, narrow)).toContain(
      'REVOKE INSERT ON `my-wiki`.* FROM `narrow_one`@`localhost`;',
    );
    await query(own.mariadb, 'DROP USER narrow_one@localhost');
  });

  it('says that the rights of PUBLIC are not in the dump', async () => {
    await query(own.mariadb, 'GRANT SELECT ON shop.* TO PUBLIC');
    const { run, backup } = await dump(own, 'public', { databases: 'shop' });
    await query(own.mariadb, 'REVOKE SELECT ON shop.* FROM PUBLIC');
    expect(run.summary).toContain('The rights granted to PUBLIC are not in the dump');
    expect(JSON.stringify(backup.manifest['notProvable'])).toContain('PUBLIC');
  });

  it('works from the command line into a directory, and ends with the documented status', () => {
    const store = mkdtempSync(path.join(lab.directory, 'store-'));
    const forBucket = dumpInputs(own, { databases: 'shop', store: `file://${store}`, accounts: 'false' });
    const inputs = Object.fromEntries(
      Object.entries(forBucket).filter(([name]) => !name.startsWith('store-')),
    );
    const status = (changes: Record<string, string>) => runCommandLine({ ...inputs, ...changes });
    expect(status({})).toEqual({ status: 0, said: '' });
    const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.map(({ name }) => name).toSorted()).toEqual([
      'inventory.json.zst.gpg',
      'manifest.json',
      'manifest.json.sig',
      'shop.sql.zst.gpg',
    ]);
    expect(status({ databases: 'nowhere' })).toMatchObject({
      status: 1,
      said: expect.stringContaining('nowhere') as string,
    });
    expect(status({ 'ssh-host': '' })).toMatchObject({ status: 2 });
    expect(
      readdirSync(store, { recursive: true }).filter((name) => String(name).endsWith('manifest.json')),
    ).toHaveLength(1);
  });
});

/** Secrets and long texts in files, the rest in argv; `--db-password-file` means a file on the target. */
function runCommandLine(inputs: Readonly<Record<string, string>>): { status: number; said: string } {
  const directory = mkdtempSync(path.join(lab.directory, 'inputs-'));
  const { 'db-password': password, ...others } = inputs;
  const args = Object.entries(others).flatMap(([name, value]) => {
    if (!/key|password|passphrase|recipients|known-hosts/.test(name)) return [`--${name}`, value];
    const file = path.join(directory, name);
    writeFileSync(file, value, { mode: 0o600 });
    return [`--${name}-file`, file];
  });
  try {
    execFileSync(process.execPath, [path.join(ROOT, 'dist/cli.js'), 'dump', ...args], {
      env: { PATH: process.env['PATH'], HOME: directory, LIFEBOAT_DB_PASSWORD: password },
      stdio: 'pipe',
    });
    return { status: 0, said: '' };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: Buffer };
    return { status, said: stderr.toString() };
  }
}
