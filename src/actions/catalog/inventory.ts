// What is in the store of one server, as it was read: every key with its versions, and every document that may count.
import type { ShippedBinlog } from '../../domain/binlogs/binlog-timeline.ts';
import type { ManifestPart, StoredMessage } from '../../domain/statements/stored-message.ts';
import { isOfDump, type Proof } from '../../domain/proofs/proof.ts';
import type { SnapshotManifest } from '../../domain/snapshots/snapshot.ts';
import type { LifeboatError } from '../../errors.ts';
import type { KeyVersions } from '../../ports/store.ts';
import type { ReadBackup } from '../restoring/backup.ts';
import type { Start } from './read-start.ts';
import type { Unnamed } from './unnamed.ts';

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
  /** Of the document; its signature is beside it. */
  readonly key: string;
  readonly failure: LifeboatError;
  /** When the store got it. */
  readonly storedAt: Date;
}

/** Of its manifest, which may be large, what does not lie in what is kept. */
export interface SnapshotFacts extends Pick<
  SnapshotManifest,
  'name' | 'id' | 'instant' | 'complete' | 'set' | 'source' | 'holds'
> {
  readonly manifestSha256: string;
}

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
  /** The names of all that were backed up once, whether or not anything is left of them. */
  readonly storages: ReadonlySet<string>;
  /** By the key of the first part. */
  readonly starts: ReadonlyMap<string, Start>;
  /** Runs that left no manifest. */
  readonly unfinished: number;
  readonly unnamed: readonly Unnamed[];
}

/** Nothing that is or ever was in the store speaks of databases: neither a key, whatever it holds, nor a proof. */
export function hasFilesAlone({
  server,
  keys,
  storages,
  proofs,
}: Pick<ServerInventory, 'server' | 'keys' | 'storages' | 'proofs'>): boolean {
  const isAnyBelow = (folders: readonly string[]) =>
    [...keys.keys()].some((key) => folders.some((folder) => key.startsWith(`${server}/${folder}/`)));
  return (
    isAnyBelow([...storages].map((name) => `storage/${name}`)) &&
    !isAnyBelow(['dumps', 'binlogs']) &&
    !proofs.some(isOfDump)
  );
}

/** As `Kept` names it. */
export function snapshotId({ name, id }: Pick<SnapshotFacts, 'name' | 'id'>): string {
  return `${name}/${id}`;
}

export function isPackKey(key: string): boolean {
  return /^[^/]+\/storage\/[^/]+\/packs\//.test(key);
}

export function partsOf({ messages }: Kept): readonly ManifestPart[] {
  return messages.flatMap(({ parts }) => parts);
}

/** Everything that has to stay in the store for this to count. */
export function keysOf(kept: Kept): readonly string[] {
  return [...partsOf(kept).map(({ key }) => key), kept.signatureKey, kept.manifestKey];
}
