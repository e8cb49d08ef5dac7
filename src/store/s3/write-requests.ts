// The five requests of a writer, each made so that a key is written once and only what the store confirmed counts.
// Learns from answers to its own writes alone: a put-only user may ask for nothing.
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { LifeboatError } from '../../errors.ts';
import { ConditionalWrites, type WriteOutcome } from './conditional-writes.ts';
import { findPartsMismatch, judgeAnswer, type StoredAnswer } from './confirmation.ts';
import { S3Connection } from './connection.ts';
import { isUploadGone, readFailure } from './failure.ts';
import type { S3WriterOptions } from './options.ts';

const UNCONFIRMED =
  'The store does not confirm contents: its answers hold neither the MD5 nor a checksum of what was sent. Only a restore test shows that it keeps what it gets.';

export interface RequestBody {
  readonly bytes: Uint8Array;
  readonly md5: Buffer;
  readonly sha256: Buffer;
}

export interface WrittenObject {
  /** Undefined where no versions are kept, and where the only answer was lost. */
  readonly versionId: string | undefined;
}

export class S3WriteRequests {
  readonly connection: S3Connection;
  readonly #options: S3WriterOptions;
  readonly #notices = new Set<string>();
  readonly #conditionalWrites = new ConditionalWrites(() =>
    this.#notice(
      'The store does not know conditional writes (If-None-Match): only the uniqueness of names keeps objects from being replaced.',
    ),
  );
  readonly #sendsCrc32: boolean;
  /** Until an answer shows that the store encrypts with keys of its own. */
  #hasMd5Etags = true;
  #isVersioned = false;

  constructor(options: S3WriterOptions) {
    this.connection = new S3Connection(options);
    this.#options = options;
    this.#sendsCrc32 = this.connection.profile.hasCrc32;
  }

  /** Throws `store-exists`, `store-unversioned` and what any request throws. */
  async putObject(key: string, body: RequestBody, abortSignal: AbortSignal): Promise<WrittenObject> {
    const address = this.connection.address(key);
    const send = this.#conditionalWrites.attempts(
      (condition) => {
        const input = { ...address, ...condition, ...this.#storageClass(), ...describeBody(body) };
        const command = new PutObjectCommand(input);
        command.middlewareStack.add(payloadHash(body), { step: 'build' });
        return this.connection.client.send(command, { abortSignal });
      },
      () => this.#exists(key),
    );
    const outcome = await this.connection.request(write('PutObject', key), send, abortSignal);
    this.#tellLacks();
    if (outcome.answer !== undefined) this.#confirm(outcome.answer, body, 'PutObject', key);
    return this.#learnVersion(outcome, key);
  }

  /** Begins an upload and returns its id. */
  async createUpload(key: string, abortSignal: AbortSignal): Promise<string> {
    const address = this.connection.address(key);
    const send = () =>
      this.connection.client.send(
        new CreateMultipartUploadCommand({
          ...address,
          ...this.#storageClass(),
          // Where the SDK sends CRC32 with each part, the upload must have been begun with it.
          ...(this.#sendsCrc32 ? { ChecksumAlgorithm: 'CRC32' } : {}),
        }),
        { abortSignal },
      );
    const request = write('CreateMultipartUpload', key);
    const answer = await this.connection.request(request, send, abortSignal);
    if (answer.UploadId === undefined) throw this.#unconfirmed(request.operation, key, 'no upload id');
    return answer.UploadId;
  }

  /** Sends one part and returns what completing needs of it. A repeated part replaces itself. */
  async uploadPart(
    key: string,
    uploadId: string,
    partNumber: number,
    body: RequestBody,
    abortSignal: AbortSignal,
  ): Promise<CompletedPart> {
    const send = () => {
      const address = this.connection.address(key);
      const input = { ...address, UploadId: uploadId, PartNumber: partNumber, ...describeBody(body) };
      const command = new UploadPartCommand(input);
      command.middlewareStack.add(payloadHash(body), { step: 'build' });
      return this.connection.client.send(command, { abortSignal });
    };
    const request = write(`UploadPart ${partNumber}`, key);
    const answer = await this.connection.request(request, send, abortSignal);
    this.#confirm(answer, body, request.operation, key);
    return {
      PartNumber: partNumber,
      ETag: answer.ETag,
      ...(answer.ChecksumCRC32 === undefined ? {} : { ChecksumCRC32: answer.ChecksumCRC32 }),
    };
  }

  /** Makes the object of its parts. Throws as `putObject` does. */
  async completeUpload(
    key: string,
    uploadId: string,
    parts: readonly CompletedPart[],
    abortSignal: AbortSignal,
  ): Promise<WrittenObject> {
    const send = this.#conditionalWrites.attempts(
      (condition) =>
        this.connection.client.send(
          new CompleteMultipartUploadCommand({
            ...this.connection.address(key),
            ...condition,
            UploadId: uploadId,
            MultipartUpload: { Parts: [...parts] },
          }),
          { abortSignal },
        ),
      () => this.#exists(key),
    );
    const request = write('CompleteMultipartUpload', key);
    const outcome = await this.connection.request(request, send, abortSignal);
    this.#tellLacks();
    if (outcome.answer !== undefined) this.#confirmParts(outcome.answer, parts, request.operation, key);
    const { hidesVersionOfParts: isHidden = false } = this.connection.profile;
    return isHidden ? { versionId: undefined } : this.#learnVersion(outcome, key);
  }

  /** Gives up an upload, within a few seconds or not at all; never throws. */
  async abortUpload(key: string, uploadId: string): Promise<void> {
    const abortSignal = AbortSignal.timeout(this.connection.limits.abortTimeoutMs);
    const send = async () => {
      try {
        await this.connection.client.send(
          new AbortMultipartUploadCommand({ ...this.connection.address(key), UploadId: uploadId }),
          { abortSignal },
        );
      } catch (error) {
        const failure = readFailure(error);
        // The right to abort is one of its own and may be missing; what is gone needs no abort.
        if (failure === undefined || !(failure.status === 403 || isUploadGone(failure))) throw error;
      }
    };
    try {
      await this.connection.request(write('AbortMultipartUpload', key), send, abortSignal);
    } catch {
      this.#notice(
        `An unfinished upload may be left in ${this.connection.location}: the bucket's rule for incomplete uploads removes it.`,
      );
    }
  }

  #confirm(answer: StoredAnswer, body: RequestBody, operation: string, key: string): void {
    const found = judgeAnswer(answer, body, this.connection.profile);
    if (typeof found === 'object') throw this.#unconfirmed(operation, key, found.mismatch);
    if (found !== 'md5') this.#hasMd5Etags = false;
    if (found === 'none') this.#notice(UNCONFIRMED);
  }

  #confirmParts(
    { ETag: etag }: StoredAnswer,
    parts: readonly CompletedPart[],
    operation: string,
    key: string,
  ): void {
    if (etag === undefined) throw this.#unconfirmed(operation, key, 'no ETag');
    if (!this.connection.profile.hasPartsEtag || !this.#hasMd5Etags) return;
    const md5s = parts.map((part) => Buffer.from((part.ETag ?? '').replaceAll('"', ''), 'hex'));
    const mismatch = findPartsMismatch(etag, md5s);
    if (mismatch !== undefined) throw this.#unconfirmed(operation, key, mismatch);
  }

  /**
   * The first answer with a version id settles it for the bucket; S3 says `null` where versioning is suspended. A repeated
   * request proves nothing: a gateway may answer it with less than it would have said the first time.
   */
  #learnVersion(
    { answer, isRepeat }: WriteOutcome<{ readonly VersionId?: string | undefined }>,
    key: string,
  ): WrittenObject {
    const { withoutVersions } = this.connection.profile;
    const versionId = answer?.VersionId === 'null' ? undefined : answer?.VersionId;
    if (versionId !== undefined) this.#isVersioned = true;
    if (this.#isVersioned || isRepeat) return { versionId };
    if (!this.#options.allowUnversioned) {
      throw new LifeboatError(
        'store-unversioned',
        `the bucket ${this.connection.bucket} keeps no versions: it gave none to ${this.#name(key)}`,
        {
          hint:
            withoutVersions ??
            'Turn versioning on for the bucket, better with Object Lock and a default retention, so that whoever steals the keys of this run cannot destroy backups; or accept the risk with `allow-unversioned: true`.',
        },
      );
    }
    this.#notice('The bucket keeps no versions: whoever has the keys of this run can replace backups.');
    return { versionId };
  }

  #tellLacks(): void {
    for (const lack of this.connection.profile.lacks) this.#notice(lack);
  }

  #storageClass() {
    const name = this.#options.storageClass;
    // The SDK's type lists Amazon's names; other providers have their own, and the store is the judge.
    return name === undefined ? {} : { StorageClass: name as 'STANDARD' };
  }

  #exists(key: string): LifeboatError {
    return new LifeboatError('store-exists', `${this.#name(key)} is already there and was not replaced`);
  }

  #unconfirmed(operation: string, key: string, found: string): LifeboatError {
    return new LifeboatError(
      'store-upload-failed',
      `${operation} of ${this.#name(key)} was not confirmed: the answer has ${found}`,
      {
        hint: 'Check that `store-endpoint` leads straight to the S3 service, not to a proxy that answers itself.',
      },
    );
  }

  #name(key: string): string {
    return `${this.connection.location}/${key}`;
  }

  #notice(message: string): void {
    if (this.#notices.has(message)) return;
    this.#notices.add(message);
    this.#options.onNotice?.(message);
  }
}

function write(operation: string, key: string) {
  return { operation, key, isWrite: true };
}

function describeBody({ bytes, md5 }: RequestBody) {
  return { Body: bytes, ContentLength: bytes.length, ContentMD5: md5.toString('base64') };
}

/**
 * Middleware that adds the SHA-256 of the body, which the signature covers. The SDK would take it anew, of bytes that the
 * processor's caches have forgotten.
 */
function payloadHash({ sha256 }: RequestBody) {
  return <Args extends { request: unknown }, Result>(next: (args: Args) => Result) =>
    (args: Args): Result => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['x-amz-content-sha256'] = sha256.toString('hex');
      return next(args);
    };
}
