// Loads a dump over several sessions: one takes everything in order but the rows of large tables, the others take those, a table each,
// from its first row to its last. Each of these others reads the whole text for itself and skips what somebody else has taken: reading is
// cheap beside loading, and no row ever waits in memory. What is to be loaded in order is handed on by whoever reads it first.
import type { RestorableDump } from '../../../ports/restore-engine.ts';
import type { Inside } from './inside.ts';
import type { FindLateKeys, LateKeys } from './late-keys.ts';
import { checkLoaded, loadFailure } from './load.ts';
import { sessionStart, TrailerWatch, withInvalidDates } from './load-text.ts';
import { cutDump, type LargeTable, type Piece } from './sections.ts';
import { TextQueue } from './text-queue.ts';

const MARK = 'lifeboat-mark-';
/** What every session is asked before anything else: one that answers late, or only when it ends, would be waited for without end. */
const HELLO = -1;
const HELLO_TIMEOUT_MS = 120_000;

export interface ParallelLoadOptions {
  /** Sessions that take rows; one more takes everything else. */
  readonly workers: number;
  readonly findLateKeys: FindLateKeys;
  readonly helloTimeoutMs?: number;
}

/** Throws `load-failed`. */
export async function loadInParallel(
  inside: Inside,
  dump: RestorableDump,
  { workers, findLateKeys, helloTimeoutMs = HELLO_TIMEOUT_MS }: ParallelLoadOptions,
): Promise<void> {
  const load = new ParallelLoad(inside, dump, findLateKeys, helloTimeoutMs);
  const sessions = [load.inOrder(), ...Array.from({ length: workers }, () => load.rows())];
  // All of them are over before this is: what failed first is what is told.
  for (const session of sessions) session.catch((error: unknown) => load.fail(error));
  await Promise.allSettled(sessions);
  load.throwFailure();
}

class ParallelLoad {
  readonly #inside: Inside;
  readonly #dump: RestorableDump;
  readonly #findLateKeys: FindLateKeys;
  readonly #helloTimeoutMs: number;
  readonly #text = new TextInOrder();
  /** Ordinals of tables that a session has taken. */
  readonly #taken = new Set<number>();
  #failure: { readonly error: unknown } | undefined;

  constructor(inside: Inside, dump: RestorableDump, findLateKeys: FindLateKeys, helloTimeoutMs: number) {
    this.#inside = inside;
    this.#dump = dump;
    this.#findLateKeys = findLateKeys;
    this.#helloTimeoutMs = helloTimeoutMs;
  }

  async inOrder(): Promise<void> {
    await this.#session((asked) => this.#text.open(this.#begin(), asked), this.#text.created);
  }

  async rows(): Promise<void> {
    const progress = { hasEnded: false };
    const trailer = new TrailerWatch();
    await this.#session((asked) => this.#rowsOfTaken(trailer, progress, asked), this.#text.loaded);
    // Nobody else takes the tables that it leaves behind: whoever waited for them would wait for ever.
    if (!progress.hasEnded) throw loadFailure('databases', 'a session ended before their text did');
    if (!trailer.hasTrailer)
      throw loadFailure('databases', 'their text ends without the last line of a whole dump');
  }

  /** The text asks for a mark for each large table; all of them must have been printed in the end. */
  async #session(
    text: (asked: Set<number>) => AsyncIterable<Uint8Array>,
    milestones: Milestones,
  ): Promise<void> {
    const asked = new Set([HELLO]);
    const timer = setTimeout(() => {
      if (asked.has(HELLO)) this.fail(loadFailure('databases', 'a session does not answer'));
    }, this.#helloTimeoutMs);
    const result = await this.#inside
      .session(text(asked), (line) => {
        if (!line.startsWith(MARK)) return;
        const ordinal = Number(line.slice(MARK.length));
        asked.delete(ordinal);
        milestones.reach(ordinal);
      })
      .finally(() => clearTimeout(timer));
    checkLoaded('databases', result);
    if (asked.size > 0) throw loadFailure('databases', 'a session ended without an answer');
  }

  /** The first failure counts; everybody who waits for something gives up. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#text.abandon(this.#failure.error);
  }

  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #begin(): Uint8Array {
    return Buffer.concat([Buffer.from(sessionStart(this.#dump.instant)), mark({ ordinal: HELLO })]);
  }

  async *#rowsOfTaken(
    trailer: TrailerWatch,
    progress: { hasEnded: boolean },
    asked: Set<number>,
  ): AsyncGenerator<Uint8Array> {
    yield this.#begin();
    const reader = this.#text.addReader((count) => this.#dump.onLoaded?.(count));
    let mine: LargeTable | undefined;
    for await (const piece of cutDump(withInvalidDates(trailer.watch(this.#dump.open())))) {
      this.throwFailure();
      await reader.read(piece);
      if (piece.kind === 'header') yield piece.bytes;
      if (piece.kind === 'rows') {
        if (mine === undefined && !this.#taken.has(piece.table.ordinal)) {
          mine = piece.table;
          this.#taken.add(mine.ordinal);
          await this.#text.created.whenReached(mine.ordinal);
          yield mine.use;
          yield Buffer.from(this.#lateKeysOf(mine)?.drop ?? '');
        }
        if (piece.table.ordinal !== mine?.ordinal) continue;
        this.#dump.onLoaded?.(piece.bytes.length);
        yield piece.bytes;
      }
      if (piece.kind === 'rows-end' && piece.table.ordinal === mine?.ordinal) {
        yield Buffer.from(this.#lateKeysOf(mine)?.add ?? '');
        asked.add(mine.ordinal);
        yield mark(mine);
        mine = undefined;
      }
    }
    await reader.end();
    progress.hasEnded = true;
  }

  #lateKeysOf({ database, name }: LargeTable): LateKeys | undefined {
    return this.#findLateKeys(database, name);
  }
}

/** How far somebody has read what is to be loaded in order. */
interface Place {
  /** Of header and text; they come in other pieces each time. */
  readonly bytes: number;
  /** Large tables that have begun. */
  readonly tables: number;
  /** Of those, the ones behind which something followed that needs their rows. */
  readonly afterRows: number;
  readonly barriers: number;
}

/** What is loaded in order, from whoever reads it first. */
class TextInOrder {
  /** Tables that are there, by ordinal. */
  readonly created = new Milestones();
  /** Tables whose rows are there. */
  readonly loaded = new Milestones();
  readonly #queue = new TextQueue();
  #asked = new Set<number>();
  #given: Place = { bytes: 0, tables: 0, afterRows: 0, barriers: 0 };
  /** Triggers of tables whose rows others are loading: they must not fire. */
  #later: Uint8Array[] = [];
  /** At each barrier everybody waits for the same thing, or the text behind it would overtake it. */
  readonly #barriers: Promise<void>[] = [];

  /** The text, after `start`; `asked` takes the tables whose marks are in it. */
  open(start: Uint8Array, asked: Set<number>): AsyncIterable<Uint8Array> {
    this.#asked = asked;
    void this.#queue.put(start);
    return this.#queue;
  }

  /** For one reading of the whole text; `onGiven` is told what this one was the first to read. */
  addReader(onGiven: (count: number) => void): {
    read(piece: Piece): Promise<void>;
    end(): Promise<void>;
  } {
    let place: Place = { bytes: 0, tables: 0, afterRows: 0, barriers: 0 };
    return {
      read: async (piece) => {
        const before = place;
        place = advance(place, piece);
        await this.#give(piece, before, place, onGiven);
      },
      end: async () => {
        await this.#passBarrier(place.barriers);
        this.#queue.end();
      },
    };
  }

  abandon(reason: unknown): void {
    this.created.abandon(reason);
    this.loaded.abandon(reason);
    this.#queue.fail(reason);
  }

  async #give(piece: Piece, before: Place, after: Place, onGiven: (count: number) => void): Promise<void> {
    const given = this.#given;
    if (piece.kind === 'header' || piece.kind === 'text') {
      if (after.bytes <= given.bytes) return;
      const bytes = piece.bytes.subarray(Math.max(0, given.bytes - before.bytes));
      this.#given = { ...given, bytes: after.bytes };
      onGiven(bytes.length);
      await this.#queue.put(bytes);
    } else if (piece.kind === 'rows' && after.tables > given.tables) {
      this.#given = { ...given, tables: after.tables };
      this.#asked.add(piece.table.ordinal);
      await this.#queue.put(mark(piece.table));
    } else if (piece.kind === 'after-rows' && after.afterRows > given.afterRows) {
      this.#given = { ...given, afterRows: after.afterRows };
      this.#later.push(piece.bytes);
    } else if (piece.kind === 'barrier') await this.#passBarrier(before.barriers);
  }

  async #passBarrier(number: number): Promise<void> {
    await (this.#barriers[number] ??= this.#flush());
  }

  async #flush(): Promise<void> {
    if (this.#later.length === 0) return;
    for (let ordinal = 0; ordinal < this.#given.tables; ordinal += 1) await this.loaded.whenReached(ordinal);
    const flushed = Buffer.concat(this.#later);
    this.#later = [];
    await this.#queue.put(flushed);
  }
}

function advance(place: Place, piece: Piece): Place {
  switch (piece.kind) {
    case 'header':
    case 'text':
      return { ...place, bytes: place.bytes + piece.bytes.length };
    case 'rows':
      return { ...place, tables: piece.table.ordinal + 1 };
    case 'after-rows':
      return { ...place, afterRows: place.afterRows + 1 };
    case 'barrier':
      return { ...place, barriers: place.barriers + 1 };
    case 'rows-end':
      return place;
  }
}

/** Printed by the session when it has done everything before it. */
function mark({ ordinal }: Pick<LargeTable, 'ordinal'>): Uint8Array {
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
