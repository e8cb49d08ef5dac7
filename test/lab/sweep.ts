// Ends what a run started and removes its directory, from nothing but that directory. The same code serves an orderly stop, the
// supervisor of a run whose process died, and the sweep of runs whose supervisor died as well.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { runAsRoot } from './command.ts';
import { readLedger } from './ledger.ts';
import { removeContainers } from './podman.ts';
import { findProcesses, killUntilGone, recordProcess, RUN_VARIABLE } from './processes.ts';

/** A run's id names the process that it belongs to, so that there is no moment in which the owner is unknown. */
export function makeRunId(): string {
  return `${nameOwner(process.pid)}-${randomBytes(2).toString('hex')}`;
}

/** Removes every run below `base` whose process is dead. One that cannot be removed is named, and left. */
export async function sweepDeadRuns(base: string): Promise<void> {
  for (const id of await readdir(base)) {
    const pid = parseInt(id, 36);
    if (id.startsWith(`${nameOwner(pid)}-`)) continue;
    await removeRun(path.join(base, id)).catch((error: unknown) => {
      process.stderr.write(
        `lab: what is left of an earlier run in ${path.join(base, id)}: ${String(error)}\n`,
      );
    });
  }
}

/** Pid and start time in base 36: short, because the id is part of every path. */
function nameOwner(pid: number): string {
  return `${pid.toString(36)}-${Number(recordProcess(pid)?.startTime ?? 0).toString(36)}`;
}

/** Containers first (their processes are none of ours), then processes, mounts, files. Safe to call twice and at once. */
export async function removeRun(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  await removeContainers(directory);
  const records = readLedger(directory);
  await killUntilGone(() => findProcesses(`${RUN_VARIABLE}=${path.basename(directory)}`, records));
  for (const mount of findMounts(directory)) await runAsRoot(['umount', '--lazy', mount]);
  await removeDirectory(directory);
  // The common directory goes with the last run.
  await rmdir(path.dirname(directory)).catch(() => undefined);
}

/** Mount points below the directory, innermost first. */
function findMounts(directory: string): string[] {
  const points = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return points.filter((point) => point.startsWith(`${directory}/`)).reverse();
}

/** Containers and database servers write as users of their own. */
async function removeDirectory(directory: string): Promise<void> {
  try {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    await runAsRoot(['rm', '-rf', '--one-file-system', directory]);
  }
}
