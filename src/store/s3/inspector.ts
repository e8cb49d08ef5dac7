// Finds out what credentials may do to a bucket, by doing it, and how the bucket is set up.
import {
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from '@aws-sdk/client-s3';
import type { ErrorCode } from '../../errors.ts';
import { LifeboatError } from '../../errors.ts';
import type {
  KeyVersions,
  StoredObject,
  StoreInspector,
  StoreSettings,
  UnfinishedUpload,
} from '../../ports/store.ts';
import { hasAbortRule, readExpiryRules } from './bucket-rules.ts';
import { readClock } from './clock.ts';
import { S3Connection } from './connection.ts';
import type { S3StoreOptions } from './options.ts';
import { VersionGroups } from './version-groups.ts';

const DAYS_PER_YEAR = 365;

export class S3StoreInspector implements StoreInspector {
  readonly #connection: S3Connection;
  readonly #stranger: S3Connection;

  constructor(options: S3StoreOptions) {
    this.#connection = new S3Connection(options);
    this.#stranger = new S3Connection({ ...options, isUnsigned: true });
  }

  get location(): string {
    return this.#connection.location;
  }

  async readClock(signal: AbortSignal): Promise<Date> {
    return readClock(this.#connection, signal);
  }

  async *listVersions(folder: string, signal: AbortSignal): AsyncGenerator<KeyVersions> {
    const groups = new VersionGroups((key, encoding) => this.#connection.readListedKey(key, encoding));
    let next: Pick<ListObjectVersionsCommandOutput, 'NextKeyMarker' | 'NextVersionIdMarker'> | undefined = {};
    do {
      const command: ListObjectVersionsCommand = new ListObjectVersionsCommand({
        ...this.#connection.listBelow(folder),
        KeyMarker: next.NextKeyMarker,
        VersionIdMarker: next.NextVersionIdMarker,
        EncodingType: 'url',
      });
      const page: ListObjectVersionsCommandOutput = await this.#connection.request(
        { operation: 'ListObjectVersions', key: undefined, isWrite: false },
        () => this.#connection.client.send(command, { abortSignal: signal }),
        signal,
      );
      // Otherwise a login page would look like an empty store.
      if (page.IsTruncated === undefined || (page.IsTruncated && page.NextKeyMarker === undefined))
        throw new LifeboatError(
          'store-unreachable',
          `ListObjectVersions of ${this.location} was not answered with a list`,
        );
      groups.add(page);
      next = page.IsTruncated ? page : undefined;
      // Versions of the last key may go on in the next page.
      yield* groups.take(next === undefined);
    } while (next !== undefined);
  }

  async listUploads(signal: AbortSignal): Promise<readonly UnfinishedUpload[] | undefined> {
    const command = new ListMultipartUploadsCommand({
      ...this.#connection.listBelow(''),
      EncodingType: 'url',
    });
    return this.#setting('ListMultipartUploads', signal, undefined, async () => {
      const { Uploads = [], EncodingType } = await this.#connection.client.send(command, {
        abortSignal: signal,
      });
      return Uploads.flatMap(({ Key, Initiated }) =>
        Key === undefined || Initiated === undefined
          ? []
          : { key: this.#connection.readListedKey(Key, EncodingType), startedAt: Initiated },
      );
    });
  }

  async readLock(key: string, signal: AbortSignal): Promise<Date | null | undefined> {
    const command = new GetObjectRetentionCommand(this.#connection.address(key));
    return this.#setting<Date | null>('GetObjectRetention', signal, null, async () => {
      const { Retention } = await this.#connection.client.send(command, { abortSignal: signal });
      return Retention?.RetainUntilDate ?? null;
    });
  }

  async isPublic(key: string | undefined, signal: AbortSignal): Promise<boolean> {
    const tried =
      key === undefined ? this.#list(this.#stranger, '', signal) : this.#get(this.#stranger, key, signal);
    // Services have many ways to turn strangers away.
    return tried.catch(otherwise('store-not-found', false)).catch(otherwise('store-upload-failed', false));
  }

  async mayList(folder: string, signal: AbortSignal): Promise<boolean> {
    return this.#list(this.#connection, folder, signal);
  }

  async mayGet(key: string, signal: AbortSignal): Promise<boolean> {
    return this.#get(this.#connection, key, signal);
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
    const { client, bucket: Bucket, prefix } = this.#connection;
    const options = { abortSignal: signal };
    const rules = await this.#setting('GetBucketLifecycleConfiguration', signal, [], async () => {
      const command = new GetBucketLifecycleConfigurationCommand({ Bucket });
      return (await client.send(command, options)).Rules ?? [];
    });
    const retention = await this.#setting('GetObjectLockConfiguration', signal, {}, async () => {
      const command = new GetObjectLockConfigurationCommand({ Bucket });
      const { ObjectLockConfiguration: lock } = await client.send(command, options);
      return lock?.Rule?.DefaultRetention ?? {};
    });
    const lockDays = retention?.Days ?? (retention?.Years && retention.Years * DAYS_PER_YEAR);
    return {
      keepsVersions: await this.#setting('GetBucketVersioning', signal, false, async () => {
        const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }), options);
        return Status === 'Enabled';
      }),
      abortsUploads: rules && hasAbortRule(rules, prefix),
      locks: retention && retention.Mode !== undefined,
      ...(lockDays === undefined ? {} : { lockDays }),
      expiry: rules && readExpiryRules(rules, prefix),
    };
  }

  close(): Promise<void> {
    this.#connection.close();
    this.#stranger.close();
    return Promise.resolve();
  }

  async #list(connection: S3Connection, folder: string, signal: AbortSignal): Promise<boolean> {
    const command = new ListObjectsV2Command({ ...connection.listBelow(folder), MaxKeys: 1 });
    return this.#may('ListObjectsV2', undefined, signal, () =>
      connection.client.send(command, { abortSignal: signal }),
    );
  }

  async #get(connection: S3Connection, key: string, signal: AbortSignal): Promise<boolean> {
    return this.#may('GetObject', key, signal, async () => {
      const command = new GetObjectCommand(connection.address(key));
      const { Body } = await connection.client.send(command, { abortSignal: signal });
      // Left unread it would keep its connection.
      await Body?.transformToByteArray();
    });
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

  /** What a bucket never got is `absent`; what a service does not know, or does not tell these credentials, is not known. */
  async #setting<T>(
    operation: string,
    signal: AbortSignal,
    absent: T | undefined,
    send: () => Promise<T>,
  ): Promise<T | undefined> {
    return this.#connection
      .request({ operation, key: undefined, isWrite: false }, send, signal)
      .catch(otherwise<T | undefined>('store-not-found', absent))
      .catch(otherwise<T | undefined>('store-denied', undefined))
      .catch(otherwise<T | undefined>('store-upload-failed', undefined));
  }
}

/** For `catch`: this answer for an error with this code. */
function otherwise<T>(code: ErrorCode, answer: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof LifeboatError && error.code === code) return answer;
    throw error;
  };
}
