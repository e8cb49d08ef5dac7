// The input `timeout` of actions that hold no session on a target, which would keep it for them.
import type { LifeboatError } from '../errors.ts';

/** Fires when the run is to stop, or with this reason when its time is over. */
export function withTimeout(stop: AbortSignal, timeoutMs: number, reason: LifeboatError): AbortSignal {
  const limit = new AbortController();
  setTimeout(() => limit.abort(reason), timeoutMs).unref();
  return AbortSignal.any([stop, limit.signal]);
}
