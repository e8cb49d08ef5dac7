// Which stage of a failed task is blamed, and what is told about it.
import { describe, expect, it } from 'vitest';
import type { TaskOutcome } from '../../src/ports/remote.ts';
import { explainFullDisk, explainOutcome, findCulprit } from '../../src/remote/outcome.ts';

function outcome(
  statuses: Record<string, number | undefined>,
  stderr: Record<string, string> = {},
): TaskOutcome {
  return {
    label: 'dump of databases',
    statuses: new Map(Object.entries(statuses)),
    reports: [],
    stderr: new Map(Object.entries(stderr)),
  };
}

describe('the culprit', () => {
  it.each([
    ['the only one that failed', { dump: 3, filter: 0, send: 0 }, 'dump'],
    [
      'the one that ended first, not those that wrote to it',
      { dump: 2, filter: 141, compress: 74, encrypt: 137, send: 0 },
      'encrypt',
    ],
    [
      'the one that failed, not those that never came to their turn',
      { look: 1, dump: undefined, send: undefined },
      'look',
    ],
    ['the first that did not report, when none did', { dump: undefined, filter: undefined, send: 0 }, 'dump'],
  ])('is %s', (_which, statuses, stage) => {
    expect(findCulprit(outcome(statuses))?.stage).toBe(stage);
  });

  it('is nobody when all is well', () => {
    expect(findCulprit(outcome({ dump: 0 }))).toBeUndefined();
  });
});

it('is told with its status and its words, shortened', () => {
  const error = explainOutcome(outcome({ dump: 137 }, { dump: `first\n${'x'.repeat(10_000)}\nlast\n` }), 0);
  expect(error.code).toBe('target-stage-failed');
  expect(error.message).toMatch(/^dump of databases: dump ended with status 137 \(killed\):\nfirst\nx+\[… /);
  expect(error.message).toMatch(/\nlast$/);
  expect(error.message.length).toBeLessThan(1_000);
});

it('a full disk is told as what it is', () => {
  expect(explainFullDisk(outcome({ dump: 255 }))).toBeUndefined();
  expect(explainFullDisk(outcome({ dump: 255 }, { room: '/dev/shm\n' }))).toMatchObject({
    code: 'target-home',
    message: 'dump of databases: /dev/shm on the target is full',
  });
});
