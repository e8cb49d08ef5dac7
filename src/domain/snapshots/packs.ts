// The packs of a snapshot: which of them a restore test reads, and which are read together.
import { createHash } from 'node:crypto';
import type { StoredMessage } from '../statements/stored-message.ts';
import { parsePackKey } from '../stores/object-names.ts';
import type { SnapshotManifest } from './snapshot.ts';

export interface IdentifiedPack {
  readonly packId: string;
  readonly stored: StoredMessage;
}

/** Of records, that are in memory at a time: of 350,000 entries or so. A pack has 20,000, and more only when these are names of one file. */
const MAX_RECORD_BYTES = 64 * 2 ** 20;

/** In the order of the manifest. */
export function packsOf({ packs }: Pick<SnapshotManifest, 'packs'>): readonly IdentifiedPack[] {
  return packs.map((stored) => ({ packId: parsePackKey(stored.parts[0]?.key ?? '')?.packId ?? '', stored }));
}

/**
 * Packs in the order of the SHA-256 of `<id of the test>/<id of the pack>`, until they hold at least `percent` of the stored bytes: one at
 * least, unless `percent` is 0. Nobody could foresee the draw, and anybody can repeat it. Whole packs, because a pack is fetched whole for
 * a single file of it.
 */
export function choosePacks(
  packs: readonly IdentifiedPack[],
  percent: number,
  testId: string,
): readonly IdentifiedPack[] {
  const totalBytes = packs.reduce((sum, { stored }) => sum + stored.sizeBytes, 0);
  const lotOf = ({ packId }: IdentifiedPack) =>
    createHash('sha256').update(`${testId}/${packId}`).digest('hex');
  const drawn = packs.map((pack) => ({ pack, lot: lotOf(pack) })).sort((a, b) => (a.lot < b.lot ? -1 : 1));
  const chosen: IdentifiedPack[] = [];
  let bytes = 0;
  for (const { pack } of drawn) {
    if (bytes >= (totalBytes * percent) / 100) break;
    chosen.push(pack);
    bytes += pack.stored.sizeBytes;
  }
  return chosen;
}

/** Those that have records, so many at a time that these fit into memory; for each group the index is read once. */
export function inGroups(
  packs: readonly IdentifiedPack[],
  recordBytes: ReadonlyMap<string, number>,
): readonly (readonly IdentifiedPack[])[] {
  const groups: IdentifiedPack[][] = [];
  let room = 0;
  for (const pack of packs) {
    const bytes = recordBytes.get(pack.packId) ?? 0;
    if (bytes === 0) continue;
    if (bytes > room || groups.length === 0) {
      groups.push([]);
      room = MAX_RECORD_BYTES;
    }
    groups.at(-1)?.push(pack);
    room -= bytes;
  }
  return groups;
}
