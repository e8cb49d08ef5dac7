// One object of an upload: a plain PUT when everything fits into one part, otherwise a multipart upload. Nothing is readable
// under its key before `complete`.
import { createHash } from 'node:crypto';
import type { CompletedPart } from '@aws-sdk/client-s3';
import type { StoredObject } from '../../ports/store.ts';
import { delaySignal, unlessAborted } from '../abortable.ts';
import type { Part, PartCollector } from '../part-collector.ts';
import type { S3WriteRequests } from './write-requests.ts';

export class ObjectUpload {
  readonly key: string;
  readonly #requests: S3WriteRequests;
  readonly #stop: AbortController;
  readonly #onConfirmed: (sizeBytes: number) => void;
  readonly #sha256 = createHash('sha256');
  readonly #sending: Promise<CompletedPart | undefined>[] = [];
  #sizeBytes = 0;
  #onlyPart: Part | undefined;
  #beginning: Promise<string> | undefined;
  #isComplete = false;

  /** `stop` ends everything that belongs to the stream; a part that fails aborts it. */
  constructor(
    key: string,
    requests: S3WriteRequests,
    stop: AbortController,
    onConfirmed: (sizeBytes: number) => void,
  ) {
    this.key = key;
    this.#requests = requests;
    this.#stop = stop;
    this.#onConfirmed = onConfirmed;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Takes parts until the stream ends (returns false) or the object is full and there is more (true). */
  async fill(parts: PartCollector): Promise<boolean> {
    for (let number = 1; ; number++) {
      const part = await parts.next(this.#sha256, this.#stop.signal);
      this.#sizeBytes += part.bytes.length;
      if (number === 1 && part.isLast) {
        this.#onlyPart = part;
        return false;
      }
      const uploadId = await this.#begin();
      this.#sending.push(this.#send(uploadId, number, part));
      if (part.isLast || number === this.#requests.connection.limits.maxParts) return !part.isLast;
    }
  }

  /** Returns when every part is confirmed. Throws what stopped the stream. */
  async confirmParts(): Promise<void> {
    await Promise.all(this.#sending);
    this.#stop.signal.throwIfAborted();
  }

  /** Makes the object readable. */
  async complete(): Promise<StoredObject> {
    const { versionId } = await this.#write();
    this.#isComplete = true;
    return {
      key: this.key,
      sizeBytes: this.#sizeBytes,
      sha256: this.#sha256.digest('hex'),
      ...(versionId === undefined ? {} : { versionId }),
    };
  }

  /** After `stop` was aborted: leaves nothing in the store, as far as a few seconds allow. Never throws. */
  async abandon(): Promise<void> {
    if (this.#beginning === undefined || this.#isComplete) return;
    // A part that arrives after the abort would stay.
    const [uploadId] = await Promise.all([this.#beginning.catch(() => undefined), ...this.#sending]);
    if (uploadId !== undefined) await this.#requests.abortUpload(this.key, uploadId);
  }

  /** Not cut at once when the stream stops: an upload whose id nobody heard could not be aborted. */
  async #begin(): Promise<string> {
    if (this.#beginning === undefined) {
      const grace = delaySignal(this.#stop.signal, this.#requests.connection.limits.beginGraceMs);
      this.#beginning = this.#requests.createUpload(this.key, grace);
    }
    return unlessAborted(this.#beginning, this.#stop.signal);
  }

  /** Never rejects: nobody may be waiting yet. */
  async #send(uploadId: string, number: number, part: Part): Promise<CompletedPart | undefined> {
    try {
      const sent = await this.#requests.uploadPart(this.key, uploadId, number, part, this.#stop.signal);
      this.#onConfirmed(part.bytes.length);
      part.release();
      return sent;
    } catch (error) {
      this.#stop.abort(error);
      return undefined;
    }
  }

  async #write() {
    const { signal } = this.#stop;
    if (this.#onlyPart !== undefined) {
      const answer = await this.#requests.putObject(this.key, this.#onlyPart, signal);
      this.#onConfirmed(this.#sizeBytes);
      return answer;
    }
    const parts = (await Promise.all(this.#sending)).filter((part) => part !== undefined);
    return this.#requests.completeUpload(this.key, await this.#begin(), parts, signal);
  }
}
