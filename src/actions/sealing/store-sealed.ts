// Stores what a task on the target prints, sealed, and looks at the result before anything may count.
import type { StoredMessage } from '../../domain/statements/stored-message.ts';
import { formatBytes, formatDuration } from '../../domain/text/units.ts';
import type { DumpTask } from '../../ports/engine.ts';
import type { SealedResult } from '../../ports/remote.ts';
import { withProgress } from './progress.ts';
import { sealObject } from './seal-object.ts';
import type { Sealing } from './sealing.ts';

/**
 * `judge` looks at the result while the store still confirms the last parts. When anything fails, the upload has ended before this
 * throws: nobody would be left to abort it.
 */
export async function storeSealed<T>(
  sealing: Sealing,
  key: string,
  dumpTask: DumpTask,
  judge: (result: SealedResult) => T | Promise<T>,
): Promise<{ readonly object: StoredMessage; readonly judgement: T }> {
  const { keys, ports, signal } = sealing;
  const { store, reporter } = ports;
  const { task } = dumpTask;
  const startedMs = performance.now();
  const sealed = sealObject(sealing, dumpTask);
  const stream = withProgress(sealed.bytes, task.label, reporter);
  const stop = new AbortController();
  const upload = store.upload(key, stream, { signal: AbortSignal.any([signal, stop.signal]) });
  const outcome = Promise.all([upload, sealed.result, sealed.result.then(judge)]);
  const [parts, { sha256 }, judgement] = await outcome.catch(async (error: unknown) => {
    stop.abort(error);
    await upload.catch(() => undefined);
    throw error;
  });
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const elapsed = formatDuration(performance.now() - startedMs);
  reporter.info(`${task.label}: ${formatBytes(sizeBytes)} stored in ${elapsed}`);
  const object: StoredMessage = {
    codec: 'zstd',
    sizeBytes,
    sha256,
    recipients: keys.recipients.map((recipient) => recipient.encryptionKeyId),
    parts: parts.map((part) => ({ key: part.key, sizeBytes: part.sizeBytes, sha256: part.sha256 })),
  };
  return { object, judgement };
}

/** Signature first: a manifest is never there without the signature that it will be asked for. Returns the manifest's key. */
export async function storeManifest(
  { ports, keys, signal }: Omit<Sealing, 'inputs' | 'session'>,
  names: { readonly signature: string; readonly manifest: string },
  bytes: Uint8Array,
): Promise<string> {
  signal.throwIfAborted();
  if (keys.signingKey) await ports.store.put(names.signature, await keys.signingKey.sign(bytes), { signal });
  return (await ports.store.put(names.manifest, bytes, { signal })).key;
}
