// Bytes to and from a file of an SFTP server: many requests are on their way at once, because each waits for its answer, and what they
// hold is bounded.
import { Readable } from 'node:stream';
import { LifeboatError } from '../errors.ts';
import type { FileFacts, NewFile, OpenFile } from '../ports/file-tree.ts';
import { isEndOfFile, type SftpSession } from './sftp-session.ts';

/**
 * Below 31,952 bytes: of more, the library sends the rest of a write only after an answer, from the caller's bytes, which may be others by
 * then (with servers other than OpenSSH).
 */
const PIECE_BYTES = 31 * 1024;
/** 4 MiB: 40 MB/s at a round trip of 100 ms. `sftp` has 64. */
const MAX_REQUESTS = 128;

export class SftpNewFile implements NewFile {
  readonly #session: SftpSession;
  readonly #handle: Buffer;
  readonly #describeFailure: (error: unknown, lengthBytes: number) => Promise<unknown>;
  #unanswered = 0;
  #onAnswer: (() => void) | undefined;
  #sentBytes = 0;
  #failure: { readonly error: unknown } | undefined;
  #isOpen = true;
  writtenBytes = 0;

  /** `describeFailure` may find out why a piece of this length was not written. */
  constructor(
    session: SftpSession,
    handle: Buffer,
    describeFailure: (error: unknown, lengthBytes: number) => Promise<unknown>,
  ) {
    this.#session = session;
    this.#handle = handle;
    this.#describeFailure = describeFailure;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      await this.#waitForFewer(MAX_REQUESTS);
      this.#throwFailure();
      this.#send(bytes.subarray(start, start + PIECE_BYTES));
    }
  }

  async finish(): Promise<void> {
    await this.#waitForFewer(1);
    this.#throwFailure();
    if (this.#session.hasExtension('fsync@openssh.com')) {
      await this.#session.request('fsync', (sftp, answer) => sftp.ext_openssh_fsync(this.#handle, answer));
    }
    await this.close();
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#session.request('close', (sftp, answer) => sftp.close(this.#handle, answer));
  }

  /** The library copies the bytes at once. */
  #send(piece: Uint8Array): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const position = this.#sentBytes;
    this.#sentBytes += bytes.length;
    this.#unanswered++;
    void this.#session
      .request('write', (sftp, answer) => sftp.write(this.#handle, bytes, 0, bytes.length, position, answer))
      .then(
        () => void (this.writtenBytes += bytes.length),
        async (error: unknown) => {
          this.#failure ??= { error: await this.#describeFailure(error, bytes.length) };
        },
      )
      .finally(() => {
        this.#unanswered--;
        this.#onAnswer?.();
      });
  }

  async #waitForFewer(requests: number): Promise<void> {
    while (this.#unanswered >= requests) await new Promise<void>((resolve) => (this.#onAnswer = resolve));
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

export class SftpOpenFile implements OpenFile {
  readonly #session: SftpSession;
  readonly #handle: Buffer;
  readonly #measure: () => Promise<number>;
  readonly kind: FileFacts['kind'];
  readonly sizeBytes: number;
  #isOpen = true;

  /** `measure` gives the size that the file has now. */
  constructor(
    session: SftpSession,
    handle: Buffer,
    { kind, sizeBytes }: FileFacts,
    measure: () => Promise<number>,
  ) {
    this.#session = session;
    this.#handle = handle;
    this.kind = kind;
    this.sizeBytes = sizeBytes;
    this.#measure = measure;
  }

  read(): Readable {
    const stream = Readable.from(this.#pieces(), { objectMode: false, highWaterMark: PIECE_BYTES });
    return stream.once('close', () => void this.close().catch(() => undefined));
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#session.request('close', (sftp, answer) => sftp.close(this.#handle, answer));
  }

  /** A file that became shorter ends early, and whoever reads it knows its size; one that became longer throws. */
  async *#pieces(): AsyncGenerator<Buffer> {
    const asked: Promise<Buffer>[] = [];
    let next = 0;
    for (;;) {
      for (; asked.length < MAX_REQUESTS && next < this.sizeBytes; next += PIECE_BYTES) {
        const piece = this.#readPiece(next, Math.min(PIECE_BYTES, this.sizeBytes - next));
        // Nobody may be there any more to hear that it failed.
        piece.catch(() => undefined);
        asked.push(piece);
      }
      const piece = await asked.shift();
      if (piece === undefined || piece.length === 0) break;
      yield piece;
    }
    const sizeBytes = await this.#measure();
    if (sizeBytes === this.sizeBytes) return;
    throw new LifeboatError(
      'store-unreachable',
      `the file had ${this.sizeBytes} bytes when it was opened, and has ${sizeBytes} now`,
    );
  }

  /** Shorter only where the file ends. */
  async #readPiece(position: number, lengthBytes: number): Promise<Buffer> {
    const piece = Buffer.allocUnsafe(lengthBytes);
    let used = 0;
    while (used < lengthBytes) {
      const read = await this.#read(piece, used, position + used);
      if (read === 0) break;
      used += read;
    }
    return piece.subarray(0, used);
  }

  async #read(piece: Buffer, start: number, position: number): Promise<number> {
    try {
      return await this.#session.request<number>('read', (sftp, answer) =>
        sftp.read(this.#handle, piece, start, piece.length - start, position, answer),
      );
    } catch (error) {
      if (isEndOfFile(error)) return 0;
      throw error;
    }
  }
}
