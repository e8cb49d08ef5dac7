// Makes sandboxes with one of the container engines, and removes those that nobody could remove.
import { randomBytes } from 'node:crypto';
import { excerpt } from '../domain/text/excerpt.ts';
import { LifeboatError } from '../errors.ts';
import type { Sandbox, SandboxHost, SandboxOptions } from '../ports/sandbox.ts';
import { ContainerSandbox, isNoContainer } from './container.ts';
import { runCli, startCli, type CliResult } from './engine-cli.ts';
import type { ContainerEngine } from './engine.ts';
import { findImage } from './images.ts';
import { text as mainScript } from './main.sh';

/** Says which run a container belongs to; what has no such label is none of ours. */
const NAME_LABEL = 'lifeboat.sandbox';
/** When it was made, in milliseconds since 1970. */
const STARTED_LABEL = 'lifeboat.started';
/** How long after that it may run, in milliseconds. */
const LIFETIME_LABEL = 'lifeboat.lifetime';

/** A database server with a thousand sessions has fewer; a fork bomb does not get far. */
const MAX_PROCESSES = 4_096;
/** A container that does not run may be one that is just being started. */
const START_GRACE_MS = 10 * 60 * 1_000;

export function createContainerHost(engine: ContainerEngine): SandboxHost {
  return {
    name: engine.name,
    findImage: (references, signal) => findImage(engine, references, signal),
    create: (options, signal) => createSandbox(engine, options, signal),
    sweep: (signal) => sweep(engine, signal),
  };
}

async function createSandbox(
  engine: ContainerEngine,
  options: SandboxOptions,
  signal: AbortSignal,
): Promise<Sandbox> {
  signal.throwIfAborted();
  const identity = {
    name: `lifeboat-${options.name}-${randomBytes(4).toString('hex')}`,
    mark: `lifeboat-${randomBytes(16).toString('hex')}`,
    memoryBytes: options.memoryBytes,
  };
  const main = startCli(engine, renderRun(engine, options, identity));
  const sandbox = new ContainerSandbox(engine, identity, main);
  try {
    await sandbox.start(signal);
  } catch (error) {
    // The first error is the one to tell; what could not be removed is left to a later run.
    await sandbox.destroy().catch(() => undefined);
    throw error;
  }
  return sandbox;
}

interface RunNames {
  readonly name: string;
  readonly mark: string;
}

function renderRun(
  engine: ContainerEngine,
  { name: label, image, user, volume, command, memoryBytes, lifetimeMs }: SandboxOptions,
  { name, mark }: RunNames,
): string[] {
  const memory = String(memoryBytes);
  return [
    // Attached: this program's standard input is what the sandbox lives by. Nothing that is written goes to a log on the disk.
    ...['run', '--rm', '--interactive', '--log-driver', 'none', '--name', name],
    ...['--label', `${NAME_LABEL}=${label}`],
    ...['--label', `${STARTED_LABEL}=${Date.now()}`],
    ...['--label', `${LIFETIME_LABEL}=${lifetimeMs}`],
    ...['--network', 'none', '--ipc', 'none', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    // Memory and swap together: none of what is restored gets to the machine's swap.
    ...['--memory', memory, '--memory-swap', memory, '--pids-limit', String(MAX_PROCESSES)],
    ...['--read-only', ...engine.runOptions],
    // A volume without a name takes over owner and mode of the image's directory, and goes with the container.
    ...['--mount', `type=volume,dst=${volume}`, '--user', user, '--workdir', '/', '--no-healthcheck'],
    ...['--pull', 'never', '--entrypoint', '/bin/sh', image.id, '-c', mainScript, mark, ...command],
  ];
}

async function sweep(engine: ContainerEngine, signal: AbortSignal): Promise<number> {
  const list = ['ps', '--all', '--quiet', '--no-trunc', '--filter', `label=${NAME_LABEL}`];
  const listed = await runCli(engine, list, { signal });
  if (listed.exitCode !== 0) throw createSweepFailure(engine, 'list', listed);
  const ids = listed.stdout.split('\n').filter((id) => id !== '');
  const problems: CliResult[] = [];
  let count = 0;
  for (const id of ids) {
    if (!(await isForgotten(engine, id, signal))) continue;
    const removed = await runCli(engine, ['rm', ...engine.removeOptions, id], { signal });
    if (removed.exitCode === 0) count += 1;
    else if (!isNoContainer(removed.stderr)) problems.push(removed);
  }
  if (problems[0] !== undefined) throw createSweepFailure(engine, 'remove', problems[0]);
  return count;
}

async function isForgotten(engine: ContainerEngine, id: string, signal: AbortSignal): Promise<boolean> {
  const label = (name: string) => `{{index .Config.Labels "${name}"}}`;
  const format = `{{.State.Status}} ${label(STARTED_LABEL)} ${label(LIFETIME_LABEL)}`;
  const { exitCode, stdout } = await runCli(engine, ['container', 'inspect', '--format', format, id], {
    signal,
  });
  // It has gone meanwhile.
  if (exitCode !== 0) return false;
  const [status = '', started, lifetime] = stdout.trim().split(' ');
  const isRunning = status === 'running' || status === 'paused';
  // Not a number, and so never forgotten, where somebody else uses our label.
  const ageMs = Date.now() - Number(started);
  return ageMs > (isRunning ? Number(lifetime) : START_GRACE_MS);
}

function createSweepFailure(engine: ContainerEngine, verb: string, { stderr }: CliResult): LifeboatError {
  return new LifeboatError(
    'sandbox-unavailable',
    `${engine.name} could not ${verb} the sandboxes that earlier runs left: ${excerpt(stderr)}`,
  );
}
