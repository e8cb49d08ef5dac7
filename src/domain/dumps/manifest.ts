// The dump manifest, schema 1 (docs/format.md): the signed statement that makes a dump exist. Reading is strict, and nothing is
// written that would not be read: an unknown field, a key outside the dump's own folder or a sum that is wrong is a violation.
import type { ObjectRole } from '../stores/object-names.ts';
import type { DocumentPlace } from '../statements/statement.ts';
import type { StoredMessage } from '../statements/stored-message.ts';

export const MANIFEST_SCHEMA = 1;

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
  /** For a replica: what it follows, one for each channel, as it stood just before the dump. */
  readonly replicaOf?: readonly ReplicaSource[];
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

export interface ReplicaSource {
  /** Where it has a name (MariaDB: connection). */
  readonly channel?: string;
  readonly host: string;
  readonly port: number;
  readonly lagSeconds: number;
  /** Up to where it had executed the source's binary logs; `gtid` may be empty. */
  readonly file: string;
  readonly position: number;
  readonly gtid: string;
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

export type ManifestPlace = DocumentPlace;

/** As stored: compressed and encrypted, with all that belongs to the dump. */
export function storedBytesOf({ objects }: Pick<DumpManifest, 'objects'>): number {
  return objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** SQL text of the databases. */
export function plainBytesOf({ objects }: Pick<DumpManifest, 'objects'>): number {
  return objects.reduce((sum, { role, plainBytes = 0 }) => sum + (role === 'data' ? plainBytes : 0), 0);
}
