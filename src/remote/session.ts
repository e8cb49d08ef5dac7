// Speaks with session.sh at the other end of a channel: starts it, keeps it alive, hands it tasks and judges how they ended.
import { createHash, randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { LifeboatError } from '../errors.ts';
import { shellQuote } from '../domain/text/shell.ts';
import type {
  FailureExplainer,
  SealedResult,
  SealedStream,
  SealedTask,
  SessionOptions,
  TargetSession,
  Task,
  TaskOutcome,
  TaskResult,
} from '../ports/remote.ts';
import { readMarked } from './marked-stream.ts';
import { explainFullDisk, explainOutcome } from './outcome.ts';
import { explainRefusal } from './refusal.ts';
import { ReportReader } from './report-reader.ts';
import { text as sessionScript } from './session.sh';

/** How often the runner says that it is alive; session.sh gives up after three checks of this length without a beat. */
const BEAT_INTERVAL_MS = 15_000;
/** From the first byte of the script to "ready": a login shell's start-up files and a slow disk included. */
const READY_TIMEOUT_MS = 60_000;
/** From the end of a payload to the report on its stages: hashing what is still in a pipe. */
const REPORT_TIMEOUT_MS = 60_000;
/** What `close` waits for the target to clear up. */
const CLOSE_TIMEOUT_MS = 3_000;
/** Above what session.sh enforces itself, for the case that it cannot. */
const DEADLINE_GRACE_MS = 60_000;
/** The largest output of a task that is kept in memory; a catalogue of 100,000 objects has about 40 MB. */
export const MAX_TASK_OUTPUT_BYTES = 256 * 1024 * 1024;

/** The three streams of one command on a target, and how it ended. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the command has ended or the connection is gone; never rejects. */
  readonly closed: Promise<ChannelEnd>;
  /** Drops the channel at once. */
  destroy(): void;
}

export interface ChannelEnd {
  /** Undefined when the connection broke: ssh2 reports that as a normal end of the streams. */
  readonly exitCode: number | undefined;
  /** Why the connection broke, where that is known. */
  readonly error?: Error;
}

/**
 * The one command line of a session: reads the script up to a random line, byte by byte, so that nothing after it is swallowed. A
 * script that does not arrive whole is not run at all.
 */
export function bootCommand(boundary: string): string {
  return `exec /bin/sh -c 'LC_ALL=C; export LC_ALL; S=$(while IFS= read -r l; do [ "$l" = ${boundary} ] && exit; printf "%s\\n" "$l"; done; exit 1) && eval "$S"'`;
}

export function randomBoundary(): string {
  return randomBytes(16).toString('hex');
}

/** Runs session.sh in a channel whose command is `bootCommand(boundary)`. Throws as `Remote.open` does. */
export async function startSession(
  channel: Channel,
  boundary: string,
  options: SessionOptions,
  hostKeyFingerprint: string,
  signal: AbortSignal,
): Promise<TargetSession> {
  const session = new ShellSession(channel, options, hostKeyFingerprint, signal);
  try {
    await session.start(boundary);
  } catch (error) {
    await session.close();
    throw error;
  }
  return session;
}

class ShellSession implements TargetSession {
  readonly hostKeyFingerprint: string;
  readonly #nonce = randomBoundary();
  readonly #channel: Channel;
  readonly #options: SessionOptions;
  readonly #signal: AbortSignal;
  readonly #reports: ReportReader;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #onAbort = () => void this.close();
  #failure: Error | undefined;
  #taskNumber = 0;
  #closing: Promise<void> | undefined;

  constructor(channel: Channel, options: SessionOptions, hostKeyFingerprint: string, signal: AbortSignal) {
    this.#channel = channel;
    this.#options = options;
    this.hostKeyFingerprint = hostKeyFingerprint;
    this.#signal = signal;
    this.#reports = new ReportReader(channel.stderr, this.#nonce);
    this.#chunks = channel.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    // A write to a command that has ended must not become an uncaught exception: the end itself is what counts.
    channel.stdin.on('error', () => undefined);
    void channel.closed.then((end) => {
      this.#failure ??= this.#lost(end);
      this.#reports.fail(this.#failure);
      this.#clearTimers();
    });
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  async start(boundary: string): Promise<void> {
    this.#signal.throwIfAborted();
    const { lockName, holder, tools, timeoutMs } = this.#options;
    const settings = {
      NONCE: this.#nonce,
      LOCK_NAME: lockName,
      HOLDER: holder,
      TOOLS: tools.join(' '),
      TIMEOUT_S: String(Math.ceil(timeoutMs / 1000)),
    };
    const assignments = Object.entries(settings).map(([name, value]) => `${name}=${shellQuote(value)}\n`);
    this.#write(`${assignments.join('')}${sessionScript}\n${boundary}\n`);
    this.#every(BEAT_INTERVAL_MS, () => this.#write(`${this.#nonce} beat\n`));
    this.#after(timeoutMs + DEADLINE_GRACE_MS, () => {
      this.#fail(
        new LifeboatError(
          'ssh-timeout',
          `the run reached its timeout of ${Math.round(timeoutMs / 60_000)} minutes`,
        ),
      );
    });
    // Read from the first moment on: the end of a shell that says something and ends is only seen once its words are taken.
    const noise = this.#skipNoise();
    noise.catch(() => undefined);
    const start = await this.#reports.start(READY_TIMEOUT_MS);
    if (start.refused !== undefined) throw explainRefusal(start.refused);
    await noise;
  }

  async run(task: Task, explain?: FailureExplainer): Promise<TaskResult> {
    const number = this.#send(task, '');
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of this.#payload(number)) {
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_TASK_OUTPUT_BYTES)
        throw this.#fail(
          new LifeboatError('target-protocol', `${task.label}: the target sent more than was asked for`),
        );
      chunks.push(chunk);
    }
    const { reports, stderr } = await this.#settle(task, number, explain);
    return { stdout: Buffer.concat(chunks), reports, stderr };
  }

  seal(task: SealedTask, explain?: FailureExplainer): SealedStream {
    const encrypt = task.recipients === null ? [] : ['encrypt'];
    const stages = [...task.stages, 'compress', ...encrypt, 'send', 'hash'];
    const settled = Promise.withResolvers<SealedResult>();
    // Whoever reads the bytes sees the failure there; the promise must not become an unhandled rejection beside it.
    settled.promise.catch(() => undefined);
    return { bytes: this.#sealed({ ...task, stages }, explain, settled), result: settled.promise };
  }

  async *#sealed(
    task: SealedTask,
    explain: FailureExplainer | undefined,
    settled: PromiseWithResolvers<SealedResult>,
  ): AsyncGenerator<Buffer> {
    try {
      const number = this.#send(task, sealingPreamble(task));
      const hash = createHash('sha256');
      for await (const chunk of this.#payload(number)) {
        hash.update(chunk);
        yield chunk;
      }
      const outcome = await this.#settle(task, number, explain);
      const sha256 = hash.digest('hex');
      const sent = outcome.reports.find((report) => report.name === 'sha256')?.value;
      if (sent !== sha256) {
        throw new LifeboatError(
          'hash-mismatch',
          `${task.label}: the target sent bytes with SHA-256 ${sent ?? '(none)'}, what arrived has ${sha256}`,
          {
            hint: 'Nothing of this run counts. Run it again; if it happens twice, suspect the memory of one of the two machines.',
          },
        );
      }
      settled.resolve({ sha256, reports: outcome.reports, stderr: outcome.stderr });
    } catch (error) {
      settled.reject(error);
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#clearTimers();
    if (this.#signal.aborted) this.#failure ??= new LifeboatError('cancelled', 'the run was cancelled');
    // The end of its standard input ends everything on the target, whatever it is doing. Its output has to be taken from the
    // channel meanwhile: the shell may be waiting to write.
    this.#channel.stdin.end('quit\n');
    void this.#drain();
    const { promise: waited, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS, undefined);
    await Promise.race([this.#channel.closed, waited]);
    clearTimeout(timer);
    this.#channel.destroy();
  }

  /** Through the iterator: while it exists, `resume` has no effect, and a stream that is not read to its end never closes. */
  async #drain(): Promise<void> {
    try {
      while ((await this.#chunks.next()).done !== true);
    } catch {
      // Destroyed: there is nothing left to take.
    }
  }

  /** Takes what start-up files of the login shell print before the session's own first line. */
  async #skipNoise(): Promise<void> {
    const noise = readMarked(this.#chunks, `${this.#nonce} ready\n`, () => this.#ended());
    while ((await noise.next()).done !== true);
  }

  /** Sends a task and returns its number. */
  #send(task: Task, preamble: string): number {
    if (this.#failure) throw this.#failure;
    this.#taskNumber += 1;
    this.#reports.expect(this.#taskNumber);
    this.#write(`task ${this.#taskNumber}\n${preamble}${task.script}\n${this.#nonce}\n`);
    return this.#taskNumber;
  }

  #payload(number: number): AsyncGenerator<Buffer> {
    return readMarked(this.#chunks, `${this.#nonce} end ${number}\n`, () => this.#ended());
  }

  /** Waits for the report on a task and throws unless every stage ended with 0. */
  async #settle(task: Task, number: number, explain: FailureExplainer | undefined) {
    const report = await this.#reports.done(number, REPORT_TIMEOUT_MS);
    const outcome: TaskOutcome = {
      label: task.label,
      statuses: new Map(task.stages.map((stage) => [stage, report.statuses.get(stage)])),
      reports: report.reports,
      stderr: report.stderr,
    };
    const allGood = report.status === 0 && [...outcome.statuses.values()].every((status) => status === 0);
    if (!allGood)
      throw explainFullDisk(outcome) ?? explain?.(outcome) ?? explainOutcome(outcome, report.status);
    return outcome;
  }

  /** The channel's output ended in the middle of something: why? */
  async #ended(): Promise<Error> {
    const end = await this.#channel.closed;
    return this.#failure ?? this.#lost(end);
  }

  #lost({ exitCode, error }: ChannelEnd): Error {
    const how =
      exitCode === undefined
        ? `${error?.message ?? 'The connection broke.'} The target was at work then`
        : `the shell on the target ended early, with status ${exitCode}, while it was at work`;
    const noise = this.#reports.noise.trim();
    const advice = error instanceof LifeboatError && error.hint !== undefined ? `${error.hint} ` : '';
    return new LifeboatError('ssh-lost', noise === '' ? `${how}.` : `${how}; it said: ${noise}`, {
      hint: `${advice}Nothing of this run counts, and what it left on the target ends by itself within a minute.`,
      cause: error,
    });
  }

  #fail(error: Error): Error {
    this.#failure ??= error;
    this.#reports.fail(error);
    this.#channel.destroy();
    return error;
  }

  #write(text: string): void {
    if (this.#channel.stdin.writable) this.#channel.stdin.write(text);
  }

  #every(intervalMs: number, action: () => void): void {
    this.#timers.push(setInterval(action, intervalMs).unref());
  }

  #after(delayMs: number, action: () => void): void {
    this.#timers.push(setTimeout(action, delayMs).unref());
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

/** What `seal` has to know. */
function sealingPreamble({ recipients, compression }: SealedTask): string {
  const keys = (recipients ?? []).map(
    (key, index) => `printf '%s\\n' ${shellQuote(key)} >"$D/recipient.${index}"\n`,
  );
  const encryptOn = recipients === null ? 'runner' : 'target';
  return `LEVEL=${compression.level}\nENCRYPT_ON=${encryptOn}\n${keys.join('')}`;
}
