// A target reached by SSH. One session is one command on the target: it holds the lock, a private directory and every process
// that works for us, and all of it ends when the connection does. Tasks run in it one after another.
//
// A task is a piece of POSIX shell that Lifeboat composed; whatever comes from outside stands in it only through `shellQuote`
// (src/domain/text/shell.ts). It runs in a subshell of its own, standard input is /dev/null, standard output is the task's payload,
// and it may use:
//   $D                  the session's private directory (in memory where the target has /dev/shm)
//   stage NAME CMD…     runs a command as one named stage: its exit status and its standard error are kept under that name
//   report NAME VALUE…  sends one line to the runner
//   seal                compresses standard input and encrypts it to the task's recipients; the last command of a sealed pipeline
// Shell variables are never exported: secrets may be held in them, and handed to programs through pipes.

export interface SessionOptions {
  /** Names the lock: `~/.lifeboat/<lockName>.lock`. Lower-case letters, digits, dots, dashes. */
  readonly lockName: string;
  /** Written into the lock for the next one who finds it taken: which run, since when. */
  readonly holder: string;
  /** Programs that must be there before anything starts; each missing one is named in `target-tool-missing`. */
  readonly tools: readonly string[];
  /** Ends everything on the target, whatever it is doing. */
  readonly timeoutMs: number;
}

export interface Task {
  /** For messages: "dump of databases". */
  readonly label: string;
  readonly script: string;
  /** Every stage that has to report exit status 0; one that does not report at all has failed. */
  readonly stages: readonly string[];
}

export interface SealedTask extends Task {
  /** Armored keys, each exactly one key; null: what is sent is compressed only, and the runner encrypts it. */
  readonly recipients: readonly string[] | null;
  readonly compression: { readonly codec: 'zstd'; readonly level: number };
}

export interface TaskReport {
  readonly name: string;
  readonly value: string;
}

export interface TaskResult {
  readonly stdout: Buffer;
  readonly reports: readonly TaskReport[];
  /** Standard error of each stage: beginning and end, at most a few kilobytes. */
  readonly stderr: ReadonlyMap<string, string>;
}

export interface TaskOutcome {
  readonly label: string;
  /** Exit status of each declared stage; undefined where the stage did not report. */
  readonly statuses: ReadonlyMap<string, number | undefined>;
  readonly reports: readonly TaskReport[];
  readonly stderr: ReadonlyMap<string, string>;
}

export interface SealedStream {
  /**
   * Ciphertext, or what is to become it. Ends only when every stage has ended with 0 and the SHA-256 of what arrived is the one that the target
   * computed; throws otherwise. Must be read to its end, or the session closed.
   */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Fulfilled once `bytes` has ended well, rejected with what it threw; neither when nobody reads it to its end. */
  readonly result: Promise<SealedResult>;
}

export interface SealedResult extends Omit<TaskResult, 'stdout'> {
  /** Of `bytes`. */
  readonly sha256: string;
}

/** Turns a failed task into an error that says more than "stage x ended with 2". May return undefined. */
export type FailureExplainer = (outcome: TaskOutcome) => Error | undefined;

export interface TargetSession {
  /** SHA-256 fingerprint of the host key that the target showed, `SHA256:…`. */
  readonly hostKeyFingerprint: string;
  /** Runs a task and returns what it printed, at most MAX_TASK_OUTPUT_BYTES. */
  run(task: Task, explain?: FailureExplainer): Promise<TaskResult>;
  /** Starts a task that ends in `seal`. */
  seal(task: SealedTask, explain?: FailureExplainer): SealedStream;
  /** Ends the session and returns when nothing of it is left, or after a few seconds. Safe to call twice. */
  close(): Promise<void>;
}

export interface Remote {
  /** Throws the `ssh-…` codes, `target-busy` (naming the holder), `target-tool-missing`, `target-home`. */
  open(options: SessionOptions, signal: AbortSignal): Promise<TargetSession>;
}
