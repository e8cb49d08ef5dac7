// A dump with an object for each database, whose rows have another form than usual: proven, and brought back whole and in part.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DumpManifest } from '../../../src/domain/dumps/manifest.ts';
import { dataStem } from '../../../src/domain/stores/object-names.ts';
import { parseDumpProof } from '../../helpers/dump-proof.ts';
import { dump, refused, type Dumped } from '../../helpers/dumped.ts';
import { dumpText } from '../../helpers/guides.ts';
import { restoreInputs } from '../../helpers/restore-inputs.ts';
import { RestoreSite } from '../../helpers/restore-site.ts';
import { runAction } from '../../helpers/runner.ts';
import { getStored, removeStored } from '../../helpers/stored-objects.ts';
import { query, startMariadb, type MariadbAddress } from '../../lab/mariadb.ts';
import { startDockerForSandboxes } from '../../lab/sandbox-engines.ts';
import { useLab } from '../../helpers/use-lab.ts';

const SERVER = 'per-database';
/** Looks like the end of a line in the text of a dump: nothing could be taken out of a dump that holds it among others. */
const ODD = "x/..`'\n⚓";
/** A view of the first shows tables of the next two. */
const FILLED = ['a_reports', 'Shop', 'shop', ODD];
const EMPTY = ['panel_1', 'panel_2', 'accounts'];

let site: RestoreSite;
let source: MariadbAddress;
let empty: MariadbAddress;
let dumped: Dumped;
let manifest: DumpManifest;
beforeAll(async () => {
  site = await RestoreSite.startWithDatabase(useLab(), startDockerForSandboxes);
  source = site.lab.mariadb;
  empty = (await startMariadb(site.labRun, { hasBinlog: false })).address;
  await query(
    source,
    `CREATE DATABASE Shop; CREATE TABLE Shop.item (id INT PRIMARY KEY); INSERT INTO Shop.item VALUES (7);
     CREATE DATABASE shop; USE shop; CREATE TABLE item (id INT PRIMARY KEY, name TEXT, twice INT AS (id * 2));
     INSERT INTO item (id, name) SELECT seq, REPEAT(seq, 90) FROM seq_1_to_500;
     CREATE DATABASE a_reports; CREATE VIEW a_reports.best AS SELECT i.id FROM shop.item i JOIN Shop.item USING (id);
     CREATE DATABASE \`x/..\`\`'
⚓\`; CREATE TABLE \`x/..\`\`'
⚓\`.t (id INT); INSERT INTO \`x/..\`\`'
⚓\`.t VALUES (1), (2);
     ${EMPTY.map((name) => `CREATE DATABASE ${name};`).join(' ')}`,
  );
  dumped = await dump(site.lab, SERVER, {
    layout: 'per-database',
    'extra-args': '--complete-insert\n--net_buffer_length=4096',
  });
  manifest = dumped.backup.manifest as unknown as DumpManifest;
});
afterAll(async () => {
  await site.expectClean();
  await site.stop();
});

const dataObjects = () => manifest.objects.filter(({ role }) => role === 'data');

it('has an object for each database, under a name that is its own, and says whose it is', () => {
  expect(
    dataObjects()
      .map(({ databases }) => databases?.[0])
      .toSorted(),
  ).toEqual([...FILLED, ...EMPTY].toSorted());
  for (const { name, databases = [], plainBytes } of dataObjects()) {
    expect(name).toBe(dataStem(databases));
    expect(plainBytes).toBe(dumped.backup.texts.get(name)?.length);
  }
  expect(manifest.databases.map(({ name }) => name)).toEqual(
    dataObjects().flatMap(({ databases = [] }) => databases),
  );
  expect(manifest).toMatchObject({
    layout: 'per-database',
    coordinates: null,
    pitrAnchor: { isAnchor: false },
  });
  expect(manifest.databases.find(({ name }) => name === 'shop')).toMatchObject({ tables: 1, rows: 500 });
  expect(Object.keys(dumped.inventory.rest)).toEqual(dataObjects().map(({ name }) => name));
});

it('holds rows in the form that was asked for', () => {
  const inserts = dumped.backup.texts
    .get('shop')
    ?.toString()
    .match(/^INSERT INTO `item` \(`id`, `name`/gm);
  expect(inserts?.length).toBeGreaterThan(10);
  expect(dumped.inventory.dumpOptions).toEqual(['--complete-insert', '--net-buffer-length=4096']);
});

it('is proven, row by row', async () => {
  const { outputs, exitCode, log } = await site.run({ server: SERVER });
  expect(log).not.toContain('::error');
  expect(exitCode).toBe(0);
  expect(outputs).toMatchObject({ passed: 'true', level: '3' });
  const key = outputs['proof-key'] ?? '';
  const proof = parseDumpProof(await getStored(site.lab, key), {
    server: SERVER,
    id: key.split('/').at(-2) ?? '',
  });
  expect(proof.limits).toEqual(['what stands between the definitions could not be compared']);
  expect(proof.counts).toMatchObject({ database: 7, table: 3, view: 1 });
});

it('comes back with stock tools, its objects in the order of the manifest', async () => {
  for (const { name } of dataObjects()) await query(empty, dumped.backup.texts.get(name)?.toString() ?? '');
  const what = ['--databases', '--', ...FILLED, ...EMPTY];
  expect(await dumpText(empty, what)).toBe(await dumpText(source, what));
});

it('gives back one database with nothing but its own object', async () => {
  for (const { parts, databases } of dataObjects())
    if (databases?.[0] !== 'shop') for (const { key } of parts) await removeStored(site.lab, key);
  const changes = { server: SERVER, databases: 'shop', into: 'again' };
  const { log, exitCode } = await runAction('restore', restoreInputs(site.lab, empty, changes));
  expect(log).not.toContain('::error');
  expect(exitCode).toBe(0);
  const rows = (database: string) => `SELECT * FROM ${database}.item ORDER BY id`;
  expect(await query(empty, rows('again'))).toBe(await query(source, rows('shop')));
  const other = restoreInputs(site.lab, empty, { ...changes, databases: 'Shop', into: 'gone' });
  expect((await runAction('restore', other)).log).toContain('(object-mismatch)');
});

it('is refused where views show each other in a circle', async () => {
  await query(source, 'CREATE VIEW shop.back AS SELECT id FROM a_reports.best');
  expect(await refused(site.lab, { layout: 'per-database' })).toContain('in a circle: ');
});
