// Until when the binlogs in the store bring the newest dump, as their manifests say.
import { buildTimeline, type Timeline } from '../../domain/binlogs/binlog-timeline.ts';
import type { DumpManifest } from '../../domain/dumps/manifest.ts';
import type { Reading } from '../restoring/find-backups.ts';
import { findBinlogs } from '../restoring/find-binlogs.ts';

export interface ListedBinlogs extends Timeline {
  /** The dump that the chain begins with. */
  readonly anchorId: string;
  /** Those that are not to be believed, and why. */
  readonly refused: readonly string[];
}

/** One that is refused counts as missing. */
export async function listBinlogs(reading: Reading, anchor: DumpManifest): Promise<ListedBinlogs> {
  const refused: string[] = [];
  const shipped = await findBinlogs(reading, new Date(anchor.startedAt), (id, { message }) =>
    refused.push(`${id}: ${message}`),
  );
  return { anchorId: anchor.id, refused, ...buildTimeline(anchor, shipped) };
}
