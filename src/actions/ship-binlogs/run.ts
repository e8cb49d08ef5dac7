// One run on one server: what it remembers of earlier ones, ships, and leaves to the next.
import type { BinlogManifest } from '../../domain/binlogs/binlog-manifest.ts';
import { believeClosing } from '../../domain/binlogs/binlog-order.ts';
import { GtidSet } from '../../domain/binlogs/gtid-set.ts';
import type { StatePlace } from '../../domain/sealed-state.ts';
import type { StoreClock } from '../../domain/stores/store-clock.ts';
import { countOf, formatBytes } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { BinlogEngine, BinlogHead, BinlogServer, ListedBinlog } from '../../ports/binlog-engine.ts';
import type { Remote, TargetSession } from '../../ports/remote.ts';
import { ANCHOR_ACTION, readAnchor, type Anchor } from '../anchor.ts';
import type { SealingKeys, SealingPorts } from '../sealing/sealing.ts';
import { identityOf } from '../source-identity.ts';
import { keepState, nameStore, UNREADABLE, type StateKeeper } from '../target-state.ts';
import {
  chooseBinlogs,
  findReach,
  findTightExpiry,
  findUntoldEnds,
  isRotationDue,
  judgeServerClock,
  type Reach,
  type Successor,
} from './chain.ts';
import type { ShipBinlogsInputs } from './inputs.ts';
import { Ledger } from './ledger.ts';
import { planPurge, watchReaders, type PurgePlan } from './purge.ts';
import { isOfOneBinlog, shipOne, type Shipment } from './ship-one.ts';
import type { ShipOutcome } from './outcome.ts';
import { emptyState, readBinlogState, type BinlogState } from './state.ts';

export const ACTION = 'ship-binlogs';
/** Binary logs compress well and are small; a higher level would keep a busy server busier. */
const COMPRESSION = { codec: 'zstd', level: 3 } as const;
/** Runs that are remembered, to know the longest time between two. */
const REMEMBERED_RUNS = 5;

export interface ShipPorts extends SealingPorts {
  readonly remote: Remote;
  readonly engine: BinlogEngine;
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

export class ShipRun {
  readonly #inputs: ShipBinlogsInputs;
  readonly #around: Surroundings;
  readonly #keeper: StateKeeper;
  readonly #warnings: string[];
  readonly #manifests: BinlogManifest[] = [];
  /** As the run before left it. */
  #before: BinlogState;
  #ledger: Ledger;
  #anchor: Anchor | undefined;
  /** The file that the server writes to. */
  #active = '';
  /** By the server's clock: all but the active file were closed by then. */
  #listedAt: Date;
  #failure: LifeboatError | undefined;

  constructor(inputs: ShipBinlogsInputs, around: Surroundings) {
    this.#inputs = inputs;
    this.#around = around;
    const { session, server, clock } = around;
    this.#keeper = keepState(session, this.#secret(), this.#placeOf(ACTION));
    this.#warnings = [...(clock.warning === undefined ? [] : [clock.warning]), ...server.warnings];
    this.#before = emptyState(identityOf(server.source, session));
    this.#listedAt = server.now();
    this.#ledger = this.#startLedger();
  }

  #startLedger(): Ledger {
    return new Ledger(this.#before, (state) => this.#reach(state));
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
      this.#ledger = this.#startLedger();
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
    const isDue = active !== undefined && (await this.#isDue(active));
    const clock = judgeServerClock(this.#aheadMs());
    if (gap !== undefined) this.#warnings.push(gap);
    if (clock !== undefined) this.#warnings.push(typeof clock === 'string' ? clock : clock.message);
    return {
      kind: 'dry-run',
      server,
      due: wanted,
      rotated: isDue ? active : undefined,
      warnings: this.#warnings,
    };
  }

  async ship(): Promise<Omit<Extract<ShipOutcome, { kind: 'shipped' }>, 'durationMs'>> {
    const { server, ports, keys, session, startedAt } = this.#around;
    const ledger = this.#ledger;
    const listed = await ports.reporter.group('List binary logs', () => this.#listAfterRotation());
    this.#active = listed.at(-1)?.name ?? '';
    this.#listedAt = server.now();
    const choice = await this.#choose(listed);
    if (choice.gap !== undefined) this.#fail(gapError(choice.gap));
    ledger.open(choice, identityOf(server.source, session), listed);
    ledger.change({ runs: [...this.#before.runs, startedAt.toISOString()].slice(-REMEMBERED_RUNS) });
    let purged: PurgePlan['removed'] = [];
    let stillOut: readonly string[] = [];
    try {
      await this.#watchReaders();
      await this.#shipAll(choice.wanted, listed);
      stillOut = await this.#lookAgain(listed);
      this.#checkClock();
      if (this.#failure === undefined && this.#inputs.purge === 'shipped') purged = await this.#purge(listed);
      await this.#write();
    } catch (error) {
      if (!(error instanceof LifeboatError)) throw error;
      // Whatever broke off the run is told first.
      this.#failure = error;
    }
    const reach = this.#reach(ledger.state);
    this.#warnReach(reach);
    if (reach?.chain !== 'whole') this.#warnings.push(...stillOut);
    const untold = findUntoldEnds(this.#manifests.map(({ binlog }) => binlog));
    if (untold !== undefined) this.#warnings.push(untold);
    if (this.#manifests.some(({ binlog }) => GtidSet.parse(binlog.gtidsAfter)?.hasTags === true)) {
      this.#warnings.push(
        'transactions have GTIDs with tags, which this release stores and does not replay: point-in-time recovery over these is by hand; a dump that is made after the last of them can be brought forward again',
      );
    }
    return {
      kind: 'shipped',
      server,
      manifests: this.#manifests,
      storedBytes: this.#manifests.reduce((sum, { object }) => sum + object.sizeBytes, 0),
      storeLocation: ports.store.location,
      isSigned: keys.signingKey !== undefined,
      newest: ledger.state.newest ?? undefined,
      chainStart: ledger.state.chainStart,
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
    if (!(await this.#isDue(active))) {
      ports.reporter.info(`nothing was written to ${active.name}: it is not rotated`);
      return listed;
    }
    await server.rotate();
    return server.list();
  }

  async #isDue({ name }: ListedBinlog): Promise<boolean> {
    if (!this.#inputs.rotate) return false;
    return isRotationDue(await this.#tryHead(name), this.#anchor?.file === name, this.#around.server.now());
  }

  #choose(listed: readonly ListedBinlog[]) {
    const { server, session } = this.#around;
    const source = identityOf(server.source, session);
    return chooseBinlogs(listed, this.#before, source, (name) => this.#tryHead(name));
  }

  /** Undefined where the file is to blame. */
  async #tryHead(name: string): Promise<BinlogHead | undefined> {
    try {
      return await this.#around.server.head(name);
    } catch (error) {
      if (!isOfOneBinlog(error)) throw error;
      return undefined;
    }
  }

  /** In the order of the log, up to the active one, which only has to continue the others. */
  async #shipAll(wanted: readonly ListedBinlog[], listed: readonly ListedBinlog[]): Promise<void> {
    const { server, ports } = this.#around;
    if (wanted.length === 0) ports.reporter.info('every closed binary log is shipped');
    for (const binlog of wanted) {
      const title = `Ship ${binlog.name}, ${formatBytes(binlog.sizeBytes)}`;
      await ports.reporter.group(title, () => this.#shipNext(binlog, listed));
    }
    const name = this.#active;
    try {
      this.#link({ name, head: await this.#readTwice(() => server.head(name)) });
    } catch (error) {
      if (!isOfOneBinlog(error)) throw error;
      // It is looked at again when it is closed.
      this.#fail(error);
    }
  }

  async #shipNext(binlog: ListedBinlog, listed: readonly ListedBinlog[]): Promise<void> {
    const { server } = this.#around;
    const { name } = binlog;
    try {
      this.#link({ name, head: await this.#readTwice(() => server.head(name)) });
      const manifest = await this.#readTwice(() => this.#shipOne(binlog, listed));
      this.#ledger.noteShipped(manifest, binlog.sizeBytes, this.#closingOf(manifest));
    } catch (error) {
      if (!isOfOneBinlog(error)) throw error;
      await this.#passOver(name, error);
    }
    // At once: a run that is cut off later has done this much.
    await this.#write();
  }

  #link(successor: Successor): void {
    const gap = this.#ledger.link(successor);
    if (gap !== undefined) this.#fail(gapError(gap));
  }

  async #shipOne(binlog: ListedBinlog, listed: readonly ListedBinlog[]): Promise<BinlogManifest> {
    const { server, ports, signal, clock, startedAt, session, keys, program } = this.#around;
    const { encryptOn, server: serverName, set } = this.#inputs;
    const sealing = { inputs: { encryptOn, compression: COMPRESSION }, keys, ports, session, signal };
    const { lifeboatVersion } = program;
    const shipment: Shipment = { sealing, server, clock, startedAt, serverName, set, lifeboatVersion };
    const manifest = await shipOne(shipment, binlog, nameBehind(binlog, listed));
    this.#manifests.push(manifest);
    return manifest;
  }

  /** What was read once and was bad may have been read badly: memory, disks and connections err, too. */
  async #readTwice<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!isOfOneBinlog(error)) throw error;
      this.#around.ports.reporter.info(`${error.message}; it is read again`);
      const result = await read();
      this.#warnings.push(
        `${error.message}. Read again it was whole: look at the memory and the disk of the database server`,
      );
      return result;
    }
  }

  async #passOver(name: string, error: LifeboatError): Promise<void> {
    // Throws when it is not the file that is to blame but a server that does not answer any more.
    const isListed = (await this.#around.server.list()).some((one) => one.name === name);
    this.#fail(isListed ? error : gapError(`the server has removed ${name}, not shipped by then`));
    this.#ledger.passOver(name, error.code === 'binlog-damaged');
  }

  /** At what earlier runs passed over. Returns what is to be said of those that are still not shipped. */
  async #lookAgain(listed: readonly ListedBinlog[]): Promise<string[]> {
    const { server, ports } = this.#around;
    const earlier = new Set(this.#before.passedOver.map(({ name }) => name));
    const stillOut: string[] = [];
    for (const hole of this.#ledger.hopeful) {
      const binlog = listed.find(({ name }) => name === hole.name);
      if (binlog === undefined || !earlier.has(hole.name)) continue;
      await ports.reporter.group(`Look at ${hole.name} again`, async () => {
        try {
          await server.head(hole.name);
          const manifest = await this.#shipOne(binlog, listed);
          const name = nameBehind(binlog, listed);
          const head = await this.#tryHead(name);
          const closedAt = this.#closingOf(manifest);
          const known = { sizeBytes: binlog.sizeBytes, closedAt };
          this.#ledger.mend(hole, manifest, known, { name, ...(head === undefined ? {} : { head }) });
        } catch (error) {
          if (!isOfOneBinlog(error)) throw error;
          ports.reporter.info(error.message);
          stillOut.push(error.message);
          if (error.code === 'binlog-damaged') this.#ledger.noteDamagedAgain(hole.name);
        }
        await this.#write();
      });
    }
    return stillOut;
  }

  #closingOf({ binlog, finishedAt }: BinlogManifest): string {
    return believeClosing(binlog.closedAt, this.#listedAt, new Date(finishedAt));
  }

  /** Remembers who is connected now, where something is to be purged. */
  async #watchReaders(): Promise<void> {
    const { server, clock } = this.#around;
    if (this.#inputs.purge !== 'shipped') {
      this.#ledger.change({ watched: null });
      return;
    }
    this.#ledger.change(watchReaders(this.#before, await server.listReaders(), clock.now()));
  }

  async #purge(listed: readonly ListedBinlog[]): Promise<PurgePlan['removed']> {
    const { server, clock, ports } = this.#around;
    const { readers, watched } = this.#ledger.state;
    const plan = await planPurge(
      {
        listed,
        state: { ...this.#before, readers, watched },
        listReaders: () => server.listReaders(),
        keepMs: this.#inputs.purgeKeep,
        now: clock.now(),
        serverNow: server.now(),
      },
      (name) => this.#tryHead(name),
    );
    if (plan.obstacle !== undefined) this.#warnings.push(`nothing was purged: ${plan.obstacle}`);
    if (plan.to === undefined) return [];
    await server.purgeTo(plan.to);
    const left = new Set((await server.list()).map(({ name }) => name));
    const removed = plan.removed.filter(({ name }) => !left.has(name));
    ports.reporter.info(`purged ${countOf(removed.length, 'binary log')} that an earlier run shipped`);
    return removed;
  }

  /** How far the server's clock is ahead of the store's. */
  #aheadMs(): number {
    const { server, clock } = this.#around;
    return server.now().getTime() - clock.now().getTime();
  }

  #checkClock(): void {
    const finding = judgeServerClock(this.#aheadMs());
    if (typeof finding === 'string') this.#warnings.push(finding);
    else if (finding !== undefined) this.#fail(finding);
  }

  #reach(state: BinlogState): Reach | undefined {
    return findReach(this.#anchor, state, { active: this.#active, aheadMs: this.#aheadMs() });
  }

  #warnReach(reach: Reach | undefined): void {
    if (reach === undefined) {
      this.#warnings.push(
        'no backup is known on this target that point-in-time recovery could start from: run the dump action there, with the same ssh-key or state-key',
      );
    } else if (reach.chain === 'broken') {
      this.#warnings.push(
        `the chain of binary logs does not reach back to the newest backup, ${reach.anchor.backupId}: a new dump is needed`,
      );
    } else if (reach.chain === 'unknown') {
      this.#warnings.push(
        `whether the chain of binary logs reaches back to the newest backup, ${reach.anchor.backupId}, is not known here: nothing is remembered of what was shipped before ${this.#ledger.state.chainStart?.name ?? 'now'}. A restore test with point-in-time knows; a new dump begins a chain that is known`,
      );
    }
  }

  /** The first failure is told in full; the others are in the log. */
  #fail(error: LifeboatError): void {
    this.#around.ports.reporter.info(error.message);
    this.#failure ??= error;
  }

  #write(): Promise<void> {
    return this.#keeper.write(this.#ledger.state);
  }
}

function nameBehind(binlog: ListedBinlog, listed: readonly ListedBinlog[]): string {
  const next = listed[listed.indexOf(binlog) + 1];
  if (next === undefined) throw new TypeError('the active binary log is not shipped');
  return next.name;
}

function gapError(gap: string): LifeboatError {
  return new LifeboatError('binlog-gap', `the chain of binary logs is broken: ${gap}`, {
    hint: 'Make a new dump now: recovery to a point in time after this needs one. What the server still has was shipped.',
  });
}
