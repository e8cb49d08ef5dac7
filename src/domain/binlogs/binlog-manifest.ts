// The manifest of a shipped binlog, schema 1 (docs/format.md): the signed statement that makes it exist. Read and written like that of a
// dump.
import type { SourceIdentity } from '../dumps/manifest.ts';
import type { StoredMessage } from '../statements/stored-message.ts';

export const BINLOG_SCHEMA = 1;

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
