// What a run of sync-storage did, or would do.
import type { SnapshotManifest } from '../../domain/snapshots/snapshot.ts';
import type { LifeboatError } from '../../errors.ts';
import type { StorageFacts, StorageScan } from '../../ports/storage.ts';

export interface SyncStorageOutcome {
  readonly facts: StorageFacts;
  readonly scan: StorageScan;
  readonly warnings: readonly string[];
  /** Undefined after a dry run. */
  readonly stored: StoredSnapshot | undefined;
}

export interface StoredSnapshot {
  readonly manifest: SnapshotManifest;
  readonly manifestKey: string;
  readonly storeLocation: string;
  readonly isSigned: boolean;
  /** Of this run. */
  readonly storedBytes: number;
  readonly newPacks: number;
  readonly durationMs: number;
  readonly unstable: readonly string[];
  readonly unreadable: readonly string[];
  /** What makes the run red although there is a snapshot. */
  readonly failure: LifeboatError | undefined;
}
