// A stream of any length becomes one object or several, in flat memory: a few buffers, filled and sent in turn.
import { partKey } from '../../domain/stores/object-names.ts';
import { LifeboatError } from '../../errors.ts';
import type { StoredObject, UploadOptions } from '../../ports/store.ts';
import { abortReason } from '../abortable.ts';
import { BufferPool } from '../buffer-pool.ts';
import { PartCollector } from '../part-collector.ts';
import { ObjectUpload } from './object-upload.ts';
import type { S3WriteRequests } from './write-requests.ts';

/** See StoreWriter.upload. */
export async function uploadStream(
  requests: S3WriteRequests,
  key: string,
  body: AsyncIterable<Uint8Array>,
  { signal, onProgress }: UploadOptions,
): Promise<StoredObject[]> {
  signal.throwIfAborted();
  requests.connection.address(key);
  const { partSizeBytes, partBuffers } = requests.connection.limits;
  const stop = new AbortController();
  const forward = () => stop.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  let confirmedBytes = 0;
  const confirm = (sizeBytes: number) => onProgress?.((confirmedBytes += sizeBytes));
  const parts = new PartCollector(body, new BufferPool(partSizeBytes, partBuffers));
  const objects: ObjectUpload[] = [];
  try {
    for (let hasMore = true; hasMore;) {
      const object = new ObjectUpload(partKey(key, objects.length + 1), requests, stop, confirm);
      objects.push(object);
      hasMore = await object.fill(parts);
      if (object.sizeBytes === 0) throw refuseEmpty(requests.connection.location, key);
    }
    for (const object of objects) await object.confirmParts();
    return await completeAll(objects);
  } catch (error) {
    // Whatever came first is the reason; the rest follows from it.
    stop.abort(error);
    parts.abandon();
    await Promise.all(objects.map((object) => object.abandon()));
    throw abortReason(stop.signal);
  } finally {
    signal.removeEventListener('abort', forward);
  }
}

/** The first object appears last, so that nobody finds it without what continues it. */
async function completeAll(objects: readonly ObjectUpload[]): Promise<StoredObject[]> {
  const stored: StoredObject[] = [];
  for (const object of objects.toReversed()) stored.unshift(await object.complete());
  return stored;
}

function refuseEmpty(location: string, key: string): LifeboatError {
  return new LifeboatError(
    'store-upload-failed',
    `nothing came for ${location}/${key}: an empty object is not stored`,
  );
}
