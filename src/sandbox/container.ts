// One sandbox: a container whose first process lives as long as the engine's program that we hold by its standard input.
//
// Commands are run by the engine's `exec`. One that is called off may go on inside: it ends with the container, which nobody keeps after
// that.
import { setTimeout as sleep } from 'node:timers/promises';
import { excerpt } from '../domain/text/excerpt.ts';
import { formatBytes } from '../domain/text/units.ts';
import { LifeboatError } from '../errors.ts';
import type { Sandbox, SandboxExecOptions, SandboxExecResult } from '../ports/sandbox.ts';
import { createStderr, runCli, startCli, type CliProcess } from './engine-cli.ts';
import type { ContainerEngine } from './engine.ts';
import { feed } from './feed.ts';
import { describeStatus, MainOutput, type MainEnd } from './main-output.ts';

/** How long an `exec` may take to notice that its container has ended, which is usually at once. */
const LAST_WORDS_MS = 500;
/** How long a container may take to end after its command has; 20 ms on idle cores. */
const END_TIMEOUT_MS = 10_000;
/** Succeeds while the process of this id lives; a zombie does not. The id is `$0`. */
const IS_ALIVE = `while read -r key value _; do
  if [ "$key" = State: ]; then case $value in [ZX]) exit 1 ;; *) exit 0 ;; esac; fi
done </proc/"$0"/status 2>/dev/null
exit 1`;
/** Between two attempts to remove a container; the engine may be removing it already. */
const REMOVE_PAUSE_MS = 100;
/** For one attempt; a removal took 0.3 s. */
const REMOVE_TIMEOUT_MS = 10_000;
/** After this the engine's program is not waited for any more, only the container. */
const CLI_PATIENCE_MS = 3_000;

export interface ContainerIdentity {
  readonly name: string;
  /** The first word of lines that main.sh writes. */
  readonly mark: string;
  readonly memoryBytes: number;
}

export class ContainerSandbox implements Sandbox {
  readonly #engine: ContainerEngine;
  readonly #identity: ContainerIdentity;
  readonly #main: CliProcess;
  readonly #output: MainOutput;
  /** The command's process id inside, or undefined when the engine's program ended before there was one. */
  readonly #started = Promise.withResolvers<string | undefined>();
  /** Fires when the sandbox ends. */
  readonly #gone = new AbortController();
  #end: MainEnd | 'destroyed' | 'unknown' | undefined;
  #hasCliEnded = false;
  #removal: Promise<void> | undefined;

  /** `main` is the engine's program, just started. */
  constructor(engine: ContainerEngine, identity: ContainerIdentity, main: CliProcess) {
    this.#engine = engine;
    this.#identity = identity;
    this.#main = main;
    this.#output = new MainOutput(identity.mark, {
      onStarted: (pid) => this.#started.resolve(pid),
      onEnded: (end) => this.#endWith(end),
    });
    main.child.stdout.on('data', (chunk: Buffer) => this.#output.pushStdout(chunk));
    main.child.stderr.on('data', (chunk: Buffer) => this.#output.pushStderr(chunk));
    void main.ended.then(() => {
      this.#hasCliEnded = true;
      this.#endWith('unknown');
      this.#started.resolve(undefined);
    });
  }

  /** Settles when the command runs. Throws `sandbox-unavailable` when the engine could not start it, or the signal's reason. */
  async start(signal: AbortSignal): Promise<void> {
    const abort = () => this.#started.reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    const pid = await this.#started.promise.finally(() => signal.removeEventListener('abort', abort));
    if (pid !== undefined) return;
    const said = this.#main.startFailure() ?? this.#output.readLog();
    throw new LifeboatError(
      'sandbox-unavailable',
      `${this.#engine.name} could not start the sandbox: ${excerpt(said)}`,
      { hint: startHint(said) },
    );
  }

  async exec(
    command: readonly string[],
    { signal, stdin, onStdout }: SandboxExecOptions,
  ): Promise<SandboxExecResult> {
    signal.throwIfAborted();
    if (this.#gone.signal.aborted) throw this.#createDeath();
    const interactive = stdin === undefined ? [] : ['--interactive'];
    const cli = startCli(this.#engine, ['exec', ...interactive, this.#identity.name, ...command]);
    const stderr = createStderr();
    cli.child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const taking = Promise.withResolvers<never>();
    cli.child.stdout.on('data', (chunk: Buffer) => {
      const taken = onStdout?.(chunk);
      if (taken === undefined) return;
      cli.child.stdout.pause();
      taken.then(() => cli.child.stdout.resume(), taking.reject);
    });
    const interruption = this.#interrupt(signal);
    const feeding =
      stdin === undefined ? Promise.resolve(cli.child.stdin.end()) : feed(stdin, cli.child.stdin);
    // What a source throws after the command has ended is of no interest.
    const failure = new Promise<never>((_, reject) => void feeding.catch(reject));
    try {
      const exitCode = await Promise.race([cli.ended, failure, taking.promise, interruption.promise]);
      if (exitCode !== 0) await this.#waitForEnd(signal);
      return this.#judge(exitCode, cli.startFailure() ?? stderr.toString());
    } finally {
      interruption.stop();
      cli.kill();
    }
  }

  describeEnd(): string | undefined {
    const end = this.#end;
    if (end === undefined) return undefined;
    if (end === 'destroyed') return 'was destroyed';
    const log = excerpt(this.#output.readLog());
    const words = log === '' ? '' : `: ${log}`;
    if (end === 'unknown') return `was ended from outside, not by its own command${words}`;
    if (end.memoryKills > 0) {
      return `ran out of memory (its limit is ${formatBytes(this.#identity.memoryBytes)})`;
    }
    return `ended with ${describeStatus(end.status)}${words}`;
  }

  destroy(): Promise<void> {
    this.#endWith('destroyed');
    return (this.#removal ??= this.#remove());
  }

  #endWith(end: MainEnd | 'destroyed' | 'unknown'): void {
    this.#end ??= end;
    this.#gone.abort();
  }

  /** A promise that rejects when the signal fires, or some time after the sandbox ended, if the engine has not noticed by then. */
  #interrupt(signal: AbortSignal): { readonly promise: Promise<never>; stop(): void } {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const gone = this.#gone.signal;
    const onAbort = () => reject(signal.reason);
    const onGone = () => {
      timer = setTimeout(() => reject(this.#createDeath()), LAST_WORDS_MS);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    gone.addEventListener('abort', onGone, { once: true });
    const stop = () => {
      signal.removeEventListener('abort', onAbort);
      gone.removeEventListener('abort', onGone);
      clearTimeout(timer);
    };
    return { promise, stop };
  }

  /**
   * A client inside sees its server die before we hear of it. When the sandbox's command is not alive any more, returns only after the
   * sandbox has ended.
   */
  async #waitForEnd(signal: AbortSignal): Promise<void> {
    if (this.#gone.signal.aborted) return;
    const pid = (await this.#started.promise) ?? '';
    const probe = ['exec', this.#identity.name, 'sh', '-c', IS_ALIVE, pid];
    if ((await runCli(this.#engine, probe, { signal })).exitCode === 0) return;
    const either = AbortSignal.any([signal, this.#gone.signal]);
    // Rejects when one of the two fires: they are asked below.
    await sleep(END_TIMEOUT_MS, undefined, { signal: either }).catch(() => undefined);
    signal.throwIfAborted();
  }

  #judge(exitCode: number, stderr: string): SandboxExecResult {
    if (exitCode !== 0 && this.#gone.signal.aborted) throw this.#createDeath();
    if (this.#engine.isEngineFailure(exitCode, stderr)) {
      throw new LifeboatError(
        'sandbox-unavailable',
        `${this.#engine.name} could not run a command in the sandbox: ${excerpt(stderr)}`,
      );
    }
    return { exitCode, stderr };
  }

  #createDeath(): LifeboatError {
    const hint =
      'Most often a sandbox ends because memory runs out: use a runner with more memory, for example a self-hosted one.';
    return new LifeboatError('sandbox-died', `the sandbox ${this.describeEnd() ?? 'ended'}`, { hint });
  }

  /** Again and again until the engine says that there is no such container, and its program, which may be about to make one, has ended. */
  async #remove(): Promise<void> {
    const { name } = this.#identity;
    this.#main.child.stdin.end();
    const began = Date.now();
    for (;;) {
      const wasLast = this.#hasCliEnded;
      const remove = ['rm', ...this.#engine.removeOptions, name];
      const { exitCode, stderr } = await runCli(this.#engine, remove, { timeoutMs: REMOVE_TIMEOUT_MS });
      const isGone = exitCode === 0 || isNoContainer(stderr) || this.#main.startFailure() !== undefined;
      if (isGone && wasLast) return;
      const passedMs = Date.now() - began;
      if (passedMs > CLI_PATIENCE_MS) this.#main.kill();
      if (passedMs > REMOVE_TIMEOUT_MS) throw this.#createRemovalFailure(stderr);
      await Promise.race([this.#main.ended, sleep(REMOVE_PAUSE_MS)]);
      if (!isGone) await sleep(REMOVE_PAUSE_MS);
    }
  }

  #createRemovalFailure(stderr: string): LifeboatError {
    const { name } = this.#identity;
    const remove = [this.#engine.name, 'rm', '--force', '--volumes', name].join(' ');
    return new LifeboatError(
      'sandbox-unavailable',
      `${this.#engine.name} could not remove the sandbox ${name}: ${excerpt(stderr)}`,
      {
        hint: `What was restored is still in it. Remove it with \`${remove}\`; otherwise a later run does.`,
      },
    );
  }
}

/** Both engines' words for a container that is not there (any more). */
export function isNoContainer(stderr: string): boolean {
  return /no such container|no container with name or id/i.test(stderr);
}

function startHint(said: string): string {
  return /cgroup|resource limit|memory limit/i.test(said)
    ? 'This machine lets this user set no memory limit for a container (rootless containers need cgroup v2 with delegation): run as root, or with the other engine (`sandbox`).'
    : 'Make sure that this user can run a container with this engine, or choose the other engine with `sandbox`.';
}
