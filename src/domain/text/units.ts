// Durations, sizes, percentages, counts and instants: how users write them, and how reports show them.

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const DURATION = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;
const SIZE = /^(\d{1,15}(?:\.\d{1,6})?) ?(B|[kK]B|MB|GB|TB|KiB|MiB|GiB|TiB)$/;
const PERCENT = /^(\d{1,3}(?:\.\d{1,6})?) ?%$/;

const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Milliseconds of `90s`, `15m`, `26h`, `8d` or units joined from great to small, `5h30m`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (match === null || text === '') return undefined;
  const [days, hours, minutes, seconds] = match
    .slice(1)
    .map((digits: string | undefined) => Number(digits ?? 0));
  const durationMs =
    (days ?? 0) * DAY_MS + (hours ?? 0) * HOUR_MS + (minutes ?? 0) * MINUTE_MS + (seconds ?? 0) * SECOND_MS;
  return Number.isSafeInteger(durationMs) ? durationMs : undefined;
}

/** Bytes of `1GB` (10^9), `16MiB` (2^20), `512 B`; undefined for anything else, bare numbers included. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  const sizeBytes = Math.round(Number(match?.[1]) * (BYTES_PER_UNIT[match?.[2] ?? ''] ?? Number.NaN));
  return Number.isSafeInteger(sizeBytes) ? sizeBytes : undefined;
}

/** The number before the sign of `20%`, from 0 to 100; undefined for anything else. */
export function parsePercent(text: string): number | undefined {
  const match = PERCENT.exec(text);
  const percent = Number(match?.[1]);
  return percent <= 100 ? percent : undefined;
}

const SHOWN_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Powers of ten with one decimal: `0 B`, `999 B`, `1.3 GB`. */
export function formatBytes(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  // 999.95 would be shown as 1000.0.
  while (value >= (unit === 0 ? 1_000 : 999.95) && unit < SHOWN_UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? String(Math.round(value)) : value.toFixed(1)} ${SHOWN_UNITS[unit] ?? ''}`;
}

/** The two greatest units: `0.4 s`, `42 s`, `4 min 12 s`, `3 h 5 min`, `2 d`. */
export function formatDuration(durationMs: number): string {
  // 9.95 s would be shown as 10.0 s.
  if (durationMs < 9_950) return `${(Math.max(0, durationMs) / SECOND_MS).toFixed(1)} s`;
  const seconds = Math.round(durationMs / SECOND_MS);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** Thousands separated by commas: `2,660,000`. */
export function formatCount(count: number): string {
  return String(Math.trunc(count)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 table`, `2,000 tables`. */
export function countOf(count: number, noun: string): string {
  const plural = `${noun.replace(/(?<=[^aeiou])y$/, 'ie')}s`;
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|([+-])(\d\d):?(\d\d))$/;

/** `2026-11-20T03:05:12.250Z`, `2026-11-20 04:05+01:00`: ISO 8601 with its zone; undefined for anything else, also for 30 February. */
export function parseInstant(text: string): Date | undefined {
  const [whole, sign, hours = '0', minutes = '0'] = INSTANT.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const time = Date.parse(whole.replace(' ', 'T').replace(/([+-]\d\d):?(\d\d)$/, '$1:$2'));
  if (Number.isNaN(time)) return undefined;
  // A date that does not exist is taken for one of the next month.
  const offsetMs = (Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS) * (sign === '-' ? -1 : 1);
  return new Date(time + offsetMs).toISOString().startsWith(whole.slice(0, 10)) ? new Date(time) : undefined;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `20 Nov 2026, 03:05:12 UTC` of `2026-11-20T03:05:12.000Z`. */
export function formatInstant(iso: string): string {
  return `${formatDay(iso)}, ${iso.slice(11, 19)} UTC`;
}

/** `20 Nov 2026`. */
export function formatDay(iso: string): string {
  const date = new Date(iso);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
}
