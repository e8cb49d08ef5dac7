// Takes members out of a tar archive as it streams by, byte for byte: the form that GNU tar writes with --format=posix.

/** POSIX.1-2024, pax Interchange Format: everything comes in blocks of 512 bytes. */
export const TAR_BLOCK = 512;
/** An archive ends with two blocks of zeros. */
export const TAR_END = Buffer.alloc(2 * TAR_BLOCK);

/** Of the POSIX format; others have other fields in the same places. */
const MAGIC = Buffer.from('ustar\x0000', 'latin1');
/** Extended headers hold names, attributes and access control lists; those have at most 64 KiB each on Linux. */
const MAX_EXTENSION_BYTES = 8 * 2 ** 20;

export class TarError extends Error {
  override readonly name = 'TarError';
}

/** What the headers say of a member. Names are bytes as latin1 text. */
export interface TarMember {
  /** Without a slash at its end. */
  readonly name: string;
  /** `1`: another name of a file, `2`: a symbolic link, `5`: a directory; else a file. */
  readonly type: string;
  /** Of the content of a file as it comes out, holes and all. */
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Since 1970. */
  readonly mtimeNs: bigint;
  /** Where a link of either kind leads. */
  readonly linkName: string;
  /** Names of its extended attributes. */
  readonly xattrs: readonly string[];
}

const XATTR = 'SCHILY.xattr.';

/** As an index calls it. */
export function typeOf({ type }: Pick<TarMember, 'type'>): 'f' | 'd' | 'l' {
  return type === '5' ? 'd' : type === '2' ? 'l' : 'f';
}

/**
 * Yields the members that are wanted, headers and all, without the end of the archive. Throws `TarError` for what is no such archive, or breaks off.
 */
export async function* selectMembers(
  archive: AsyncIterable<Uint8Array>,
  isWanted: (member: TarMember) => boolean,
): AsyncGenerator<Uint8Array> {
  const input = new BlockReader(archive);
  let extension: Extension | undefined;
  for (;;) {
    const header = await input.take(TAR_BLOCK);
    // The rest are zeros up to a whole record; taken, so that it is known how the stream ends.
    if (isZero(header)) return input.drain();
    checkSum(header);
    if (!header.subarray(257, 265).equals(MAGIC)) throw new TarError('a header of another format');
    const type = header.toString('latin1', 156, 157);
    if (type === 'x') {
      const size = readNumber(header.subarray(124, 136));
      if (size > MAX_EXTENSION_BYTES) throw new TarError('an extended header is too large');
      const body = await input.take(roundUp(size));
      extension = { blocks: [header, body], values: readPax(body.subarray(0, size)) };
      continue;
    }
    if (!'01257\0'.includes(type)) throw new TarError(`a member of type ${JSON.stringify(type)}`);
    const values = extension?.values ?? new Map<string, string>();
    const size = numberOf(values.get('size') ?? readNumber(header.subarray(124, 136)));
    // GNU tar takes what follows these for the next header, whatever their size says: members could hide there.
    if ('125'.includes(type) && size > 0) throw new TarError('a link or directory with content');
    const name = nameOf(header, type, values);
    const chosen = isWanted(describe(header, name, type, values, size));
    if (chosen) {
      yield* extension?.blocks ?? [];
      yield header;
    }
    extension = undefined;
    for await (const chunk of input.pass(roundUp(size))) if (chosen) yield chunk;
  }
}

interface Extension {
  readonly blocks: readonly Buffer[];
  readonly values: ReadonlyMap<string, string>;
}

/** `storedSize` is that of the body, which for a file with holes is less than what comes out, and a table of them. */
function describe(
  header: Buffer,
  name: string,
  type: string,
  values: ReadonlyMap<string, string>,
  storedSize: number,
): TarMember {
  const number = (name: string, from: number, to: number) =>
    numberOf(values.get(name) ?? readNumber(header.subarray(from, to)));
  return {
    name,
    type,
    size: numberOf(values.get('GNU.sparse.realsize') ?? values.get('GNU.sparse.size') ?? storedSize),
    mode: readNumber(header.subarray(100, 108)),
    uid: number('uid', 108, 116),
    gid: number('gid', 116, 124),
    mtimeNs: nanosecondsOf(values.get('mtime') ?? String(readNumber(header.subarray(136, 148)))),
    xattrs: [...values.keys()].filter((key) => key.startsWith(XATTR)).map((key) => key.slice(XATTR.length)),
    linkName: values.get('linkpath') ?? textOf(header.subarray(157, 257)),
  };
}

function nanosecondsOf(seconds: string): bigint {
  const [, sign = '', whole, decimals = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(seconds) ?? [];
  if (whole === undefined) throw new TarError('a time that is no number');
  return BigInt(`${sign}${whole}${decimals.slice(0, 9).padEnd(9, '0')}`);
}

function numberOf(value: string | number): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new TarError('a size that is no number');
  return number;
}

/** Without the slash at its end, which GNU tar takes for that of a directory, whatever the type says: then it reads content as headers. */
function nameOf(header: Buffer, type: string, values: ReadonlyMap<string, string>): string {
  const extended = [values.get('GNU.sparse.name'), values.get('path')].filter((name) => name !== undefined);
  const [prefix, short] = [textOf(header.subarray(345, 500)), textOf(header.subarray(0, 100))];
  // A long name is cut off in the header, perhaps at a slash.
  const names = extended.length > 0 ? extended : [prefix === '' ? short : `${prefix}/${short}`];
  if (type !== '5' && names.some((name) => name.endsWith('/')))
    throw new TarError('a name of a directory that is none');
  return (names[0] ?? '').replace(/\/$/, '');
}

function textOf(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? field.length : end);
}

/** Octal digits, or, with the first bit set, a binary number. */
function readNumber(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, (field[0] ?? 0) & 0x7f);
    if (!Number.isSafeInteger(value)) throw new TarError('a size that is no number');
    return value;
  }
  const digits = textOf(field).trim();
  if (!/^[0-7]*$/.test(digits)) throw new TarError('a size that is no number');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** The sum of all bytes, those of the sum itself taken as blanks. */
function checkSum(header: Buffer): void {
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (readNumber(header.subarray(148, 156)) !== sum) throw new TarError('a header whose sum does not match');
}

/** `<length> <key>=<value>\n`, where the length is that of the whole. */
function readPax(body: Buffer): Map<string, string> {
  const values = new Map<string, string>();
  for (let at = 0; at < body.length;) {
    const blank = body.indexOf(0x20, at);
    const length = blank < 0 ? Number.NaN : Number(body.toString('latin1', at, blank));
    const record = body.subarray(blank + 1, at + length);
    const equals = record.indexOf(0x3d);
    if (!(length > 0) || equals < 0 || record.at(-1) !== 0x0a || at + length > body.length)
      throw new TarError('an extended header that cannot be read');
    values.set(
      record.toString('latin1', 0, equals),
      record.toString('latin1', equals + 1, record.length - 1),
    );
    at += length;
  }
  return values;
}

function roundUp(size: number): number {
  return Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

class BlockReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(archive: AsyncIterable<Uint8Array>) {
    this.#chunks = archive[Symbol.asyncIterator]();
  }

  async take(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.pass(size)) parts.push(part);
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  }

  async *pass(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0;) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) throw new TarError('it breaks off');
        this.#rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length);
        continue;
      }
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  async drain(): Promise<void> {
    while ((await this.#chunks.next()).done !== true);
  }
}
