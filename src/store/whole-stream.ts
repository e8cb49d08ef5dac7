// A stream that ends only when all of its bytes came.
import { finished, Transform, type Readable } from 'node:stream';
import { LifeboatError } from '../errors.ts';
import { abortReason } from './abortable.ts';

/**
 * Passes `source` on. Fails with `store-unreachable` when it breaks or ends early, with the signal's reason when it fires.
 * Destroying what is returned destroys the source at once, even while it is silent.
 */
export function wholeStream(
  source: Readable,
  sizeBytes: number,
  what: string,
  signal: AbortSignal,
): Readable {
  let received = 0;
  const broken = (how: string, cause?: Error) =>
    new LifeboatError(
      'store-unreachable',
      `${what} ${how} after ${received} of ${sizeBytes} bytes${told(cause)}`,
      {
        cause,
      },
    );
  const counter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      received += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      done(received === sizeBytes ? null : broken('ended'));
    },
  });
  const abort = () => void counter.destroy(abortReason(signal));
  finished(source, { writable: false }, (cause) => {
    if (signal.aborted) abort();
    else if (cause) counter.destroy(broken('broke off', cause));
  });
  counter.once('close', () => {
    signal.removeEventListener('abort', abort);
    source.destroy();
  });
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return source.pipe(counter);
}

/** What was made for users says more than that something broke. */
function told(cause: Error | undefined): string {
  return cause instanceof LifeboatError ? `: ${cause.message}` : '';
}
