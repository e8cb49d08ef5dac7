import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { findProcesses, isAlive, killUntilGone, recordProcess, type ProcessRecord } from './processes.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  // With their children; those of the last test are gone by then.
  for (const { pid } of children.splice(0)) spawnSync('kill', ['-s', 'KILL', '--', `-${pid}`]);
});

/** A shell with a child of its own; returns when both are there. */
async function startTree(env: Record<string, string> = {}): Promise<ProcessRecord> {
  const child = spawn('sh', ['-c', 'sleep 60 & echo; wait'], {
    env: { PATH: process.env['PATH'], ...env },
    detached: true,
  });
  children.push(child);
  await once(child.stdout, 'data');
  const record = recordProcess(child.pid ?? 0);
  if (record === undefined) throw new Error('the shell has ended');
  return record;
}

describe('isAlive', () => {
  it('is true for the very process only', async () => {
    const record = await startTree();
    expect(isAlive(record)).toBe(true);
    expect(isAlive({ ...record, startTime: '1' })).toBe(false);
    expect(isAlive({ ...record, bootId: 'another' })).toBe(false);
  });
});

describe('findProcesses', () => {
  it('finds what was recorded, with its descendants', async () => {
    const record = await startTree();
    const found = findProcesses(undefined, [record]);
    expect(found).toContain(record.pid);
    expect(found).toHaveLength(2);
  });

  it('finds what carries the mark, and nothing that carries another', async () => {
    const mark = randomUUID();
    const marked = await startTree({ LIFEBOAT_LAB_TEST: mark });
    await startTree({ LIFEBOAT_LAB_TEST: `${mark}-too` });
    const found = findProcesses(`LIFEBOAT_LAB_TEST=${mark}`);
    expect(found).toContain(marked.pid);
    expect(found).toHaveLength(2);
  });

  it.each(['', '=', 'PATH=/bin', 'LIFEBOAT_LAB_RUN=', 'LIFEBOAT_LAB_RUN'])(
    'refuses %j as a mark: it could fit the processes of others',
    (mark) => {
      expect(() => findProcesses(mark)).toThrow('no mark of the lab');
    },
  );

  it('finds nothing when nothing was recorded and there is no mark', () => {
    expect(findProcesses(undefined)).toEqual([]);
  });

  it('never finds the process that asks', () => {
    const own = recordProcess(process.pid);
    expect(findProcesses(undefined, own === undefined ? [] : [own])).not.toContain(process.pid);
  });
});

describe('killUntilGone', () => {
  it('returns when everything is gone', async () => {
    const mark = randomUUID();
    const record = await startTree({ LIFEBOAT_LAB_TEST: mark });
    await killUntilGone(() => findProcesses(`LIFEBOAT_LAB_TEST=${mark}`));
    expect(isAlive(record)).toBe(false);
    expect(findProcesses(`LIFEBOAT_LAB_TEST=${mark}`, [record])).toEqual([]);
  });
});
