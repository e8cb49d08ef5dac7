// Finds out what credentials may do to a bucket, by doing it, and how the bucket is set up.
import {
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import type { ErrorCode } from '../../errors.ts';
import { LifeboatError } from '../../errors.ts';
import type { StoredObject, StoreInspector, StoreSettings } from '../../ports/store.ts';
import { readClock } from './clock.ts';
import { S3Connection } from './connection.ts';
import type { S3StoreOptions } from './options.ts';

export class S3StoreInspector implements StoreInspector {
  readonly #connection: S3Connection;

  constructor(options: S3StoreOptions) {
    this.#connection = new S3Connection(options);
  }

  get location(): string {
    return this.#connection.location;
  }

  async readClock(signal: AbortSignal): Promise<Date> {
    return readClock(this.#connection, signal);
  }

  async mayList(signal: AbortSignal): Promise<boolean> {
    const { bucket: Bucket, prefix } = this.#connection;
    const command = new ListObjectsV2Command({ Bucket, Prefix: prefix, MaxKeys: 1 });
    return this.#may('ListObjectsV2', undefined, signal, () =>
      this.#connection.client.send(command, { abortSignal: signal }),
    );
  }

  async mayGet(key: string, signal: AbortSignal): Promise<boolean> {
    return this.#may('GetObject', key, signal, async () => {
      const command = new GetObjectCommand(this.#connection.address(key));
      const { Body } = await this.#connection.client.send(command, { abortSignal: signal });
      // Left unread it would keep its connection.
      await Body?.transformToByteArray();
    });
  }

  /** The version itself first: with a right to that, nothing but a lock protects what is stored. */
  async mayDelete(
    { key, versionId }: Pick<StoredObject, 'key' | 'versionId'>,
    signal: AbortSignal,
  ): Promise<boolean> {
    for (const VersionId of new Set([versionId, undefined])) {
      const command = new DeleteObjectCommand({ ...this.#connection.address(key), VersionId });
      const send = () => this.#connection.client.send(command, { abortSignal: signal });
      if (await this.#may('DeleteObject', key, signal, send)) return true;
    }
    return false;
  }

  async readSettings(signal: AbortSignal): Promise<StoreSettings> {
    const { client, bucket: Bucket } = this.#connection;
    const options = { abortSignal: signal };
    return {
      keepsVersions: await this.#setting('GetBucketVersioning', signal, async () => {
        const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }), options);
        return Status === 'Enabled';
      }),
      abortsUploads: await this.#setting('GetBucketLifecycleConfiguration', signal, async () => {
        const command = new GetBucketLifecycleConfigurationCommand({ Bucket });
        const { Rules = [] } = await client.send(command, options);
        return Rules.some(
          (rule) =>
            rule.Status === 'Enabled' &&
            rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation !== undefined &&
            this.#isAboutStore(rule.Filter?.Prefix ?? ''),
        );
      }),
      locks: await this.#setting('GetObjectLockConfiguration', signal, async () => {
        const command = new GetObjectLockConfigurationCommand({ Bucket });
        const { ObjectLockConfiguration: lock } = await client.send(command, options);
        return lock?.Rule?.DefaultRetention?.Mode !== undefined;
      }),
    };
  }

  close(): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }

  /** Whether a rule for this prefix is one for everything in the store. */
  #isAboutStore(prefix: string): boolean {
    return prefix === '' || `${this.#connection.prefix}/`.startsWith(prefix);
  }

  async #may(
    operation: string,
    key: string | undefined,
    signal: AbortSignal,
    send: () => Promise<unknown>,
  ): Promise<boolean> {
    const request = this.#connection.request({ operation, key, isWrite: false }, send, signal);
    return request.then(() => true).catch(otherwise('store-denied', false));
  }

  /** What a bucket never got is not there; what a service does not know, or does not tell these credentials, is not known. */
  async #setting(
    operation: string,
    signal: AbortSignal,
    send: () => Promise<boolean>,
  ): Promise<boolean | undefined> {
    return this.#connection
      .request({ operation, key: undefined, isWrite: false }, send, signal)
      .catch(otherwise<boolean | undefined>('store-not-found', false))
      .catch(otherwise<boolean | undefined>('store-denied', undefined))
      .catch(otherwise<boolean | undefined>('store-unreachable', undefined));
  }
}

/** For `catch`: this answer for an error with this code. */
function otherwise<T>(code: ErrorCode, answer: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof LifeboatError && error.code === code) return answer;
    throw error;
  };
}
