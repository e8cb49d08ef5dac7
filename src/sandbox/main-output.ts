// Reads what a sandbox writes: lines of main.sh are recognised by their mark, of everything else the end is kept.
import { constants } from 'node:os';
import { BoundedText } from './bounded-text.ts';

/** Enough for the last words of a server. */
const LOG_BYTES = 16 * 1024;
/** A line of ours is shorter; of a longer one no more is held back. */
const MAX_LINE_BYTES = 256;
const NEWLINE = 0x0a;

/** How the command of a sandbox ended. */
export interface MainEnd {
  /** As a shell gives it: 128 + signal for a command that was killed. */
  readonly status: number;
  /** How many processes the kernel killed because memory ran out. */
  readonly memoryKills: number;
}

export interface MainEvents {
  /** With the command's process id inside. */
  onStarted(pid: string): void;
  onEnded(end: MainEnd): void;
}

export class MainOutput {
  readonly #mark: string;
  readonly #events: MainEvents;
  readonly #log = new BoundedText(0, LOG_BYTES);
  #line = Buffer.alloc(0);
  #isOver = false;

  /** `mark` is random: what runs in the sandbox cannot speak for main.sh. */
  constructor(mark: string, events: MainEvents) {
    this.#mark = mark;
    this.#events = events;
  }

  pushStdout(chunk: Uint8Array): void {
    this.#keep(chunk);
  }

  pushStderr(chunk: Uint8Array): void {
    let rest = Buffer.concat([this.#line, chunk]);
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
      this.#take(rest.subarray(0, end + 1));
      rest = rest.subarray(end + 1);
    }
    if (rest.length > MAX_LINE_BYTES) {
      this.#keep(rest);
      rest = Buffer.alloc(0);
    }
    this.#line = Buffer.from(rest);
  }

  /** The end of what was written, without our own lines. */
  readLog(): string {
    const line = this.#isOver ? '' : this.#line.toString();
    return `${this.#log.toString()}${line}`.trim();
  }

  #take(line: Buffer): void {
    const words = line.length > MAX_LINE_BYTES ? '' : line.toString().trim();
    const [mark, word, first = '', second = ''] = words.split(' ');
    if (mark !== this.#mark) this.#keep(line);
    else if (word === 'started') this.#events.onStarted(first);
    else if (word === 'ended') {
      this.#isOver = true;
      this.#events.onEnded({ status: Number(first), memoryKills: Number(second) });
    }
  }

  /** What comes after our last line is the engine's, which has nothing to say about the command. */
  #keep(chunk: Uint8Array): void {
    if (!this.#isOver) this.#log.push(chunk);
  }
}

/** "status 3", or "SIGSEGV" for a status of 128 + signal. */
export function describeStatus(status: number): string {
  const signal = Object.entries(constants.signals).find(([, number]) => number === status - 128);
  return signal?.[0] ?? `status ${status}`;
}
