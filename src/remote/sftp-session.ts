// One SFTP session on a connection of its own: every request gets an answer or an error, whatever becomes of the server.
import type { SFTPWrapper } from 'ssh2';
import { LifeboatError, type ErrorCode } from '../errors.ts';
import { abortable } from './abortable.ts';
import { connectSsh, type SshConnection } from './ssh-connection.ts';
import { quoteRemote } from './ssh-errors.ts';
import type { SshOptions } from './ssh-handshake.ts';

/** As for a login: what answers at all answers within this. */
const START_TIMEOUT_MS = 30_000;

/** The slowest answer is that to fsync behind gigabytes. A connection whose server is alive says nothing of a disk that is not. */
const ANSWER_TIMEOUT_MS = 600_000;

export interface SftpOptions extends SshOptions {
  /** The session is over after so much time in which requests waited and none was answered. */
  readonly answerTimeoutMs?: number;
}

const INPUTS = { key: 'store-ssh-key', knownHosts: 'store-known-hosts' };

/** By the status of an answer (draft-ietf-secsh-filexfer-02, 7), the name of what node:fs would have said. */
const CODES: Readonly<Record<number, string>> = {
  2: 'ENOENT',
  3: 'EACCES',
  4: 'SSH_FX_FAILURE',
  5: 'SSH_FX_BAD_MESSAGE',
  8: 'ENOTSUP',
};
const END_OF_FILE = 1;

type Answer<T> = (error: Error | undefined | null, value: T) => void;

export class SftpSession {
  readonly #sftp: SFTPWrapper;
  readonly #connection: SshConnection;
  readonly #name: string;
  readonly #onEnd: () => void;
  readonly #waiting = new Set<(error: Error) => void>();
  readonly #answerTimeoutMs: number;
  #patience: NodeJS.Timeout | undefined;
  #end: LifeboatError | undefined;

  /**
   * Connects, verifies the host key, logs in and starts the subsystem. `onEnd` is called when the session is over, before any request
   * hears of it. Throws `store-unreachable`, `store-denied`, `input-invalid`.
   */
  static async open(options: SftpOptions, signal: AbortSignal, onEnd: () => void): Promise<SftpSession> {
    const connection = await connectSsh(options, signal, { kind: 'SFTP server', inputs: INPUTS }).catch(
      (error: unknown) => {
        throw asStoreError(error);
      },
    );
    const late = new LifeboatError('store-unreachable', `The SFTP server ${options.host} does not answer.`, {
      hint: 'It let the user in. Check what ForceCommand and authorized_keys start for this login: `internal-sftp`, or nothing.',
    });
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(late), START_TIMEOUT_MS);
    try {
      const sftp = await abortable(connection.sftp(), AbortSignal.any([signal, limit.signal]));
      return new SftpSession(sftp, connection, options, onEnd);
    } catch (error) {
      await connection.end();
      throw asStoreError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  private constructor(
    sftp: SFTPWrapper,
    connection: SshConnection,
    { host, port, answerTimeoutMs = ANSWER_TIMEOUT_MS }: SftpOptions,
    onEnd: () => void,
  ) {
    this.#sftp = sftp;
    this.#onEnd = onEnd;
    this.#connection = connection;
    this.#name = `${host}:${port}`;
    this.#answerTimeoutMs = answerTimeoutMs;
    sftp.on('error', (error: Error) => this.#fail(error));
    sftp.on('close', () => this.#fail());
    // What the connection ended with says more than that a channel closed, and comes first.
    void connection.lost.then(() => this.#fail());
  }

  /** The session is over: no answer can come any more. */
  get isOver(): boolean {
    return this.#end !== undefined;
  }

  hasExtension(name: string): boolean {
    const { _extensions: extensions } = this.#sftp as unknown as Record<string, unknown>;
    return typeof extensions === 'object' && extensions !== null && Object.hasOwn(extensions, name);
  }

  /**
   * One request and its answer. Throws an error with `code` and `syscall` (see FileTree) for what the server refuses, and
   * `store-unreachable` when it cannot answer any more: whether it did what it was asked to is not known then.
   */
  request<T = void>(syscall: string, send: (sftp: SFTPWrapper, answer: Answer<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#end);
        return;
      }
      this.#waiting.add(reject);
      this.#patience ??= setTimeout(
        () => this.#fail(new Error(`no answer for ${this.#answerTimeoutMs / 1000} s`)),
        this.#answerTimeoutMs,
      );
      send(this.#sftp, (error, value) => {
        // Without a status it is the library's own: the channel is closed, or the answer makes no sense.
        if (error && !hasStatus(error)) {
          this.#fail(error);
          return;
        }
        this.#waiting.delete(reject);
        this.#noteAnswer();
        if (error) reject(describeRefusal(error, syscall));
        else resolve(value);
      });
    });
  }

  async close(): Promise<void> {
    this.#end ??= new LifeboatError('store-unreachable', 'the store is closed');
    this.#settle(this.#end);
    await this.#connection.end();
  }

  #fail(cause?: Error): void {
    if (this.#end !== undefined) return;
    const why = cause === undefined ? '' : `: ${quoteRemote(cause.message)}`;
    const lost = this.#connection.lostError;
    this.#end =
      lost === undefined
        ? new LifeboatError('store-unreachable', `The SFTP server ${this.#name} ended the session${why}.`, {
            cause,
          })
        : asStoreError(lost);
    this.#onEnd();
    this.#settle(this.#end);
    // A connection without its one channel is of no use.
    void this.#connection.end();
  }

  #noteAnswer(): void {
    this.#patience?.refresh();
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }

  #settle(error: LifeboatError): void {
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
    clearTimeout(this.#patience);
  }
}

/** There was an answer, and it is that nothing comes behind the end of the file. */
export function isEndOfFile(error: unknown): boolean {
  return (error as { cause?: { code?: unknown } }).cause?.code === END_OF_FILE;
}

function hasStatus(error: Error): error is Error & { code: number } {
  return typeof (error as { code?: unknown }).code === 'number';
}

function describeRefusal(error: Error & { readonly code: number }, syscall: string): Error {
  return fileError(CODES[error.code] ?? `SSH_FX_${error.code}`, syscall, error);
}

/** As node:fs throws it. */
export function fileError(code: string, syscall: string, cause?: Error): Error {
  const said = cause === undefined ? '' : ` (${quoteRemote(cause.message)})`;
  return Object.assign(new Error(`${syscall}: ${code}${said}`, { cause }), { code, syscall });
}

const STORE_CODES: Partial<Record<ErrorCode, ErrorCode>> = {
  'ssh-auth': 'store-denied',
  'ssh-exec': 'store-denied',
  'ssh-unreachable': 'store-unreachable',
  'ssh-host-key': 'store-unreachable',
  'ssh-algorithms': 'store-unreachable',
  'ssh-lost': 'store-unreachable',
};

/** What is wrong with a connection, as something that is wrong with the store. */
function asStoreError(error: unknown): LifeboatError {
  if (!(error instanceof LifeboatError)) throw error;
  const code = STORE_CODES[error.code];
  return code === undefined
    ? error
    : new LifeboatError(code, error.message, {
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        cause: error,
      });
}
