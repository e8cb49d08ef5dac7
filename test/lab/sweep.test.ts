import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRunId, sweepDeadRuns } from './sweep.ts';

let base = '';
beforeEach(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'sweep-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

/** Makes the directory of a run and returns whether a sweep leaves it. */
async function survives(id: string): Promise<boolean> {
  await mkdir(path.join(base, id));
  await sweepDeadRuns(base);
  return existsSync(path.join(base, id));
}

describe('sweepDeadRuns', () => {
  const [pid = '', startTime = '', tail = ''] = makeRunId().split('-');
  const namespace = tail.slice(0, 2);

  it('leaves the run of a living process', async () => {
    expect(await survives(makeRunId())).toBe(true);
  });

  it('removes the run of a process that is gone', async () => {
    expect(await survives(`zzzzz-${startTime}-${namespace}0000`)).toBe(false);
  });

  it('removes the run of a process whose pid was given to another', async () => {
    expect(await survives(`${pid}-1-${namespace}0000`)).toBe(false);
  });

  it('leaves the runs of other PID namespaces: their processes cannot be seen from here', async () => {
    const other = namespace === 'aa' ? 'bb' : 'aa';
    expect(await survives(`zzzzz-${startTime}-${other}0000`)).toBe(true);
  });
});
