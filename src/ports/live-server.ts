// A database server that somebody uses, as the restore action sees it: it gets new databases, and loses none unless it is told to.
import type { Inventory } from '../domain/dumps/inventory.ts';
import type { DumpManifest } from '../domain/dumps/manifest.ts';
import type { DatabaseConnection } from './engine.ts';
import type { Machine } from './machine.ts';
import type { BinlogSurvey, ReplayableBinlog, Replayed } from './restore-engine.ts';

/** One database of the dump and its name on the server. */
export interface Renamed {
  readonly from: string;
  readonly to: string;
}

export interface RestorePlan {
  readonly databases: readonly Renamed[];
  /** Of the only database: this table alone. */
  readonly table: string | undefined;
  /** Whether every database of the dump is restored under its own name: its text is loaded as it stands. */
  readonly isWhole: boolean;
  /** A copy must not do its work twice: events come back under their own names only. */
  readonly withEvents: boolean;
}

/** What the inventory says about a plan, for people; names from databases. */
export interface PlanNotes {
  /** Definitions that name their own database, which is another one now. */
  readonly namesItself: readonly string[];
  readonly leftOutEvents: number;
  readonly leftOutTriggers: number;
}

export interface LiveServer {
  readonly version: string;
  readonly writesBinlog: boolean;
  /** Which of these databases are there. */
  findExisting(names: readonly string[]): Promise<readonly string[]>;
  /** Databases of users that have none of these names. */
  findOthers(names: readonly string[]): Promise<readonly string[]>;
  /** Throws `restore-choice` when the plan cannot be carried out with this dump. */
  checkPlan(plan: RestorePlan, inventory: Inventory): PlanNotes;
  dropDatabase(name: string, signal?: AbortSignal): Promise<void>;
  /** Makes an empty database; throws `restore-exists` when there is one. Not interrupted: its answer is known afterwards. */
  createDatabase(database: Renamed, inventory: Inventory): Promise<void>;
  /** Before the databases: accounts from their SQL text, but for the rights on single tables and routines. Throws `restore-failed`. */
  loadAccounts(text: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** After the databases: those rights, from the same text, as far as the inventory has what they are for. Throws `restore-failed`. */
  completeAccounts(text: AsyncIterable<Uint8Array>, inventory: Inventory, signal: AbortSignal): Promise<void>;
  /** Loads the text of databases into those that were made. Throws `restore-failed`. */
  loadDatabases(
    text: AsyncIterable<Uint8Array>,
    plan: RestorePlan,
    options: {
      readonly instant: Date;
      readonly onLoaded: (count: number) => void;
      readonly signal: AbortSignal;
    },
  ): Promise<void>;
  /** Whether binlogs can be replayed here. Throws `target-tool-missing`, `db-rights-missing`, `restore-choice`. */
  checkReplay(signal: AbortSignal): Promise<void>;
  /** As that of a restore engine. Throws `binlog-invalid`, `binlog-chain`. */
  surveyBinlogs(binlogs: readonly ReplayableBinlog[], until: Date | undefined): Promise<BinlogSurvey>;
  /** The moment whose state a replay up to this instant has, as exactly as the binlogs tell moments. */
  roundInstant(instant: Date): Date;
  /**
   * Replays binlogs onto the dump that was loaded, up to the first transaction that committed after `until` (undefined: all). Throws
   * `binlog-invalid`, `restore-failed`.
   */
  replay(
    binlogs: readonly ReplayableBinlog[],
    until: Date | undefined,
    signal: AbortSignal,
  ): Promise<Replayed>;
  /** Ends a load or replay that is still at work on the server. Never throws. */
  endLoad(): Promise<void>;
  /** What is not there that should be, and the other way round: sentences without full stop, with names from databases. */
  findDifferences(plan: RestorePlan, inventory: Inventory, signal: AbortSignal): Promise<readonly string[]>;
}

export interface LiveServerOptions {
  readonly connection: DatabaseConnection;
  /** Whether what is loaded goes to the server's binary log. */
  readonly logBin: boolean;
  readonly signal: AbortSignal;
}

/** Throws the `db-…` codes, `target-tool-missing`, and what the machine throws. */
export type ConnectLiveServer = (
  machine: Machine,
  manifest: DumpManifest,
  options: LiveServerOptions,
) => Promise<LiveServer>;
