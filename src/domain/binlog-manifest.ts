// The manifest of a shipped binlog, schema 1 (docs/format.md): the signed statement that makes it exist. Read and written like that of a
// dump.
import { checkBinlogManifest } from './binlog-manifest-rules.ts';
import type { SourceIdentity, StoredMessage } from './manifest.ts';
import type { DocumentPlace, StatementFormat } from './statement.ts';
import { parseStatement, serializeStatement } from './statement.ts';

export const BINLOG_SCHEMA = 1;

/** GTID sets of a server with a long history are long; nothing else is. */
export const MAX_BINLOG_MANIFEST_BYTES = 2 ** 20;

export interface BinlogManifest {
  readonly schema: typeof BINLOG_SCHEMA;
  readonly type: 'binlog';
  /** See `formatBinlogId`. */
  readonly id: string;
  readonly server: string;
  /** Ties the dump, binlogs and snapshot of one night together. */
  readonly set?: string;
  readonly source: SourceIdentity;
  readonly versions: { readonly server: string; readonly lifeboat: string };
  /** The store's time: start of the run, and when this binlog was whole in the store. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly binlog: BinlogFacts;
  /** The file, byte for byte as the server closed it, compressed and encrypted. */
  readonly object: StoredMessage;
}

/** What the file says of itself. Times are those of the database server's clock, in whole seconds. */
export interface BinlogFacts {
  /** As the server lists it: `mysql-bin.000042`. */
  readonly name: string;
  /** `server_id` in its first event. */
  readonly serverId: number;
  readonly sizeBytes: number;
  /** Of the plain file. */
  readonly sha256: string;
  /** Version in its first event: of the server that wrote it. */
  readonly serverVersion: string;
  /** Of the first event: tells the file from another of the same name after a reset. */
  readonly createdAt: string;
  /** Of the last event; when it was rotated, every transaction that committed before this second is in this file or an earlier one. */
  readonly closedAt: string;
  /** `crash`: the server did not end the file, it ends at the border of an event. */
  readonly closedBy: 'rotate' | 'stop' | 'crash';
  /** Name of the next file in the closing event; null where there is none. */
  readonly next: string | null;
  /** Whether events carry a checksum, which was compared. */
  readonly checksum: 'crc32' | 'none';
  /**
   * What had been executed before the first event, and after the last. MySQL: a GTID set in its canonical form, empty without GTIDs.
   * MariaDB: the last GTID of each domain and server, `0-1-99,0-2-7`, sorted by domain and then by server.
   */
  readonly gtidsBefore: string;
  readonly gtidsAfter: string;
  /** Transactions, and statements that commit by themselves. */
  readonly transactions: number;
  /** The server's `binlog_format` and `binlog_row_image` when the file was shipped, in capitals. */
  readonly format: string;
  readonly rowImage: string;
}

/** In the order in which they are written; a field that is not in this list is not written at all. */
const FIELD_ORDER = `
  schema type id server set name source flavour serverId serverUuid hostName sshHostKey versions lifeboat startedAt finishedAt
  binlog object codec plainBytes key sizeBytes sha256 recipients parts serverVersion createdAt closedAt closedBy next checksum
  gtidsBefore gtidsAfter transactions format rowImage`
  .trim()
  .split(/\s+/);

const FORMAT: StatementFormat<BinlogManifest> = {
  noun: 'manifest',
  code: 'manifest-invalid',
  schema: BINLOG_SCHEMA,
  maxBytes: MAX_BINLOG_MANIFEST_BYTES,
  fieldOrder: FIELD_ORDER,
  check: checkBinlogManifest,
};

/** The bytes to sign and store, see `serializeStatement`. Throws `manifest-invalid` for one that the reader would refuse. */
export function serializeBinlogManifest(manifest: Omit<BinlogManifest, 'schema' | 'type'>): Uint8Array {
  return serializeStatement(FORMAT, { ...manifest, schema: BINLOG_SCHEMA, type: 'binlog' }, manifest);
}

/** Reads what `serializeBinlogManifest` wrote and nothing else. Throws `manifest-invalid`, naming every violation. */
export function parseBinlogManifest(bytes: Uint8Array, place: DocumentPlace): BinlogManifest {
  return parseStatement(FORMAT, bytes, place);
}
