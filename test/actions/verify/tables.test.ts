// Tables that went away, as dumps and the newest restore test count them.
import { expect, it } from 'vitest';
import { dumpFolder } from '../../../src/domain/stores/object-names.ts';
import { vectorProof } from '../../helpers/format-store.ts';
import { linesOf, USUAL, useVerifyBench } from '../../helpers/use-verify-bench.ts';
import { DUMPS } from '../../helpers/verify-bench.ts';

const bench = useVerifyBench();

/** With one table less; rows and bytes as before. */
const addFewer = (id: string, instant: string, label?: string) =>
  bench().addDump(id, instant, (manifest) => ({
    ...manifest,
    ...(label === undefined ? {} : { label }),
    databases: manifest.databases.map((database) => ({ ...database, tables: database.tables - 1 })),
  }));

it('tells tables that went since the dump before, and from then on since the restore test', async () => {
  await addFewer('20261122T031512Z-00000004-mariadb', '2026-11-22T03:15:12.000Z');
  expect(linesOf(await bench().look(USUAL), 'warning')).toEqual([
    'size: the dump `20261122T031512Z-00000004-mariadb` has fewer tables than the one before: gone are `shop: 1 of 3`',
  ]);
  await addFewer('20261122T032512Z-00000005-mariadb', '2026-11-22T03:25:12.000Z');
  expect(linesOf(await bench().look(USUAL), 'warning')).toEqual([
    `size: the dump \`20261122T032512Z-00000005-mariadb\` has fewer tables than the restore test \`${vectorProof.id}\` brought back 22 Nov 2026: gone are \`shop: 1 of 3\``,
  ]);
});

it('says nothing of a test of another label, or of a dump before the one that was tested', async () => {
  for (const run of ['20261122T031512Z-00000004', '20261122T032512Z-00000005'])
    await addFewer(`${run}-mariadb-shop`, '2026-11-22T03:15:12.000Z', 'shop');
  expect(linesOf(await bench().look(USUAL), 'warning')).toEqual([]);
  for (const id of [DUMPS.middle, DUMPS.newest]) bench().remove(dumpFolder('atlas', id));
  await addFewer('20261119T031512Z-00000004-mariadb', '2026-11-19T03:15:12.000Z');
  expect(linesOf(await bench().look(USUAL), 'warning')).toEqual([]);
});

it('tells tables that no sandbox could bring back, and why', async () => {
  await bench().addProof('20261122T041000Z-0badcaf2', ({ databases, counts }) => ({
    ...(counts === undefined ? {} : { counts: { ...counts, table: counts.table - 1 } }),
    databases: databases.map((database) => ({ ...database, tables: database.tables - 1 })),
    notProvable: [{ what: '1 table', why: 'its engine is not in the sandbox' }],
    limits: [],
  }));
  const report = await bench().look(USUAL);
  expect(linesOf(report, 'warning')).toEqual([
    'proof: the restore test `20261122T041000Z-0badcaf2` did not bring back every table of its dump: missing are `shop: 1 of 3` (1 table: its engine is not in the sandbox)',
  ]);
  expect(linesOf(report, 'note')).toEqual([
    'proof: what the proof `20261122T041000Z-0badcaf2` does not show: 1 table (its engine is not in the sandbox)',
  ]);
});
