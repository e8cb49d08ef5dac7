// Storage directories of a target, as the action that backs them up sees them: looked at, listed and compared with the last run, packed,
// and remembered. Everything large stays on the target; what comes here are figures.
import type { SnapshotFigures } from '../domain/snapshot.ts';
import type { FailureExplainer, SealedResult, TargetSession, Task } from './remote.ts';

export interface StorageRequest {
  /** Below `~/.lifeboat/` on the target: for lists and indexes. A plain name. */
  readonly folder: string;
  readonly paths: readonly string[];
  readonly exclude: readonly ExcludeRule[];
  readonly oneFileSystem: boolean;
  readonly packBytes: number;
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
  /** Where the paths really are: links in them resolved, none below another. */
  readonly roots: readonly string[];
}

/** A file on the target that only counts with this content. */
export interface KeptFile {
  /** Id of the run that left it. */
  readonly run: string;
  readonly sha256: string;
}

export interface StorageScan {
  /** False: nothing to compare with was there, and everything is new. */
  readonly isCompared: boolean;
  /** Entries of the last list. */
  readonly known: number;
  readonly packs: number;
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  /** Sizes of the files to be packed. */
  readonly freshBytes: number;
  /** By how much the figures differ from those of the last list. */
  readonly growth: SnapshotFigures;
  readonly special: number;
  readonly unreadable: Named;
  readonly excluded: readonly ExcludedFigures[];
  /** Directories that look like those of a running database server. */
  readonly databases: Named;
}

export interface Named {
  readonly count: number;
  /** The first few, for people. */
  readonly names: readonly string[];
}

export interface ExcludedFigures {
  readonly rule: string;
  /** A directory counts as one, with nothing of what is below it. */
  readonly entries: number;
  readonly bytes: number;
}

/** A task that prints what is to be sealed. */
export interface StorageTask {
  readonly task: Task;
  readonly explain: FailureExplainer;
}

export interface PackTask extends StorageTask {
  /** Of a task that ended well. */
  readonly read: (result: SealedResult) => PackFindings;
}

export interface PackFindings {
  readonly stored: number;
  /** Changed while they were read, and are to be packed once more. */
  readonly again: number;
  readonly unstable: number;
  readonly vanished: number;
  readonly unreadable: number;
}

export interface StorageConclusion {
  /** What the snapshot holds, beyond the figures of the last list. */
  readonly holds: SnapshotFigures;
  /** What the next run's list holds, counted in the same way. */
  readonly listed: SnapshotFigures;
  /** Records of the index; 0: nothing changed. */
  readonly records: number;
  readonly unstable: readonly string[];
  readonly unreadable: readonly string[];
}

/** One run's work on the target. */
export interface StorageWork {
  readonly facts: StorageFacts;
  /** Throws `storage-unreadable` when listing failed as a whole. */
  scan(base: KeptFile | undefined): Promise<StorageScan>;
  /** Pack `number`, from 1; `attempt` is 1 for what the scan found, up to LAST_ATTEMPT for what changed meanwhile. */
  pack(number: number, packId: string, attempt: number): PackTask;
  /** Plans packs behind number `after` for what is to be packed again; returns how many. */
  planAgain(after: number): Promise<{ readonly packs: number; readonly vanished: number }>;
  conclude(growth: SnapshotFigures): Promise<StorageConclusion>;
  /** Makes the index of this run complete again. Returns ids of the packs that are needed; undefined when it cannot be done. */
  completeIndex(chain: readonly KeptFile[]): Promise<ReadonlySet<string> | undefined>;
  index(): StorageTask;
  /** Leaves list and index for the next run; they count once the state names them. */
  keep(run: string, withIndex: boolean): Promise<{ readonly listing: KeptFile; readonly index?: KeptFile }>;
  /** Removes everything else that this and earlier runs left. */
  forget(listing: KeptFile, chain: readonly KeptFile[]): Promise<void>;
}

/** So many times a file is packed when it changes each time. */
export const LAST_ATTEMPT = 3;

export interface StorageLayer {
  /** Programs that the target must have; those that seal what a task prints come on top. */
  readonly tools: readonly string[];
  /** Throws `target-tool-missing` for programs of another make, `storage-path`. */
  open(session: TargetSession, request: StorageRequest): Promise<StorageWork>;
}
