// Reads from a bucket: GetObject and ListBucket, nothing else.
import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { LifeboatError } from '../../errors.ts';
import type { ListedObject, StoreReader } from '../../ports/store.ts';
import { wholeStream } from '../whole-stream.ts';
import { readClock } from './clock.ts';
import { S3Connection } from './connection.ts';
import type { S3StoreOptions } from './options.ts';

export class S3StoreReader implements StoreReader {
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

  async get(key: string, signal: AbortSignal, maxBytes?: number): Promise<Readable> {
    const command = new GetObjectCommand({
      ...this.#connection.address(key),
      ...(maxBytes === undefined ? {} : { Range: `bytes=0-${maxBytes - 1}` }),
    });
    const send = () => this.#connection.client.send(command, { abortSignal: signal });
    const answer = await this.#connection.request(
      { operation: 'GetObject', key, isWrite: false },
      send,
      signal,
    );
    const what = `${this.location}/${key}`;
    const { Body: body, ContentLength: sizeBytes } = answer;
    if (!(body instanceof Readable) || sizeBytes === undefined) {
      if (body instanceof Readable) body.destroy();
      throw new LifeboatError(
        'store-unreachable',
        `GetObject of ${what} was answered without a body or its length`,
      );
    }
    return wholeStream(body, sizeBytes, what, signal);
  }

  async *list(folder: string, signal: AbortSignal): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do {
      const page = await this.#listPage(
        new ListObjectsV2Command({
          ...this.#connection.listBelow(folder),
          ...(token === undefined ? {} : { ContinuationToken: token }),
          // Names that others wrote may hold characters that XML cannot.
          EncodingType: 'url',
        }),
        signal,
      );
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (Key === undefined || Size === undefined || LastModified === undefined) continue;
        const key = this.#connection.readListedKey(Key, page.EncodingType);
        yield { key, sizeBytes: Size, lastModified: LastModified };
      }
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async #listPage(command: ListObjectsV2Command, signal: AbortSignal): Promise<ListObjectsV2CommandOutput> {
    const request = { operation: 'ListObjectsV2', key: undefined, isWrite: false };
    const send = () => this.#connection.client.send(command, { abortSignal: signal });
    const page = await this.#connection.request(request, send, signal);
    // Otherwise a login page would look like an empty store.
    const isList =
      page.IsTruncated !== undefined && (!page.IsTruncated || page.NextContinuationToken !== undefined);
    if (isList) return page;
    throw new LifeboatError(
      'store-unreachable',
      `ListObjectsV2 of ${this.location} was not answered with a list`,
    );
  }

  close(): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }
}
