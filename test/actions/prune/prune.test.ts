// The plan for the store of the tests of verify: three dumps, two binlogs, a proof of the oldest dump.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { planServer } from '../../../src/actions/prune/plan.ts';
import { renderPlan } from '../../../src/actions/prune/report.ts';
import { gatherServer } from '../../../src/actions/catalog/gather.ts';
import { binlogKeys } from '../../../src/domain/stores/object-names.ts';
import type { KeyVersions } from '../../../src/ports/store.ts';
import { vectorEncryption } from '../../helpers/format-store.ts';
import { BINLOGS, DUMPS, NOW, VerifyBench } from '../../helpers/verify-bench.ts';

let bench: VerifyBench;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  bench = await VerifyBench.make();
});
afterEach(() => {
  vi.useRealTimers();
  bench[Symbol.dispose]();
});

async function plan(rules: Parameters<typeof planServer>[1]) {
  return planServer(await gather(), rules, NOW);
}

async function gather() {
  const { signal } = new AbortController();
  const store = bench.store.reader;
  const keys = new Map<string, KeyVersions>();
  for await (const current of store.list('atlas', signal))
    keys.set(current.key, { key: current.key, current, hidden: [] });
  const context = {
    store,
    encryption: vectorEncryption,
    ...bench.keys,
    now: NOW,
    signal,
    looksInside: false,
  };
  return gatherServer('atlas', keys, context);
}

it('removes what no rule keeps, and binlogs before the oldest dump of a day', async () => {
  const planned = await plan({ daily: 1, weekly: 0, monthly: 0 });
  expect(planned.keep.map(({ id, why }) => `${id}: ${why}`)).toEqual([
    `${DUMPS.newest}: the newest, daily`,
    `${DUMPS.oldest}: the newest that is proven`,
    `${BINLOGS.second}: shipped after the oldest daily dump`,
  ]);
  expect(planned.remove.map(({ id, why }) => `${id}: ${why}`)).toEqual([
    `${DUMPS.middle}: not the newest of a day, week or month that is kept`,
    `${BINLOGS.first}: shipped before the oldest daily dump, of 22 Nov 2026, 03:05:13 UTC`,
  ]);
  const page = renderPlan([planned], 's3://example/fleet');
  expect(page).toMatch(/^2 things would be removed from s3:\/\/example\/fleet, .* Nothing was removed\.\n/);
  expect(page).toContain(`  remove dump ${DUMPS.middle}, 2026-11-21T03:05:13Z, `);
});

it('never lets a backup that cannot be restored take the place of one that can', async () => {
  bench.remove(`atlas/dumps/2026/11/22/${DUMPS.newest}/shop.sql.zst.gpg`);
  const { keep, remove } = await plan({ daily: 1, weekly: 0, monthly: 0 });
  expect(keep.map(({ id, why }) => `${id}: ${why}`)).toContain(`${DUMPS.middle}: the newest, daily`);
  expect(keep.map(({ id, why }) => `${id}: ${why}`)).toContain(
    `${DUMPS.newest}: not whole: look at it with \`verify\``,
  );
  expect(remove.map(({ id }) => id)).not.toContain(BINLOGS.first);
});

const DAILY = { daily: 1, weekly: 0, monthly: 0 };
const idsOf = (planned: readonly { readonly id: string }[]) => planned.map(({ id }) => id);

it('keeps a binlog that a crash ended, whose last event is older than the dump in it', async () => {
  const id = 'binlog.000002.20261122T041001Z-000000b4';
  const facts = { closedBy: 'crash', next: null, closedAt: '2026-11-21T23:00:00.000Z' } as const;
  await bench.addBinlog(id, { name: 'binlog.000002', ...facts }, '2026-11-22T04:10:00.000Z');
  const { keep, remove } = await plan(DAILY);
  expect(idsOf(keep)).toContain(id);
  expect(idsOf(remove)).toContain(BINLOGS.first);
});

it('leaves binlogs that are not whole to people', async () => {
  bench.remove(binlogKeys('atlas', BINLOGS.first).data);
  expect(idsOf((await plan(DAILY)).keep)).toContain(BINLOGS.first);
});

it('lets no dump that is not complete, or of the future, take the place of a day', async () => {
  await bench.addDump('20261122T041512Z-00000004-mariadb', '2026-11-22T04:15:12.000Z', (manifest) => ({
    ...{ ...manifest, complete: false, coordinates: null },
    pitrAnchor: { isAnchor: false, reasons: ['it is not complete'] },
  }));
  await bench.addDump('20361122T041512Z-00000005-mariadb', '2036-11-22T04:15:12.000Z');
  const why = (await plan(DAILY)).keep.map((one) => `${one.id}: ${one.why}`);
  expect(why).toContain(`${DUMPS.newest}: the newest, daily`);
  expect(why).toContain('20361122T041512Z-00000005-mariadb: not whole: look at it with `verify`');
});

it('keeps the newest dump that is proven, not that of the newest proof', async () => {
  await bench.addProof('20261121T040000Z-0badcaf2', ({ backup }) => ({
    backup: { ...backup, id: DUMPS.middle, instant: '2026-11-21T03:05:13.250Z' },
    recoveredTo: '2026-11-21T03:05:13.250Z',
    ...{ startedAt: '2026-11-21T04:00:00.000Z', finishedAt: '2026-11-21T04:00:09.000Z' },
  }));
  const why = (await plan(DAILY)).keep.map((one) => `${one.id}: ${one.why}`);
  expect(why).toContain(`${DUMPS.middle}: the newest that is proven`);
});

it('keeps the newest snapshot of each storage that is proven', async () => {
  const add = async (name: string, day: number, isProven: boolean) =>
    bench.addSnapshot(name, `202611${day}T001012Z-000000c${day % 10}`, `2026-11-${day}T00:10:12.000Z`, {
      isProven,
    });
  for (const [day, isProven] of [
    [18, true],
    [19, true],
    [20, false],
    [21, false],
  ] as const)
    await add('uploads', day, isProven);
  await bench.addSnapshot('mail', '20261118T001512Z-000000d8', '2026-11-18T00:15:12.000Z');
  await bench.addSnapshot('mail', '20261119T001512Z-000000d9', '2026-11-19T00:15:12.000Z', {
    isProven: false,
  });
  const { keep } = await plan({ daily: 1, weekly: 0, monthly: 0 });
  const kept = keep.filter(({ kind }) => kind === 'snapshot').map(({ id, why }) => `${id}: ${why}`);
  expect(kept.toSorted()).toEqual([
    'mail/20261118T001512Z-000000d8: the newest that is proven',
    'mail/20261119T001512Z-000000d9: the newest, daily',
    'uploads/20261119T001012Z-000000c9: the newest that is proven',
    'uploads/20261121T001012Z-000000c1: the newest, daily',
  ]);
});

it('keeps the files of a dump that is kept, though another day has newer ones', async () => {
  const set = 'night';
  await bench.addDump('20261121T235012Z-00000006-mariadb', '2026-11-21T23:50:12.000Z', (manifest) => ({
    ...manifest,
    set,
  }));
  await bench.addSnapshot('uploads', '20261122T001012Z-000000c1', '2026-11-22T00:10:12.000Z', { set });
  await bench.addSnapshot('uploads', '20261122T031012Z-000000c2', '2026-11-22T03:10:12.000Z');
  const { keep } = await plan({ daily: 2, weekly: 0, monthly: 0 });
  expect(keep.map((one) => `${one.id}: ${one.why}`)).toEqual(
    expect.arrayContaining([
      '20261121T235012Z-00000006-mariadb: daily',
      'uploads/20261122T001012Z-000000c1: belongs to a dump that is kept',
    ]),
  );
});

it('removes no pack of a storage in which a snapshot is not believed', async () => {
  const pack = 'atlas/storage/uploads/packs/20261120T031012Z-000000c1-1.tar.zst.gpg';
  await bench.addSnapshot('uploads', '20261120T031012Z-000000c1', '2026-11-20T03:10:12.000Z', { pack });
  await bench.addSnapshot('uploads', '20261121T031012Z-000000c2', '2026-11-21T03:10:12.000Z', { pack });
  await bench.addSnapshot('uploads', '20261122T031012Z-000000c3', '2026-11-22T03:10:12.000Z');
  expect(idsOf((await plan(DAILY)).remove)).toContain(pack);
  bench.remove('atlas/storage/uploads/snapshots/20261121T031012Z-000000c2.json.sig');
  expect(idsOf((await plan(DAILY)).remove)).not.toContain(pack);
});
