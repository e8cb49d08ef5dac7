import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  parseDuration,
  parseInstant,
  parsePercent,
  parseSize,
} from '../../../src/domain/text/units.ts';

describe('parseInstant', () => {
  it.each([
    ['2026-11-20T03:05:12Z', '2026-11-20T03:05:12.000Z'],
    ['2026-11-20T03:05:12.25Z', '2026-11-20T03:05:12.250Z'],
    ['2026-11-20 03:05+01:00', '2026-11-20T02:05:00.000Z'],
    ['2026-03-01T00:30:00+0100', '2026-02-28T23:30:00.000Z'],
    ['2026-02-28T23:30:00-01:00', '2026-03-01T00:30:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(parseInstant(text)?.toISOString()).toBe(expected);
  });

  it.each([
    ...['', 'yesterday', '2026-11-20', '2026-11-20T03:05:12', '2026-02-30T03:05:12Z', '2026-13-01T00:00Z'],
    ...['2026-11-20T25:00Z', '2026-11-20T03:05:12.1234Z', '2026-02-29T12:00+01:00'],
  ])('%j is none', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});

describe('parseDuration', () => {
  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['26h', 93_600_000],
    ['8d', 691_200_000],
    ['5h30m', 19_800_000],
    ['1d2h3m4s', 93_784_000],
    ['0s', 0],
  ])('reads %s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each([
    '',
    '5',
    '5 h',
    '30m5h',
    '1.5h',
    '-1h',
    '5H',
    '5min',
    '1h1h',
    'PT5H',
    '9999999999d',
    ' 5h',
    '5h\n',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('parseSize', () => {
  it.each([
    ['1GB', 1_000_000_000],
    ['16MiB', 16_777_216],
    ['512 B', 512],
    ['1.5kB', 1_500],
    ['0.1MiB', 104_858],
    ['2TB', 2_000_000_000_000],
  ])('reads %s', (text, expected) => {
    expect(parseSize(text)).toBe(expected);
  });

  it.each(['', '1000', '1G', '1gb', '1Mb', '-1MB', '1 000MB', '1,5GB', 'GB', '99999999999TiB', '1GB '])(
    'refuses %j',
    (text) => {
      expect(parseSize(text)).toBeUndefined();
    },
  );
});

describe('parsePercent', () => {
  it.each([
    ['20%', 20],
    ['0%', 0],
    ['100%', 100],
    ['2.5 %', 2.5],
  ])('reads %s', (text, expected) => {
    expect(parsePercent(text)).toBe(expected);
  });

  it.each(['', '20', '101%', '-1%', '%', '0.2'])('refuses %j', (text) => {
    expect(parsePercent(text)).toBeUndefined();
  });
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [1_319_000_000, '1.3 GB'],
  [5e18, '5000.0 PB'],
])('shows %d bytes as %s', (sizeBytes, expected) => {
  expect(formatBytes(sizeBytes)).toBe(expected);
});

it.each([
  [-5, '0.0 s'],
  [400, '0.4 s'],
  [9_949, '9.9 s'],
  [9_960, '10 s'],
  [59_600, '1 min'],
  [252_000, '4 min 12 s'],
  [3_599_600, '1 h'],
  [11_100_000, '3 h 5 min'],
  [11_130_000, '3 h 5 min'],
  [172_800_000, '2 d'],
  [176_400_000, '2 d 1 h'],
])('shows %d milliseconds as %s', (durationMs, expected) => {
  expect(formatDuration(durationMs)).toBe(expected);
});

it.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [2_660_000, '2,660,000'],
])('shows the count %d as %s', (count, expected) => {
  expect(formatCount(count)).toBe(expected);
});
