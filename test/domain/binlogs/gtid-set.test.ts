import { describe, expect, it } from 'vitest';
import { GtidSet, MariadbGtids } from '../../../src/domain/binlogs/gtid-set.ts';

const A = '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0';
const B = '1b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0';

const canonical = (text: string): string | undefined => GtidSet.parse(text)?.toString();
const setOf = (text: string): GtidSet => {
  const set = GtidSet.parse(text);
  if (set === undefined) throw new TypeError(text);
  return set;
};

describe('a GTID set of MySQL', () => {
  it.each([
    ['', ''],
    [' \n', ''],
    [`${A}:1`, `${A}:1`],
    [`${A.toUpperCase()}:1-1`, `${A}:1`],
    [`${A}:3:1-2`, `${A}:1-3`],
    [`${A}:1-5:7-9:6`, `${A}:1-9`],
    [`${A}:1-5:3-9:20`, `${A}:1-9:20`],
    [`${B}:5,\n${A}:1-2`, `${A}:1-2,${B}:5`],
    [`${A}:1,${A}:2`, `${A}:1-2`],
    [`${A}:7:tag:1-3:5,${A}:8`, `${A}:7-8:tag:1-3:5`],
    [`${A}:tag:4:other:1`, `${A}:other:1:tag:4`],
  ])('%j has one form', (text, form) => {
    expect(canonical(text)).toBe(form);
  });

  it.each([A, `${A}:`, `${A}:0`, `${A}:5-4`, `${A}:1-`, 'x:1', `${A}:1,`, `${A}:9999999999999999`, '0-1-2'])(
    '%j is none',
    (text) => {
      expect(canonical(text)).toBeUndefined();
    },
  );

  it('grows in any order', () => {
    const set = new GtidSet();
    for (const number of [5, 6, 1, 3, 2, 9]) set.add(A, number);
    expect(set.toString()).toBe(`${A}:1-3:5-6:9`);
    expect(() => set.add(A, 0)).toThrow(RangeError);
  });

  it('is joined with another, and compared', () => {
    const union = setOf(`${A}:1-5`).union(setOf(`${A}:6-7:9,${B}:2`));
    expect(union.toString()).toBe(`${A}:1-7:9,${B}:2`);
    expect(union.contains(setOf(`${A}:2-6,${B}:2`))).toBe(true);
    expect(union.contains(setOf(`${A}:7-8`))).toBe(false);
    expect(union.contains(setOf(`${B}:1`))).toBe(false);
    expect(setOf(`${A}:1`).contains(union)).toBe(false);
    expect(union.contains(new GtidSet())).toBe(true);
    expect(union.equals(setOf(`${B}:2,${A}:9:1-7`))).toBe(true);
    expect(union.equals(setOf(`${B}:2,${A}:1-7`))).toBe(false);
  });
});

describe('the last GTIDs of MariaDB', () => {
  it('have one form', () => {
    expect(MariadbGtids.parse('1-1-3, 0-2-7,0-1-99')?.toString()).toBe('0-1-99,0-2-7,1-1-3');
    expect(MariadbGtids.parse('')?.toString()).toBe('');
    for (const text of ['0-1', '0-1-x', '0-1-2,', `${A}:1`]) expect(MariadbGtids.parse(text)).toBeUndefined();
  });

  it('are each the one that came last', () => {
    const list = MariadbGtids.parse('0-1-99,1-1-3') ?? new MariadbGtids();
    list.add({ domain: 0, server: 1, number: 100 });
    list.add({ domain: 0, server: 2, number: 101 });
    expect(list.toString()).toBe('0-1-100,0-2-101,1-1-3');
    expect(list.has({ domain: 1, server: 1, number: 3 })).toBe(true);
    expect(list.has({ domain: 0, server: 1, number: 99 })).toBe(false);
    expect(list.equals(MariadbGtids.parse('1-1-3,0-2-101,0-1-100') ?? new MariadbGtids())).toBe(true);
  });
});
