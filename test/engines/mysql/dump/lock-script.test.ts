// What is said of a lock that did not go as it should; that it holds, and is let go, is shown on real servers.
import { expect, it } from 'vitest';
import { explainLock, readLock } from '../../../../src/engines/mysql/dump/lock-script.ts';
import type { TaskOutcome } from '../../../../src/ports/remote.ts';

const outcome = (statuses: Record<string, number>, said = ''): TaskOutcome => ({
  label: 'dump of databases',
  statuses: new Map(Object.entries(statuses)),
  reports: [],
  stderr: new Map([['lock', said]]),
});

it('tells a lock that was not granted, one that lasted too long, and a right that is missing', () => {
  const waited = 'ERROR 1205 (HY000) at line 4: Lock wait timeout exceeded; try restarting transaction';
  expect(explainLock(outcome({ lock: 1 }, waited), 5_000)).toMatchObject({ code: 'lock-not-granted' });
  expect(explainLock(outcome({ lock: 0, dump: 142 }), 5_000)).toMatchObject({
    code: 'lock-too-long',
    message: expect.stringContaining('locked for 5 seconds (max-lock)') as string,
  });
  const denied = "ERROR 1044 (42000) at line 4: Access denied for user 'dump'@'localhost' to database 'shop'";
  expect(explainLock(outcome({ lock: 1 }, denied), 5_000)).toMatchObject({ code: 'db-rights-missing' });
});

it('blames no lock where there was none', () => {
  expect(explainLock(outcome({ dump: 142 }), 5_000)).toBeUndefined();
  expect(explainLock(outcome({ lock: 0, dump: 3 }), 5_000)).toBeUndefined();
});

it('believes only a lock that was held to the end', () => {
  const reports = (ms: string, queries = '0') => [
    { name: 'long-queries', value: queries },
    { name: 'locked-ms', value: ms },
  ];
  expect(readLock(reports('1234'), 'dump')).toEqual({ lockedMs: 1234, warnings: [] });
  expect(readLock(reports('1234', '2'), 'dump').warnings.join()).toContain('2 statements had been running');
  for (const lost of [[], reports('NULL'), reports('')])
    expect(() => readLock(lost, 'dump')).toThrow('the lock on its tables was lost before the end');
});
