// Runs of the lab end with nothing left, in whatever way they end.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { findProcesses, isAlive, recordProcess, RUN_VARIABLE, type ProcessRecord } from '../lab/processes.ts';

const HELPERS = path.join(import.meta.dirname, '..', 'helpers');
const children = new Set<ReturnType<typeof spawn>>();
afterEach(() => children.forEach((child) => child.kill('SIGKILL')));

interface StartedRun {
  readonly child: ReturnType<typeof spawn>;
  readonly directory: string;
  readonly supervisorPid: number;
  readonly records: readonly ProcessRecord[];
}

/** Starts a whole lab in a process of its own and leaves something running in a session on its target; or what else a script starts. */
async function startRun(script = 'run-lab.ts', ...args: string[]): Promise<StartedRun> {
  const child = spawn(process.execPath, [path.join(HELPERS, script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.add(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, ...(JSON.parse(line) as Omit<StartedRun, 'child'>) };
}

/** Everything of a run that could be left: processes, mounts, the directory. */
function findRemains({ directory, records }: StartedRun): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return [
    ...findProcesses(`${RUN_VARIABLE}=${path.basename(directory)}`, records).map((pid) => `process ${pid}`),
    ...records.filter(isAlive).map(({ pid }) => `process ${pid}`),
    ...mounts.filter((line) => line.includes(directory)),
    ...(existsSync(directory) ? [directory] : []),
  ];
}

/** Processes of which the root file system lies in the run's directory. */
function findContainerProcesses({ directory }: StartedRun): ProcessRecord[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const inside = pids.filter((pid) => readProc(pid, 'mountinfo').match(` / / .*${directory}`) !== null);
  return inside.map((pid) => recordProcess(Number(pid))).filter((record) => record !== undefined);
}

function readProc(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

describe('a run of the lab', () => {
  it('leaves nothing when it is stopped', async () => {
    const run = await startRun();
    expect(findRemains(run).length).toBeGreaterThan(3);
    run.child.stdin?.end();
    expect(await once(run.child, 'exit')).toEqual([0, null]);
    expect(findRemains(run)).toEqual([]);
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'leaves nothing when its process gets %s',
    async (signal) => {
      const run = await startRun();
      run.child.kill(signal);
      await once(run.child, 'exit');
      await expect.poll(() => findRemains(run), { timeout: 20_000 }).toEqual([]);
    },
  );

  it('is swept by the next one when its supervisor was killed as well', async () => {
    const run = await startRun();
    process.kill(run.supervisorPid, 'SIGKILL');
    run.child.kill('SIGKILL');
    await once(run.child, 'exit');
    expect(findRemains(run).length).toBeGreaterThan(3);
    const next = await startRun();
    expect(findRemains(run)).toEqual([]);
    next.child.stdin?.end();
    await once(next.child, 'exit');
  });

  it.each(['docker', 'podman'])('leaves nothing of %s and its containers', async (engine) => {
    const run = await startRun('run-sandbox-engine.ts', engine);
    const processes = findContainerProcesses(run);
    expect(processes).toHaveLength(1);
    run.child.kill('SIGKILL');
    await once(run.child, 'exit');
    await expect.poll(() => findRemains(run), { timeout: 20_000 }).toEqual([]);
    expect(processes.filter(isAlive)).toEqual([]);
  });
});
