// Takes databases or one table out of the text of a dump, and gives databases other names on the way. Three kinds of lines are
// rewritten, where the dump tool itself puts them; rows and bodies of routines go by as they are. `canBeCut` says beforehand that what
// sections begin with can stand nowhere else.
import type { InventoryObject } from '../../../domain/dumps/inventory.ts';
import { quoteIdentifier } from '../client.ts';
import { canBeCut } from '../restore/sections.ts';

export interface Selection {
  /** Names in the dump to names on the server; what is not in it is left out. */
  readonly databases: ReadonlyMap<string, string>;
  /** One table alone: structure and rows, without its triggers. */
  readonly table?: string | undefined;
  readonly withEvents: boolean;
}

/** Lines that mean something are short: names have at most 64 characters, a database's comment 1,024. */
const MAX_LINE_BYTES = 16 * 1024;
const NEWLINE = 0x0a;
const UNLOCK = Buffer.from('\nUNLOCK TABLES;\n');
const CREATE = 'CREATE DATABASE /*!32312 IF NOT EXISTS*/ ';
const DATABASE_TITLE = 'Current Database: ';

/** Whether a selection of these objects, under other names, is what it should be. */
export function canBeSelected(objects: readonly InventoryObject[]): boolean {
  // Elsewhere such a line is the dump tool's own.
  const isPlain = ({ kind, ddl }: InventoryObject) =>
    !['table', 'view', 'sequence'].includes(kind) || !/^ALTER DATABASE `/m.test(ddl);
  return canBeCut(objects) && objects.every(isPlain);
}

export async function* selectDump(
  text: AsyncIterable<Uint8Array>,
  selection: Selection,
): AsyncGenerator<Uint8Array> {
  const selector = new Selector(selection);
  for await (const chunk of text) yield* selector.take(chunk, false);
  yield* selector.take(Buffer.alloc(0), true);
}

/** The statement that makes a database under another name, and fails where there is one; undefined for a text of another form. */
export function createDatabaseSql({ ddl, name }: InventoryObject, newName: string): string | undefined {
  const head = CREATE + quoteIdentifier(name);
  const use = `\nUSE ${quoteIdentifier(name)};\n`;
  if (!ddl.startsWith(head) || !ddl.endsWith(use)) return undefined;
  return `CREATE DATABASE ${quoteIdentifier(newName)}${ddl.slice(head.length, -use.length)}\n`;
}

class Selector {
  readonly #selection: Selection;
  #buffer = Buffer.alloc(0);
  #at: 'lines' | 'long line' | 'rows' = 'lines';
  #isHeader = true;
  #isKept = true;
  #isInBody = false;
  #isDatabaseSection = false;
  #database = '';
  /** `--`, which may begin a title. */
  #held: Buffer | undefined;

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  /** What is selected of everything that is there so far. */
  take(chunk: Uint8Array, isEnd: boolean): Buffer[] {
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#buffer, chunk]);
    const out: Buffer[] = [];
    while (this.#step(out, isEnd));
    if (isEnd) {
      this.#emit(this.#held, out);
      this.#emit(this.#buffer, out);
    }
    return out;
  }

  /** False when more text is needed. */
  #step(out: Buffer[], isEnd: boolean): boolean {
    if (this.#buffer.length === 0) return false;
    if (this.#at === 'rows') return this.#passRows(out);
    const end = this.#buffer.indexOf(NEWLINE);
    if (this.#at === 'long line') {
      this.#emit(this.#cut(end < 0 ? this.#buffer.length : end + 1), out);
      if (end >= 0) this.#at = 'lines';
      return true;
    }
    if (end >= 0 && end <= MAX_LINE_BYTES) {
      this.#line(this.#cut(end + 1), out);
      return true;
    }
    if (end < 0 && this.#buffer.length <= MAX_LINE_BYTES) return false;
    if (isEnd && end < 0) return false;
    this.#release(out);
    this.#at = 'long line';
    return true;
  }

  #passRows(out: Buffer[]): boolean {
    const end = this.#buffer.indexOf(UNLOCK);
    const length = end >= 0 ? end + 1 : this.#buffer.length - UNLOCK.length;
    if (length <= 0) return false;
    this.#emit(this.#cut(length), out);
    if (end >= 0) this.#at = 'lines';
    return end >= 0;
  }

  #line(bytes: Buffer, out: Buffer[]): void {
    const line = bytes.toString('latin1');
    if (this.#isInBody) {
      this.#isInBody = line !== 'DELIMITER ;\n';
      this.#emit(bytes, out);
      return;
    }
    if (line === '--\n') {
      this.#release(out);
      this.#held = bytes;
      return;
    }
    if (this.#held !== undefined && line.startsWith('-- '))
      this.#begin(bytes.toString('utf8', 3, bytes.length - 1));
    this.#release(out);
    if (line.startsWith('LOCK TABLES `')) {
      // Its line end stays: the rows may be none.
      this.#emit(bytes.subarray(0, -1), out);
      this.#buffer = Buffer.concat([bytes.subarray(-1), this.#buffer]);
      this.#at = 'rows';
      return;
    }
    if (line === 'DELIMITER ;;\n') this.#isInBody = true;
    this.#emit(this.#rewrite(bytes, line), out);
    // Triggers come after the rows, without a title.
    if (line === 'UNLOCK TABLES;\n' && this.#selection.table !== undefined) this.#isKept = false;
  }

  /** A section with this title. */
  #begin(title: string): void {
    const { databases, table, withEvents } = this.#selection;
    this.#isDatabaseSection = title.startsWith(DATABASE_TITLE);
    if (this.#isDatabaseSection) {
      this.#isHeader = false;
      this.#database = title.slice(DATABASE_TITLE.length + 1, -1).replaceAll('``', '`');
    }
    if (this.#isHeader) return;
    const quoted = table === undefined ? '' : quoteIdentifier(table);
    const isChosen =
      this.#isDatabaseSection ||
      (table === undefined
        ? withEvents || !title.startsWith('Dumping events for database ')
        : [`Table structure for table ${quoted}`, `Dumping data for table ${quoted}`].includes(title));
    this.#isKept = databases.has(this.#database) && isChosen;
  }

  #rewrite(bytes: Buffer, line: string): Buffer {
    const to = this.#selection.databases.get(this.#database);
    if (this.#isHeader || !this.#isKept || to === undefined || to === this.#database) return bytes;
    const [from, into] = [this.#database, to].map((name) =>
      Buffer.from(quoteIdentifier(name)).toString('latin1'),
    );
    if (from === undefined || into === undefined) return bytes;
    const swap = (head: string) => Buffer.from(head + into + line.slice(head.length + from.length), 'latin1');
    if (this.#isDatabaseSection && line.startsWith(`${CREATE}${from} `)) return swap(CREATE);
    if (this.#isDatabaseSection && line === `USE ${from};\n`) return swap('USE ');
    const alter = `ALTER DATABASE ${from} `;
    if (line.startsWith(alter) && /^CHARACTER SET \w+ COLLATE \w+ ;\n$/.test(line.slice(alter.length)))
      return swap('ALTER DATABASE ');
    return bytes;
  }

  #release(out: Buffer[]): void {
    this.#emit(this.#held, out);
    this.#held = undefined;
  }

  #emit(bytes: Buffer | undefined, out: Buffer[]): void {
    if (this.#isKept && bytes !== undefined && bytes.length > 0) out.push(bytes);
  }

  #cut(length: number): Buffer {
    const bytes = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return bytes;
  }
}
