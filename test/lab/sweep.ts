// Ends what a run started and removes its directory, from nothing but that directory. The same code serves an orderly stop, the
// supervisor of a run whose process died, and the sweep of runs whose supervisor died as well.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { runAsRoot } from './command.ts';
import { removeDockerContainers } from './docker.ts';
import { readLedger } from './ledger.ts';
import { removeContainers } from './podman.ts';
import { findProcesses, killUntilGone, recordProcess, RUN_VARIABLE } from './processes.ts';

/** A run's id names the process that it belongs to, so that there is no moment in which the owner is unknown. */
export function makeRunId(): string {
  return `${renderOwner(process.pid)}-${renderNamespace()}${randomBytes(2).toString('hex')}`;
}

/**
 * Removes every run below `base` whose process is dead. Runs of another PID namespace (a container with the same directory) are
 * left alone: from here all their processes look dead. A run that cannot be removed is named, and left.
 */
export async function sweepDeadRuns(base: string): Promise<void> {
  for (const id of await readdir(base)) {
    const [pid = '', , rest = ''] = id.split('-');
    const isAlive = id.startsWith(`${renderOwner(parseInt(pid, 36))}-`);
    if (isAlive || !rest.startsWith(renderNamespace())) continue;
    const directory = path.join(base, id);
    await removeRun(directory).catch((error: unknown) => {
      process.stderr.write(
        `lab: what an earlier run left in ${directory} cannot be removed: ${String(error)}\n`,
      );
    });
  }
}

/** Pid and start time in base 36: short, because the id is part of every path. */
function renderOwner(pid: number): string {
  return `${pid.toString(36)}-${Number(recordProcess(pid)?.startTime ?? 0).toString(36)}`;
}

/** Two characters that tell PID namespaces apart, from the inode of ours. */
function renderNamespace(): string {
  const { ino } = statSync('/proc/self/ns/pid');
  return (ino % 36 ** 2).toString(36).padStart(2, '0');
}

/** Containers first (their processes are none of ours), then processes, mounts, files. Safe to call twice and at once. */
export async function removeRun(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  await removeContainers(directory);
  await removeDockerContainers(directory);
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
