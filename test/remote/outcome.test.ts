// Which stage of a failed task is blamed, and what is told about it.
import { expect, it } from 'vitest';
import { explainFullDisk, explainOutcome, findCulprit, quoteStderr } from '../../src/remote/outcome.ts';

const outcome = (
  statuses: readonly (readonly [string, number | undefined])[],
  stderr: Record<string, string> = {},
) => ({
  label: 'dump of databases',
  statuses: new Map(statuses),
  reports: [],
  stderr: new Map(Object.entries(stderr)),
});

it.each([
  [
    'nobody',
    [
      ['dump', 0],
      ['filter', 0],
    ],
    undefined,
  ],
  [
    'the reader that ended first',
    [
      ['dump', 141],
      ['filter', 141],
      ['compress', 1],
      ['encrypt', 0],
    ],
    'compress',
  ],
  [
    'a writer whose readers saw an ordinary end',
    [
      ['dump', 2],
      ['filter', 0],
      ['compress', 0],
    ],
    'dump',
  ],
  [
    'who says so rather than who says nothing',
    [
      ['dump', undefined],
      ['filter', 7],
    ],
    'filter',
  ],
  [
    'who says nothing',
    [
      ['dump', 0],
      ['filter', undefined],
      ['compress', undefined],
    ],
    'filter',
  ],
] as const)('blames %s', (_who, statuses, culprit) => {
  expect(findCulprit(outcome(statuses))?.stage).toBe(culprit);
});

it.each([
  [[['dump', 137]], 0, 'dump of databases: dump ended with status 137 (killed)'],
  [[['dump', 143]], 0, 'dump of databases: dump ended with status 143 (terminated)'],
  [[['dump', undefined]], 0, 'dump of databases: dump was ended before it could report'],
  [[['dump', 0]], 2, 'dump of databases: the script ended with status 2'],
] as const)('says how %j ended', (statuses, taskStatus, message) => {
  const error = explainOutcome(outcome(statuses), taskStatus);
  expect(error).toMatchObject({ code: 'target-stage-failed', message });
});

it('quotes what the stage itself said', () => {
  const failed = outcome([['dump', 3]], { dump: 'Error 2013: Lost connection\n', compress: 'other' });
  expect(explainOutcome(failed, 0).message).toMatch(/status 3:\nError 2013: Lost connection$/);
  expect(quoteStderr(failed, 'filter')).toBe('');
});

it('keeps the first and the last words of one that said much', () => {
  const { message } = explainOutcome(
    outcome([['dump', 137]], { dump: `first\n${'x'.repeat(10_000)}\nlast\n` }),
    0,
  );
  expect(message).toMatch(/:\nfirst\nx+\[… /);
  expect(message).toMatch(/\nlast$/);
  expect(message.length).toBeLessThan(1_000);
});

it('tells a full disk as what it is', () => {
  expect(explainFullDisk(outcome([['dump', 255]]))).toBeUndefined();
  expect(explainFullDisk(outcome([['dump', 255]], { room: '/dev/shm\n' }))).toMatchObject({
    code: 'target-home',
    message: 'dump of databases: /dev/shm on the target is full',
  });
});
