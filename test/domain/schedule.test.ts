import { expect, it } from 'vitest';
import { chooseMinute, chooseMinutes } from '../../src/domain/schedule.ts';

it('draws odd minutes that nobody would call round, far from full hours', () => {
  let choices = 0;
  chooseMinute((max) => {
    choices = max;
    return 0;
  });
  const minutes = Array.from({ length: choices }, (_, index) => chooseMinute(() => index));
  expect(new Set(minutes).size).toBe(choices);
  expect(choices).toBeGreaterThan(15);
  for (const minute of minutes) {
    expect(minute % 2).toBe(1);
    expect(minute % 5).not.toBe(0);
    expect(minute).toBeGreaterThan(5);
    expect(minute).toBeLessThan(55);
  }
});

it('draws no minute twice', () => {
  expect(new Set(chooseMinutes(4, () => 0)).size).toBe(4);
  expect(new Set(chooseMinutes(4, (max) => max - 1)).size).toBe(4);
});
