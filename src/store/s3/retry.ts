// Tries again what may pass, with growing pauses. The caller says what may pass.
import { setTimeout as sleep } from 'node:timers/promises';
import { abortReason } from '../abortable.ts';
import type { S3Limits } from './options.ts';

export interface Verdict {
  readonly isPassing: boolean;
  /** How long the other side asked us to wait. */
  readonly retryAfterMs: number | undefined;
}

/**
 * Runs `attempt` until it succeeds, fails for good, or has been tried often enough; then throws what it threw last. When the
 * signal fires, throws its reason.
 */
export async function retry<T>(
  attempt: (number: number) => Promise<T>,
  judge: (error: unknown) => Verdict,
  limits: Pick<S3Limits, 'attempts' | 'baseDelayMs' | 'maxDelayMs'>,
  signal: AbortSignal,
): Promise<T> {
  for (let number = 1; ; number++) {
    signal.throwIfAborted();
    try {
      return await attempt(number);
    } catch (error) {
      if (signal.aborted) throw abortReason(signal);
      const { isPassing, retryAfterMs = 0 } = judge(error);
      if (!isPassing || number >= limits.attempts) throw error;
      await pause(choosePause(number, retryAfterMs, limits), signal);
    }
  }
}

/**
 * Milliseconds to wait after the given attempt, from 1: anything up to a bound that doubles (full jitter: many runs that failed
 * together do not come back together), at least what the other side asked for, at most `maxDelayMs`.
 */
export function choosePause(
  number: number,
  retryAfterMs: number,
  { baseDelayMs, maxDelayMs }: Pick<S3Limits, 'baseDelayMs' | 'maxDelayMs'>,
  random: () => number = Math.random,
): number {
  const jitterMs = random() * baseDelayMs * 2 ** (number - 1);
  return Math.min(maxDelayMs, Math.max(jitterMs, retryAfterMs));
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, undefined, { signal });
  } catch {
    throw abortReason(signal);
  }
}
