// The snapshots of a server's storages, without opening one.
import type { Proof, SampledStorage } from '../../domain/proofs/proof.ts';
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
  /** The newest sample that a restore test read of exactly this manifest. */
  readonly sample: ListedSample | undefined;
}

export interface ListedSample {
  /** When the restore test began, as in its proof. */
  readonly startedAt: string;
  /** Of the packs' bytes, e.g. `5%`. */
  readonly share: string;
}

export interface ListedSnapshots {
  /** By storage, newest first. */
  readonly snapshots: readonly ListedSnapshot[];
  readonly olderSnapshots: number;
}

/** At most `limit` of each storage. Of the proofs the newest comes first. */
export async function listSnapshots(
  reading: Reading,
  limit: number,
  proofs: readonly Proof[],
): Promise<ListedSnapshots> {
  const snapshots: ListedSnapshot[] = [];
  let olderSnapshots = 0;
  for (const { name, snapshotIds } of await listStorages(reading)) {
    const newest = snapshotIds.toReversed().slice(0, limit);
    olderSnapshots += snapshotIds.length - newest.length;
    for (const id of newest) snapshots.push(await look(reading, name, id, proofs));
  }
  return { snapshots, olderSnapshots };
}

async function look(
  reading: Reading,
  name: string,
  id: string,
  proofs: readonly Proof[],
): Promise<ListedSnapshot> {
  try {
    const { manifest, manifestSha256, signedBy } = await findSnapshot(reading, name, { id });
    const isOfThis = (one: SampledStorage) =>
      one.name === name && one.snapshot === id && one.manifestSha256 === manifestSha256;
    const [sample] = proofs.flatMap(({ startedAt, storage = [] }) =>
      storage.filter(isOfThis).map(({ share }) => ({ startedAt, share })),
    );
    return { name, id, manifest, signedBy, failure: undefined, sample };
  } catch (failure) {
    if (!(failure instanceof LifeboatError) || failure.class !== 'restore-test') throw failure;
    return { name, id, manifest: undefined, signedBy: undefined, failure, sample: undefined };
  }
}
