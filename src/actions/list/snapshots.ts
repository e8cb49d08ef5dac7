// The snapshots of a server's storages, without opening one.
import type { SnapshotManifest } from '../../domain/snapshots/snapshot.ts';
import { LifeboatError } from '../../errors.ts';
import type { Reading } from '../restoring/find-backups.ts';
import { findSnapshot, listStorages } from '../restoring/find-snapshot.ts';

export interface ListedSnapshot {
  /** Of the storage. */
  readonly name: string;
  readonly id: string;
  /** Undefined for one that is refused. */
  readonly manifest: SnapshotManifest | undefined;
  /** Fingerprint of a trusted signer. */
  readonly signedBy: string | undefined;
  readonly failure: LifeboatError | undefined;
}

export interface ListedSnapshots {
  /** By storage, newest first. */
  readonly snapshots: readonly ListedSnapshot[];
  readonly olderSnapshots: number;
}

/** At most `limit` of each storage. */
export async function listSnapshots(reading: Reading, limit: number): Promise<ListedSnapshots> {
  const snapshots: ListedSnapshot[] = [];
  let olderSnapshots = 0;
  for (const { name, snapshotIds } of await listStorages(reading)) {
    const newest = snapshotIds.toReversed().slice(0, limit);
    olderSnapshots += snapshotIds.length - newest.length;
    for (const id of newest) snapshots.push(await look(reading, name, id));
  }
  return { snapshots, olderSnapshots };
}

async function look(reading: Reading, name: string, id: string): Promise<ListedSnapshot> {
  try {
    const { manifest, signedBy } = await findSnapshot(reading, name, { id });
    return { name, id, manifest, signedBy, failure: undefined };
  } catch (failure) {
    if (!(failure instanceof LifeboatError) || failure.class !== 'restore-test') throw failure;
    return { name, id, manifest: undefined, signedBy: undefined, failure };
  }
}
