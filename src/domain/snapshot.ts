// The manifest of a snapshot, schema 1 (docs/format.md): the signed statement that makes the state of storage directories at one
// moment exist. It names everything that it takes to restore it: packs of this run and of earlier ones, and the index.
import type { StoredMessage } from './manifest.ts';
import type { SnapshotFigures } from './snapshot-figures.ts';
import { checkSnapshotManifest } from './snapshot-rules.ts';
import type { DocumentPlace, StatementFormat } from './statement.ts';
import { parseStatement, serializeStatement } from './statement.ts';

export const SNAPSHOT_SCHEMA = 1;

/** A pack takes half a kilobyte: 4 TB in packs of 64 MiB. */
export const MAX_SNAPSHOT_MANIFEST_BYTES = 32 * 2 ** 20;

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

/** In the order in which they are written; a field that is not in this list is not written at all. */
const FIELD_ORDER = `
  schema type id server name set source hostName sshHostKey versions find tar lifeboat startedAt instant finishedAt paths exclude
  oneFileSystem complete holds files directories links bytes changes added changed deleted unstable vanished unreadable special
  index packs codec plainBytes key sizeBytes sha256 recipients parts`
  .trim()
  .split(/\s+/);

function formatAt(name: string): StatementFormat<SnapshotManifest> {
  return {
    noun: 'manifest',
    code: 'manifest-invalid',
    schema: SNAPSHOT_SCHEMA,
    maxBytes: MAX_SNAPSHOT_MANIFEST_BYTES,
    fieldOrder: FIELD_ORDER,
    check: (value, place) => checkSnapshotManifest(value, { ...place, name }),
  };
}

/** The bytes to sign and store, see `serializeStatement`. Throws `manifest-invalid` for one that the reader would refuse. */
export function serializeSnapshotManifest(manifest: Omit<SnapshotManifest, 'schema' | 'type'>): Uint8Array {
  const whole: SnapshotManifest = { ...manifest, schema: SNAPSHOT_SCHEMA, type: 'snapshot' };
  return serializeStatement(formatAt(manifest.name), whole, manifest);
}

/** Reads what `serializeSnapshotManifest` wrote and nothing else. Throws `manifest-invalid`, naming every violation. */
export function parseSnapshotManifest(bytes: Uint8Array, place: SnapshotPlace): SnapshotManifest {
  return parseStatement(formatAt(place.name), bytes, place);
}
