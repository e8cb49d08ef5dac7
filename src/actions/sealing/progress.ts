// Says every few seconds how far an object is.
import { formatBytes, formatDuration } from '../../domain/text/units.ts';
import type { Reporter } from '../../ports/reporter.ts';

const INTERVAL_MS = 5_000;

/** Passes a stream on and reports what went by until it ends. */
export async function* withProgress(
  stream: AsyncIterable<Uint8Array>,
  label: string,
  reporter: Reporter,
): AsyncGenerator<Uint8Array> {
  const startedAt = performance.now();
  let [bytes, bytesBefore] = [0, 0];
  const timer = setInterval(() => {
    const rate = ((bytes - bytesBefore) * 1000) / INTERVAL_MS;
    bytesBefore = bytes;
    const elapsed = formatDuration(performance.now() - startedAt);
    reporter.info(`${label}: ${formatBytes(bytes)} so far, ${formatBytes(rate)}/s, ${elapsed}`);
  }, INTERVAL_MS);
  try {
    for await (const chunk of stream) {
      bytes += chunk.length;
      yield chunk;
    }
  } finally {
    clearInterval(timer);
  }
}
