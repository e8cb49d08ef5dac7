import { describe, expect, it } from 'vitest';
import { renderTrend, trendOf } from '../../../src/domain/proofs/trend.ts';

const proof = (day: number, rtoSeconds: number, plainBytes = 1_000_000) => ({
  startedAt: `2026-11-${String(day).padStart(2, '0')}T04:00:00.000Z`,
  rtoSeconds,
  level: 3 as const,
  databases: [
    { name: 'a', tables: 1, views: 0, rows: 1, plainBytes },
    { name: 'b', tables: 1, views: 0, rows: 1, plainBytes: 500_000 },
  ],
});

describe('trendOf', () => {
  it('has the newest first and says which were slower than the one before', () => {
    const points = trendOf([proof(1, 100), proof(8, 110), proof(22, 60), proof(15, 150)]);
    expect(
      points.map(({ startedAt, rtoSeconds, change }) => [startedAt.slice(8, 10), rtoSeconds, change]),
    ).toEqual([
      ['22', 60, 'faster'],
      ['15', 150, 'slower'],
      ['08', 110, 'same'],
      ['01', 100, undefined],
    ]);
    expect(points[0]?.plainBytes).toBe(1_500_000);
  });

  it('makes nothing of a few seconds', () => {
    expect(trendOf([proof(1, 2), proof(2, 6)])[0]?.change).toBe('same');
    expect(trendOf([proof(1, 2), proof(2, 7)])[0]?.change).toBe('slower');
  });

  it('compares the oldest that is shown with the one that is not', () => {
    const points = trendOf(Array.from({ length: 9 }, (_, index) => proof(index + 1, 10 ** index)));
    expect(points).toHaveLength(8);
    expect(points.at(-1)?.change).toBe('slower');
  });
});

describe('renderTrend', () => {
  it('is a table of text', () => {
    expect(renderTrend(trendOf([proof(1, 100), proof(8, 250), proof(15, 0)]))).toBe(
      [
        '| Tested | Level | SQL | Restored in |  |',
        '| --- | ---: | ---: | ---: | --- |',
        `| 15 Nov 2026 | 3 | 1.5 MB | 0.0 s | █ faster |`,
        `| 8 Nov 2026 | 3 | 1.5 MB | 4 min 10 s | ${'█'.repeat(20)} slower |`,
        `| 1 Nov 2026 | 3 | 1.5 MB | 1 min 40 s | ${'█'.repeat(8)} |`,
      ].join('\n'),
    );
  });

  it('leaves out a size that was not counted for each database', () => {
    const uncounted = { ...proof(1, 100), databases: [{ ...proof(1, 100).databases[0], plainBytes: null }] };
    expect(renderTrend(trendOf([uncounted as never]))).toContain('| 1 Nov 2026 | 3 |  | 1 min 40 s |');
  });

  it('is nothing without proofs', () => {
    expect(renderTrend(trendOf([]))).toBe('');
  });
});
