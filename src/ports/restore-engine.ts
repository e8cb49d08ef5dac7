// A database engine, as a restore test sees it: a server in a sandbox that takes a dump, shows what it has, and answers questions.
import type { BinlogFacts } from '../domain/binlogs/binlog-manifest.ts';
import type { Inventory, InventoryObject } from '../domain/dumps/inventory.ts';
import type { DumpManifest } from '../domain/dumps/manifest.ts';
import type { Sandbox, SandboxImage, SandboxOptions } from './sandbox.ts';

/** Images to try for a source, best first. */
export interface SandboxImages {
  readonly exact: readonly string[];
  /** Newest patch of the same series: taken where no exact one can be had, and said. */
  readonly sameSeries: readonly string[];
}

/** What the sandbox's own server is. */
export interface SandboxVersions {
  readonly server: string;
  readonly dumpTool: string;
  /** Whether server and dump tool have the very versions of the dump's: only then must every definition have the same text. */
  readonly isSameVersion: boolean;
}

export interface RestoredState {
  /** Every object, with its definition. */
  readonly objects: readonly InventoryObject[];
  /** Digest of all that is not rows, as the inventory has it under the data object's name. */
  readonly restSha256: string;
}

/** Something in the restored server that does not work: "view shop.totals: …". Text from the server. */
export interface BrokenObject {
  readonly kind: 'table' | 'view';
  readonly database: string;
  readonly name: string;
  readonly problem: string;
  /** Its definer was not there when it was dumped either: what was dumped did not work, and this is a true copy. */
  readonly isOfSource?: true;
}

/** The SQL text of one data object. */
export interface RestorableDump {
  /** Decrypts it from the beginning; may be asked for several times, also at the same time. */
  open(): AsyncIterable<Uint8Array>;
  /** Undefined where it was not counted. */
  readonly plainBytes: number | undefined;
  /** The moment whose state it holds. */
  readonly instant: Date;
  /** Told how many bytes more of the text were taken. */
  readonly onLoaded?: (count: number) => void;
}

/** One closed binlog. */
export interface ReplayableBinlog {
  readonly facts: BinlogFacts;
  /** Decrypts it from the beginning. */
  open(): AsyncIterable<Uint8Array>;
}

/** What binlogs hold from the dump's position on. */
export interface BinlogSurvey {
  /** How many files there is to be read of: the first transaction after the instant is in the last of them or before. */
  readonly binlogs: number;
  /** In these, after the instant, too. */
  readonly transactions: number;
  /** Of those behind the first one after the instant: how many say that they committed before it. They are left out with it. */
  readonly outOfOrder: number;
  /** What had been executed at the position, in the engine's own words. */
  readonly executedBefore: string;
  /** The first instant that takes in a transaction, and the last that leaves one out; undefined where there is no such pair. */
  readonly span: { readonly from: Date; readonly to: Date } | undefined;
}

export interface ReplayedTransaction {
  /** Empty where the server gives none. */
  readonly gtid: string;
  /** By the clock of the source. */
  readonly committedAt: Date;
}

export interface Replayed {
  readonly transactions: number;
  /** The last that is there, and the first that is not; undefined where there is none. */
  readonly last: ReplayedTransaction | undefined;
  readonly next: ReplayedTransaction | undefined;
  /** In the file where the replay ended, when it did not end with that: the first byte that was left out. */
  readonly stopPosition: number | undefined;
  /** How many files were read. */
  readonly binlogs: number;
  /** Whether the server told by their ids which transactions it has, and they were the ones of the binlogs. */
  readonly isComparedById: boolean;
}

export interface RestoredServer {
  readonly versions: SandboxVersions;
  /** Bytes that can still be written in the sandbox; undefined where it cannot be told. */
  readFreeBytes(): Promise<number | undefined>;
  /** Before the databases: accounts from their SQL text, but for the rights on single tables and routines. Throws `load-failed`. */
  loadAccounts(text: AsyncIterable<Uint8Array>): Promise<void>;
  /** After the databases: those rights, from the same text, as far as the inventory has what they are for. Throws `load-failed`. */
  completeAccounts(text: AsyncIterable<Uint8Array>): Promise<void>;
  /** Stands in for accounts that a dump does not hold, so that views and routines have somebody to belong to. */
  createDefiners(): Promise<void>;
  /** Loads databases, over several sessions where that is faster. Throws `load-failed`. */
  loadDatabases(dump: RestorableDump): Promise<void>;
  /** Dumps restored databases again, through the filter that wrote the inventory. Throws `restore-unreadable`. */
  readDatabases(databases: readonly string[]): Promise<RestoredState>;
  /** The accounts that the server has, without the sandbox's own. Throws `restore-unreadable`. */
  readAccounts(): Promise<readonly InventoryObject[]>;
  /** Checks every table and its indexes, and opens every view. */
  findBroken(): Promise<readonly BrokenObject[]>;
  /**
   * Replays binlogs onto the dump that was loaded, up to the first transaction that committed after `until` (undefined: all), and compares
   * which transactions are there then. Throws `binlog-invalid`, `replay-failed`, `replay-differs`.
   */
  replay(
    binlogs: readonly ReplayableBinlog[],
    survey: BinlogSurvey,
    until: Date | undefined,
  ): Promise<Replayed>;
  /** Checks every table that is there now, whatever was dumped. */
  findBrokenTables(): Promise<readonly BrokenObject[]>;
  /** Runs one statement and returns its rows, columns separated by tabs. A refusal of the server is given back as `error`. */
  ask(
    sql: string,
    database: string | undefined,
  ): Promise<{ readonly rows: string[] } | { readonly error: string }>;
}

export interface RestoreEngine {
  imagesFor(manifest: DumpManifest): SandboxImages;
  /** What a sandbox with this much memory has to run for this dump; `replays`: binlogs will be replayed in it. */
  sandboxFor(
    manifest: DumpManifest,
    inventory: Inventory,
    options: { readonly memoryBytes: number; readonly replays: boolean },
  ): Pick<SandboxOptions, 'command' | 'user' | 'volume'>;
  /** A sandbox that only says what its image has. */
  trialOf(manifest: DumpManifest): Pick<SandboxOptions, 'command' | 'user' | 'volume'>;
  /** Asks the image in such a sandbox for what replays binlogs. Throws `replay-tool-missing`. */
  checkReplayTool(
    sandbox: Sandbox,
    image: SandboxImage,
    manifest: DumpManifest,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Reads binlogs, the first of which holds the dump's position, as far as a replay up to this instant needs them (undefined: all), and
   * compares each with its manifest. Throws `binlog-invalid`; `binlog-chain` for an instant before the dump.
   */
  surveyBinlogs(
    manifest: DumpManifest,
    binlogs: readonly ReplayableBinlog[],
    until: Date | undefined,
  ): Promise<BinlogSurvey>;
  /** The moment whose state a replay up to this instant has, as exactly as the binlogs tell moments. */
  roundInstant(manifest: DumpManifest, instant: Date): Date;
  /**
   * Waits until the server in the sandbox answers. Throws `sandbox-image` for an image of another flavour or series, or without the
   * programs that are needed; `sandbox-unavailable` when this machine lacks one; `sandbox-died`.
   */
  connect(
    sandbox: Sandbox,
    image: SandboxImage,
    manifest: DumpManifest,
    inventory: Inventory,
    signal: AbortSignal,
  ): Promise<RestoredServer>;
}
