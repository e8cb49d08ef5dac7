// A database engine, as the dump action sees it: look first, dump, then say what was dumped. Not bent to any one database: an
// engine hands out tasks for the target and judges their outcome; it never touches the store or the keys.
import type { ReplicaSource } from '../domain/dumps/manifest.ts';
import type { LifeboatError } from '../errors.ts';
import type { FailureExplainer, SealedResult, TargetSession, Task } from './remote.ts';

/** How to reach the database from the target. Nothing given: the client's own defaults (socket, operating-system user). */
export interface DatabaseConnection {
  readonly user?: string;
  /** Travels to the target over standard input only. */
  readonly password?: string;
  /** A file on the target whose first line is the password. */
  readonly passwordFile?: string;
  /** A client option file on the target. */
  readonly defaultsFile?: string;
  readonly host?: string;
  readonly port?: number;
  readonly socket?: string;
  /** Options of the client programs, as they stand in an argument list. */
  readonly options?: readonly string[];
  /** Name or id of a container on the target in which all of this is meant, and whose programs are used. */
  readonly container?: string;
}

export interface DumpRequest {
  readonly connection: DatabaseConnection;
  /** More options of the dump client, for the form of rows; kept in the inventory. */
  readonly textOptions: readonly string[];
  /** Names, or every database that is not the server's own. */
  readonly databases: readonly string[] | '*';
  readonly excludeDatabases: readonly string[];
  /** `database.table`, `*` stands for any characters in either part. */
  readonly excludeTables: readonly string[];
  /** one: all databases are one text, of one moment. per-database: a text each, each of a moment of its own. */
  readonly layout: 'one' | 'per-database';
  /** auto refuses tables that a snapshot cannot hold still; snapshot takes them with a warning; lock keeps others from writing to them. */
  readonly consistency: 'auto' | 'snapshot' | 'lock';
  /** For how long such a lock may be held. */
  readonly maxLockMs: number;
  readonly accounts: boolean;
  /** rows: counted in the dump; digest: only digests, a little cheaper. */
  readonly inventory: 'rows' | 'digest';
  readonly rotate: boolean;
  /** Whether the dump says where the binary log stood, where there is one; not for several texts, which have no one moment. */
  readonly coordinates: boolean;
  readonly brokenViews: 'exclude' | 'fail';
  /** A replica that is farther behind than this is refused. */
  readonly maxReplicaLagMs: number;
  readonly allowEmpty: boolean;
}

/** A task whose standard output is plain text to be sealed, with what to say when it fails. */
export interface DumpTask {
  readonly task: Task;
  readonly explain: FailureExplainer;
}

export interface CheckedDumpTask extends DumpTask {
  /** Throws when a task of which every stage ended with 0 is not good all the same. */
  readonly check: (dumped: SealedResult) => void;
}

/** One object. */
export interface DataTask extends CheckedDumpTask {
  readonly databases: readonly string[];
}

export interface SourceFacts {
  readonly flavour: 'mariadb' | 'mysql';
  readonly serverId: number;
  /** Where the server has one (MySQL). */
  readonly serverUuid?: string;
  readonly hostName: string;
  readonly serverVersion: string;
  readonly dumpToolVersion: string;
}

/** What cannot be shown equal in a sandbox, in numbers ("2 tables"), never by name. */
export interface NotProvable {
  readonly what: string;
  readonly why: string;
}

export interface DumpPlan {
  readonly source: SourceFacts;
  /** Servers that this one is a replica of, as they were found before the dump; empty for none, and where it could not be seen. */
  readonly replicaOf: readonly ReplicaSource[];
  readonly databases: readonly string[];
  readonly warnings: readonly string[];
  /** Tables with rows that change while they are dumped, because their engine has no transactions. */
  readonly uncoveredTables: number;
  /** Left out on purpose. */
  readonly excluded: {
    readonly databases: readonly string[];
    readonly tables: number;
    readonly brokenViews: number;
  };
  /** Undefined when accounts are not wanted. */
  readonly accounts: CheckedDumpTask | undefined;
  /** In the order in which they can be loaded. */
  readonly data: readonly DataTask[];
  /**
   * After `accounts` and all of `data` have ended well: reads what went by, compares it with the catalogue before and after, and
   * throws `dump-incomplete`, `catalogue-changed` or `inventory-mismatch`, naming what differs.
   */
  conclude(dumped: readonly SealedResult[]): Promise<DumpFindings>;
  /** After `conclude`: prints the inventory; `head` are its first members, `stems` the names of the data objects. */
  inventory(head: Readonly<Record<string, unknown>>, stems: readonly string[]): DumpTask;
}

export interface DatabaseFindings {
  readonly name: string;
  readonly tables: number;
  readonly views: number;
  /** Undefined when rows were not counted. */
  readonly rows: number | undefined;
  /** Undefined when it was not counted. */
  readonly plainBytes: number | undefined;
}

export interface DumpFindings {
  readonly databases: readonly DatabaseFindings[];
  /** Of each data object. */
  readonly plainBytes: readonly number[];
  /** Where the binary log stood at the dump's instant; null when the server writes none. */
  readonly coordinates: { readonly file: string; readonly position: number; readonly gtid: string } | null;
  /** Why point-in-time recovery cannot start here; empty when it can. */
  readonly anchorObstacles: readonly string[];
  readonly notProvable: readonly NotProvable[];
  /** How long others could not write to tables, waiting for the lock included; undefined when nothing was locked. */
  readonly lockedMs?: number;
  readonly warnings: readonly string[];
}

export type Tolerate = (fault: LifeboatError) => void;

/** A clause that says what is the matter, and what to do: one sentence, or lines ready to paste. */
export interface Advice {
  readonly what: string;
  readonly fix: string;
}

export interface Counsel {
  readonly advice: readonly Advice[];
  /** Where the server keeps its data, when that is a directory of the target. */
  readonly dataDirectory: string | undefined;
}

export interface DumpEngine {
  /** The last part of a backup id. */
  readonly name: string;
  /** Programs that the target must have; those that seal what a task prints come on top. */
  readonly tools: readonly string[];
  /**
   * Checks versions, rights and the catalogue; throws the `db-…` codes. Nothing is locked, nothing is written. With `tolerate`, a fault
   * that leaves more to be looked at is handed to it in place of being thrown; such a plan must not be carried out.
   */
  plan(session: TargetSession, request: DumpRequest, tolerate?: Tolerate): Promise<DumpPlan>;
  /** What hinders no dump and matters on the day of a recovery, such as the settings of the binary log. Throws the `db-…` codes. */
  advise(session: TargetSession, connection: DatabaseConnection): Promise<Counsel>;
}
