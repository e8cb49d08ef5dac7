// Says how far something is whose bytes are counted elsewhere: on a terminal all the time, in a log every few seconds.
import { formatBytes, formatDuration } from '../domain/text/units.ts';
import type { Progress, Reporter } from '../ports/reporter.ts';

const INTERVAL_MS = 5_000;
const REDRAW_MS = 250;
/** A rate over less jumps about; over more it is late to fall. */
const REDRAWS_PER_RATE = 20;

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
  let bytes = 0;
  const samples = [{ at: startedAt, bytes: 0 }];
  const describe = () => {
    const now = performance.now();
    const [oldest = { at: now, bytes }] = samples;
    const bytesPerSecond = ((bytes - oldest.bytes) * 1000) / Math.max(1, now - oldest.at);
    return { label, doneBytes: bytes, totalBytes, bytesPerSecond, elapsedMs: now - startedAt };
  };
  const isDrawn = reporter.progress?.(describe()) === true;
  const tell = () => {
    const progress = describe();
    if (isDrawn) reporter.progress?.(progress);
    else reporter.info(renderLine(progress));
    samples.push({ at: performance.now(), bytes });
    if (samples.length > (isDrawn ? REDRAWS_PER_RATE : 1)) samples.shift();
  };
  const timer = setInterval(tell, isDrawn ? REDRAW_MS : INTERVAL_MS);
  return {
    add: (count) => {
      bytes += count;
    },
    end: () => {
      clearInterval(timer);
      if (isDrawn) reporter.progress?.(undefined);
    },
  };
}

function renderLine({ label, doneBytes, totalBytes, bytesPerSecond, elapsedMs }: Progress): string {
  const all = totalBytes === undefined ? '' : ` of ${formatBytes(totalBytes)}`;
  return `${label}: ${formatBytes(doneBytes)}${all}, ${formatBytes(bytesPerSecond)}/s, ${formatDuration(elapsedMs)}`;
}
