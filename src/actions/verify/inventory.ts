// What is in the store of one server, as it was read: every key with its versions, and every document that may count.
import type { ShippedBinlog } from '../../domain/binlog-timeline.ts';
import type { ManifestPart, StoredMessage } from '../../domain/manifest.ts';
import type { Proof } from '../../domain/proof.ts';
import type { SnapshotManifest } from '../../domain/snapshot.ts';
import type { LifeboatError } from '../../errors.ts';
import type { KeyVersions } from '../../ports/store.ts';
import type { ReadBackup } from '../restoring/backup.ts';

/** A manifest that is believed, and all that it takes; what kind it is does not matter to who looks at objects. */
export interface Kept {
  readonly kind: 'dump' | 'binlog' | 'snapshot';
  /** Of the dump, the binlog or the snapshot. */
  readonly id: string;
  readonly manifestKey: string;
  readonly signatureKey: string;
  /** When it was whole, by its own words. */
  readonly finishedAt: string;
  readonly messages: readonly StoredMessage[];
}

/** A manifest or a proof that does not count. */
export interface Refused {
  readonly kind: Kept['kind'] | 'proof';
  readonly id: string;
  readonly failure: LifeboatError;
  /** When the store got it. */
  readonly storedAt: Date;
}

/** What the beginning of an object says: for whom it is encrypted, or why it is no message. */
export type Start = { readonly keyIds: readonly string[] } | { readonly reason: string };

/** Of its manifest, which may be large, what does not lie in what is kept. */
export type SnapshotFacts = Pick<SnapshotManifest, 'name' | 'id' | 'instant' | 'complete' | 'set'>;

export interface ServerInventory {
  readonly server: string;
  readonly keys: ReadonlyMap<string, KeyVersions>;
  /** Newest state first. */
  readonly dumps: readonly ReadBackup[];
  /** Shipped last first. */
  readonly binlogs: readonly ShippedBinlog[];
  /** Newest state first. */
  readonly snapshots: readonly SnapshotFacts[];
  /** Newest first. */
  readonly proofs: readonly Proof[];
  readonly kept: readonly Kept[];
  readonly refused: readonly Refused[];
  /** By the key of the first part. */
  readonly starts: ReadonlyMap<string, Start>;
  /** Runs that left no manifest. */
  readonly unfinished: number;
  /** Objects of a known form that no manifest names. */
  readonly unnamed: number;
}

export function partsOf({ messages }: Kept): readonly ManifestPart[] {
  return messages.flatMap(({ parts }) => parts);
}

/** Everything that has to stay in the store for this to count. */
export function keysOf(kept: Kept): readonly string[] {
  return [...partsOf(kept).map(({ key }) => key), kept.signatureKey, kept.manifestKey];
}
