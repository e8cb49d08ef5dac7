// The binlogs that were shipped since a backup: their manifests, believed or refused.
import { createHash } from 'node:crypto';
import { MAX_BINLOG_MANIFEST_BYTES, parseBinlogManifest } from '../../domain/binlogs/binlog-manifest-text.ts';
import type { ShippedBinlog } from '../../domain/binlogs/binlog-timeline.ts';
import { listBinlogs } from '../../domain/stores/catalog.ts';
import { binlogFolder, binlogKeys } from '../../domain/stores/object-names.ts';
import { parseRunId } from '../../domain/run-id.ts';
import { LifeboatError } from '../../errors.ts';
import type { ListedObject } from '../../ports/store.ts';
import { checkSignature, type Reading } from './find-backups.ts';
import { passOverFuture } from './pass-over.ts';
import { readSmallObject } from './read-small-object.ts';

/** A run that began before the backup may have shipped what was written after it; none takes longer. */
const MAX_RUN_MS = 24 * 3_600_000;

/**
 * Of runs since then. Throws `signature-invalid`, `manifest-invalid`: a binlog that is refused is not one that is missing, unless `onRefused`
 * takes it for one. One of a time that has not come is: it would be refused for ever, and where the chain needs it there is a gap.
 */
export async function findBinlogs(
  reading: Reading,
  since: Date,
  onRefused?: (id: string, why: LifeboatError) => void,
): Promise<readonly ShippedBinlog[]> {
  const { store, server, signal } = reading;
  const keys: ListedObject[] = [];
  for await (const listed of store.list(binlogFolder(server), signal)) keys.push(listed);
  const oldest = since.getTime() - MAX_RUN_MS;
  const listed = listBinlogs(keys, server)
    .map((id) => ({ id, startedMs: startOf(id) }))
    .filter(({ startedMs }) => startedMs >= oldest);
  const shipped: ShippedBinlog[] = [];
  for (const { id } of passOverFuture(listed, ({ startedMs }) => startedMs, reading)) {
    try {
      shipped.push(await readBinlog(reading, id));
    } catch (error) {
      if (onRefused === undefined || !(error instanceof LifeboatError) || error.class !== 'restore-test')
        throw error;
      onRefused(id, error);
    }
  }
  return shipped;
}

function startOf(id: string): number {
  return parseRunId(id.slice(id.lastIndexOf('.') + 1))?.startedAt.getTime() ?? 0;
}

/** Throws `signature-invalid`, `manifest-invalid`. */
export async function readBinlog(reading: Reading, id: string): Promise<ShippedBinlog> {
  const { store, server, signal } = reading;
  const { manifest: key, signature } = binlogKeys(server, id);
  const bytes = await readSmallObject(store, key, MAX_BINLOG_MANIFEST_BYTES, 'manifest-invalid', signal);
  if (bytes === undefined) throw new LifeboatError('manifest-invalid', `${key} went away while it was read`);
  await checkSignature(reading, { document: key, signature }, bytes);
  return {
    manifest: parseBinlogManifest(bytes, { server, id }),
    manifestSha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
