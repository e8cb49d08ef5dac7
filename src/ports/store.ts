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

interface Store {
  /** For people, without credentials: `s3://bucket/prefix`, `sftp://user@host/dir` or `file:///dir`. */
  readonly location: string;

  /**
   * The store's own time, from the answer to any request (for S3 the Date header, a 403 has one too). A directory has a time only
   * for what is written: its writer makes a file and looks, its reader, which may not write, gives this machine's own. Whatever
   * else is wrong with keys, bucket or address is thrown already here: `store-unreachable`, `store-denied`, `store-not-found`.
   */
  readClock(signal: AbortSignal): Promise<Date>;

  close(): Promise<void>;
}

/** Throws `store-denied`, `store-not-found`, `store-unreachable`, `store-upload-failed`, `store-unversioned`, `clock-skew`. */
export interface StoreWriter extends Store {
  /**
   * Writes one small object. Throws `store-exists` when the key is taken; a key that is found taken after an attempt of our own
   * got no answer counts as written, since keys are made for one run. An empty body throws `store-upload-failed`.
   */
  put(key: string, body: Uint8Array, options: UploadOptions): Promise<StoredObject>;

  /**
   * Writes a stream in parts; nothing is readable under the key before the stream ended well. When the stream throws, or the
   * signal fires, the upload is aborted and the same error is thrown. After MAX_PARTS parts it goes on in `<key>.002` and so on.
   * Memory is bounded by a few parts. Returns the objects in order, at least one; an empty stream throws `store-upload-failed`.
   */
  upload(key: string, body: AsyncIterable<Uint8Array>, options: UploadOptions): Promise<StoredObject[]>;
}

export interface StoreReader extends Store {
  /**
   * Streams one object; with `maxBytes` no more of its beginning than that has to come, though more may. Throws `store-not-found`,
   * `store-denied`, `store-unreachable`; a short read is an error, never an end.
   */
  get(key: string, signal: AbortSignal, maxBytes?: number): Promise<Readable>;
  /**
   * Every object below a folder (empty: the whole store; a slash at its end may be left out), sorted by key (bytewise). The keys
   * are what is there, not only what Lifeboat would write.
   */
  list(folder: string, signal: AbortSignal): AsyncIterable<ListedObject>;
}

export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly lastModified: Date;
}

export interface ListedVersion extends ListedObject {
  /** Of the bytes, lower-case hex: equal for equal bytes that were sent the same way. Undefined where the service gives none. */
  readonly md5?: string;
}

/** One key, and all that a bucket keeps of it. */
export interface KeyVersions {
  readonly key: string;
  /** What a reader gets; undefined: it was deleted, and what is behind the deletion is still there. */
  readonly current: ListedVersion | undefined;
  /** When it was deleted; set where `current` is not. */
  readonly deletedAt?: Date;
  /** Versions that a reader does not get, newest first. */
  readonly hidden: readonly ListedVersion[];
}

/** A rule of a bucket that removes objects by their age. */
export interface ExpiryRule {
  /** For people. */
  readonly id: string;
  /** Keys relative to the store that begin with this; empty: everything. */
  readonly prefix: string;
  /** Removes what is current when it is so old; undefined: it does not. */
  readonly days?: number;
  /** Removes what is not current any more so long after it was replaced or deleted. */
  readonly noncurrentDays?: number;
  /** Only of objects larger than this, and smaller than that. */
  readonly moreThanBytes?: number;
  readonly lessThanBytes?: number;
}

/** How a bucket is set up; undefined: these credentials may not see it, or the store has no such setting. */
export interface StoreSettings {
  readonly keepsVersions: boolean | undefined;
  /** Whether a rule gives up uploads that were never completed. */
  readonly abortsUploads: boolean | undefined;
  /** Whether new objects are locked for some time. */
  readonly locks: boolean | undefined;
  /** For how long, where they are. */
  readonly lockDays?: number;
  readonly expiry: readonly ExpiryRule[] | undefined;
}

export interface UnfinishedUpload {
  readonly key: string;
  readonly startedAt: Date;
}

/** Finds out what credentials may do, and how a bucket is set up. False: refused. What else goes wrong is thrown. */
export interface StoreInspector extends Store {
  /** Every key below a folder, as `StoreReader.list` gives it, with its versions. Throws `store-denied`; `store-unreachable` where a service has none. */
  listVersions(folder: string, signal: AbortSignal): AsyncIterable<KeyVersions>;
  /** At most a thousand; undefined: these credentials may not see them. */
  listUploads(signal: AbortSignal): Promise<readonly UnfinishedUpload[] | undefined>;
  /** Until when nobody can delete an object; null: it has no lock. Undefined: these credentials may not see it. */
  readLock(key: string, signal: AbortSignal): Promise<Date | null | undefined>;
  /** Whether anybody gets this without credentials: an object, or without `key` the list of all. */
  isPublic(key: string | undefined, signal: AbortSignal): Promise<boolean>;
  /** Below a folder, or with an empty one the whole store: a policy may be about either. */
  mayList(folder: string, signal: AbortSignal): Promise<boolean>;
  mayGet(key: string, signal: AbortSignal): Promise<boolean>;
  /** Tries it: the object is gone, at least to who reads, when the answer is true. */
  mayDelete(object: Pick<StoredObject, 'key' | 'versionId'>, signal: AbortSignal): Promise<boolean>;
  readSettings(signal: AbortSignal): Promise<StoreSettings>;
}
