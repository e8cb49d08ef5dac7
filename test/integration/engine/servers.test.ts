// Servers as they come: with and without a binary log, with thousands of tables, of another version.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpInputs } from '../../helpers/dump-inputs.ts';
import { dump, type Dumped } from '../../helpers/dumped.ts';
import { runAction } from '../../helpers/runner.ts';
import { DUMP_GRANTS, type Lab } from '../../lab/lab.ts';
import { startMachine, type Machine } from '../../lab/machine.ts';
import { createDumpUser, query, queryRows, startMariadb } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();

describe('the binary log', () => {
  beforeAll(() =>
    query(
      lab.mariadb,
      'CREATE DATABASE logged; CREATE TABLE logged.t (id INT PRIMARY KEY); INSERT INTO logged.t VALUES (1)',
    ),
  );
  afterAll(() => query(lab.mariadb, 'DROP DATABASE logged'));
  const current = async () => (await queryRows(lab.mariadb, 'SHOW MASTER STATUS'))[0]?.slice(0, 2);

  it('begins anew with a dump, which says where exactly it stands', async () => {
    const before = await current();
    const { backup } = await dump(lab, 'rotating', { databases: 'logged' });
    const [file, position] = (await current()) ?? [];
    expect(file).not.toBe(before?.[0]);
    const [[gtid] = []] = await queryRows(lab.mariadb, 'SELECT @@gtid_binlog_pos');
    const coordinates = backup.manifest['coordinates'] as { position: number };
    expect(coordinates).toEqual({ file, position: expect.any(Number) as number, gtid });
    // The server notes on its own, a little later, that it needs no older file.
    const since = await queryRows(
      lab.mariadb,
      `SHOW BINLOG EVENTS IN '${file ?? ''}' FROM ${coordinates.position}`,
    );
    expect(since.filter(([, , type]) => type !== 'Binlog_checkpoint')).toEqual([]);
    expect(coordinates.position).toBeLessThanOrEqual(Number(position));
  });

  it('goes on when it is told to', async () => {
    const before = await current();
    const { backup } = await dump(lab, 'not-rotating', { databases: 'logged', rotate: 'false' });
    expect((await current())?.[0]).toBe(before?.[0]);
    expect(backup.manifest['coordinates']).toMatchObject({ file: before?.[0] });
  });
});

it('dumps a server without binary log, and with lost+found in its data directory', async () => {
  const run = await LabRun.start();
  try {
    const { address } = await startMariadb(run, { hasBinlog: false });
    mkdirSync(path.join(address.dataDirectory, 'lost+found'), { mode: 0o700 });
    await query(
      address,
      'CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY); INSERT INTO d.t VALUES (1)',
    );
    expect(await query(address, 'SHOW DATABASES')).toContain('lost+found');
    const user = { dumpUser: 'dumper', dumpPassword: 'x' };
    await createDumpUser(address, DUMP_GRANTS, user);
    const { backup } = await dump({ ...lab, mariadb: { ...address, ...user } }, 'no-binlog', {});
    expect(backup.manifest['coordinates']).toBeNull();
    expect(JSON.stringify(backup.manifest['pitrAnchor'])).toContain('writes no binary log');
    expect(backup.manifest['excluded']).toMatchObject({ databases: ['#mysql50#lost+found'] });
  } finally {
    await run.stop();
  }
});

it('dumps 2,000 tables, and leaves out 2,000 more by name', async () => {
  const count = 2000;
  const create = (database: string) =>
    Array.from(
      { length: count },
      (_, index) =>
        `CREATE TABLE ${database}.a_table_with_a_name_of_some_length_${index} (id INT PRIMARY KEY);`,
    );
  await query(
    lab.mariadb,
    `SET sql_log_bin = 0; CREATE DATABASE many; CREATE DATABASE more; ${[...create('many'), ...create('more')].join('\n')}
    INSERT INTO many.a_table_with_a_name_of_some_length_7 VALUES (1), (2)`,
  );
  try {
    const { inventory, backup } = await dump(lab, 'many', {
      databases: 'many\nmore',
      'exclude-tables': 'more.*',
    });
    const tables = inventory.objects.filter(({ kind }) => kind === 'table');
    expect(tables).toHaveLength(count);
    expect(tables.reduce((sum, { rows = 0 }) => sum + rows, 0)).toBe(2);
    expect(backup.manifest['excluded']).toMatchObject({ tables: count });
  } finally {
    await query(lab.mariadb, 'SET sql_log_bin = 0; DROP DATABASE many; DROP DATABASE more');
  }
});

describe('a target of other versions', () => {
  let run: LabRun;
  let machine: Machine;
  let there: Lab;
  const inside = async (command: string) => {
    const { status, stdout, stderr } = await machine.exec(['sh', '-c', command]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.toString();
  };
  beforeAll(async () => {
    run = await LabRun.start();
    machine = await startMachine(run);
    await machine.query(
      `CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY); INSERT INTO d.t VALUES (1);
       CREATE USER dumper@localhost IDENTIFIED BY 'machine-secret'; GRANT ${DUMP_GRANTS.join(', ')} ON *.* TO dumper@localhost`,
    );
    const mariadb = {
      ...lab.mariadb,
      socket: machine.socket,
      dumpUser: 'dumper',
      dumpPassword: 'machine-secret',
    };
    const keys = { ...lab.keys, recipients: await makeOcbKeys() };
    there = { ...lab, ssh: { ...lab.ssh, ...machine.address }, mariadb, keys };
  });
  afterAll(() => run.stop());

  /** Keys that prefer what no older gpg reads, and a user there whose gpg would write it. The machine's own gpg says so. */
  async function makeOcbKeys(): Promise<Lab['keys']['recipients']> {
    await inside(
      `install -d -o deploy -m 700 ~deploy/.gnupg; printf 'gnupg\\nforce-ocb\\n' > ~deploy/.gnupg/gpg.conf`,
    );
    const gpg = `runuser -u deploy -- gpg --batch --quiet --pinentry-mode loopback --passphrase ''`;
    const [one, other] = await Promise.all(
      ['one', 'other'].map(async (name) => {
        const able = `--default-preference-list 'AES256 OCB SHA512 Uncompressed'`;
        await inside(`${gpg} ${able} --quick-gen-key ${name}@lab.example future-default default never 2>&1`);
        const [publicKeyPath, secretKeyPath] = [run.path(`${name}.pub.asc`), run.path(`${name}.sec.asc`)];
        writeFileSync(publicKeyPath, await inside(`${gpg} --armor --export ${name}@lab.example`));
        writeFileSync(secretKeyPath, await inside(`${gpg} --armor --export-secret-keys ${name}@lab.example`));
        return { publicKeyPath, secretKeyPath, passphrase: '', fingerprint: '' };
      }),
    );
    if (one === undefined || other === undefined) throw new Error('no keys');
    const recipients = '--trust-model always -r one@lab.example -r other@lab.example';
    expect(await inside(`echo x | ${gpg} ${recipients} --encrypt | ${gpg} --list-packets`)).toContain(
      'tag=20',
    );
    return [one, other];
  }

  it('is dumped in what every gpg reads, and the same without gpg', async () => {
    const first = await dump(there, 'machine', {});
    expect(first.backup.manifest['versions']).toMatchObject({
      server: expect.stringMatching(/^11\.8\./) as string,
    });
    expect(first.backup.manifest['pitrAnchor']).toMatchObject({ isAnchor: true });
    await inside('mv /usr/bin/gpg /usr/bin/gpg.away');
    const without = await runAction('dump', dumpInputs(there, { server: 'refused' }));
    expect(without.log).toContain('the target lacks gpg');
    const again = await dump(there, 'machine-again', { 'encrypt-on': 'runner' });
    await inside('mv /usr/bin/gpg.away /usr/bin/gpg');
    expect(again.inventory.rest).toEqual(first.inventory.rest);
    const plain = ({ inventory }: Dumped) => inventory.objects.filter(({ kind }) => kind !== 'account');
    expect(plain(again)).toEqual(plain(first));
  });

  it('is dumped when its memory file system is full, or not to be written to', async () => {
    const fill =
      'head -c 1G /dev/zero > /dev/shm/full; test "$(df --output=avail /dev/shm | tail -1)" -lt 100';
    for (const spoil of [fill, 'rm -f /dev/shm/full; chmod 755 /dev/shm']) {
      expect((await machine.exec(['sh', '-c', spoil])).status).toBe(0);
      const dryRun = await runAction('dump', dumpInputs(there, { server: 'dry', 'dry-run': 'true' }));
      expect(dryRun.log).not.toContain('::error');
      expect(dryRun.exitCode).toBe(0);
      expect(
        (await machine.exec(['sh', '-c', 'ls -d /tmp/lifeboat.* /dev/shm/lifeboat.*'])).stdout.toString(),
      ).toBe('');
    }
  });
});
