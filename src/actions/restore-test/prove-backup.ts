// One backup: fetched, restored into a sandbox, compared with what was dumped, and asked what the user claims of it.
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { judgeAssertion } from '../../domain/statements/assertion.ts';
import { selectRestored } from '../../domain/dumps/compare-inventories.ts';
import type { Inventory } from '../../domain/dumps/inventory.ts';
import { plainBytesOf } from '../../domain/dumps/manifest.ts';
import { parseBackupId } from '../../domain/stores/object-names.ts';
import { formatBytes, formatDuration } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { RestoredServer } from '../../ports/restore-engine.ts';
import type { Sandbox, SandboxImage, SandboxOptions } from '../../ports/sandbox.ts';
import { startProgressLog } from '../progress-log.ts';
import type { ReadBackup } from '../restoring/backup.ts';
import { findBinlogs } from '../restoring/find-binlogs.ts';
import { openObject } from '../restoring/open-object.ts';
import type {
  CheckedAssertion,
  Examination,
  RestoreTestKeys,
  RestoreTestPorts,
  Workplace,
} from './examination.ts';
import {
  fetchInventory,
  fetchObjects,
  type FetchContext,
  type FetchedObject,
} from '../restoring/fetch-backup.ts';
import { planReplay, type ReplayPlan } from '../restoring/plan-replay.ts';
import type { RestoreTestInputs } from './inputs.ts';
import { judge, type Looked } from './judge.ts';
import { Replay } from './point-in-time.ts';
import { sampleStorage } from './storage-sample.ts';

/**
 * Rows with their indexes take more room than their text, and indexes are sorted beside them. Less than this for each byte of text
 * has not been seen to be enough.
 */
const SPACE_FACTOR = 2;

export interface ProofContext {
  readonly inputs: RestoreTestInputs;
  readonly keys: RestoreTestKeys;
  readonly ports: RestoreTestPorts;
  readonly workplace: Workplace;
  /** Of the test: names the sandbox. */
  readonly runId: string;
  /** The store's time. */
  readonly startedAt: Date;
  readonly signal: AbortSignal;
}

/** Throws when the backup cannot be restored at all; what is wrong with what came back are findings. */
export async function proveBackup(backup: ReadBackup, context: ProofContext): Promise<Examination> {
  const { workplace, ports, keys, signal } = context;
  const directory = await mkdtemp(path.join(workplace.directory, 'backup-'));
  const { store, encryption, reporter } = ports;
  const fetching = { store, encryption, identity: keys.identity, reporter, directory, signal };
  try {
    const examination = await new Proving(backup, context, fetching).run();
    // Outside the time of the restore: it is a sample.
    const { sampled, findings, limits } = await reporter.group('Read a sample of the files', () =>
      sampleStorage(backup.manifest, sampling(context, fetching)),
    );
    return {
      ...examination,
      findings: [...examination.findings, ...findings],
      limits: [...examination.limits, ...limits],
      storage: sampled,
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function sampling({ inputs, keys, ports, runId, startedAt }: ProofContext, fetching: FetchContext) {
  const { server, storageSample: percent, acknowledge } = inputs;
  const { trustedSigners } = keys;
  return {
    ...fetching,
    server,
    trustedSigners,
    now: startedAt,
    machine: ports.machine,
    percent,
    acknowledge,
    testId: runId,
  };
}

class Proving {
  readonly #backup: ReadBackup;
  readonly #context: ProofContext;
  readonly #fetching: FetchContext;
  #sandbox: Sandbox | undefined;

  constructor(backup: ReadBackup, context: ProofContext, fetching: FetchContext) {
    this.#backup = backup;
    this.#context = context;
    this.#fetching = fetching;
  }

  async run(): Promise<Examination> {
    try {
      return await this.#run();
    } finally {
      await this.#sandbox?.destroy();
    }
  }

  async #run(): Promise<Examination> {
    const { ports } = this.#context;
    const { reporter } = ports;
    // Before the clock starts: on the real day the server's programs are installed already, or come from elsewhere.
    const image = await reporter.group('Find an image', () => this.#findImage(this.#context.signal));
    const plan = await this.#planReplay(image);
    const startedMs = performance.now();
    const { inventory, sha256: inventorySha256 } = await reporter.group(
      `Fetch the inventory of ${this.#backup.id}`,
      () => fetchInventory(this.#backup, this.#fetching),
    );
    // The sandbox starts while the rest is on its way.
    const [{ fetched, replay }, server] = await reporter.group('Fetch the backup and start a sandbox', () =>
      together(
        this.#context.signal,
        (signal) => this.#fetch(plan, signal),
        (signal) => this.#start(inventory, image, signal),
      ),
    );
    const fetchMs = fetched.endedMs - startedMs;
    const loadStartedMs = performance.now();
    await reporter.group('Load', () => this.#load(server, fetched.objects));
    const loadMs = performance.now() - loadStartedMs;
    const checksStartedMs = performance.now();
    const looked = await reporter.group('Compare with what was dumped', () => this.#look(server, inventory));
    const replayStartedMs = performance.now();
    const replayed =
      replay === undefined
        ? undefined
        : await reporter.group('Replay binlogs', () => replay.run(server, ports.engine));
    const replayMs = performance.now() - replayStartedMs;
    const brokenAfter = replayed === undefined ? [] : await server.findBrokenTables();
    const assertions = await this.#assert(server);
    const endedMs = performance.now();
    const judgement = judge({
      backup: this.#backup,
      inventory,
      inputs: this.#context.inputs,
      versions: server.versions,
      looked,
      assertions,
      replay: replayed,
      brokenAfter,
    });
    return {
      backup: this.#backup,
      ...judgement,
      assertions,
      restored: looked && selectRestored(inventory, looked.objects),
      inventorySha256,
      timings: {
        fetchMs: Math.floor(fetchMs),
        loadMs: Math.floor(loadMs),
        ...(replayed === undefined ? {} : { replayMs: Math.floor(replayMs) }),
        checksMs: Math.floor(endedMs - checksStartedMs - replayMs),
        totalMs: Math.floor(endedMs - startedMs),
      },
      versions: server.versions,
      image,
      replay: replayed,
      storage: [],
    };
  }

  /** Undefined where none is asked for. Before anything is fetched: what cannot be replayed need not be. */
  async #planReplay(image: SandboxImage): Promise<ReplayPlan | undefined> {
    const { inputs, keys, ports, signal, startedAt } = this.#context;
    const { pointInTime, server } = inputs;
    if (pointInTime.kind === 'none') return undefined;
    const { manifest } = this.#backup;
    return ports.reporter.group('Look for binlogs', async () => {
      const warn = (sentence: string) => ports.reporter.warning(sentence);
      const reading = {
        ...{ ...ports, server, trustedSigners: keys.trustedSigners, now: startedAt, signal, warn },
      };
      const shipped = await findBinlogs(reading, new Date(manifest.startedAt));
      const plan = planReplay(manifest, shipped, pointInTime);
      await this.#checkReplayTool(image);
      return plan;
    });
  }

  async #checkReplayTool(image: SandboxImage): Promise<void> {
    const { engine, host } = this.#context.ports;
    const { signal } = this.#context;
    const { manifest } = this.#backup;
    const trial = await host.create(this.#optionsOf(engine.trialOf(manifest), image, 'trial'), signal);
    try {
      await engine.checkReplayTool(trial, image, manifest, signal);
    } finally {
      await trial.destroy();
    }
  }

  async #fetch(
    plan: ReplayPlan | undefined,
    signal: AbortSignal,
  ): Promise<{
    readonly fetched: { readonly objects: readonly FetchedObject[]; readonly endedMs: number };
    readonly replay: Replay | undefined;
  }> {
    const context = { ...this.#fetching, signal };
    const { manifest } = this.#backup;
    const { engine } = this.#context.ports;
    const wanted = this.#backup.manifest.objects.filter(({ role }) => role !== 'inventory');
    const objects = await fetchObjects(wanted, context);
    this.#context.ports.reporter.info('every object is what the manifest says');
    const replay = plan && (await Replay.prepare(plan, manifest, engine, context));
    return { fetched: { objects, endedMs: performance.now() }, replay };
  }

  async #start(inventory: Inventory, image: SandboxImage, signal: AbortSignal): Promise<RestoredServer> {
    const { ports, workplace, inputs } = this.#context;
    const { engine, host, reporter } = ports;
    const startedMs = performance.now();
    this.#sandbox = await host.create(
      this.#optionsOf(
        engine.sandboxFor(this.#backup.manifest, inventory, {
          memoryBytes: workplace.sandboxMemoryBytes,
          replays: inputs.pointInTime.kind !== 'none',
        }),
        image,
      ),
      signal,
    );
    const server = await engine.connect(this.#sandbox, image, this.#backup.manifest, inventory, signal);
    const elapsed = formatDuration(performance.now() - startedMs);
    reporter.info(
      `${server.versions.server} of ${image.reference} is ready in ${host.name} after ${elapsed}`,
    );
    await this.#checkRoom(server);
    return server;
  }

  #optionsOf(
    what: Pick<SandboxOptions, 'command' | 'user' | 'volume'>,
    image: SandboxImage,
    ...more: readonly string[]
  ): SandboxOptions {
    const { runId, workplace, inputs } = this.#context;
    const ofBackup = (parseBackupId(this.#backup.id)?.runId ?? '').slice(-8);
    return {
      ...what,
      name: ['lifeboat', runId.toLowerCase(), ofBackup, ...more].join('-'),
      image,
      memoryBytes: workplace.sandboxMemoryBytes,
      lifetimeMs: inputs.timeout,
    };
  }

  async #findImage(signal: AbortSignal): Promise<SandboxImage> {
    const { ports, inputs } = this.#context;
    const { host, engine, reporter } = ports;
    const { pointInTime, replayImage, sandboxImage } = inputs;
    const given = pointInTime.kind === 'none' ? sandboxImage : (replayImage ?? sandboxImage);
    if (given !== undefined) return host.findImage([given], signal);
    const { exact, sameSeries } = engine.imagesFor(this.#backup.manifest);
    reporter.info(`${exact.join(', ')}, else ${sameSeries.join(', ')}`);
    try {
      return await host.findImage(exact, signal);
    } catch (error) {
      if (!(error instanceof LifeboatError) || error.code !== 'sandbox-image') throw error;
      reporter.debug(error.message);
      return host.findImage(sameSeries, signal);
    }
  }

  async #checkRoom(server: RestoredServer): Promise<void> {
    const neededBytes = SPACE_FACTOR * plainBytesOf(this.#backup.manifest);
    const freeBytes = await server.readFreeBytes();
    if (freeBytes === undefined || freeBytes >= neededBytes) return;
    throw new LifeboatError(
      'sandbox-space',
      `restored, the backup needs about ${formatBytes(neededBytes)}, and the disk of the sandbox has ${formatBytes(freeBytes)} left`,
      { hint: 'Use a runner with a larger disk, or remove what is not needed before this step.' },
    );
  }

  async #load(server: RestoredServer, fetched: readonly FetchedObject[]): Promise<void> {
    const { reporter } = this.#context.ports;
    const accounts = fetched.find(({ object }) => object.role === 'accounts');
    if (accounts === undefined) await server.createDefiners();
    else await server.loadAccounts(openObject(accounts.file, this.#fetching));
    const instant = new Date(this.#backup.manifest.instant);
    for (const { object, file } of fetched) {
      if (object.role !== 'data') continue;
      const startedMs = performance.now();
      const progress = startProgressLog(`loaded ${object.name}`, object.plainBytes, reporter);
      try {
        await server.loadDatabases({
          open: () => openObject(file, this.#fetching),
          plainBytes: object.plainBytes,
          instant,
          onLoaded: (count) => progress.add(count),
        });
      } finally {
        progress.end();
      }
      // Room for what the comparison sorts.
      await rm(file);
      reporter.info(`${object.name}: loaded in ${formatDuration(performance.now() - startedMs)}`);
    }
    if (accounts !== undefined) await server.completeAccounts(openObject(accounts.file, this.#fetching));
  }

  /** Undefined when nothing is to be compared. */
  async #look(server: RestoredServer, inventory: Inventory): Promise<Looked | undefined> {
    if (this.#context.inputs.compare === 'none') return undefined;
    const databases = this.#backup.manifest.databases.map(({ name }) => name);
    const { objects, restSha256 } = await server.readDatabases(databases);
    const hasAccounts = inventory.objects.some(({ kind }) => kind === 'account');
    const accounts = hasAccounts ? await server.readAccounts() : [];
    return { objects: [...accounts, ...objects], restSha256, broken: await server.findBroken() };
  }

  async #assert(server: RestoredServer): Promise<readonly CheckedAssertion[]> {
    const { inputs, ports } = this.#context;
    if (inputs.assertions.length === 0) return [];
    return ports.reporter.group('Check the assertions', async () => {
      const checked: CheckedAssertion[] = [];
      for (const assertion of inputs.assertions) {
        const answer = await server.ask(assertion.sql, assertion.database);
        const problem =
          'error' in answer ? `failed: ${answer.error}` : judgeAssertion(assertion, answer.rows);
        ports.reporter.info(`${assertion.text}: ${problem ?? 'holds'}`);
        checked.push({ assertion, problem });
      }
      return checked;
    });
  }
}

/**
 * Both, or the first error once both have ended: nothing may go on while its sandbox is destroyed. The one that is left is told to stop,
 * for nobody wants it any more.
 */
async function together<A, B>(
  signal: AbortSignal,
  first: (signal: AbortSignal) => Promise<A>,
  second: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const other = new AbortController();
  const either = AbortSignal.any([signal, other.signal]);
  const stopOther = <T>(work: Promise<T>): Promise<T> => {
    work.catch((error: unknown) => other.abort(error));
    return work;
  };
  const [a, b] = await Promise.allSettled([stopOther(first(either)), stopOther(second(either))]);
  if (other.signal.aborted) throw other.signal.reason;
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}
