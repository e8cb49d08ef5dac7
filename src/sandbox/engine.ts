// The two container engines, and the few things in which their command lines differ.

export interface ContainerEngine {
  readonly name: 'docker' | 'podman';
  /** The environment of its program; this process's own when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where its program runs; where this process does, when absent. */
  readonly workingDirectory?: string | undefined;
  /** For `run`. */
  readonly runOptions: readonly string[];
  /** For `rm`. */
  readonly removeOptions: readonly string[];
  /** Whether an `exec` failed by the engine's fault and not by the command's; both use the same exit codes. */
  isEngineFailure(exitCode: number, stderr: string): boolean;
}

type Environment = ContainerEngine['environment'];

export function dockerEngine(environment: Environment): ContainerEngine {
  return {
    name: 'docker',
    environment,
    runOptions: ['--tmpfs', '/tmp:rw,nosuid,nodev,noexec'],
    removeOptions: ['--force', '--volumes'],
    isEngineFailure: (exitCode, stderr) =>
      exitCode === 1 && /^(?:Error response from daemon|Cannot connect to the Docker daemon)/m.test(stderr),
  };
}

export function podmanEngine(environment: Environment): ContainerEngine {
  return {
    name: 'podman',
    environment,
    // When memory runs out, Podman's monitor leaves a file `oom` where it was started, by root too: nothing can be left here.
    workingDirectory: process.platform === 'linux' ? '/proc' : undefined,
    // Podman of its own accord hands down proxies with their passwords, makes further places that can be written, and copies into them.
    runOptions: [
      ...['--http-proxy=false', '--read-only-tmpfs=false'],
      ...['--tmpfs', '/tmp:rw,nosuid,nodev,noexec,notmpcopyup'],
    ],
    // The first process of a container ignores the SIGTERM that Podman would give ten seconds to.
    removeOptions: ['--force', '--volumes', '--time', '0'],
    isEngineFailure: (exitCode, stderr) => exitCode === 125 && /^Error: /m.test(stderr),
  };
}
