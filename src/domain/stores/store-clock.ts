// The time that counts is the store's: it is asked once, and from then on the runner's steady clock is added.
import { LifeboatError } from '../../errors.ts';

/** S3 refuses requests whose clock is 15 min off (RequestTimeTooSkewed); dates in manifests would be wrong before. */
const MAX_SKEW_MS = 10 * 60_000;
/** Above what a slow answer can cause. */
const WORTH_A_WARNING_MS = 60_000;

export interface StoreClock {
  now(): Date;
  /** Set when the runner's own clock is noticeably off. */
  readonly warning: string | undefined;
}

/** Whether something says of itself that it is of a time that has not come yet, which no run's clock could have told it. */
export function isFromTheFuture(time: Date, now: Date): boolean {
  return time.getTime() > now.getTime() + MAX_SKEW_MS;
}

/**
 * @param storeTime what the store answered
 * @param runnerTime the runner's clock in the middle between question and answer
 * @param steadyNow milliseconds of a clock that never jumps
 * Throws `clock-skew` when the two are more than ten minutes apart.
 */
export function startStoreClock(storeTime: Date, runnerTime: Date, steadyNow: () => number): StoreClock {
  const skewMs = runnerTime.getTime() - storeTime.getTime();
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const direction = skewMs > 0 ? 'ahead of' : 'behind';
  if (Math.abs(skewMs) > MAX_SKEW_MS) {
    throw new LifeboatError('clock-skew', `the runner's clock is ${seconds} s ${direction} the store's`, {
      hint: 'Set the clock of the runner (timedatectl set-ntp true) and run it again.',
    });
  }
  const startedAt = steadyNow();
  return {
    now: () => new Date(storeTime.getTime() + (steadyNow() - startedAt)),
    warning:
      Math.abs(skewMs) > WORTH_A_WARNING_MS
        ? `The runner's clock is ${seconds} s ${direction} the store's; the store's time is used.`
        : undefined,
  };
}
