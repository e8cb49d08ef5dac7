// Waiting that a signal can end, for things that know nothing of signals.

/** What a signal was aborted with; callers abort with errors. */
export function abortReason(signal: AbortSignal): Error {
  return signal.reason as Error;
}

/**
 * The outcome of `work`, or the signal's reason as soon as it fires; `work` itself goes on unseen. Leaves nothing attached to the
 * signal, so that it can be called for every chunk of a stream (Promise.race with one long-lived promise would pile up reactions).
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(abortReason(signal));
    if (signal.aborted) {
      abort();
    } else {
      signal.addEventListener('abort', abort, { once: true });
    }
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A signal that fires `delayMs` after the given one: for requests that should rather end than be cut. */
export function delaySignal(signal: AbortSignal, delayMs: number): AbortSignal {
  const delayed = new AbortController();
  const start = () => setTimeout(() => delayed.abort(signal.reason), delayMs).unref();
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return delayed.signal;
}
