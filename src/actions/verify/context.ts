// What checks know besides what is in the store of a server.
import type { ShippedBinlog } from '../../domain/binlog-timeline.ts';
import type { SnapshotManifest } from '../../domain/snapshot.ts';
import type { Recipient } from '../../ports/encryption.ts';
import type { StoreSettings } from '../../ports/store.ts';
import type { ReadBackup } from '../restoring/backup.ts';
import type { Finding } from './finding.ts';
import type { Kept, ServerInventory } from './inventory.ts';
import { findWhole } from './whole.ts';

export interface Limits {
  readonly maxDumpAge: number;
  readonly maxBinlogAge: number;
  readonly maxStorageAge: number;
  readonly maxProofAge: number | undefined;
  readonly minSize: number | undefined;
  readonly maxShrink: number;
}

export interface CheckContext {
  readonly now: Date;
  readonly limits: Limits;
  /** Undefined: not given. */
  readonly recipients: readonly Recipient[] | undefined;
  /** Undefined: the store has none. */
  readonly settings: StoreSettings | undefined;
  /** Whether the store says itself when it got something. */
  readonly hasStoreTimes: boolean;
}

/** A server with what of it counts. */
export interface Judged {
  readonly inventory: ServerInventory;
  /** All parts there; newest first, as everything below. */
  readonly wholeDumps: readonly ReadBackup[];
  readonly wholeBinlogs: readonly ShippedBinlog[];
  readonly wholeSnapshots: readonly SnapshotManifest[];
}

/** One check: what it finds in one server. */
export type ServerCheck = (judged: Judged, context: CheckContext) => readonly Finding[];

export function judgeServer(
  inventory: ServerInventory,
  { hasStoreTimes }: Pick<CheckContext, 'hasStoreTimes'>,
): Judged {
  const whole = findWhole(inventory, hasStoreTimes);
  const ids = (kind: Kept['kind']) =>
    new Set([...whole].filter((one) => one.kind === kind).map(({ id }) => id));
  const [dumps, binlogs, snapshots] = [ids('dump'), ids('binlog'), ids('snapshot')];
  return {
    inventory,
    wholeDumps: inventory.dumps.filter(({ id }) => dumps.has(id)),
    wholeBinlogs: inventory.binlogs.filter(({ manifest }) => binlogs.has(manifest.id)),
    wholeSnapshots: inventory.snapshots.filter(({ name, id }) => snapshots.has(`${name}/${id}`)),
  };
}
