// Measures one run of a program from outside: wall time, CPU time and memory of everything it starts, and what it costs servers.
import { findTree, readChildrenCpuMs, readCommand, readCpuMs, readMemory } from './process-figures.ts';

export interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** The most that all processes of the run had resident at one moment; for a single process the kernel's own record. */
  readonly peakBytes: number;
  /** For each server: CPU time of it and of what it started. Processes that live shorter than a look may be missing. */
  readonly serverCpuMs: readonly number[];
}

export interface Started<T> {
  readonly pid: number | undefined;
  /** Settles when the program has ended and was waited for. */
  readonly ended: Promise<T>;
}

/** A look costs about a millisecond. */
const LOOK_INTERVAL_MS = 50;

/**
 * `servers` are process ids. Nothing else may be started and end meanwhile: the CPU time is that of all children that ended.
 */
export async function measure<T>(
  start: () => Started<T>,
  servers: readonly number[] = [],
): Promise<{ outcome: T; usage: Usage }> {
  const meters = servers.map((pid) => new CpuMeter(pid));
  const cpuBeforeMs = readChildrenCpuMs();
  const startedMs = performance.now();
  const { pid, ended } = start();
  let peakBytes = 0;
  const look = () => {
    if (pid !== undefined) peakBytes = Math.max(peakBytes, ...residentBytes(pid));
    for (const meter of meters) meter.look();
  };
  const timer = setInterval(look, LOOK_INTERVAL_MS);
  try {
    const outcome = await ended;
    const wallMs = performance.now() - startedMs;
    const cpuMs = readChildrenCpuMs() - cpuBeforeMs;
    look();
    return {
      outcome,
      usage: { wallMs, cpuMs, peakBytes, serverCpuMs: meters.map((meter) => meter.totalMs) },
    };
  } finally {
    clearInterval(timer);
  }
}

/** What the tree has now, and what each of its processes ever had. */
function residentBytes(root: number): number[] {
  const command = readCommand(root);
  const memories = findTree(root)
    // A child that has not become its program yet shows the memory of its parent, which is there only once.
    .filter((pid) => pid === root || readCommand(pid) !== command)
    .map(readMemory)
    .filter((memory) => memory !== undefined);
  const together = memories.reduce((sum, memory) => sum + memory.residentBytes, 0);
  return [together, ...memories.map((memory) => memory.peakBytes)];
}

/** Adds up what a process and its descendants use from now on. */
class CpuMeter {
  readonly #root: number;
  readonly #before: ReadonlyMap<number, number>;
  readonly #latest = new Map<number, number>();

  constructor(root: number) {
    this.#root = root;
    this.#before = new Map(findTree(root).map((pid) => [pid, readCpuMs(pid)]));
  }

  look(): void {
    for (const pid of findTree(this.#root)) {
      const cpuMs = readCpuMs(pid) - (this.#before.get(pid) ?? 0);
      this.#latest.set(pid, Math.max(cpuMs, this.#latest.get(pid) ?? 0));
    }
  }

  get totalMs(): number {
    return [...this.#latest.values()].reduce((sum, cpuMs) => sum + cpuMs, 0);
  }
}
