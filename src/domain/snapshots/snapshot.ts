// The manifest of a snapshot, schema 1 (docs/format.md): the signed statement that makes the state of storage directories at one
// moment exist. It names everything that it takes to restore it: packs of this run and of earlier ones, and the index.
import type { StoredMessage } from '../statements/stored-message.ts';
import type { SnapshotFigures } from './snapshot-figures.ts';
import type { DocumentPlace } from '../statements/statement.ts';

export const SNAPSHOT_SCHEMA = 1;

export interface SnapshotPlace extends DocumentPlace {
  /** Of the storage; `id` is that of the run. */
  readonly name: string;
}

export interface SnapshotManifest {
  readonly schema: typeof SNAPSHOT_SCHEMA;
  readonly type: 'snapshot';
  /** The run's. */
  readonly id: string;
  readonly server: string;
  /** Of the storage: a server may have several. */
  readonly name: string;
  /** Ties the dump, binlogs and snapshot of one night together. */
  readonly set?: string;
  readonly source: { readonly hostName: string; readonly sshHostKey: string };
  readonly versions: { readonly find: string; readonly tar: string; readonly lifeboat: string };
  /** The store's time. */
  readonly startedAt: string;
  /** When the directories began to be listed: what was changed before is in the snapshot. */
  readonly instant: string;
  readonly finishedAt: string;
  /** What was asked for. */
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  readonly oneFileSystem: boolean;
  /** False when something could not be read, or changed each time it was. */
  readonly complete: boolean;
  readonly holds: SnapshotFigures;
  readonly changes: SnapshotChanges;
  /** Index objects: the first is complete, each further one says what changed. */
  readonly index: readonly StoredMessage[];
  /** All that the snapshot needs, in the order in which they were made. Empty for storage without a single entry. */
  readonly packs: readonly StoredMessage[];
}

/** What the run found, counted in entries: files, directories and symbolic links. */
export interface SnapshotChanges {
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  /** Changed while they were read, three times; they are there as they were read last. */
  readonly unstable: number;
  /** Were listed, and gone before they were read. */
  readonly vanished: number;
  readonly unreadable: number;
  /** Sockets, FIFOs and devices, which no snapshot holds. */
  readonly special: number;
}
