// Tables that a snapshot does not hold still, nothing to dump, a row of 100 MB, and what is left out on purpose.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DumpBench } from '../../helpers/dump-bench.ts';
import { query, startMariadb } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const DATABASES = ['tables_plain', 'tables_mixed', 'tables_none', 'tables_large', 'tables_views'];
const LARGE_ROW_BYTES = 100_000_000;

let bench: DumpBench;

beforeAll(async () => {
  await query(
    lab.mariadb,
    `${DATABASES.map((name) => `CREATE DATABASE ${name};`).join(' ')}
     CREATE TABLE tables_plain.item (id INT PRIMARY KEY); INSERT INTO tables_plain.item VALUES (1);
     CREATE TABLE tables_plain.bare (id INT PRIMARY KEY);
     CREATE TABLE tables_plain.cold (id INT PRIMARY KEY) ENGINE=MyISAM;
     USE tables_mixed;
     CREATE TABLE safe (id INT PRIMARY KEY); INSERT INTO safe VALUES (1);
     CREATE TABLE my (id INT PRIMARY KEY) ENGINE=MyISAM; INSERT INTO my VALUES (1), (2);
     CREATE TABLE crash (id INT PRIMARY KEY) ENGINE=Aria; INSERT INTO crash VALUES (1);
     CREATE TABLE brief (id INT PRIMARY KEY) ENGINE=MEMORY; INSERT INTO brief VALUES (1);
     USE tables_views;
     CREATE TABLE gone (id INT PRIMARY KEY); CREATE TABLE item (id INT PRIMARY KEY);
     CREATE VIEW broken AS SELECT id FROM gone; DROP TABLE gone;
     CREATE TABLE tables_large.blobs (id INT PRIMARY KEY, content LONGBLOB);
     INSERT INTO tables_large.blobs VALUES (1, REPEAT('\\0\\'\\nabcde', ${LARGE_ROW_BYTES / 8}));`,
  );
  bench = await DumpBench.start(lab, 'faults-tables', { databases: 'tables_plain', accounts: 'false' });
});

afterAll(async () => {
  await query(lab.mariadb, DATABASES.map((name) => `DROP DATABASE ${name};`).join(' '));
  bench.stop();
});

describe('tables without transactions', () => {
  it('are refused by name when they hold rows', async () => {
    const message = await bench.expectRed('db-not-transactional', { databases: 'tables_mixed' });
    for (const table of ['my (MyISAM)', 'crash (Aria)', 'brief (MEMORY)']) {
      expect(message).toContain(`tables_mixed.${table}`);
    }
    expect(message).not.toContain('tables_mixed.safe');
  });

  it('are dumped with a warning under consistency: snapshot, and make no anchor', async () => {
    const { run, backup } = await bench.expectGreen({ databases: 'tables_mixed', consistency: 'snapshot' });
    expect(run.log).toMatch(/^::warning.*tables_mixed\.my/m);
    expect(backup.manifest['consistency']).toMatchObject({ uncoveredTables: 3 });
    expect(backup.manifest['pitrAnchor']).toMatchObject({ isAnchor: false });
    expect(backup.texts.get('tables_mixed')?.toString()).toContain('INSERT INTO `my` VALUES\n(1),\n(2);');
  });

  it('are no obstacle when they are left out', async () => {
    const { backup } = await bench.expectGreen({
      databases: 'tables_mixed',
      'exclude-tables': 'tables_mixed.my\ntables_mixed.cr*\n*.brief',
    });
    const text = backup.texts.get('tables_mixed')?.toString() ?? '';
    expect([...text.matchAll(/^CREATE TABLE `(.*)`/gm)].map(([, name]) => name)).toEqual(['safe']);
  });
});

describe('nothing', () => {
  it('in a table is fine, whatever its engine', async () => {
    const { backup } = await bench.expectGreen();
    const text = backup.texts.get('tables_plain')?.toString() ?? '';
    expect(text).toContain('CREATE TABLE `bare`');
    expect(text).toContain('CREATE TABLE `cold`');
  });

  it('in a database is refused, unless allow-empty says so', async () => {
    const message = await bench.expectRed('db-empty', { databases: 'tables_none' });
    expect(message).toContain('there is no table in tables_none');
    const { backup } = await bench.expectGreen({ databases: 'tables_none', 'allow-empty': 'true' });
    expect(backup.texts.get('tables_none')?.toString()).toContain('CREATE DATABASE');
  });
});

describe('what the inputs name', () => {
  it('must be there, also to be left out', async () => {
    const table = await bench.expectRed('db-not-found', { 'exclude-tables': 'tables_plain.itm' });
    expect(table).toContain('tables_plain.itm');
    const database = await bench.expectRed('db-not-found', { databases: 'tables_plian' });
    expect(database).toContain('tables_plian');
  });

  it('may be a broken view: kept apart, or refused', async () => {
    const message = await bench.expectRed('inventory-mismatch', {
      databases: 'tables_views',
      'broken-views': 'fail',
    });
    expect(message).toContain('tables_views.broken');
    const { run, backup } = await bench.expectGreen({ databases: 'tables_views' });
    expect(run.log).toMatch(/^::warning.*tables_views\.broken/m);
    expect(backup.texts.get('inventory')?.toString()).toContain('"name": "broken"');
  });
});

describe('a row of 100 MB', () => {
  it('comes back equal', async () => {
    const { backup } = await bench.expectGreen({ databases: 'tables_large' });
    const digest = 'SELECT id, LENGTH(content), SHA2(content, 256) FROM tables_large.blobs';
    const labRun = await LabRun.start();
    try {
      const { address } = await startMariadb(labRun, { hasBinlog: false });
      await query(address, backup.texts.get('tables_large')?.toString('latin1') ?? '');
      expect(await query(address, digest)).toBe(await query(lab.mariadb, digest));
    } finally {
      await labRun.stop();
    }
  });
});
