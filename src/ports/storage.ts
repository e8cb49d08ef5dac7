// Storage directories of a target, as the action that backs them up sees them: looked at, listed and compared with the last run, packed,
// and remembered. Everything large stays on the target; what comes here are figures.
import type { SnapshotFigures } from '../domain/snapshots/snapshot-figures.ts';
import type { FailureExplainer, SealedResult, TargetSession, Task } from './remote.ts';

export interface StorageRequest {
  /** Below `~/.lifeboat/` on the target: for lists and indexes. A plain name. */
  readonly folder: string;
  readonly paths: readonly string[];
  /** Read as root, through what is installed for that. */
  readonly become: 'sudo' | undefined;
  readonly exclude: readonly ExcludeRule[];
  readonly oneFileSystem: boolean;
  /** All that is below directories that are left out is counted, too, which takes as long as listing it. */
  readonly weighExcluded: boolean;
  readonly packBytes: number;
  /** A file that changed so lately is packed again by the next run. */
  readonly settledSeconds: number;
}

export interface ExcludeRule {
  /** As it was given. */
  readonly text: string;
  /** Globs; what fits one of them is left out, with all below it. */
  readonly patterns: readonly string[];
}

export interface StorageFacts {
  readonly hostName: string;
  readonly findVersion: string;
  readonly tarVersion: string;
  /** Where the paths really are: links in them resolved, none twice. */
  readonly roots: readonly string[];
  /** Directories of `/` in which no path is, without those that a system makes by itself. */
  readonly uncovered: readonly string[];
}

/** A file on the target that only counts with this content. */
export interface KeptFile {
  /** Id of the run that left it. */
  readonly run: string;
  readonly sha256: string;
}

/** What a run compares with. */
export interface StorageBase {
  /** What the last snapshot left; undefined: there is none. */
  readonly listing: KeptFile | undefined;
  /** How many it holds. */
  readonly entries: number;
  /** Index objects that this run needs, to renew packs or to complete the index; nothing is compared when one of them is lost. */
  readonly chain: readonly KeptFile[];
  /** Packs that later runs stored before they were cut off, the oldest first, and the SHA-256 of their records. */
  readonly packed: readonly { readonly packId: string; readonly sha256: string }[];
  /** Ids of packs of which everything is to be packed again; `chain` says what is in them. */
  readonly renewed: readonly string[];
}

export interface StorageScan {
  /** False: the list of the last snapshot, or an index object, is not there, or cannot be used. */
  readonly isCompared: boolean;
  /** Lists of earlier runs are on the target, whether they are known or not. */
  readonly hasLists: boolean;
  /** Of the packs of runs that were cut off: those that count. */
  readonly adopted: ReadonlySet<string>;
  /** What is compared with; undefined: the list of the last snapshot as it is. */
  readonly base: SnapshotFigures | undefined;
  /** Entries that are compared with. */
  readonly known: number;
  /** Entries that were found. */
  readonly scanned: number;
  readonly packs: number;
  /** Entries in these packs. */
  readonly planned: number;
  readonly added: number;
  readonly changed: number;
  /** As they were, and to be packed again. */
  readonly renewed: number;
  readonly deleted: number;
  /** Paths below which there is nothing. */
  readonly empty: readonly string[];
  /** Those of them below which something was deleted. */
  readonly emptied: readonly string[];
  /** Sizes of the files to be packed. */
  readonly freshBytes: number;
  /** By how much the figures differ from those of what was compared with. */
  readonly growth: SnapshotFigures;
  readonly special: number;
  readonly unreadable: Named;
  /** What is mounted below the paths, and left out. */
  readonly mounts: Named;
  readonly excluded: readonly ExcludedFigures[];
  /** Directories that look like those of a running database server. */
  readonly databases: Named;
  /** Files that look like databases of SQLite that somebody writes to. */
  readonly sqlite: Named;
}

export interface Named {
  readonly count: number;
  /** The first few, for people. */
  readonly names: readonly string[];
}

export interface ExcludedFigures {
  readonly rule: string;
  /** Without `weighExcluded` a directory counts as one, with nothing of what is below it. */
  readonly entries: number;
  /** Of files. */
  readonly bytes: number;
}

/** A task that prints what is to be sealed. */
export interface StorageTask {
  readonly task: Task;
  readonly explain: FailureExplainer;
}

/** One that leaves list and index for the next run, too; they count once the state names them. */
export interface KeepTask extends StorageTask {
  readonly read: (result: SealedResult) => { readonly listing: KeptFile; readonly index: KeptFile };
}

export interface PackTask extends StorageTask {
  /** Of a task that ended well. */
  readonly read: (result: SealedResult) => PackFindings;
}

export interface PackFindings {
  readonly stored: number;
  /** Of these: without all of their attributes. */
  readonly harmed: number;
  /** Changed while they were read, and are to be packed once more. */
  readonly again: number;
  /** SHA-256 of the records of what was stored. */
  readonly records: string;
  readonly unstable: number;
  readonly vanished: number;
  readonly unreadable: number;
}

export interface StorageConclusion {
  readonly holds: SnapshotFigures;
  /** By the records of the index of this run. */
  readonly indexed: SnapshotFigures;
  /** Records of what this run packed, and of what it found to be gone, or could not read. */
  readonly packed: number;
  readonly lost: number;
  /** Records of the index; 0: nothing changed. */
  readonly records: number;
  readonly unstable: readonly string[];
  readonly unreadable: readonly string[];
}

export interface CompleteIndex {
  readonly indexed: SnapshotFigures;
  readonly needed: ReadonlySet<string>;
}

/** One run's work on the target. */
export interface StorageWork {
  readonly facts: StorageFacts;
  /** All that `note` left since the last snapshot, in any order. */
  readonly notes: readonly string[];
  /** Throws `storage-path` when a path is not in its own list, `target-home` when there is no room for lists. */
  scan(base: StorageBase): Promise<StorageScan>;
  /** Pack `number`, from 1; `attempt` is 1 for what the scan found, up to LAST_ATTEMPT for what changed meanwhile. */
  pack(number: number, packId: string, attempt: number): PackTask;
  /** Leaves a line with the records of a pack that is stored, for a run that goes on behind this one, with whatever is done next. */
  note(number: number, packId: string, note: string): void;
  /** Plans further packs for what is to be packed again; returns how many. */
  planAgain(): Promise<{ readonly packs: number; readonly vanished: number; readonly unreadable: number }>;
  /** `found`: what the scan found, all in all. */
  conclude(found: SnapshotFigures): Promise<StorageConclusion>;
  /** Makes the index of this run complete again. Returns what it holds, and ids of the packs that are needed. */
  completeIndex(chain: readonly KeptFile[]): Promise<CompleteIndex>;
  index(run: string): KeepTask;
  /** As that does, when there is no index to be stored. */
  keep(run: string): Promise<{ readonly listing: KeptFile }>;
  /** Removes what this run left that makes no snapshot. `lists`: those of the last snapshot stay, and what was packed since; without them
   * the next run stores everything anew. */
  discard(left: 'lists' | 'nothing'): Promise<void>;
  /** A script that removes everything else that this and earlier runs left. */
  forgetting(listing: KeptFile, chain: readonly KeptFile[]): string;
}

/** So many times a file is packed when it changes each time. */
export const LAST_ATTEMPT = 3;

export interface StorageLayer {
  /** Programs that the target must have; those that seal what a task prints come on top. */
  readonly tools: readonly string[];
  /** Throws `target-tool-missing` for programs of another make, `storage-path`. */
  open(session: TargetSession, request: StorageRequest): Promise<StorageWork>;
}
