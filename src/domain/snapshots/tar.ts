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
  /** Extended attributes and access control lists, by the keys of the header: `SCHILY.xattr.user.note`, `SCHILY.acl.access`. */
  readonly attributes: ReadonlyMap<string, string>;
}

const ZEROS = Buffer.alloc(TAR_BLOCK);
/** What a header of zeros is. */
const END = 'end';
/** A header but for its sum. */
const SUMMED = [
  [0, 148],
  [156, TAR_BLOCK],
] as const;
const ATTRIBUTE = /^SCHILY\.(xattr|acl)\./;

/** As an index calls it. */
export function typeOf({ type }: Pick<TarMember, 'type'>): 'f' | 'd' | 'l' {
  return type === '5' ? 'd' : type === '2' ? 'l' : 'f';
}

/**
 * Yields the members that are wanted, headers and all, without the end of the archive. Members that follow each other pass as one piece,
 * and without a copy. Throws `TarError` for what is no such archive, or breaks off.
 */
export async function* selectMembers(
  archive: AsyncIterable<Uint8Array>,
  isWanted: (member: TarMember) => boolean,
): AsyncGenerator<Uint8Array> {
  /** The beginning of headers that are not whole yet. */
  let rest: Buffer = Buffer.alloc(0);
  let hasEnded = false;
  /** Of the content of the member at hand, up to the next block. */
  let left = 0;
  let isChosen = false;
  for await (const chunk of archive) {
    // The rest are zeros up to a whole record; read, so that it is known how the stream ends.
    if (hasEnded) continue;
    const bytes = join(rest, chunk);
    let from = 0;
    let at = Math.min(left, bytes.length);
    left -= at;
    while (left === 0) {
      const head = readHead(bytes.subarray(at));
      if (head === undefined) break;
      const wasChosen: boolean = isChosen;
      isChosen = head !== END && isWanted(head.member);
      if (isChosen !== wasChosen) {
        if (wasChosen && at > from) yield bytes.subarray(from, at);
        from = at;
      }
      hasEnded = head === END;
      if (head === END) break;
      const next = at + head.headerBytes + head.contentBytes;
      at = Math.min(next, bytes.length);
      left = next - at;
    }
    if (isChosen && at > from) yield bytes.subarray(from, at);
    rest = bytes.subarray(at);
  }
  if (!hasEnded) throw new TarError('it breaks off');
}

interface Head {
  readonly member: TarMember;
  /** Of its own header, and of the extended one before it. */
  readonly headerBytes: number;
  /** Up to the next block. */
  readonly contentBytes: number;
}

/** What stands at the beginning of these bytes; undefined when it takes more of them to tell. */
function readHead(bytes: Buffer): Head | typeof END | undefined {
  const first = readHeader(bytes);
  if (first === undefined || first === END) return first;
  if (first.type !== 'x') return describe(first, new Map(), TAR_BLOCK);
  const size = readNumber(first.block.subarray(124, 136));
  if (size > MAX_EXTENSION_BYTES) throw new TarError('an extended header is too large');
  const extensionBytes = TAR_BLOCK + roundUp(size);
  const header = readHeader(bytes.subarray(extensionBytes));
  if (header === undefined) return undefined;
  if (header === END) throw new TarError('an extended header with nothing behind it');
  const values = readPax(bytes.subarray(TAR_BLOCK, TAR_BLOCK + size));
  return describe(header, values, extensionBytes + TAR_BLOCK);
}

interface Header {
  readonly block: Buffer;
  readonly type: string;
}

function readHeader(bytes: Buffer): Header | typeof END | undefined {
  if (bytes.length < TAR_BLOCK) return undefined;
  const block = bytes.subarray(0, TAR_BLOCK);
  if (block.equals(ZEROS)) return END;
  checkSum(block);
  if (!block.subarray(257, 265).equals(MAGIC)) throw new TarError('a header of another format');
  return { block, type: block.toString('latin1', 156, 157) };
}

function describe({ block, type }: Header, values: ReadonlyMap<string, string>, headerBytes: number): Head {
  if (!'01257\0'.includes(type)) throw new TarError(`a member of type ${JSON.stringify(type)}`);
  const number = (name: string, from: number, to: number) =>
    numberOf(values.get(name) ?? readNumber(block.subarray(from, to)));
  // For a file with holes less than what comes out, and a table of them.
  const storedBytes = number('size', 124, 136);
  // GNU tar takes what follows these for the next header, whatever their size says: members could hide there.
  if ('125'.includes(type) && storedBytes > 0) throw new TarError('a link or directory with content');
  const member = {
    name: nameOf(block, type, values),
    type,
    size: numberOf(values.get('GNU.sparse.realsize') ?? values.get('GNU.sparse.size') ?? storedBytes),
    mode: readNumber(block.subarray(100, 108)),
    uid: number('uid', 108, 116),
    gid: number('gid', 116, 124),
    mtimeNs: nanosecondsOf(values.get('mtime') ?? String(readNumber(block.subarray(136, 148)))),
    attributes: new Map([...values].filter(([key]) => ATTRIBUTE.test(key))),
    linkName: values.get('linkpath') ?? textOf(block.subarray(157, 257)),
  };
  return { member, headerBytes, contentBytes: roundUp(storedBytes) };
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
  let sum = 8 * 0x20;
  for (const [from, to] of SUMMED) for (let at = from; at < to; at += 1) sum += header[at] ?? 0;
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

function join(rest: Buffer, chunk: Uint8Array): Buffer {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  return rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
}
