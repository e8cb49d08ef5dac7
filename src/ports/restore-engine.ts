// A database engine, as a restore test sees it: a server in a sandbox that takes a dump, shows what it has, and answers questions.
import type { Inventory, InventoryObject } from '../domain/inventory.ts';
import type { DumpManifest } from '../domain/manifest.ts';
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
  /** Runs one statement and returns its rows, columns separated by tabs. A refusal of the server is given back as `error`. */
  ask(
    sql: string,
    database: string | undefined,
  ): Promise<{ readonly rows: string[] } | { readonly error: string }>;
}

export interface RestoreEngine {
  imagesFor(manifest: DumpManifest): SandboxImages;
  /** What a sandbox with this much memory has to run for this dump. */
  sandboxFor(
    manifest: DumpManifest,
    inventory: Inventory,
    memoryBytes: number,
  ): Pick<SandboxOptions, 'command' | 'user' | 'volume'>;
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
