// Each thing that can be wrong with a store, one at a time, has its own line; and the store in which nothing is wrong has none.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { VerifyBench, NOW } from '../../helpers/verify-bench.ts';

let bench: VerifyBench;
beforeEach(async () => {
  // Only the date: the store's clock is the machine's.
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  bench = await VerifyBench.make();
});
afterEach(() => {
  vi.useRealTimers();
  bench[Symbol.dispose]();
});

it('good', async () => {
  const r = await bench.look({ 'max-proof-age': '8d', 'read-back': 'all' });
  console.log(JSON.stringify(r, null, 1));
  expect(r.findings).toEqual([]);
});
