// What a handful of noisy measurements can tell: medians, and how sure they are. Pure.
import { seededRandom } from '../test/helpers/random-text.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Enough that another seed moves the ends of an interval by less than one measurement does. */
const RESAMPLES = 10_000;
/** The middle 95 %. */
const TAIL = 0.025;

/** Throws RangeError for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [lower, upper] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (lower === undefined || upper === undefined) throw new RangeError('no values have a median');
  return (lower + upper) / 2;
}

/**
 * Where the median lies with 95 % confidence: the percentile bootstrap. The values are drawn anew, with repetition, and the
 * medians of the draws are sorted. The same values give the same interval.
 */
export function bootstrapMedian(values: readonly number[]): Interval {
  const random = seededRandom(1);
  const draw = () => values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN);
  const medians = Array.from({ length: RESAMPLES }, () => median(draw())).sort((a, b) => a - b);
  const at = (share: number) => medians[Math.round(share * (RESAMPLES - 1))] ?? Number.NaN;
  return { low: at(TAIL), high: at(1 - TAIL) };
}
