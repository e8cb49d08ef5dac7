// How long restores took, from one proof to the next: for summaries. Text only, so that it reads the same everywhere.
import { markdownTable } from '../text/markdown.ts';
import type { DumpProof } from './proof.ts';
import { formatBytes, formatDay, formatDuration } from '../text/units.ts';

/** About two months of weekly tests; fits on a screen. */
const MAX_POINTS = 8;
const BAR_BLOCKS = 20;
/** Runners differ by as much from one day to the next. */
const NOTABLE_FACTOR = 1.25;
const NOTABLE_SECONDS = 5;

export interface TrendPoint {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly rtoSeconds: number;
  readonly level: number;
  /** SQL text that was restored; undefined where it was not counted for each database. */
  readonly plainBytes: number | undefined;
  /** Than the one before it; undefined for the oldest. */
  readonly change: 'slower' | 'faster' | 'same' | undefined;
}

type ProofFigures = Pick<DumpProof, 'startedAt' | 'rtoSeconds' | 'level' | 'databases'>;

/** The newest proofs, newest first. Only proofs that were verified belong in it. */
export function trendOf(proofs: readonly ProofFigures[]): readonly TrendPoint[] {
  const newestFirst = proofs.toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  return newestFirst.slice(0, MAX_POINTS).map((proof, index) => ({
    startedAt: proof.startedAt,
    rtoSeconds: proof.rtoSeconds,
    level: proof.level,
    plainBytes: proof.databases.reduce<number | undefined>(
      (sum, { plainBytes }) => (sum === undefined || plainBytes === null ? undefined : sum + plainBytes),
      0,
    ),
    change: compareTimes(proof.rtoSeconds, newestFirst[index + 1]?.rtoSeconds),
  }));
}

/** A Markdown table; empty without points. */
export function renderTrend(points: readonly TrendPoint[]): string {
  if (points.length === 0) return '';
  const longest = Math.max(1, ...points.map(({ rtoSeconds }) => rtoSeconds));
  const rows = points.map(({ startedAt, rtoSeconds, level, plainBytes, change }) => [
    formatDay(startedAt),
    String(level),
    plainBytes === undefined ? '' : formatBytes(plainBytes),
    formatDuration(rtoSeconds * 1_000),
    `${bar(rtoSeconds / longest)}${change === undefined || change === 'same' ? '' : ` ${change}`}`,
  ]);
  return markdownTable(
    [
      { title: 'Tested' },
      { title: 'Level', align: 'right' },
      { title: 'SQL', align: 'right' },
      { title: 'Restored in', align: 'right' },
      { title: '' },
    ],
    rows,
  );
}

function compareTimes(seconds: number, before: number | undefined): TrendPoint['change'] {
  if (before === undefined) return undefined;
  if (Math.abs(seconds - before) < NOTABLE_SECONDS) return 'same';
  if (seconds > before * NOTABLE_FACTOR) return 'slower';
  return before > seconds * NOTABLE_FACTOR ? 'faster' : 'same';
}

function bar(share: number): string {
  return '█'.repeat(Math.max(1, Math.round(share * BAR_BLOCKS)));
}
