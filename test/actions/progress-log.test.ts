import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startProgressLog } from '../../src/actions/progress-log.ts';
import { fakeRestore } from '../helpers/fake-restore.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('says every five seconds how far it is', () => {
  const { reporter, told } = fakeRestore();
  const progress = startProgressLog('fetched', 20_000_000, reporter);
  progress.add(4_000_000);
  progress.add(1_000_000);
  vi.advanceTimersByTime(4_999);
  expect(told.info).toEqual([]);
  vi.advanceTimersByTime(1);
  progress.add(10_000_000);
  vi.advanceTimersByTime(5_000);
  vi.advanceTimersByTime(5_000);
  expect(told.info).toEqual([
    'fetched: 5.0 MB of 20.0 MB, 1.0 MB/s, 5.0 s',
    'fetched: 15.0 MB of 20.0 MB, 2.0 MB/s, 10 s',
    'fetched: 15.0 MB of 20.0 MB, 0 B/s, 15 s',
  ]);
});

it('says nothing after its end, and no total that is not known', () => {
  const { reporter, told } = fakeRestore();
  const progress = startProgressLog('loaded shop', undefined, reporter);
  progress.add(1_000);
  vi.advanceTimersByTime(5_000);
  progress.end();
  vi.advanceTimersByTime(60_000);
  expect(told.info).toEqual(['loaded shop: 1.0 kB, 200 B/s, 5.0 s']);
  expect(vi.getTimerCount()).toBe(0);
});
