// The text of a dump on its way into a server: one line of its header is edited, its last line is waited for.

/** Dumps set this mode for the session that loads them, whatever the source allowed. */
const DUMP_MODE = 'NO_AUTO_VALUE_ON_ZERO';
/** Dates such as 30 February, which the source took, would become 0000-00-00 without an error. */
const ADDED_MODE = ',ALLOW_INVALID_DATES';
/** The header of a dump is a kilobyte; the first database begins after it. */
const HEADER_BYTES = 16 * 1024;
/** "-- Dump completed on 2026-11-20  3:05:12". */
const TRAILER = /\n-- Dump completed[^\n]*\n$/;
const TRAILER_BYTES = 256;

/** What a load session begins with: rows must not go to a binary log, and events of the past must survive their creation. */
export function sessionStart(instant: Date): string {
  return `SET SESSION sql_log_bin = 0;\nSET SESSION timestamp = ${(instant.getTime() / 1000).toFixed(3)};\n`;
}

/** Passes the text on with ALLOW_INVALID_DATES in the mode that its header sets. */
export async function* withInvalidDates(text: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let header: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of text) {
    if (header === undefined) {
      yield chunk;
      continue;
    }
    header = Buffer.concat([header, chunk]);
    if (header.length < HEADER_BYTES) continue;
    yield editHeader(header);
    header = undefined;
  }
  if (header !== undefined) yield editHeader(header);
}

function editHeader(header: Buffer): Buffer {
  const at = header.indexOf(DUMP_MODE);
  if (at < 0 || at > HEADER_BYTES) return header;
  const end = at + DUMP_MODE.length;
  return Buffer.concat([header.subarray(0, end), Buffer.from(ADDED_MODE), header.subarray(end)]);
}

/** Looks at the end of a text as it passes by. */
export class TrailerWatch {
  #end = Buffer.alloc(0);

  get hasTrailer(): boolean {
    return TRAILER.test(this.#end.toString('latin1'));
  }

  async *watch(text: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of text) {
      this.#end = Buffer.concat([this.#end, chunk.subarray(-TRAILER_BYTES)]).subarray(-TRAILER_BYTES);
      yield chunk;
    }
  }
}
