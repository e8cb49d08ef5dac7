// Says every few seconds how far something is whose bytes are counted elsewhere.
import { formatBytes, formatDuration } from '../domain/units.ts';
import type { Reporter } from '../ports/reporter.ts';

const INTERVAL_MS = 5_000;

export interface ProgressLog {
  add(bytes: number): void;
  end(): void;
}

/** `totalBytes` undefined: not known. */
export function startProgressLog(
  label: string,
  totalBytes: number | undefined,
  reporter: Reporter,
): ProgressLog {
  const startedAt = performance.now();
  let [bytes, bytesBefore] = [0, 0];
  const timer = setInterval(() => {
    const rate = ((bytes - bytesBefore) * 1000) / INTERVAL_MS;
    bytesBefore = bytes;
    const all = totalBytes === undefined ? '' : ` of ${formatBytes(totalBytes)}`;
    const elapsed = formatDuration(performance.now() - startedAt);
    reporter.info(`${label}: ${formatBytes(bytes)}${all}, ${formatBytes(rate)}/s, ${elapsed}`);
  }, INTERVAL_MS);
  return {
    add: (count) => {
      bytes += count;
    },
    end: () => clearInterval(timer),
  };
}
