// The dump manifest, schema 1 (docs/format.md): the signed statement that makes a dump exist. Reading is strict, and nothing is
// written that would not be read: an unknown field, a key outside the dump's own folder or a sum that is wrong is a violation.
import { checkManifest } from './manifest-rules.ts';
import type { ObjectRole } from './object-names.ts';
import type { DocumentPlace, StatementFormat } from './statement.ts';
import { parseStatement, serializeStatement } from './statement.ts';

export const MANIFEST_SCHEMA = 1;

/** A dump of 20,000 databases in one object each stays below; a hostile store shall not fill the memory. */
export const MAX_MANIFEST_BYTES = 16 * 2 ** 20;

export interface DumpManifest {
  readonly schema: typeof MANIFEST_SCHEMA;
  readonly type: 'dump';
  /** The backup id; also the name of the folder. */
  readonly id: string;
  readonly server: string;
  /** Ties the dump, binlogs and snapshot of one night together. */
  readonly set?: string;
  readonly label?: string;
  readonly source: SourceIdentity;
  readonly versions: {
    readonly server: string;
    readonly dumpTool: string;
    readonly lifeboat: string;
  };
  /** All three are the store's time, ISO 8601 UTC with milliseconds. */
  readonly startedAt: string;
  /** The moment whose state the dump holds. */
  readonly instant: string;
  readonly finishedAt: string;
  readonly consistency: {
    readonly kind: 'snapshot' | 'lock';
    /** Tables with rows in engines that a snapshot does not freeze; 0 under a lock. */
    readonly uncoveredTables: number;
    /** Under a lock: how long nobody could write to what it covered. Of several locks the sum. */
    readonly lockedMs?: number;
  };
  /** Where the binary log stood at `instant`; null when the server writes none, or there is no one instant. */
  readonly coordinates: { readonly file: string; readonly position: number; readonly gtid: string } | null;
  /** `one`: all databases in one object, one consistent point. `per-database`: one object and one point each. */
  readonly layout: 'one' | 'per-database';
  /** False when something that was chosen could not be dumped. */
  readonly complete: boolean;
  /** Whether binlogs can be replayed onto this dump; `reasons` says why not and is empty otherwise. */
  readonly pitrAnchor: { readonly isAnchor: boolean; readonly reasons: readonly string[] };
  /** What no sandbox can hold, in words and numbers; names are in the inventory. */
  readonly notProvable: readonly { readonly what: string; readonly why: string }[];
  readonly databases: readonly DatabaseFigures[];
  readonly excluded: {
    /** The server's other non-system databases. */
    readonly databases: readonly string[];
    readonly tables: number;
    readonly brokenViews: number;
  };
  readonly objects: readonly ManifestObject[];
}

export interface SourceIdentity {
  readonly flavour: 'mariadb' | 'mysql';
  readonly serverId: number;
  /** Where the server has one (MySQL). */
  readonly serverUuid?: string;
  readonly hostName: string;
  /** `SHA256:…`, as shown by the target. */
  readonly sshHostKey: string;
}

export interface DatabaseFigures {
  readonly name: string;
  readonly tables: number;
  readonly views: number;
  /** Null when rows were not counted. */
  readonly rows: number | null;
  /** Bytes of SQL text. Null when they were counted for several databases together: then the object has them. */
  readonly plainBytes: number | null;
}

export interface ManifestObject extends StoredMessage {
  readonly role: ObjectRole;
  /** The stem of the key: see `dataStem`; `accounts`, `inventory`. */
  readonly name: string;
  /** Whose text this object is; for the role `data` only. */
  readonly databases?: readonly string[];
}

/** One encrypted message in the store, in one or more parts. */
export interface StoredMessage {
  readonly codec: 'zstd';
  /** Bytes before compression, where they were counted. */
  readonly plainBytes?: number;
  /** Of the ciphertext, all parts joined. */
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Ids of the keys encrypted to: 16 upper-case hex digits each. */
  readonly recipients: readonly string[];
  readonly parts: readonly ManifestPart[];
}

export interface ManifestPart {
  /** Relative to the store's prefix. */
  readonly key: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export type ManifestPlace = DocumentPlace;

/** In the order in which they are written; a field that is not in this list is not written at all. */
const FIELD_ORDER = `
  schema type id server set label source flavour serverId serverUuid hostName sshHostKey versions dumpTool lifeboat
  startedAt instant finishedAt consistency kind uncoveredTables lockedMs coordinates file position gtid layout complete
  pitrAnchor isAnchor reasons notProvable what why role name databases excluded tables views rows brokenViews
  objects codec plainBytes key sizeBytes sha256 recipients parts`
  .trim()
  .split(/\s+/);

const FORMAT: StatementFormat<DumpManifest> = {
  noun: 'manifest',
  code: 'manifest-invalid',
  schema: MANIFEST_SCHEMA,
  maxBytes: MAX_MANIFEST_BYTES,
  fieldOrder: FIELD_ORDER,
  check: checkManifest,
};

/** SQL text of the databases. */
export function plainBytesOf({ objects }: Pick<DumpManifest, 'objects'>): number {
  return objects.reduce((sum, { role, plainBytes = 0 }) => sum + (role === 'data' ? plainBytes : 0), 0);
}

/** The bytes to sign and store, see `serializeStatement`. Throws `manifest-invalid` for one that the reader would refuse. */
export function serializeManifest(manifest: Omit<DumpManifest, 'schema' | 'type'>): Uint8Array {
  return serializeStatement(FORMAT, { ...manifest, schema: MANIFEST_SCHEMA, type: 'dump' }, manifest);
}

/** Reads what `serializeManifest` wrote and nothing else. Throws `manifest-invalid`, naming every violation. */
export function parseManifest(bytes: Uint8Array, place: ManifestPlace): DumpManifest {
  return parseStatement(FORMAT, bytes, place);
}
