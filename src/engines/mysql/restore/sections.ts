// Cuts the text of a dump into what must be loaded in order and the rows of large tables, which need not. Nothing is parsed that could
// be taken for something else: `canBeCut` says beforehand whether the marks between the parts can stand anywhere but there.
import type { InventoryObject } from '../../../domain/dumps/inventory.ts';
import { LifeboatError } from '../../../errors.ts';

/** Where the rows of one large table begin and end, counted from 0 in the order of the dump. */
export interface LargeTable {
  readonly ordinal: number;
  readonly database: string;
  readonly name: string;
  /** `USE` statement of its database. */
  readonly use: Buffer;
}

export type Piece =
  /** Before the first database: settings that every session needs. */
  | { readonly kind: 'header'; readonly bytes: Buffer }
  /** In order, in one session. */
  | { readonly kind: 'text'; readonly bytes: Buffer }
  /** With the settings that a dump makes for them and takes back: all in one session. */
  | { readonly kind: 'rows'; readonly table: LargeTable; readonly bytes: Buffer }
  | { readonly kind: 'rows-end'; readonly table: LargeTable }
  /** What follows the rows of a large table and needs them all to be there: its triggers. */
  | { readonly kind: 'after-rows'; readonly bytes: Buffer }
  /** Tables are over; what comes now may need everything before it. */
  | { readonly kind: 'barrier' };

/** About as much as one session loads while another one is told what to do. */
const LARGE_BYTES = 512 * 1024;
/** Between the title of a section and the lock that it begins with. */
const MAX_TITLE_BYTES = 4 * 1024;
/** Text is passed on when there is more than twice as much: titles and USE statements stay in one piece. */
const HELD_BYTES = 64 * 1024;

const TITLE = Buffer.from('\n--\n-- ');
const LOCK = Buffer.from('\nLOCK TABLES `');
const UNLOCK = Buffer.from('\nUNLOCK TABLES;\n');
const DELIMITER = Buffer.from('\nDELIMITER ;;\n');
const USE = Buffer.from('\nUSE `');
/** Lines behind the lock that end a transaction, or take back what was set before it. */
const SETTING = /^(?:COMMIT|SET [^']*|\/\*M!\d+ SET [^']*\*\/);$/i;
const ROWS_TITLE = 'Dumping data for table ';
const DATABASE_TITLE = 'Current Database: ';
const DATABASE_START = Buffer.concat([TITLE, Buffer.from(DATABASE_TITLE)]);
/** Titles that may come while tables are still being loaded. */
const TABLE_TITLES = [
  'Table structure for table ',
  'Temporary table structure for view ',
  'Temporary view structure for view ',
  ROWS_TITLE,
];

/** Whether names and definitions leave no doubt where the parts of their dump begin. */
export function canBeCut(objects: readonly InventoryObject[]): boolean {
  return objects.every(
    ({ kind, database, name, ddl, ddlSha256 }) =>
      kind === 'account' ||
      (ddlSha256 !== undefined &&
        !/[\n\r]/.test(database + name) &&
        !/^(?:--$|LOCK TABLES |UNLOCK TABLES;)/m.test(ddl)),
  );
}

/**
 * The pieces in the order of the text; their bytes, one after the other, are the text but for locks of tables. How the text comes in
 * chunks makes no difference to what is a large table: everybody who reads the same text counts the same ones.
 */
export async function* cutDump(
  text: AsyncIterable<Uint8Array>,
  largeBytes = LARGE_BYTES,
): AsyncGenerator<Piece> {
  const cutter = new Cutter(largeBytes);
  for await (const chunk of text) {
    cutter.add(chunk);
    yield* cutter.take(false);
  }
  yield* cutter.take(true);
}

type State =
  | { readonly at: 'header' }
  | { readonly at: 'text' }
  /** Right behind the title of a data section, whose lock is looked for. */
  | { readonly at: 'section' }
  | { readonly at: 'rows'; readonly table: LargeTable }
  /** Right behind the last row and the lock. */
  | { readonly at: 'rows-end'; readonly table: LargeTable }
  | { readonly at: 'after-rows' };

class Cutter {
  readonly #largeBytes: number;
  #buffer: Buffer = Buffer.alloc(0);
  #state: State = { at: 'header' };
  #use = Buffer.alloc(0);
  #ordinal = 0;

  constructor(largeBytes: number) {
    this.#largeBytes = largeBytes;
  }

  add(chunk: Uint8Array): void {
    // Rows leave nothing behind as a rule, so that most of a dump is never copied here.
    this.#buffer =
      this.#buffer.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        : Buffer.concat([this.#buffer, chunk]);
  }

  *take(isEnd: boolean): Generator<Piece> {
    for (;;) {
      const before = this.#buffer.length;
      const state = this.#state.at;
      yield* this.#step(isEnd);
      if (this.#state.at === state && this.#buffer.length === before) break;
    }
    if (isEnd && this.#buffer.length > 0) yield* this.#rest();
  }

  *#step(isEnd: boolean): Generator<Piece> {
    switch (this.#state.at) {
      case 'header':
      case 'text':
      case 'after-rows':
        yield* this.#untilTitle(this.#state.at, isEnd);
        break;
      case 'section':
        yield* this.#section(isEnd);
        break;
      case 'rows':
        yield* this.#rows(this.#state.table);
        break;
      case 'rows-end':
        yield* this.#rowsEnd(this.#state.table, isEnd);
    }
  }

  /** Up to the next title; what it announces decides what follows. */
  *#untilTitle(kind: 'header' | 'text' | 'after-rows', isEnd: boolean): Generator<Piece> {
    // At the very beginning of what is left there stands a title that was looked at.
    const at = this.#buffer.indexOf(TITLE, 1);
    if (at < 0) {
      // Text is passed on but for what may be the beginning of a title; the two others are kept whole.
      if (kind === 'text' && !isEnd && this.#buffer.length > 2 * HELD_BYTES)
        yield* textPieces(this.#noteUse(this.#cut(this.#buffer.length - HELD_BYTES)));
      return;
    }
    const title = this.#readTitle(at + TITLE.length, isEnd);
    if (title === undefined) return;
    if (kind === 'header' && !title.startsWith(DATABASE_TITLE)) {
      // Not the first database yet.
      yield { kind: 'header', bytes: this.#cut(at) };
      return;
    }
    const bytes = this.#cut(at);
    if (kind === 'text') yield* textPieces(this.#noteUse(bytes));
    else if (kind === 'header') yield { kind, bytes };
    else if (bytes.includes(DELIMITER)) yield { kind, bytes };
    else yield* textPieces(bytes);
    if (!TABLE_TITLES.some((known) => title.startsWith(known))) yield { kind: 'barrier' };
    this.#state = { at: title.startsWith(ROWS_TITLE) ? 'section' : 'text' };
  }

  /** Small tables stay in the text; the rows of large ones go their own way, and the settings before them too. */
  *#section(isEnd: boolean): Generator<Piece> {
    const lock = this.#findLock();
    const unlock = lock < 0 ? -1 : this.#buffer.indexOf(UNLOCK, lock);
    if (unlock >= 0 && unlock < this.#largeBytes) {
      const end = unlock + UNLOCK.length - 1;
      const section = this.#cut(end);
      const lockEnd = section.indexOf('\n', lock + 1);
      yield* textPieces(section.subarray(0, lock));
      yield* textPieces(section.subarray(lockEnd, unlock));
      this.#state = { at: 'text' };
    } else if (lock >= 0 && this.#buffer.length >= this.#largeBytes + UNLOCK.length) {
      const lockEnd = this.#buffer.indexOf('\n', lock + 1);
      if (lockEnd < 0 && !isEnd) return;
      const name = nameIn(this.#buffer.subarray(lock, lockEnd < 0 ? undefined : lockEnd));
      const table = { ordinal: this.#ordinal, database: nameIn(this.#use), name, use: this.#use };
      this.#ordinal += 1;
      yield { kind: 'rows', table, bytes: this.#cut(lock) };
      this.#cut(lockEnd < 0 ? this.#buffer.length : lockEnd - lock);
      this.#state = { at: 'rows', table };
    } else if (isEnd || (lock < 0 && this.#buffer.length > 2 * MAX_TITLE_BYTES)) {
      // No lock where one was expected: in order, as it stands.
      this.#state = { at: 'text' };
    }
  }

  /** Where the lock of this section begins; that of another one does not count. */
  #findLock(): number {
    const lock = this.#buffer.indexOf(LOCK);
    const next = this.#buffer.indexOf(TITLE, 1);
    return lock < MAX_TITLE_BYTES && (next < 0 || lock < next) ? lock : -1;
  }

  *#rows(table: LargeTable): Generator<Piece> {
    const unlock = this.#buffer.indexOf(UNLOCK);
    if (unlock < 0) {
      const length = this.#buffer.length - startOfUnlock(this.#buffer);
      if (length > 0) yield { kind: 'rows', table, bytes: this.#cut(length) };
      return;
    }
    if (unlock > 0) yield { kind: 'rows', table, bytes: this.#cut(unlock) };
    this.#cut(UNLOCK.length - 1);
    this.#state = { at: 'rows-end', table };
  }

  /** Line by line: what follows the settings is for the session that has the rest. */
  *#rowsEnd(table: LargeTable, isEnd: boolean): Generator<Piece> {
    const end = this.#buffer.indexOf('\n', 1);
    if (end < 0 && !isEnd) return;
    if (end >= 0 && SETTING.test(this.#buffer.toString('latin1', 1, end))) {
      yield { kind: 'rows', table, bytes: this.#cut(end) };
      return;
    }
    yield { kind: 'rows-end', table };
    this.#state = { at: 'after-rows' };
  }

  *#rest(): Generator<Piece> {
    const state = this.#state.at;
    if (state === 'rows')
      throw new LifeboatError('load-failed', 'the text of the dump ends among the rows of a table');
    if (state === 'after-rows') yield { kind: 'after-rows', bytes: this.#cut(this.#buffer.length) };
    else yield* textPieces(this.#cut(this.#buffer.length));
  }

  /** The rest of the line; undefined while it is not all there. */
  #readTitle(at: number, isEnd: boolean): string | undefined {
    const end = this.#buffer.indexOf('\n', at);
    if (end < 0) return isEnd ? this.#buffer.toString('latin1', at) : undefined;
    return this.#buffer.toString('latin1', at, end);
  }

  /** Elsewhere than behind the title of a database a line that looks like one stands in a routine. */
  #noteUse(bytes: Buffer): Buffer {
    const isDatabase = bytes.subarray(0, DATABASE_START.length).equals(DATABASE_START);
    const at = isDatabase ? bytes.lastIndexOf(USE) : -1;
    if (at >= 0) {
      const end = bytes.indexOf('\n', at + 1);
      this.#use = Buffer.from(bytes.subarray(at, end < 0 ? bytes.length : end + 1));
    }
    return bytes;
  }

  #cut(length: number): Buffer {
    const bytes = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return bytes;
  }
}

/** How many bytes at the end of this could be the beginning of the mark. */
function startOfUnlock(bytes: Buffer): number {
  for (let length = Math.min(UNLOCK.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(UNLOCK.subarray(0, length))) return length;
  }
  return 0;
}

/** The first quoted name in a statement. */
function nameIn(statement: Buffer): string {
  const [, name = ''] = /`((?:[^`]|``)+)`/.exec(statement.toString('utf8')) ?? [];
  return name.replaceAll('``', '`');
}

function* textPieces(bytes: Buffer): Generator<Piece> {
  if (bytes.length > 0) yield { kind: 'text', bytes };
}
