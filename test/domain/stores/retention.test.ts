import { expect, it } from 'vitest';
import { planRetention, type Dated } from '../../../src/domain/stores/retention.ts';

const never = () => undefined;
/** One a night, the newest first, from Sunday 22 November 2026 back. */
const nights = Array.from({ length: 400 }, (_, back): Dated => {
  const instant = new Date(Date.UTC(2026, 10, 22 - back, 3)).toISOString();
  return { id: instant.slice(0, 10), instant };
});
const kept = (
  rules: Parameters<typeof planRetention>[1],
  always: (item: Dated) => string | undefined = never,
) =>
  planRetention(nights, rules, always)
    .filter(({ reasons }) => reasons.length > 0)
    .map(({ item, reasons }) => `${item.id} ${reasons.join(', ')}`);

it('keeps the newest of each of the last days, weeks from Monday on, and months', () => {
  expect(kept({ daily: 3, weekly: 3, monthly: 2 })).toEqual([
    '2026-11-22 the newest, daily, weekly, monthly',
    '2026-11-21 daily',
    '2026-11-20 daily',
    '2026-11-15 weekly',
    '2026-11-08 weekly',
    '2026-10-31 monthly',
  ]);
});

it('keeps the newest even of nothing, and what is to be kept always', () => {
  const none = { daily: 0, weekly: 0, monthly: 0 };
  expect(kept(none)).toEqual(['2026-11-22 the newest']);
  expect(kept(none, ({ id }) => (id === '2026-01-05' ? 'proven' : undefined))).toEqual([
    '2026-11-22 the newest',
    '2026-01-05 proven',
  ]);
});

it('counts days that have one: a month without backups costs none', () => {
  const gappy = nights.filter(({ id }) => id < '2026-10-01' || id >= '2026-11-21');
  const plan = planRetention(gappy, { daily: 4, weekly: 0, monthly: 0 }, never);
  expect(plan.filter(({ isDaily }) => isDaily).map(({ item }) => item.id)).toEqual([
    ...['2026-11-22', '2026-11-21', '2026-09-30', '2026-09-29'],
  ]);
});
