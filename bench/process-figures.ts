// What Linux knows about processes: CPU time, memory, and who descends from whom. Reads /proc.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A clock tick of /proc/PID/stat. */
const TICK_MS = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
/** Fields of /proc/PID/stat behind the program's name, counted from the state (proc(5)). */
const [OWN_USER, OWN_SYSTEM, CHILD_USER, CHILD_SYSTEM] = [11, 12, 13, 14] as const;

/** CPU time of this one process so far; 0 when it is gone. */
export function readCpuMs(pid: number): number {
  return sumFields(pid, [OWN_USER, OWN_SYSTEM]);
}

/** CPU time of the children that this very process has waited for, and of theirs. */
export function readChildrenCpuMs(): number {
  return sumFields(process.pid, [CHILD_USER, CHILD_SYSTEM]);
}

function sumFields(pid: number, fields: readonly number[]): number {
  const stat = readProcFile(pid, 'stat');
  // The second field is the program's name in parentheses and may hold anything.
  const values = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.reduce((sum, field) => sum + Number(values?.[field] ?? 0), 0) * TICK_MS;
}

/** A process and its living descendants, as far as main threads started them. */
export function findTree(root: number): number[] {
  const children = readProcFile(root, `task/${root}/children`)?.match(/\d+/g) ?? [];
  return [root, ...children.flatMap((child) => findTree(Number(child)))];
}

export interface Memory {
  readonly residentBytes: number;
  /** The most that was ever resident. */
  readonly peakBytes: number;
}

/** Undefined when the process is gone. */
export function readMemory(pid: number): Memory | undefined {
  const status = readProcFile(pid, 'status') ?? '';
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  const memory = { residentBytes: read('VmRSS'), peakBytes: read('VmHWM') };
  return Number.isNaN(memory.peakBytes) ? undefined : memory;
}

/** Program and arguments; empty when it is gone. */
export function readCommand(pid: number): string {
  return readProcFile(pid, 'cmdline') ?? '';
}

/** What a program calls itself; empty when it is gone. */
export function readName(pid: number): string {
  return readProcFile(pid, 'comm')?.trim() ?? '';
}

function readProcFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return undefined;
  }
}
