import { describe, expect, it } from 'vitest';
import { createRunId, parseRunId } from '../../src/domain/run-id.ts';

describe('createRunId', () => {
  it('is the compact UTC second and eight hexadecimal digits', () => {
    const runId = createRunId(new Date('2026-11-20T03:05:12.999Z'), () =>
      Uint8Array.of(0x7f, 0x3a, 0x9c, 0x1e),
    );
    expect(runId).toBe('20261120T030512Z-7f3a9c1e');
  });

  it('differs between runs of the same second', () => {
    const now = new Date('2026-11-20T03:05:12Z');
    const ids = new Set(Array.from({ length: 100 }, () => createRunId(now)));
    expect(ids.size).toBe(100);
  });

  it('is read back', () => {
    const runId = createRunId(new Date('2026-02-28T23:59:59.500Z'));
    expect(parseRunId(runId)).toEqual({ startedAt: new Date('2026-02-28T23:59:59Z') });
  });
});

describe('parseRunId', () => {
  it.each([
    ['no random digits', '20261120T030512Z'],
    ['upper-case digits', '20261120T030512Z-7F3A9C1E'],
    ['seven digits', '20261120T030512Z-7f3a9c1'],
    ['nine digits', '20261120T030512Z-7f3a9c1e0'],
    ['a day that does not exist', '20260231T030512Z-7f3a9c1e'],
    ['a month that does not exist', '20261320T030512Z-7f3a9c1e'],
    ['hour 24', '20261120T240000Z-7f3a9c1e'],
    ['the extended form', '2026-11-20T03:05:12Z-7f3a9c1e'],
    ['a line break after it', '20261120T030512Z-7f3a9c1e\n'],
    ['text before it', 'x20261120T030512Z-7f3a9c1e'],
  ])('refuses %s', (_, text) => {
    expect(parseRunId(text)).toBeUndefined();
  });
});
