// Where objects are kept. Writers may only write, each key once; readers may only read.
import type { Readable } from 'node:stream';

/** One object as the store confirmed it. */
export interface StoredObject {
  /** Relative to the store's own prefix, e.g. `atlas/dumps/2026/11/20/…/manifest.json`. */
  readonly key: string;
  readonly sizeBytes: number;
  /** SHA-256 of the bytes sent, lower-case hex. */
  readonly sha256: string;
  /** Set where the bucket keeps versions. */
  readonly versionId?: string;
}

export interface UploadOptions {
  readonly signal: AbortSignal;
  /** Called with the bytes confirmed so far. */
  readonly onProgress?: (confirmedBytes: number) => void;
}

export interface StoreWriter {
  /** For people, without credentials: `s3://bucket/prefix` or `file:///dir`. */
  readonly location: string;

  /**
   * The store's own time, from the answer to any request (for S3 the Date header, a 403 has one too).
   * Throws `store-unreachable`.
   */
  readClock(signal: AbortSignal): Promise<Date>;

  /**
   * Writes one small object. Throws `store-exists` when the key is taken by somebody else; a key that holds exactly these
   * bytes after an attempt of our own without an answer counts as written.
   */
  put(key: string, body: Uint8Array, options: UploadOptions): Promise<StoredObject>;

  /**
   * Writes a stream in parts; nothing is readable under the key before the stream ended well. When the stream throws, or the
   * signal fires, the upload is aborted and the same error is thrown. After MAX_PARTS parts it goes on in `<key>.002` and so on.
   * Memory is bounded by a few parts. Returns the objects in order, at least one; an empty stream throws `store-upload-failed`.
   */
  upload(key: string, body: AsyncIterable<Uint8Array>, options: UploadOptions): Promise<StoredObject[]>;

  close(): Promise<void>;
}

export interface StoreReader {
  readonly location: string;
  /** Streams one object. Throws `store-not-found`, `store-denied`, `store-unreachable`; a short read is an error, never an end. */
  get(key: string, signal: AbortSignal): Promise<Readable>;
  /** Every object below a prefix, sorted by key (bytewise). */
  list(prefix: string, signal: AbortSignal): AsyncIterable<ListedObject>;
  close(): Promise<void>;
}

export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly lastModified: Date;
}
