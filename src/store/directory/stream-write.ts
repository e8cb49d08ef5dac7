// A stream of any length becomes one file or several, none of them there before all of it came.
import { joinKey } from '../../domain/stores/object-key.ts';
import { partKey } from '../../domain/stores/object-names.ts';
import { LifeboatError } from '../../errors.ts';
import type { FileTree } from '../../ports/file-tree.ts';
import type { StoredObject, UploadOptions } from '../../ports/store.ts';
import { unlessAborted } from '../abortable.ts';
import { explainFileErrors } from './failure.ts';
import { PendingFile } from './pending-file.ts';

/** See StoreWriter.upload; `maxFileBytes` where the second file begins. */
export async function writeStream(
  files: FileTree,
  root: string,
  key: string,
  body: AsyncIterable<Uint8Array>,
  maxFileBytes: number,
  { signal, onProgress }: UploadOptions,
): Promise<StoredObject[]> {
  signal.throwIfAborted();
  const place = `${root}/${joinKey('', key)}`;
  const pending: PendingFile[] = [];
  const source = body[Symbol.asyncIterator]();
  let toldBytes = 0;
  try {
    for (;;) {
      const next = await unlessAborted(source.next(), signal);
      if (next.done === true) break;
      await explainFileErrors(place, () => append(next.value));
      tellProgress();
    }
    if (pending.length === 0) {
      throw new LifeboatError(
        'store-upload-failed',
        `nothing came for ${place}: an empty object is not stored`,
      );
    }
    await explainFileErrors(place, () => Promise.all(pending.map((file) => file.finish())));
    tellProgress();
    signal.throwIfAborted();
    return await explainFileErrors(place, () => publishAll(pending));
  } catch (error) {
    source.return?.().catch(() => undefined);
    await Promise.all(pending.map((file) => file.discard()));
    throw error;
  }

  function tellProgress(): void {
    const writtenBytes = pending.reduce((sum, file) => sum + file.writtenBytes, 0);
    if (writtenBytes > toldBytes) onProgress?.((toldBytes = writtenBytes));
  }

  async function append(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      let file = pending.at(-1);
      if (file === undefined || file.sizeBytes === maxFileBytes) {
        file = await PendingFile.create(files, root, partKey(key, pending.length + 1));
        pending.push(file);
      }
      const taken = rest.subarray(0, maxFileBytes - file.sizeBytes);
      await file.write(taken);
      rest = rest.subarray(taken.length);
    }
  }
}

/** The first file appears last, so that nobody finds it without what continues it. */
async function publishAll(files: readonly PendingFile[]): Promise<StoredObject[]> {
  const stored: StoredObject[] = [];
  for (const file of files.toReversed()) stored.unshift(await file.publish());
  return stored;
}
