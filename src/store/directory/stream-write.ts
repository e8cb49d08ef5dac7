// A stream of any length becomes one file or several, none of them there before all of it came.
import { joinKey } from '../../domain/object-key.ts';
import { partKey } from '../../domain/object-names.ts';
import { LifeboatError } from '../../errors.ts';
import type { StoredObject, UploadOptions } from '../../ports/store.ts';
import { unlessAborted } from '../abortable.ts';
import { explainFileErrors } from './failure.ts';
import { PendingFile } from './pending-file.ts';

/** See StoreWriter.upload; `maxFileBytes` where the second file begins. */
export async function writeStream(
  root: string,
  key: string,
  body: AsyncIterable<Uint8Array>,
  maxFileBytes: number,
  { signal, onProgress }: UploadOptions,
): Promise<StoredObject[]> {
  signal.throwIfAborted();
  const place = `${root}/${joinKey('', key)}`;
  const files: PendingFile[] = [];
  const source = body[Symbol.asyncIterator]();
  let writtenBytes = 0;
  try {
    for (;;) {
      const next = await unlessAborted(source.next(), signal);
      if (next.done === true) break;
      await explainFileErrors(place, () => append(next.value));
      if (next.value.length > 0) onProgress?.((writtenBytes += next.value.length));
    }
    if (files.length === 0) {
      throw new LifeboatError(
        'store-upload-failed',
        `nothing came for ${place}: an empty object is not stored`,
      );
    }
    return await explainFileErrors(place, () => publishAll(files));
  } catch (error) {
    source.return?.().catch(() => undefined);
    await Promise.all(files.map((file) => file.discard()));
    throw error;
  }

  async function append(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      let file = files.at(-1);
      if (file === undefined || file.sizeBytes === maxFileBytes) {
        file = await PendingFile.create(root, partKey(key, files.length + 1));
        files.push(file);
      }
      const taken = rest.subarray(0, maxFileBytes - file.sizeBytes);
      await file.write(taken);
      rest = rest.subarray(taken.length);
    }
  }
}

/** The first file appears last, so that nobody finds it without what continues it. */
async function publishAll(files: readonly PendingFile[]): Promise<StoredObject[]> {
  for (const file of files) await file.finish();
  const stored: StoredObject[] = [];
  for (const file of files.toReversed()) stored.unshift(await file.publish());
  return stored;
}
