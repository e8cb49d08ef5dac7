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
      await pause(Math.max(jitter(number, limits), Math.min(retryAfterMs, limits.maxDelayMs)), signal);
    }
  }
}

/** Full jitter: many runs that failed together do not come back together. */
function jitter(number: number, limits: Pick<S3Limits, 'baseDelayMs' | 'maxDelayMs'>): number {
  return Math.random() * Math.min(limits.maxDelayMs, limits.baseDelayMs * 2 ** (number - 1));
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, undefined, { signal });
  } catch {
    throw abortReason(signal);
  }
}
