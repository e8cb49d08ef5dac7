// Finds and ends exactly the processes that a run started: by pid together with start time, by descent, and by the run's mark in
// the environment. Never by name.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { asRoot, tryCommand } from './command.ts';

/** Every process of a run carries this variable with the run's id; sshd hands it to sessions through SetEnv. */
export const RUN_VARIABLE = 'LIFEBOAT_LAB_RUN';

/** How long killed processes may take to disappear. */
const KILL_TIMEOUT_MS = 15_000;
const POLL_MS = 30;

/** A pid alone may belong to somebody else tomorrow; with the start time and the boot it cannot. */
export interface ProcessRecord {
  readonly pid: number;
  /** Clock ticks since boot, field 22 of /proc/PID/stat. */
  readonly startTime: string;
  readonly bootId: string;
}

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly startTime: string;
  readonly isZombie: boolean;
}

/** Undefined when no such process is alive; a zombie is not. */
export function recordProcess(pid: number): ProcessRecord | undefined {
  const entry = readEntry(pid);
  return entry === undefined || entry.isZombie
    ? undefined
    : { pid, startTime: entry.startTime, bootId: readBootId() };
}

export function isAlive(record: ProcessRecord): boolean {
  const current = recordProcess(record.pid);
  return current?.startTime === record.startTime && current.bootId === record.bootId;
}

/** The living processes that were recorded, that carry the mark (`NAME=value` in the environment), and all their descendants. */
export function findProcesses(mark: string, records: readonly ProcessRecord[] = []): number[] {
  const entries = listProcesses().filter((entry) => !entry.isZombie && entry.pid !== process.pid);
  const found = new Set(records.filter(isAlive).map((record) => record.pid));
  for (const entry of entries) if (hasMark(entry.pid, mark)) found.add(entry.pid);
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const entry of entries) if (found.has(entry.parent)) found.add(entry.pid);
  }
  found.delete(process.pid);
  return [...found];
}

/** Kills what `find` finds, again and again until it finds nothing: what is killed may have left children behind. */
export async function killUntilGone(find: () => number[]): Promise<void> {
  const deadline = Date.now() + KILL_TIMEOUT_MS;
  for (;;) {
    const pids = find();
    if (pids.length === 0) return;
    if (Date.now() > deadline) throw new Error(`processes ${pids.join(', ')} of the lab cannot be killed`);
    await killAll(pids);
    await sleep(POLL_MS);
  }
}

async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPERM') {
        const [file, ...args] = asRoot(['kill', '-KILL', String(pid)]);
        await tryCommand(file, args);
      }
    }
  }
}

function listProcesses(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readEntry(Number(name)))
    .filter((entry) => entry !== undefined);
}

function readEntry(pid: number): ProcessEntry | undefined {
  const stat = readProcFile(pid, 'stat');
  if (stat === undefined) return undefined;
  // The second field is the program's name in parentheses and may hold anything; what follows the last ")" is plain.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields;
  const startTime = fields[19];
  if (state === undefined || parent === undefined || startTime === undefined) return undefined;
  return { pid, parent: Number(parent), startTime, isZombie: state === 'Z' || state === 'X' };
}

function hasMark(pid: number, mark: string): boolean {
  // Every environment ends with an empty word: an empty mark would be on every process of the machine.
  return mark !== '' && (readProcFile(pid, 'environ')?.split('\0').includes(mark) ?? false);
}

/** Undefined when the process is gone or belongs to somebody else. */
function readProcFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return undefined;
  }
}

function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}
