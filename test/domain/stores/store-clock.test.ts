import { expect, it } from 'vitest';
import { startStoreClock } from '../../../src/domain/stores/store-clock.ts';

const STORE = new Date('2026-11-20T03:05:12.000Z');
const start = (skewMs: number, steady = () => 0) =>
  startStoreClock(STORE, new Date(STORE.getTime() + skewMs), steady);

it("goes on from the store's time by the steady clock, whatever the runner's clock says", () => {
  let steadyMs = 5000;
  const clock = start(-30_000, () => steadyMs);
  expect(clock.now()).toEqual(STORE);
  steadyMs = 6250;
  expect(clock.now().toISOString()).toBe('2026-11-20T03:05:13.250Z');
});

it.each([
  [0, undefined],
  [60_000, undefined],
  [-60_000, undefined],
  [60_001, /60 s ahead of the store's/],
  [-61_000, /61 s behind the store's/],
  [600_000, /600 s ahead/],
])('warns of a runner that is off by more than a minute (%i ms)', (skewMs, warning) => {
  if (warning === undefined) expect(start(skewMs).warning).toBeUndefined();
  else expect(start(skewMs).warning).toMatch(warning);
});

it.each([600_001, -600_001, 86_400_000])(
  'refuses a runner that is off by more than ten minutes (%i ms)',
  (skewMs) => {
    expect(() => start(skewMs)).toThrow(expect.objectContaining({ code: 'clock-skew' }) as Error);
  },
);
