// A machine on which shell text of ours runs: this one, or one that is reached by SSH. Neither text nor input stands in any argv or
// environment, and nothing is written to its disk.

export interface MachineTask {
  /** POSIX shell; whatever comes from outside stands in it only through `shellQuote`. Its last exit status counts. */
  readonly script: string;
  /** Fed to the script's standard input, no faster than it is read. Nothing given: an empty one. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Ends the script and everything that it started. */
  readonly signal: AbortSignal;
  /** Takes standard output as it comes; without it, it is kept. */
  readonly onStdout?: (chunk: Uint8Array) => void;
}

export interface MachineResult {
  readonly exitCode: number;
  readonly stdout: string;
  /** Beginning and end, at most a few kilobytes. */
  readonly stderr: string;
}

export interface Machine {
  /** For people: `this machine`, `backup@atlas.example.com:22`. */
  readonly name: string;
  /**
   * The script's own exit code decides: when it ends before `stdin` does, the rest is not read. An error of `stdin` is thrown as it is.
   * Throws the signal's reason, `ssh-lost`, and what connecting throws.
   */
  run(task: MachineTask): Promise<MachineResult>;
  /** Safe to call twice. */
  close(): Promise<void>;
}
