// The binary logs of a database server, as the action that ships them sees them. The last one in the list is the active one, and changes.
import type { BinlogFacts } from '../domain/binlogs/binlog-manifest.ts';
import type { DatabaseConnection, DumpTask, SourceFacts } from './engine.ts';
import type { TargetSession } from './remote.ts';

export interface BinlogRequest {
  readonly connection: DatabaseConnection;
  /** Which rights are needed. */
  readonly rotate: boolean;
  readonly purge: boolean;
}

export interface ListedBinlog {
  readonly name: string;
  readonly sizeBytes: number;
}

/** What stands in a file before the first event that somebody caused. Never changes once the file is there, but for `isEmpty`. */
export interface BinlogHead extends Pick<
  BinlogFacts,
  'serverId' | 'serverVersion' | 'createdAt' | 'gtidsBefore'
> {
  /** The server was started with it: the file before it was not closed by a rotation. */
  readonly beginsAtStart: boolean;
  readonly isEmpty: boolean;
}

/** What was seen of a whole file; `closedBy` is undefined when nothing closes it. */
export interface SeenBinlog extends Omit<BinlogFacts, 'name' | 'closedBy' | 'format' | 'rowImage'> {
  readonly closedBy: 'rotate' | 'stop' | undefined;
}

/** Prints a file. The run fails with `binlog-damaged` when an event is not whole, or its checksum does not match. */
export interface BinlogTask extends DumpTask {
  /** After the task has ended well. */
  readonly see: () => Promise<SeenBinlog>;
}

export interface BinlogServer {
  readonly source: Omit<SourceFacts, 'dumpToolVersion'>;
  /** In capitals. */
  readonly format: string;
  readonly rowImage: string;
  /** After which time the server removes a file by itself; undefined: never. */
  readonly expireMs: number | undefined;
  readonly warnings: readonly string[];
  /** By the server's clock, which was asked once; never earlier than it is, but for the second that it was told in. */
  now(): Date;
  /** Oldest first, at least one. */
  list(): Promise<readonly ListedBinlog[]>;
  head(name: string): Promise<BinlogHead>;
  read(binlog: ListedBinlog): BinlogTask;
  /** Closes the active file and begins a new one. */
  rotate(): Promise<void>;
  /** Who is connected to be sent binary logs, each with a name that stays the same. */
  listReaders(): Promise<readonly string[]>;
  /** Has the server remove all files before this one. */
  purgeTo(name: string): Promise<void>;
}

export interface BinlogEngine {
  /** Programs that the target must have; those that seal what a task prints come on top. */
  readonly tools: readonly string[];
  /** Checks versions, rights and settings; throws the `db-…` codes and `binlog-unavailable`. */
  open(session: TargetSession, request: BinlogRequest): Promise<BinlogServer>;
}
