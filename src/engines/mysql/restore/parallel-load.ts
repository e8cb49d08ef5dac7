// Loads a dump over several sessions: one takes everything in order but the rows of large tables, the others take those, a table each,
// from its first row to its last. Every session reads the whole text for itself and skips what is not its own: reading is cheap beside
// loading, and no row ever waits in memory.
import type { RestorableDump } from '../../../ports/restore-engine.ts';
import type { Inside } from './inside.ts';
import { checkLoaded, loadFailure } from './load.ts';
import { sessionStart, TrailerWatch, withInvalidDates } from './load-text.ts';
import { cutDump, type LargeTable } from './sections.ts';

const MARK = 'lifeboat-mark-';

/** Throws `load-failed`. `workers` sessions take rows, one more everything else. */
export async function loadInParallel(inside: Inside, dump: RestorableDump, workers: number): Promise<void> {
  const load = new ParallelLoad(inside, dump);
  const sessions = [load.inOrder(), ...Array.from({ length: workers }, () => load.rows())];
  // All of them are over before this is: what failed first is what is told.
  for (const session of sessions) session.catch((error: unknown) => load.fail(error));
  await Promise.allSettled(sessions);
  load.throwFailure();
}

class ParallelLoad {
  readonly #inside: Inside;
  readonly #dump: RestorableDump;
  /** Ordinals of tables that a session has taken. */
  readonly #taken = new Set<number>();
  readonly #created = new Milestones();
  readonly #loaded = new Milestones();
  #failure: { readonly error: unknown } | undefined;

  constructor(inside: Inside, dump: RestorableDump) {
    this.#inside = inside;
    this.#dump = dump;
  }

  async inOrder(): Promise<void> {
    const trailer = new TrailerWatch();
    await this.#session((asked) => this.#textInOrder(trailer, asked), this.#created);
    if (!trailer.hasTrailer)
      throw loadFailure('databases', 'their text ends without the last line of a whole dump');
  }

  async rows(): Promise<void> {
    const progress = { hasEnded: false };
    await this.#session((asked) => this.#rowsOfTaken(progress, asked), this.#loaded);
    // Nobody else takes the tables that it leaves behind: whoever waited for them would wait for ever.
    if (!progress.hasEnded) throw loadFailure('databases', 'a session ended before their text did');
  }

  /** The text asks for a mark behind each large table; all of them must have been printed in the end. */
  async #session(
    text: (asked: Set<number>) => AsyncIterable<Uint8Array>,
    milestones: Milestones,
  ): Promise<void> {
    const asked = new Set<number>();
    const result = await this.#inside.session(text(asked), (line) => {
      if (!line.startsWith(MARK)) return;
      const ordinal = Number(line.slice(MARK.length));
      asked.delete(ordinal);
      milestones.reach(ordinal);
    });
    checkLoaded('databases', result);
    if (asked.size > 0) throw loadFailure('databases', 'a session ended without an answer');
  }

  /** The first failure counts; everybody who waits for something gives up. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#created.abandon(this.#failure.error);
    this.#loaded.abandon(this.#failure.error);
  }

  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async *#textInOrder(trailer: TrailerWatch, asked: Set<number>): AsyncGenerator<Uint8Array> {
    yield Buffer.from(sessionStart(this.#dump.instant));
    /** Triggers of tables whose rows others are loading: they must not fire. */
    let later: Buffer[] = [];
    let tables = 0;
    const flush = async () => {
      for (let ordinal = 0; later.length > 0 && ordinal < tables; ordinal += 1)
        await this.#loaded.whenReached(ordinal);
      const flushed = Buffer.concat(later);
      later = [];
      return flushed;
    };
    for await (const piece of cutDump(withInvalidDates(trailer.watch(this.#dump.open())))) {
      this.throwFailure();
      if (piece.kind === 'header' || piece.kind === 'text') {
        this.#dump.onLoaded?.(piece.bytes.length);
        yield piece.bytes;
      } else if (piece.kind === 'rows-end') {
        tables = piece.table.ordinal + 1;
        asked.add(piece.table.ordinal);
        yield mark(piece.table);
      } else if (piece.kind === 'after-rows') later.push(piece.bytes);
      else if (piece.kind === 'barrier' && later.length > 0) yield await flush();
    }
    if (later.length > 0) yield await flush();
  }

  async *#rowsOfTaken(progress: { hasEnded: boolean }, asked: Set<number>): AsyncGenerator<Uint8Array> {
    yield Buffer.from(sessionStart(this.#dump.instant));
    let mine: LargeTable | undefined;
    for await (const piece of cutDump(withInvalidDates(this.#dump.open()))) {
      this.throwFailure();
      if (piece.kind === 'header') yield piece.bytes;
      if (piece.kind === 'rows') {
        if (mine === undefined && !this.#taken.has(piece.table.ordinal)) {
          mine = piece.table;
          this.#taken.add(mine.ordinal);
          await this.#created.whenReached(mine.ordinal);
          yield mine.use;
        }
        if (piece.table.ordinal !== mine?.ordinal) continue;
        this.#dump.onLoaded?.(piece.bytes.length);
        yield piece.bytes;
      }
      if (piece.kind === 'rows-end' && piece.table.ordinal === mine?.ordinal) {
        asked.add(mine.ordinal);
        yield mark(mine);
        mine = undefined;
      }
    }
    progress.hasEnded = true;
  }
}

/** Printed by the session when it has done everything before it. */
function mark({ ordinal }: LargeTable): Uint8Array {
  return Buffer.from(`\nSELECT '${MARK}${ordinal}';\n`);
}

/** Numbered events that are waited for. */
class Milestones {
  readonly #all = new Map<number, PromiseWithResolvers<undefined>>();
  #abandoned: { readonly reason: unknown } | undefined;

  reach(number: number): void {
    this.#get(number).resolve(undefined);
  }

  async whenReached(number: number): Promise<void> {
    await this.#get(number).promise;
  }

  abandon(reason: unknown): void {
    this.#abandoned = { reason };
    for (const { reject } of this.#all.values()) reject(reason);
  }

  #get(number: number): PromiseWithResolvers<undefined> {
    const known = this.#all.get(number);
    if (known !== undefined) return known;
    const created = Promise.withResolvers<undefined>();
    // Nobody may be waiting for it.
    created.promise.catch(() => undefined);
    if (this.#abandoned !== undefined) created.reject(this.#abandoned.reason);
    this.#all.set(number, created);
    return created;
  }
}
