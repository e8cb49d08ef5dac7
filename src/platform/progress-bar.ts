// One line that shows how far something is: name, bar, share, amount, rate, time left. As much of it as fits.
import { formatBytes, formatDuration } from '../domain/text/units.ts';
import type { Progress } from '../ports/reporter.ts';

const BAR_COLUMNS = 24;
const MIN_LABEL_COLUMNS = 8;

/** Never wider than `columns`. */
export function renderProgressBar(progress: Progress, columns: number): string {
  const { label, doneBytes, totalBytes, bytesPerSecond, elapsedMs } = progress;
  const share = totalBytes === undefined ? undefined : Math.min(1, doneBytes / Math.max(1, totalBytes));
  const rate = `${formatBytes(bytesPerSecond)}/s`;
  const parts =
    share === undefined || totalBytes === undefined
      ? [formatBytes(doneBytes), rate, formatDuration(elapsedMs)]
      : [
          `${String(Math.floor(share * 100)).padStart(3)}%`,
          bar(share),
          `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`,
          rate,
          ...(bytesPerSecond > 0 && share < 1
            ? [`${formatDuration(((totalBytes - doneBytes) / bytesPerSecond) * 1000)} left`]
            : []),
        ];
  let kept = parts;
  while (kept.length > 1 && widthOf(kept) + MIN_LABEL_COLUMNS > columns) kept = kept.slice(0, -1);
  const room = Math.max(0, columns - widthOf(kept));
  const characters = Array.from(label);
  const name = characters.length > room ? `${characters.slice(0, Math.max(0, room - 1)).join('')}…` : label;
  return Array.from([name, ...kept].join('  '))
    .slice(0, Math.max(0, columns))
    .join('');
}

function widthOf(parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + part.length + 2, 0);
}

function bar(share: number): string {
  const full = Math.floor(share * BAR_COLUMNS);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_COLUMNS - full)}]`;
}
