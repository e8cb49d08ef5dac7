// Reads the report lines that session.sh writes to standard error, and keeps a little of everything else found there.
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { LifeboatError } from '../errors.ts';
import type { TaskReport } from '../ports/remote.ts';

/** Noise of a login shell that is kept for an error message. */
const MAX_NOISE_LENGTH = 500;
/** Of standard error, for each stage: session.sh sends less than 9 kB; what is longer does not come from it. */
const MAX_STDERR_LENGTH = 64 * 1024;
const CUT_MARK = '[... more was sent than is kept ...]\n';

export interface TaskDone {
  /** Exit status of the task's own subshell. */
  readonly status: number;
  readonly statuses: ReadonlyMap<string, number>;
  readonly reports: readonly TaskReport[];
  readonly stderr: ReadonlyMap<string, string>;
}

interface Pending {
  readonly statuses: Map<string, number>;
  readonly reports: TaskReport[];
  readonly stderr: Map<string, string>;
  readonly done: PromiseWithResolvers<TaskDone>;
}

export class ReportReader {
  noise = '';
  readonly #prefix: string;
  readonly #started = quiet(Promise.withResolvers<{ refused?: string }>());
  readonly #pending = new Map<number, Pending>();

  constructor(stderr: Readable, nonce: string) {
    this.#prefix = `${nonce} `;
    stderr.on('error', () => undefined);
    createInterface({ input: stderr, crlfDelay: Infinity }).on('line', (line) => {
      this.#read(line);
    });
  }

  /** The first report: ready, or refused with the reason. */
  start(timeoutMs: number): Promise<{ refused?: string }> {
    return withTimeout(this.#started.promise, timeoutMs, () => this.#silent('did not start'));
  }

  expect(task: number): void {
    const done = quiet(Promise.withResolvers<TaskDone>());
    this.#pending.set(task, { statuses: new Map(), reports: [], stderr: new Map(), done });
  }

  async done(task: number, timeoutMs: number): Promise<TaskDone> {
    const pending = this.#pending.get(task);
    if (!pending) throw new TypeError(`task ${task} was not announced`);
    try {
      return await withTimeout(pending.done.promise, timeoutMs, () =>
        this.#silent('did not report on a task'),
      );
    } finally {
      this.#pending.delete(task);
    }
  }

  /** Nothing more will come. */
  fail(error: Error): void {
    this.#started.reject(error);
    for (const pending of this.#pending.values()) pending.done.reject(error);
  }

  #read(line: string): void {
    if (!line.startsWith(this.#prefix)) {
      if (this.noise.length < MAX_NOISE_LENGTH) this.noise += `${line.slice(0, MAX_NOISE_LENGTH)}\n`;
      return;
    }
    const [word, taskNumber, name, ...rest] = line.slice(this.#prefix.length).split(' ');
    if (word === 'ready') this.#started.resolve({});
    if (word === 'refused')
      this.#started.resolve({ refused: line.slice(this.#prefix.length + 'refused '.length) });
    const pending = this.#pending.get(Number(taskNumber));
    if (!pending || name === undefined) return;
    if (word === 'report') pending.reports.push({ name, value: rest.join(' ') });
    if (word === 'status') pending.statuses.set(name, parseStatus(rest[0]));
    if (word === 'stderr') this.#keepStderr(pending, name, rest.join(' '));
    if (word === 'done') {
      const { statuses, reports, stderr } = pending;
      pending.done.resolve({ status: parseStatus(name), statuses, reports, stderr });
    }
  }

  #keepStderr(pending: Pending, stage: string, line: string): void {
    const kept = pending.stderr.get(stage) ?? '';
    if (kept.endsWith(CUT_MARK)) return;
    pending.stderr.set(
      stage,
      `${kept}${kept.length + line.length > MAX_STDERR_LENGTH ? CUT_MARK : `${line}\n`}`,
    );
  }

  #silent(what: string): LifeboatError {
    return new LifeboatError(
      'ssh-timeout',
      `the shell on the target ${what}${this.noise === '' ? '' : `; it said: ${this.noise.trim()}`}`,
      {
        hint: 'Lifeboat needs a user whose login shell runs commands (`ssh user@host true` must work without a terminal).',
      },
    );
  }
}

/** A status that is not a number counts as a failure. */
function parseStatus(text: string | undefined): number {
  return text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : 255;
}

/** Rejected before anybody waits, it must not become an unhandled rejection. */
function quiet<T>(resolvers: PromiseWithResolvers<T>): PromiseWithResolvers<T> {
  resolvers.promise.catch(() => undefined);
  return resolvers;
}

async function withTimeout<T>(promise: Promise<T>, timeoutMs: number, error: () => Error): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(error()), timeoutMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
