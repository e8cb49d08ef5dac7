// A throw-away container in which a backup is restored and compared. No network, no published ports, destroyed on every exit.

export interface SandboxOptions {
  /** Image reference or local name. */
  readonly image: string;
  readonly memoryBytes: number;
  /** Run in place of the image's entry point. */
  readonly command: readonly string[];
  /** Found again by a later run that sweeps what a dead one left. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface SandboxState {
  readonly running: boolean;
  readonly exitCode: number | undefined;
  readonly outOfMemory: boolean;
}

export interface Sandbox {
  /**
   * Runs a command inside, feeding it `stdin` and handing its output to `onStdout`. The command's own exit code decides; when
   * the caller goes away the command inside ends too.
   */
  exec(
    command: readonly string[],
    options: {
      readonly stdin?: AsyncIterable<Uint8Array>;
      readonly onStdout?: (chunk: Uint8Array) => void;
      readonly signal: AbortSignal;
    },
  ): Promise<{ readonly exitCode: number; readonly stderr: string }>;
  state(): Promise<SandboxState>;
  destroy(): Promise<void>;
}

export interface SandboxHost {
  readonly name: 'docker' | 'podman';
  create(options: SandboxOptions, signal: AbortSignal): Promise<Sandbox>;
  /** Destroys sandboxes with these labels that no living run owns. */
  sweep(labels: Readonly<Record<string, string>>): Promise<number>;
}
