import { describe, expect, it } from 'vitest';
import { bootstrapMedian, median } from '../../bench/statistics.ts';

describe('median', () => {
  it('is the middle one, or lies between the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('bootstrapMedian', () => {
  const values = [0.98, 1.02, 1.01, 0.99, 1.4, 1, 1.03, 0.97, 1.01, 1, 0.99, 1.02, 1.01, 0.98, 1];

  it('holds the median, and is not drawn away by one bad measurement', () => {
    const { low, high } = bootstrapMedian(values);
    expect(low).toBeGreaterThan(0.97);
    expect(low).toBeLessThanOrEqual(median(values));
    expect(high).toBeGreaterThanOrEqual(median(values));
    expect(high).toBeLessThan(1.05);
  });

  it('is the same for the same values', () => {
    expect(bootstrapMedian(values)).toEqual(bootstrapMedian(values));
  });

  it('is as wide as the values when there are few', () => {
    expect(bootstrapMedian([1, 2])).toEqual({ low: 1, high: 2 });
  });
});
