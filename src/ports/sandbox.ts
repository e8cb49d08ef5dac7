// A throw-away container in which a backup is restored and compared: no network, no published ports, no rights beyond those of its
// own user, limited memory and processes. Destroyed on every exit; it also ends by itself when this process dies.

export interface SandboxOptions {
  /** For people who list containers: which run this is. Lower-case letters, digits, dots and dashes. */
  readonly name: string;
  /** As `SandboxHost.findImage` gave it. */
  readonly image: SandboxImage;
  /** User of the image that everything inside runs as. */
  readonly user: string;
  /** The one place, besides /tmp, that can be written: a volume of its own that dies with the sandbox. */
  readonly volume: string;
  /** Run in place of the image's entry point; the sandbox lives as long as it does. It reads nothing. */
  readonly command: readonly string[];
  readonly memoryBytes: number;
  /** After this time a later run may take the sandbox for forgotten. */
  readonly lifetimeMs: number;
}

export interface SandboxImage {
  readonly reference: string;
  /** `sha256:…` of what is really used. */
  readonly id: string;
}

export interface SandboxExecOptions {
  readonly signal: AbortSignal;
  /** Fed to the command; its end is the end of the command's standard input. Nothing given: the command finds an empty one. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Takes the command's standard output as it comes; while a promise of it is not kept, nothing more is read. Its error is thrown. */
  readonly onStdout?: (chunk: Uint8Array) => void | Promise<void>;
}

export interface SandboxExecResult {
  /** 128 + signal for a command that was killed; 126 and 127 where it could not be started. */
  readonly exitCode: number;
  /** Beginning and end, at most a few kilobytes. */
  readonly stderr: string;
}

export interface Sandbox {
  /**
   * Runs a command inside. Its own exit code decides: when it ends before `stdin` does, the rest is not read. An error of `stdin`
   * is thrown as it is, and the command is not to be believed then. Throws `sandbox-died` when the sandbox ends meanwhile.
   */
  exec(command: readonly string[], options: SandboxExecOptions): Promise<SandboxExecResult>;
  /** Why the sandbox is not running any more, as the rest of "the sandbox …"; undefined while it runs. */
  describeEnd(): string | undefined;
  /** Removes container and volume, and returns when they are gone. Safe to call twice. */
  destroy(): Promise<void>;
}

export interface SandboxHost {
  readonly name: 'docker' | 'podman';
  /** The first of these that is here, or else the first that can be pulled. Throws `sandbox-image`. */
  findImage(references: readonly string[], signal: AbortSignal): Promise<SandboxImage>;
  /** Throws `sandbox-unavailable`. */
  create(options: SandboxOptions, signal: AbortSignal): Promise<Sandbox>;
  /** Destroys what runs left that could not destroy it themselves; returns how many there were. */
  sweep(signal: AbortSignal): Promise<number>;
}

/** Finds the container engine to use. `auto`: docker when it answers, else podman. Throws `sandbox-unavailable`. */
export type FindSandboxHost = (
  choice: 'auto' | 'docker' | 'podman',
  signal: AbortSignal,
) => Promise<SandboxHost>;
