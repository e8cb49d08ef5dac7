import { describe, expect, it } from 'vitest';
import { choosePause, retry } from '../../../src/store/s3/retry.ts';

const LIMITS = { attempts: 3, baseDelayMs: 1, maxDelayMs: 1 };
const { signal } = new AbortController();

describe('retry', () => {
  it('tries as often as it may, and throws what came last', async () => {
    let attempts = 0;
    const attempt = (number: number) => Promise.reject(new Error(`attempt ${(attempts = number)}`));
    const judge = () => ({ isPassing: true, retryAfterMs: undefined });
    await expect(retry(attempt, judge, LIMITS, signal)).rejects.toThrow('attempt 3');
    expect(attempts).toBe(3);
  });

  it('does not repeat what does not pass', async () => {
    let attempts = 0;
    const attempt = () => Promise.reject(new Error(`no ${++attempts}`));
    const judge = () => ({ isPassing: false, retryAfterMs: undefined });
    await expect(retry(attempt, judge, LIMITS, signal)).rejects.toThrow('no 1');
    expect(attempts).toBe(1);
  });

  it('does not begin after the signal', async () => {
    const reason = new Error('stopped');
    const work = retry(
      () => Promise.reject(new Error('begun')),
      () => ({ isPassing: true, retryAfterMs: undefined }),
      LIMITS,
      AbortSignal.abort(reason),
    );
    await expect(work).rejects.toBe(reason);
  });
});

describe('choosePause', () => {
  const limits = { baseDelayMs: 100, maxDelayMs: 1_000 };
  const always = (chance: number) => () => chance;

  it('is anything up to a bound that doubles and then stays', () => {
    const bounds = [1, 2, 3, 4, 5, 50].map((number) => choosePause(number, 0, limits, always(1)));
    expect(bounds).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(choosePause(3, 0, limits, always(0.25))).toBe(100);
    expect(choosePause(3, 0, limits, always(0))).toBe(0);
  });

  it('is at least what was asked for, but never above the limit', () => {
    expect(choosePause(1, 700, limits, always(1))).toBe(700);
    expect(choosePause(1, 9_000, limits, always(1))).toBe(1_000);
  });
});
