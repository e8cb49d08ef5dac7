// What an S3 store is made of, and the limits that bound its patience.
import { MAX_PARTS, PART_BUFFERS, PART_SIZE_BYTES } from '../limits.ts';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A role whose keys are fetched, and fetched again before they expire. */
export interface StoreRole {
  readonly arn: string;
  /** Where GitHub's token for this job is asked for, and with what. */
  readonly idToken: { readonly url: string; readonly token: string };
  /** Told of every secret that comes, before it is used. */
  readonly onSecret: (secret: string) => void;
}

export interface S3StoreOptions {
  readonly bucket: string;
  /** Normalised: no slashes at the ends. May be empty. */
  readonly prefix: string;
  /** Undefined means Amazon S3. */
  readonly endpoint: URL | undefined;
  /** Undefined: what the endpoint's name tells, else `us-east-1`, which most servers take; for Amazon from the AWS chain. */
  readonly region: string | undefined;
  /** Undefined: those of the role, else the AWS chain. */
  readonly credentials: S3Credentials | undefined;
  readonly role?: StoreRole;
  /** Requests carry no signature: what anybody may ask. */
  readonly isUnsigned?: true;
  readonly limits?: Partial<S3Limits>;
}

export interface S3WriterOptions extends S3StoreOptions {
  readonly allowUnversioned: boolean;
  readonly storageClass?: string;
  /** Told once each: protections that the provider lacks, and parts that could not be removed. */
  readonly onNotice?: (message: string) => void;
}

export interface S3Limits {
  readonly partSizeBytes: number;
  readonly maxParts: number;
  readonly partBuffers: number;
  /** Until the TCP connection stands. */
  readonly connectTimeoutMs: number;
  /** Without a byte in either direction. */
  readonly idleTimeoutMs: number;
  /** From the first byte of a request to the head of its answer, however busy the connection is. */
  readonly answerTimeoutMs: number;
  /** Tries of one request, the first included. */
  readonly attempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** A stopped run has 5 s to undo everything: to learn the id of an upload that is just being begun … */
  readonly beginGraceMs: number;
  /** … and to abort what was begun. */
  readonly abortTimeoutMs: number;
}

export const DEFAULT_LIMITS: S3Limits = {
  partSizeBytes: PART_SIZE_BYTES,
  maxParts: MAX_PARTS,
  partBuffers: PART_BUFFERS,
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 60_000,
  // A part of 16 MiB at 28 KB/s.
  answerTimeoutMs: 600_000,
  // Full jitter from 0.5 s doubling to 30 s: about a minute on average, two at most, so that a restart of the store is survived.
  attempts: 10,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  beginGraceMs: 1_500,
  abortTimeoutMs: 3_000,
};
