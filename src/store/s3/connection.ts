// One client and what surrounds each of its requests: whole keys, retries, and errors that users understand.
import type { S3Client } from '@aws-sdk/client-s3';
import { joinFolder, joinKey } from '../../domain/stores/object-key.ts';
import { profileOfAnswer, profileOfEndpoint, type StoreProfile } from '../../domain/stores/store-profiles.ts';
import { createClient } from './client.ts';
import { explainFailure } from './explain.ts';
import { isPassing, readFailure } from './failure.ts';
import { DEFAULT_LIMITS, type S3Limits, type S3StoreOptions } from './options.ts';
import { retry } from './retry.ts';

export interface Request {
  readonly operation: string;
  /** Relative to the store; undefined for the bucket itself. */
  readonly key: string | undefined;
  readonly isWrite: boolean;
}

interface AnswerHead {
  readonly headers?: Readonly<Record<string, string>>;
}

export class S3Connection {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  readonly limits: S3Limits;
  #profile: StoreProfile;
  readonly #secrets: string[];

  constructor(options: S3StoreOptions) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    const { accessKeyId, secretAccessKey, sessionToken } = options.credentials ?? {};
    this.#secrets = [secretAccessKey, sessionToken, accessKeyId].filter((secret) => secret !== undefined);
    const { role } = options;
    const heard = role && {
      ...role,
      onSecret: (secret: string) => {
        this.#secrets.push(secret);
        role.onSecret(secret);
      },
    };
    this.client = createClient(heard === undefined ? options : { ...options, role: heard }, this.limits);
    this.#profile = profileOfEndpoint(options.endpoint);
    this.client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        this.#profile = profileOfAnswer((result.response as AnswerHead).headers ?? {}) ?? this.#profile;
        return result;
      },
      { step: 'deserialize', priority: 'low' },
    );
    this.bucket = options.bucket;
    this.prefix = options.prefix;
  }

  /** What the service can do, by its address and by what its answers so far say. */
  get profile(): StoreProfile {
    return this.#profile;
  }

  /** For people. */
  get location(): string {
    return `s3://${this.bucket}${this.prefix === '' ? '' : `/${this.prefix}`}`;
  }

  /** Bucket and whole key, as every request about one object takes them. */
  address(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: joinKey(this.prefix, key) };
  }

  /** What keys below a folder begin with, as lists take it. */
  listBelow(folder: string): { Bucket: string; Prefix?: string } {
    const below = joinFolder(this.prefix, folder);
    return { Bucket: this.bucket, ...(below === '' ? {} : { Prefix: `${below}/` }) };
  }

  /** A key relative to the store, of one as a list has it. */
  readListedKey(listed: string, encoding: string | undefined): string {
    const key = encoding === 'url' ? decodeURIComponent(listed.replaceAll('+', ' ')) : listed;
    return key.slice(this.prefix === '' ? 0 : this.prefix.length + 1);
  }

  /** Sends one request, again and again while it may pass. Throws LifeboatError, or the signal's reason. */
  async request<T>(request: Request, send: (attempt: number) => Promise<T>, signal: AbortSignal): Promise<T> {
    let attempts = 0;
    try {
      return await retry(
        (number) => send((attempts = number)),
        (error) => {
          const failure = readFailure(error);
          return {
            isPassing: failure !== undefined && isPassing(failure),
            retryAfterMs: failure?.retryAfterMs,
          };
        },
        this.limits,
        signal,
      );
    } catch (error) {
      const failure = signal.aborted ? undefined : readFailure(error);
      if (failure === undefined) throw error;
      const what = request.key === undefined ? this.location : `${this.location}/${request.key}`;
      throw explainFailure(failure, { ...request, what, attempts }, (text) => this.#hide(text));
    }
  }

  close(): void {
    this.client.destroy();
  }

  /** A server, or something that poses as one, may repeat what it was sent. */
  #hide(text: string): string {
    return this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  }
}
