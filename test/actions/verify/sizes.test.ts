// Whether the newest dump holds what those before it held, all of it, and of the same server.
import { beforeEach, describe, expect, it } from 'vitest';
import { dumpFolder } from '../../../src/domain/stores/object-names.ts';
import { itIsRed, linesOf, USUAL, useVerifyBench } from '../../helpers/use-verify-bench.ts';
import { DUMPS } from '../../helpers/verify-bench.ts';

const bench = useVerifyBench();

itIsRed(bench, [
  {
    what: 'another database server has the name',
    spoil: (store) =>
      store.addDump('20261122T031512Z-00000004-mariadb', '2026-11-22T03:15:12.000Z', (manifest) => ({
        ...manifest,
        source: { ...manifest.source, serverId: 4712 },
        ...{ coordinates: null, pitrAnchor: { isAnchor: false, reasons: ['there are no coordinates'] } },
      })),
    red: [
      /^identity: 1 backup, the newest `20261122T031512Z-00000004-mariadb`, of another database server \(host .*, server_id 4712, .*\) than the newest of all, `binlog\.000002/,
    ],
  },
  {
    what: 'the newest dump is smaller than it may be',
    spoil: () => undefined,
    // Of SQL there are 8.0 kB.
    inputs: { 'min-size': '7kB' },
    red: [
      /^size: the dump `20261122T030512Z-00000003-mariadb` is stored in 6\.3 kB, less than `min-size` \(7\.0 kB\)$/,
    ],
  },
  {
    what: 'the rows of a database shrank',
    spoil: (store) =>
      store.addDump('20261122T031512Z-00000004-mariadb', '2026-11-22T03:15:12.000Z', (manifest) => ({
        ...manifest,
        databases: manifest.databases.map((database) => ({ ...database, rows: 2 })),
      })),
    red: [
      /^size: .*, database `shop` has 2 rows, 60% less than the median of the last 3 before it \(5 rows\): more than `max-shrink` \(50%\)$/,
    ],
  },
  {
    what: 'the newest dump is not complete',
    spoil: (store) =>
      store.addDump('20261122T031512Z-00000004-mariadb', '2026-11-22T03:15:12.000Z', (manifest) => ({
        ...{ ...manifest, complete: false, coordinates: null },
        pitrAnchor: { isAnchor: false, reasons: ['it is not complete'] },
      })),
    red: [/^size: the dump `20261122T031512Z-00000004-mariadb` is not complete: something that was chosen/],
  },
]);

describe('a dump with a label, of one database', () => {
  const LABELLED = '20261122T031512Z-00000004-mariadb-before-deploy';
  const STORED = 6_300;
  beforeEach(() =>
    bench().addDump(LABELLED, '2026-11-22T03:15:13.250Z', (manifest) => ({
      ...{ ...manifest, label: 'before-deploy', coordinates: null },
      pitrAnchor: { isAnchor: false, reasons: ['it holds one database'] },
      objects: manifest.objects.slice(0, 1),
    })),
  );

  it('is neither measured by `min-size` nor missed as one that binlogs can be replayed onto', async () => {
    const report = await bench().look({ ...USUAL, 'min-size': `${STORED - 100}B` });
    expect([linesOf(report), linesOf(report, 'warning')]).toEqual([[], []]);
  });

  it('is both where no dump is without a label', async () => {
    for (const id of Object.values(DUMPS)) bench().remove(dumpFolder('atlas', id));
    const report = await bench().look({ ...USUAL, 'min-size': `${STORED - 100}B` });
    expect(linesOf(report)).toContainEqual(
      expect.stringMatching(/^size: the dump `.*-before-deploy` is stored/),
    );
    expect(linesOf(report, 'warning')).toContain(
      'chain: no dump is one that binlogs can be replayed onto: it holds one database',
    );
  });
});

it('takes what shrank and was meant to for what is usual from then on', async () => {
  const shrink = async (id: string, instant: string) =>
    bench().addDump(id, instant, (manifest) => ({
      ...manifest,
      databases: manifest.databases.map((database) => ({ ...database, rows: 2 })),
    }));
  await shrink('20261122T031512Z-00000004-mariadb', '2026-11-22T03:15:12.000Z');
  await shrink('20261122T032512Z-00000005-mariadb', '2026-11-22T03:25:12.000Z');
  expect(linesOf(await bench().look(USUAL))).toHaveLength(1);
  const acknowledged = 'size:atlas:20261122T031512Z-00000004-mariadb';
  expect(linesOf(await bench().look({ ...USUAL, acknowledge: acknowledged }))).toEqual([]);
});

it('a server that was replaced can be acknowledged once for all, whatever its successor ships', async () => {
  await bench().addDump('20261119T030512Z-0000000a-mariadb', '2026-11-19T03:05:12.000Z', (own) => ({
    ...own,
    source: { ...own.source, hostName: 'replaced' },
    coordinates: { file: 'binlog.000090', position: 500, gtid: '0-1-1' },
  }));
  const { findings } = await bench().look(USUAL);
  const subjects = findings.flatMap(({ severity, subject }) => (severity === 'red' ? [subject] : []));
  expect(subjects).toEqual([
    'chain:atlas:20261119T030512Z-0000000a-mariadb',
    'identity:atlas:20261119T030512Z-0000000a-mariadb',
  ]);
  await bench().addBinlog('binlog.000003.20261122T042001Z-000000b3', {
    ...{ name: 'binlog.000003', next: 'binlog.000004' },
    ...{ gtidsBefore: '0-4711-30', gtidsAfter: '0-4711-40' },
    ...{ createdAt: '2026-11-22T04:00:00.000Z', closedAt: '2026-11-22T04:20:00.000Z' },
  });
  expect(linesOf(await bench().look({ ...USUAL, acknowledge: subjects.join('\n') }))).toEqual([]);
});
