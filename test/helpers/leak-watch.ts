// Looks, again and again while something runs, at what others on the machine could see: arguments and environments of processes, and
// files.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findCanaries, type Canary } from './canaries.ts';

/** Short enough to see every program of a session, long enough to let them work. */
const PAUSE_MS = 25;
/** Nothing that could hold a secret of ours is larger. */
const MAX_FILE_BYTES = 1_000_000;

/** Nothing but the built program of an action. */
const ACTION = /^\S+ \S+\/dist\/[a-z-]+\.js( |$)/;

export interface LeakWatchOptions {
  readonly canaries: readonly Canary[];
  readonly directories: readonly string[];
  /** Processes that may know: the runner gives the action its inputs in the environment. */
  readonly initiated: ReadonlySet<number>;
}

export interface LeakWatch {
  /** Where a secret was seen; each once. */
  stop(): readonly string[];
}

export function watchForLeaks({ canaries, directories, initiated }: LeakWatchOptions): LeakWatch {
  const leaks = new Set<string>();
  const processes = new Set<string>();
  const examine = (place: string, text: string) => {
    for (const canary of findCanaries(text, canaries)) leaks.add(`${place}: ${canary}`);
  };
  const look = () => {
    const own = new Set([...initiated].map(readWords));
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (Number(pid) === process.pid || initiated.has(Number(pid))) continue;
      const words = readWords(pid);
      // A child that has not become a program of its own yet still has its parent's memory.
      if (own.has(words)) continue;
      // Seen before, and still the same program.
      if (words === '' || processes.has(`${pid} ${words}`)) continue;
      processes.add(`${pid} ${words}`);
      examine(`process ${pid} ${words}`, words);
      // The runner gives every action its inputs there, those of tests that run beside this one too, and keys begin alike.
      if (!ACTION.test(words)) examine(`environment of ${pid} ${words}`, read(`/proc/${pid}/environ`));
    }
    for (const directory of directories) {
      for (const file of listFiles(directory)) {
        examine(file, read(file));
      }
    }
  };
  look();
  const timer = setInterval(look, PAUSE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return [...leaks];
    },
  };
}

function readWords(pid: string | number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

/** Regular files only: to open a FIFO would be to take part. */
function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory).flatMap((name) => {
      const file = path.join(directory, name);
      const found = lstatSync(file, { throwIfNoEntry: false });
      if (found?.isDirectory() === true) return listFiles(file);
      return found?.isFile() === true && found.size <= MAX_FILE_BYTES ? [file] : [];
    });
  } catch {
    // Gone in the meantime.
    return [];
  }
}

/** Empty when it is gone in the meantime. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
