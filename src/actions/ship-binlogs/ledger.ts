// What is remembered while a run goes on: how the chain grows, ends, begins again, and is mended. Pure; the run writes it down.
import type { BinlogManifest } from '../../domain/binlogs/binlog-manifest.ts';
import { findBreak } from '../../domain/binlogs/binlog-order.ts';
import type { SourceIdentity } from '../../domain/dumps/manifest.ts';
import type { ListedBinlog } from '../../ports/binlog-engine.ts';
import { findLostBeginning, isNewer, stillListed, type Choice, type Reach, type Successor } from './chain.ts';
import type { BinlogState, ChainStart, LastBinlog, PassedOver } from './state.ts';

/** A file that was damaged in so many runs is not read again. */
const MAX_DAMAGED_READS = 3;

export class Ledger {
  readonly #findReach: (state: BinlogState) => Reach | undefined;
  #state: BinlogState;
  /** Something broke what was there before the next file. */
  #isAfterBreak: boolean;

  /** `before` is as the run before left it; `findReach` says how far one gets with a state. */
  constructor(before: BinlogState, findReach: (state: BinlogState) => Reach | undefined) {
    this.#findReach = findReach;
    this.#state = before;
    this.#isAfterBreak = before.last !== null || before.passedOver.length > 0;
  }

  get state(): BinlogState {
    return this.#state;
  }

  change(changes: Partial<BinlogState>): void {
    this.#state = { ...this.#state, ...changes };
  }

  /** What of the memory counts for the files that are there now. */
  open({ previous, gap }: Choice, source: SourceIdentity, listed: readonly ListedBinlog[]): void {
    const { shipped, passedOver } = this.#state;
    if (gap !== undefined) this.#end();
    if (previous === undefined) this.change({ chainStart: null });
    this.change({
      source,
      last: previous ?? null,
      shipped: previous === undefined ? [] : stillListed(shipped, listed),
      passedOver: gap === undefined ? stillListed(passedOver, listed) : [],
    });
  }

  /** The next file in the order of the log. Returns why it does not continue what was shipped. */
  link({ name, head }: Successor): string | undefined {
    const { last, chainStart } = this.#state;
    const first = { name, createdAt: head.createdAt };
    const gap =
      last === null ? undefined : (findLostBeginning(last, chainStart, first) ?? findBreak(last, name, head));
    if (gap !== undefined) this.#end();
    if (this.#state.chainStart === null)
      this.change({ chainStart: { ...first, isAfterBreak: this.#isAfterBreak } });
    return gap;
  }

  /** `closedAt` is what is believed of the manifest's. */
  noteShipped({ binlog }: BinlogManifest, sizeBytes: number, closedAt: string): void {
    const { name, createdAt, serverId, next, gtidsAfter } = binlog;
    const shipped = { name, sizeBytes, createdAt, closedAt };
    this.change({
      last: { ...shipped, ...saidOf(binlog, closedAt), serverId, next, gtidsAfter },
      newest: name,
      shipped: [...this.#state.shipped, shipped],
    });
  }

  /** What comes after it is worth having: the next dump begins there. */
  passOver(name: string, isDamaged: boolean): void {
    const { last, chainStart, passedOver } = this.#state;
    const hasEnded = last !== null && last.gtidsAfter !== null && chainStart !== null;
    const ended = hasEnded ? { start: chainStart, last } : null;
    this.#end();
    this.change({ passedOver: [...passedOver, { name, damagedReads: isDamaged ? 1 : 0, ended }] });
  }

  /** Of those that earlier runs passed over: which are worth another look, newest first. */
  get hopeful(): readonly PassedOver[] {
    return this.#state.passedOver.filter(({ damagedReads }) => damagedReads < MAX_DAMAGED_READS).toReversed();
  }

  noteDamagedAgain(name: string): void {
    this.change({
      passedOver: this.#state.passedOver.map((one) =>
        one.name === name ? { ...one, damagedReads: one.damagedReads + 1 } : one,
      ),
    });
  }

  /** One that had been passed over was shipped after all. `next` is what the server lists behind it, where that can be read. */
  mend(
    { name, ended }: PassedOver,
    { binlog }: BinlogManifest,
    { sizeBytes, closedAt }: { readonly sizeBytes: number; readonly closedAt: string },
    next: Pick<Successor, 'name'> & Partial<Successor>,
  ): void {
    const { last, shipped, newest, chainStart, passedOver } = this.#state;
    const { createdAt, serverId } = binlog;
    const continues = ended !== null && findBreak(ended.last, name, binlog) === undefined;
    const start = continues ? ended.start : { name, createdAt, isAfterBreak: true };
    const isContinued = next.head !== undefined && findBreak(binlog, next.name, next.head) === undefined;
    const move = (old: ChainStart): ChainStart =>
      isContinued && old.name === next.name && old.createdAt === next.head.createdAt ? start : old;
    const one = { name, sizeBytes, createdAt, closedAt };
    const isNewest = last === null || isNewer(name, last.name);
    const { next: following, gtidsAfter } = binlog;
    const said = saidOf(binlog, closedAt);
    const asLast: LastBinlog = { ...one, ...said, serverId, next: following, gtidsAfter };
    this.change({
      last: isNewest ? (isContinued ? asLast : { ...asLast, gtidsAfter: null }) : last,
      newest: isNewest ? name : newest,
      shipped: [...shipped, one],
      chainStart: chainStart && move(chainStart),
      passedOver: passedOver
        .filter((other) => other.name !== name)
        .map((other) => ({
          ...other,
          ended:
            other.name === next.name
              ? { start, last: asLast }
              : other.ended && { ...other.ended, start: move(other.ended.start) },
        })),
    });
  }

  /** What follows cannot be reached from any backup before; how far one got is kept. */
  #end(): void {
    const { last, reach: old } = this.#state;
    const reach = this.#findReach(this.#state);
    this.#isAfterBreak = true;
    this.change({
      chainStart: null,
      last: last && { ...last, gtidsAfter: null },
      reach: reach === undefined ? old : { backupId: reach.anchor.backupId, until: reach.until },
    });
  }
}

function saidOf(
  { closedAt }: Pick<BinlogManifest['binlog'], 'closedAt'>,
  believed: string,
): Pick<LastBinlog, 'saidClosedAt'> {
  return closedAt === believed ? {} : { saidClosedAt: closedAt };
}
