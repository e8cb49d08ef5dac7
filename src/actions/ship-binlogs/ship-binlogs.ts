// The action that ships binary logs: what is closed and not yet shipped, oldest first, each with a manifest of its own; then what that means
// for recovery, and what the server need not keep any more.
import type { BinlogManifest } from '../../domain/binlog-manifest.ts';
import type { StatePlace } from '../../domain/sealed-state.ts';
import type { StoreClock } from '../../domain/store-clock.ts';
import { countOf, formatBytes } from '../../domain/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { BinlogEngine, BinlogServer, ListedBinlog } from '../../ports/binlog-engine.ts';
import type { Remote, TargetSession } from '../../ports/remote.ts';
import { ANCHOR_ACTION, readAnchor, type Anchor } from '../anchor.ts';
import { connectionOf } from '../database-connection.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { SEALING_TOOLS } from '../sealing/seal-object.ts';
import type { SealingKeys, SealingPorts } from '../sealing/sealing.ts';
import { identityOf } from '../source-identity.ts';
import { keepState, nameStore, UNREADABLE, type StateKeeper } from '../target-state.ts';
import {
  chooseBinlogs,
  findBreak,
  findLostBeginning,
  findReach,
  findTightExpiry,
  stillListed,
  type Reach,
  type Successor,
} from './chain.ts';
import type { ShipBinlogsInputs } from './inputs.ts';
import { planPurge, rememberReaders, type PurgePlan } from './purge.ts';
import { shipOne, type Shipment } from './ship-one.ts';
import { emptyState, readBinlogState, type BinlogState, type ChainStart, type LastBinlog } from './state.ts';

const ACTION = 'ship-binlogs';
/** Binary logs compress well and are small; a higher level would keep a busy server busier. */
const COMPRESSION = { codec: 'zstd', level: 3 } as const;
/** Runs that are remembered, to know the longest time between two. */
const REMEMBERED_RUNS = 5;

export interface ShipPorts extends SealingPorts {
  readonly remote: Remote;
  readonly engine: BinlogEngine;
}

interface Found {
  readonly server: Pick<BinlogServer, 'source' | 'format' | 'rowImage'>;
  readonly warnings: readonly string[];
}

export type ShipOutcome =
  | (Found & {
      readonly kind: 'dry-run';
      readonly due: readonly ListedBinlog[];
      /** The active file, where the run would close it. */
      readonly rotated: ListedBinlog | undefined;
    })
  | (Found & {
      readonly kind: 'shipped';
      readonly manifests: readonly BinlogManifest[];
      readonly storedBytes: number;
      readonly durationMs: number;
      readonly storeLocation: string;
      readonly isSigned: boolean;
      /** The newest that is shipped, by this run or an earlier one. */
      readonly newest: string | undefined;
      readonly chainStart: BinlogState['chainStart'];
      readonly reach: Reach | undefined;
      readonly purged: readonly ListedBinlog[];
      /** What makes the run red although something may have been shipped. */
      readonly failure: LifeboatError | undefined;
    });

/** Throws a `LifeboatError` for what keeps a run from beginning; what goes wrong later is in the outcome, with what was done until then. */
export async function shipBinlogs(
  inputs: ShipBinlogsInputs,
  keys: SealingKeys,
  program: { readonly lifeboatVersion: string; readonly origin: string },
  ports: ShipPorts,
  signal: AbortSignal,
): Promise<ShipOutcome> {
  const startedMs = performance.now();
  const { reporter, remote, engine } = ports;
  const clock = await readStoreClock(ports.store, signal);
  const startedAt = clock.now();
  const session = await reporter.group(`Connect to ${inputs.sshUser}@${inputs.sshHost}`, () =>
    remote.open(
      {
        lockName: `${ACTION}-${inputs.server}`,
        holder: `${ACTION} of ${program.origin}, since ${startedAt.toISOString()}`,
        tools: [...engine.tools, ...SEALING_TOOLS[inputs.encryptOn]],
        timeoutMs: inputs.timeout,
      },
      signal,
    ),
  );
  try {
    const request = {
      connection: connectionOf(inputs),
      rotate: inputs.rotate,
      purge: inputs.purge === 'shipped',
    };
    const server = await reporter.group('Look at the database server', () => engine.open(session, request));
    const run = new ShipRun(inputs, { session, server, clock, startedAt, keys, ports, signal, program });
    await run.remember();
    const found = await (inputs.dryRun ? run.rehearse() : run.ship());
    return found.kind === 'dry-run' ? found : { ...found, durationMs: performance.now() - startedMs };
  } finally {
    await session.close();
  }
}

interface Surroundings {
  readonly session: TargetSession;
  readonly server: BinlogServer;
  readonly clock: StoreClock;
  readonly startedAt: Date;
  readonly keys: SealingKeys;
  readonly ports: ShipPorts;
  readonly signal: AbortSignal;
  readonly program: { readonly lifeboatVersion: string };
}

class ShipRun {
  readonly #inputs: ShipBinlogsInputs;
  readonly #around: Surroundings;
  readonly #keeper: StateKeeper;
  readonly #openedMs = performance.now();
  readonly #warnings: string[];
  readonly #manifests: BinlogManifest[] = [];
  /** As the run before left it. */
  #before: BinlogState;
  #state: BinlogState;
  #anchor: Anchor | undefined;
  #failure: LifeboatError | undefined;

  constructor(inputs: ShipBinlogsInputs, around: Surroundings) {
    this.#inputs = inputs;
    this.#around = around;
    const { session, server, clock } = around;
    this.#keeper = keepState(session, this.#secret(), this.#placeOf(ACTION));
    this.#warnings = [...(clock.warning === undefined ? [] : [clock.warning]), ...server.warnings];
    this.#before = emptyState(identityOf(server.source, session));
    this.#state = this.#before;
  }

  #secret(): string {
    return this.#inputs.stateKey ?? this.#inputs.sshKey;
  }

  #placeOf(action: string): StatePlace {
    const { server, storeEndpoint } = this.#inputs;
    return { action, server, store: nameStore(this.#around.ports.store, storeEndpoint) };
  }

  /** Takes what earlier runs and the newest dump left on the target. What cannot be read is as good as nothing: all is shipped again. */
  async remember(): Promise<void> {
    const { session, server, startedAt, ports } = this.#around;
    const found = await this.#keeper.read();
    const state = found === UNREADABLE ? undefined : readBinlogState(found);
    if (found === undefined) {
      ports.reporter.info('nothing is remembered on this target: everything that the server has is shipped');
    } else if (state === undefined) {
      this.#warnings.push(
        'what was remembered on the target of shipped binary logs cannot be read (another key, damaged, or forged): everything that the server still has is shipped again',
      );
    } else {
      this.#before = state;
      this.#state = state;
    }
    const anchor = await keepState(session, this.#secret(), this.#placeOf(ANCHOR_ACTION)).read();
    this.#anchor = readAnchor(anchor);
    if (anchor === UNREADABLE) {
      this.#warnings.push(
        'what the newest dump left on the target cannot be read: give dump and ship-binlogs the same ssh-key, or the same state-key',
      );
    }
    const tight = findTightExpiry([...this.#before.runs, startedAt.toISOString()], server.expireMs);
    if (tight !== undefined) this.#warnings.push(tight);
  }

  async rehearse(): Promise<Extract<ShipOutcome, { kind: 'dry-run' }>> {
    const { server } = this.#around;
    const listed = await server.list();
    const { wanted, gap } = await this.#choose(listed);
    const active = listed.at(-1);
    const isDue = this.#inputs.rotate && active !== undefined && !(await server.head(active.name)).isEmpty;
    if (gap !== undefined) this.#warnings.push(gap);
    return {
      kind: 'dry-run',
      server,
      due: wanted,
      rotated: isDue ? active : undefined,
      warnings: this.#warnings,
    };
  }

  async ship(): Promise<Omit<Extract<ShipOutcome, { kind: 'shipped' }>, 'durationMs'>> {
    const { server, ports, keys } = this.#around;
    const listed = await ports.reporter.group('List binary logs', () => this.#listAfterRotation());
    const { wanted, previous, gap } = await this.#choose(listed);
    if (gap !== undefined) this.#fail(gapError(gap));
    const first = await this.#startOf(wanted[0] ?? listed.at(-1));
    if (previous === undefined) this.#beginChain(first);
    this.#state = {
      ...this.#state,
      source: identityOf(server.source, this.#around.session),
      last: previous ?? null,
      shipped: previous === undefined ? [] : stillListed(this.#state.shipped, listed),
      runs: [...this.#state.runs, this.#around.startedAt.toISOString()].slice(-REMEMBERED_RUNS),
      watchedSince: this.#inputs.purge === 'shipped' ? this.#state.watchedSince : null,
    };
    let purged: PurgePlan['removed'] = [];
    try {
      await this.#checkFirst(first, previous);
      await this.#shipAll(wanted, listed);
      if (this.#failure === undefined && this.#inputs.purge === 'shipped') purged = await this.#purge(listed);
      await this.#write();
    } catch (error) {
      if (!(error instanceof LifeboatError)) throw error;
      // Whatever broke off the run is told first.
      this.#failure = error;
    }
    const reach = this.#reach();
    this.#warnReach(reach);
    return {
      kind: 'shipped',
      server,
      manifests: this.#manifests,
      storedBytes: this.#manifests.reduce((sum, { object }) => sum + object.sizeBytes, 0),
      storeLocation: ports.store.location,
      isSigned: keys.signingKey !== undefined,
      newest: this.#state.newest ?? undefined,
      chainStart: this.#state.chainStart,
      reach,
      purged,
      failure: this.#failure,
      warnings: this.#warnings,
    };
  }

  async #listAfterRotation(): Promise<readonly ListedBinlog[]> {
    const { server, ports } = this.#around;
    const listed = await server.list();
    const active = listed.at(-1);
    if (active === undefined || !this.#inputs.rotate) return listed;
    // The file that a dump began is closed in any case: only what is shipped can show that nothing was written since.
    if ((await server.head(active.name)).isEmpty && this.#anchor?.file !== active.name) {
      ports.reporter.info(`nothing was written to ${active.name}: it is not rotated`);
      return listed;
    }
    await server.rotate();
    return server.list();
  }

  #choose(listed: readonly ListedBinlog[]) {
    const { server, session } = this.#around;
    const source = identityOf(server.source, session);
    return chooseBinlogs(listed, this.#before, source, (name) => server.head(name));
  }

  /** Whether what comes first continues what was shipped last. */
  async #checkFirst(first: ChainStart, previous: LastBinlog | undefined): Promise<void> {
    if (previous === undefined) return;
    const gap =
      findLostBeginning(previous, this.#state.chainStart, first) ??
      findBreak(previous, first.name, await this.#around.server.head(first.name));
    if (gap === undefined) return;
    this.#fail(gapError(gap));
    this.#beginChain(first);
    this.#state = { ...this.#state, last: { ...previous, gtidsAfter: null } };
  }

  async #startOf(binlog: ListedBinlog | undefined): Promise<ChainStart> {
    if (binlog === undefined) throw new TypeError('a server that writes a binary log has one');
    return { name: binlog.name, createdAt: (await this.#around.server.head(binlog.name)).createdAt };
  }

  async #shipAll(wanted: readonly ListedBinlog[], listed: readonly ListedBinlog[]): Promise<void> {
    const { server, ports, signal, clock, startedAt, session, keys, program } = this.#around;
    const { encryptOn, server: serverName, set } = this.#inputs;
    const sealing = { inputs: { encryptOn, compression: COMPRESSION }, keys, ports, session, signal };
    const { lifeboatVersion } = program;
    const shipment: Shipment = { sealing, server, clock, startedAt, serverName, set, lifeboatVersion };
    if (wanted.length === 0) ports.reporter.info('every closed binary log is shipped');
    for (const binlog of wanted) {
      const next = listed[listed.indexOf(binlog) + 1];
      if (next === undefined) throw new TypeError('the active binary log is not shipped');
      await ports.reporter.group(`Ship ${binlog.name}, ${formatBytes(binlog.sizeBytes)}`, async () => {
        const head = await server.head(next.name);
        const manifest = await shipOne(shipment, binlog, { name: next.name, head }).catch(
          (error: unknown) => {
            if (!(error instanceof LifeboatError) || error.code !== 'binlog-damaged') throw error;
            this.#fail(error);
          },
        );
        if (manifest === undefined) await this.#passOver(binlog, { name: next.name, head });
        else await this.#noteShipped(manifest, binlog, { name: next.name, head });
      });
    }
  }

  /** A damaged one. What comes after it is worth having: the next dump begins there. */
  async #passOver({ name, sizeBytes }: ListedBinlog, next: Successor): Promise<void> {
    const { createdAt } = await this.#around.server.head(name);
    this.#beginChain({ name: next.name, createdAt: next.head.createdAt });
    this.#state = {
      ...this.#state,
      last: { name, sizeBytes, createdAt, closedAt: createdAt, next: null, gtidsAfter: null },
    };
    await this.#write();
  }

  /** Written down at once: a run that is cut off later has done this much. */
  async #noteShipped(manifest: BinlogManifest, { sizeBytes }: ListedBinlog, next: Successor): Promise<void> {
    this.#manifests.push(manifest);
    const { name, createdAt, closedAt, next: follows, gtidsAfter } = manifest.binlog;
    const shipped = { name, sizeBytes, createdAt, closedAt };
    this.#state = {
      ...this.#state,
      last: { ...shipped, next: follows, gtidsAfter },
      newest: name,
      shipped: [...this.#state.shipped, shipped],
    };
    const gap = findBreak(manifest.binlog, next.name, next.head);
    if (gap !== undefined) {
      this.#fail(gapError(gap));
      this.#beginChain({ name: next.name, createdAt: next.head.createdAt });
      this.#state = { ...this.#state, last: { ...shipped, next: follows, gtidsAfter: null } };
    }
    await this.#write();
  }

  async #purge(listed: readonly ListedBinlog[]): Promise<PurgePlan['removed']> {
    const { server, clock, ports } = this.#around;
    const readers = await server.listReaders();
    const now = clock.now();
    const plan = await planPurge(
      {
        listed,
        state: this.#before,
        readers,
        keepMs: this.#inputs.purgeKeep,
        now,
        serverNow: this.#serverNow(),
      },
      (name) => server.head(name),
    );
    this.#state = {
      ...this.#state,
      readers: rememberReaders(this.#state, readers, now),
      watchedSince: this.#state.watchedSince ?? now.toISOString(),
    };
    if (plan.obstacle !== undefined) this.#warnings.push(`nothing was purged: ${plan.obstacle}`);
    if (plan.to === undefined) return [];
    await server.purgeTo(plan.to);
    const left = new Set((await server.list()).map(({ name }) => name));
    const removed = plan.removed.filter(({ name }) => !left.has(name));
    ports.reporter.info(`purged ${countOf(removed.length, 'binary log')} that an earlier run shipped`);
    return removed;
  }

  #serverNow(): Date {
    return new Date(this.#around.server.now.getTime() + performance.now() - this.#openedMs);
  }

  #reach(): Reach | undefined {
    const serverNow = this.#serverNow();
    const aheadMs = serverNow.getTime() - this.#around.clock.now().getTime();
    return findReach(this.#anchor, this.#state, serverNow, aheadMs);
  }

  #warnReach(reach: Reach | undefined): void {
    if (reach === undefined) {
      this.#warnings.push(
        'no backup is known on this target that point-in-time recovery could start from: run the dump action there, with the same ssh-key or state-key',
      );
    } else if (!reach.isWhole) {
      this.#warnings.push(
        `the chain of binary logs does not reach back to the newest backup, ${reach.anchor.backupId}: a new dump is needed`,
      );
    }
  }

  /** What follows cannot be reached from any backup before; how far one got is kept. */
  #beginChain(chainStart: ChainStart): void {
    const reach = this.#reach();
    this.#state = {
      ...this.#state,
      chainStart,
      reach:
        reach === undefined ? this.#state.reach : { backupId: reach.anchor.backupId, until: reach.until },
    };
  }

  /** The first failure is told in full; the others are in the log. */
  #fail(error: LifeboatError): void {
    this.#around.ports.reporter.info(error.message);
    this.#failure ??= error;
  }

  #write(): Promise<void> {
    return this.#keeper.write(this.#state);
  }
}

function gapError(gap: string): LifeboatError {
  return new LifeboatError('binlog-gap', `the chain of binary logs is broken: ${gap}`, {
    hint: 'Make a new dump now: recovery to a point in time after this needs one. What the server still has was shipped.',
  });
}
