// The table of a comparison: medians of both, the median of the ratios of the pairs, and how sure it is.
import { markdownTable } from '../src/domain/text/markdown.ts';
import type { Pair, Run } from './compare.ts';
import { bootstrapMedian, median } from './statistics.ts';

interface Row {
  readonly title: string;
  readonly digits: number;
  readonly value: (run: Run) => number;
}

const ROWS: readonly Row[] = [
  { title: 'wall time, s', digits: 2, value: (run) => run.wallMs / 1e3 },
  { title: 'CPU on the runner, s', digits: 2, value: (run) => run.cpuMs / 1e3 },
  { title: 'CPU on the target, s', digits: 2, value: (run) => (run.serverCpuMs[0] ?? 0) / 1e3 },
  { title: 'CPU of the database server, s', digits: 2, value: (run) => (run.serverCpuMs[1] ?? 0) / 1e3 },
  { title: 'peak memory on the runner, MB', digits: 0, value: (run) => run.peakBytes / 1e6 },
  { title: 'stored, MB', digits: 1, value: (run) => run.storedBytes / 1e6 },
];

/** Markdown. */
export function renderComparison(referenceName: string, pairs: readonly Pair[]): string {
  const rows = ROWS.map(({ title, digits, value }) => {
    const ratios = pairs.map(({ ours, reference }) => value(ours) / value(reference));
    const { low, high } = bootstrapMedian(ratios);
    return [
      title,
      median(pairs.map(({ ours }) => value(ours))).toFixed(digits),
      median(pairs.map(({ reference }) => value(reference))).toFixed(digits),
      median(ratios).toFixed(3),
      `${low.toFixed(3)} to ${high.toFixed(3)}`,
    ];
  });
  const columns = ['', 'Lifeboat', referenceName, 'ratio', '95 %'];
  return markdownTable(
    columns.map((title) => ({ title: title.replaceAll('|', '\\|') })),
    rows,
  );
}
