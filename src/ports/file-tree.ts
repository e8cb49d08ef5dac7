// Files in directories, on this machine or on another one: what a store needs that keeps its objects as files. Paths are absolute.
// What fails is thrown as node:fs throws it: an Error with `code` (ENOENT, EEXIST, EACCES, ELOOP, ENOSPC and so on) and `syscall`.
// A way to another machine that breaks is `store-unreachable`.
import type { Readable } from 'node:stream';

export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly sizeBytes: number;
  /** By the clock of the machine that keeps the file. */
  readonly modifiedAt: Date;
}

export interface NamedFile extends FileFacts {
  readonly name: string;
}

/** A file that is being written from its beginning to its end. */
export interface NewFile {
  /** So many bytes have been written; grows behind `write` where answers take time. */
  readonly writtenBytes: number;
  /** The bytes may be changed again once this is fulfilled. A failure may show only at a later call. */
  write(bytes: Uint8Array): Promise<void>;
  /** Everything is written after this, and on the disk where that can be asked for. Closes it. */
  finish(): Promise<void>;
  /** For one that came to nothing. Safe to call twice, and after `finish`. */
  close(): Promise<void>;
}

export interface OpenFile {
  readonly kind: FileFacts['kind'];
  readonly sizeBytes: number;
  /** From beginning to end; closes the file then, or when it is destroyed. */
  read(): Readable;
  close(): Promise<void>;
}

export interface FileTree {
  /** Follows links. */
  stat(path: string): Promise<FileFacts>;
  /** Of a link, the link itself. */
  lstat(path: string): Promise<FileFacts>;
  /** Without `.` and `..`, in any order. */
  list(directory: string): Promise<NamedFile[]>;
  /** For its owner only. Throws EEXIST. */
  makeDirectory(path: string): Promise<void>;
  /** For its owner only. Throws EEXIST. */
  create(path: string): Promise<NewFile>;
  /** Does not follow a link at the end of the path: ELOOP. */
  open(path: string): Promise<OpenFile>;
  /**
   * Gives a finished file the name that counts, and never replaces another: EEXIST. `sha256` is that of its bytes, lower-case hex: by it
   * a file that got its name although no answer came is known.
   */
  publish(from: string, to: string, sha256: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** What was made or published in a directory is there for good only after this, where it can be asked for. */
  syncDirectory(path: string): Promise<void>;
  /** Protections that are missing here: sentences for summaries, with what to do. */
  findLacks(): Promise<readonly string[]>;
  close(): Promise<void>;
}
