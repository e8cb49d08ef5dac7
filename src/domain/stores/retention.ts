// Which of many backups are kept: the newest of each of the last days, weeks and months, and some whatever their age.
import { DAY_MS } from '../text/units.ts';

export interface KeepRules {
  /** Of how many of the last days that have one, and so on; 0: of none. */
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

export interface Dated {
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly instant: string;
}

export interface Decision<T> {
  readonly item: T;
  /** Why it is kept; empty: it is not. */
  readonly reasons: readonly string[];
  /** Whether it is kept as one of the days: what is between it and the next one is kept, too. */
  readonly isDaily: boolean;
}

/** 5 January 1970 was a Monday. */
const FIRST_MONDAY = 4;

/** `always` says why something is kept whatever its age; undefined: it is not. The newest always is. */
export function planRetention<T extends Dated>(
  items: readonly T[],
  rules: KeepRules,
  always: (item: T) => string | undefined,
): readonly Decision<T>[] {
  const newestFirst = items.toSorted((a, b) => Date.parse(b.instant) - Date.parse(a.instant));
  const daily = newestOfEach(newestFirst, rules.daily, ({ instant }) => instant.slice(0, 10));
  const weekly = newestOfEach(newestFirst, rules.weekly, ({ instant }) => weekOf(instant));
  const monthly = newestOfEach(newestFirst, rules.monthly, ({ instant }) => instant.slice(0, 7));
  return newestFirst.map((item, index) => {
    const other = always(item);
    return {
      item,
      isDaily: daily.has(item),
      reasons: [
        ...(index === 0 ? ['the newest'] : []),
        ...(other === undefined ? [] : [other]),
        ...(daily.has(item) ? ['daily'] : []),
        ...(weekly.has(item) ? ['weekly'] : []),
        ...(monthly.has(item) ? ['monthly'] : []),
      ],
    };
  });
}

function newestOfEach<T>(
  newestFirst: readonly T[],
  count: number,
  periodOf: (item: T) => string,
): ReadonlySet<T> {
  const newest = new Map<string, T>();
  for (const item of newestFirst) {
    const period = periodOf(item);
    if (newest.size < count && !newest.has(period)) newest.set(period, item);
  }
  return new Set(newest.values());
}

function weekOf(instant: string): string {
  return String(Math.floor((Date.parse(instant) / DAY_MS - FIRST_MONDAY) / 7));
}
