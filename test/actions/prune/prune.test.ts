// The plan for the store of the tests of verify: three dumps, two binlogs, a proof of the oldest dump.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { planServer } from '../../../src/actions/prune/plan.ts';
import { renderPlan } from '../../../src/actions/prune/report.ts';
import { gatherServer } from '../../../src/actions/verify/gather.ts';
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
  return planServer(await gatherServer('atlas', keys, context), rules, NOW);
}

it('removes what no rule keeps, and binlogs before the oldest dump of a day', async () => {
  const planned = await plan({ daily: 1, weekly: 0, monthly: 0 });
  expect(planned.keep.map(({ id, why }) => `${id}: ${why}`)).toEqual([
    `${DUMPS.newest}: the newest, daily`,
    `${DUMPS.oldest}: the newest that is proven`,
    `${BINLOGS.second}: closed after the oldest daily dump`,
  ]);
  expect(planned.remove.map(({ id, why }) => `${id}: ${why}`)).toEqual([
    `${DUMPS.middle}: not the newest of a day, week or month that is kept`,
    `${BINLOGS.first}: closed before the oldest daily dump, of 22 Nov 2026, 03:05:13 UTC`,
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
