import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { findProcesses, isAlive, killUntilGone, recordProcess, type ProcessRecord } from './processes.ts';

const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

/** A shell with a child of its own; returns when both are there. */
async function startTree(env: Record<string, string> = {}): Promise<ProcessRecord> {
  const child = spawn('sh', ['-c', 'sleep 60 & echo; wait'], { env: { PATH: process.env['PATH'], ...env } });
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
    const found = findProcesses('NO=MARK', [record]);
    expect(found).toContain(record.pid);
    expect(found).toHaveLength(2);
  });

  it('finds what carries the mark, and nothing that carries another', async () => {
    const marked = await startTree({ LAB_TEST_MARK: 'ours' });
    await startTree({ LAB_TEST_MARK: 'ours too' });
    const found = findProcesses('LAB_TEST_MARK=ours');
    expect(found).toContain(marked.pid);
    expect(found).toHaveLength(2);
  });

  it('finds what was recorded alone when there is no mark, and not the whole machine', async () => {
    const record = await startTree();
    expect(findProcesses('')).toEqual([]);
    expect(findProcesses('', [record])).toHaveLength(2);
  });

  it('never finds the process that asks', () => {
    const own = recordProcess(process.pid);
    expect(findProcesses('NO=MARK', own === undefined ? [] : [own])).not.toContain(process.pid);
  });
});

describe('killUntilGone', () => {
  it('returns when everything is gone', async () => {
    const record = await startTree({ LAB_TEST_MARK: 'doomed' });
    await killUntilGone(() => findProcesses('LAB_TEST_MARK=doomed'));
    expect(isAlive(record)).toBe(false);
    expect(findProcesses('LAB_TEST_MARK=doomed', [record])).toEqual([]);
  });
});
