// Writes to a bucket with as few rights as possible: PutObject, and AbortMultipartUpload to clean up.
import { createHash } from 'node:crypto';
import { LifeboatError } from '../../errors.ts';
import type { StoredObject, StoreWriter, UploadOptions } from '../../ports/store.ts';
import { readClock } from './clock.ts';
import type { S3WriterOptions } from './options.ts';
import { uploadStream } from './stream-upload.ts';
import { S3WriteRequests } from './write-requests.ts';

export class S3StoreWriter implements StoreWriter {
  readonly #requests: S3WriteRequests;

  constructor(options: S3WriterOptions) {
    this.#requests = new S3WriteRequests(options);
  }

  get location(): string {
    return this.#requests.connection.location;
  }

  async readClock(signal: AbortSignal): Promise<Date> {
    return readClock(this.#requests.connection, signal);
  }

  async put(key: string, bytes: Uint8Array, { signal, onProgress }: UploadOptions): Promise<StoredObject> {
    if (bytes.length === 0) {
      throw new LifeboatError(
        'store-upload-failed',
        `${this.location}/${key} would be empty and is not stored`,
      );
    }
    const md5 = createHash('md5').update(bytes).digest();
    const sha256 = createHash('sha256').update(bytes).digest();
    const { versionId } = await this.#requests.putObject(key, { bytes, md5, sha256 }, signal);
    onProgress?.(bytes.length);
    return {
      key,
      sizeBytes: bytes.length,
      sha256: sha256.toString('hex'),
      ...(versionId === undefined ? {} : { versionId }),
    };
  }

  async upload(
    key: string,
    body: AsyncIterable<Uint8Array>,
    options: UploadOptions,
  ): Promise<StoredObject[]> {
    return uploadStream(this.#requests, key, body, options);
  }

  close(): Promise<void> {
    this.#requests.connection.close();
    return Promise.resolve();
  }
}
