// ASCII armor (RFC 9580, section 6): finds every armored block of a text. Done here and not by the library, which takes the first
// block only and quotes lines of what it cannot read in its errors; here no error ever says what stood in the text.

export interface ArmorBlock {
  /** As in its first line: `PUBLIC KEY BLOCK`, `PRIVATE KEY BLOCK`, `SIGNATURE`, … */
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface ArmorReading {
  readonly blocks: readonly ArmorBlock[];
  /** Each a sentence without its full stop, by line number. */
  readonly problems: readonly string[];
}

const BEGIN = /^-----BEGIN PGP ([A-Z ]+)-----$/;
const END = /^-----END PGP ([A-Z ]+)-----$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const CHECKSUM = /^=([A-Za-z0-9+/]{4})$/;
const COMMENT = /^#/;

/** CRC-24 (RFC 9580, section 6.1.1). */
const CRC_INIT = 0xb704ce;
const CRC_POLYNOMIAL = 0x1864cfb;

/**
 * Reads all blocks. Lines may be indented and end in CR LF; between the blocks only blank lines and comments that begin with `#`
 * may stand, so that a block with a damaged first line is not passed over.
 */
export function readArmor(text: string): ArmorReading {
  const blocks: ArmorBlock[] = [];
  const problems: string[] = [];
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
  let at = 0;
  let isInStrayText = false;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const type = BEGIN.exec(line)?.[1];
    if (type === undefined) {
      const isStray = line !== '' && !COMMENT.test(line);
      if (isStray && !isInStrayText)
        problems.push(`line ${at + 1} is no part of an armored key, nor a comment that begins with #`);
      isInStrayText = isStray;
      at += 1;
      continue;
    }
    isInStrayText = false;
    const end = lines.findIndex((each, index) => index > at && (END.test(each) || BEGIN.test(each)));
    if (end === -1 || END.exec(lines[end] ?? '')?.[1] !== type) {
      problems.push(`the block that begins in line ${at + 1} has no end line`);
      at = end === -1 ? lines.length : END.test(lines[end] ?? '') ? end + 1 : end;
      continue;
    }
    const bytes = decodeBody(lines.slice(at + 1, end));
    if (bytes) blocks.push({ type, bytes });
    else problems.push(`the block that begins in line ${at + 1} is damaged`);
    at = end + 1;
  }
  return { blocks, problems };
}

/** Header lines, a blank line (some tools lose it), base64, perhaps a checksum. */
function decodeBody(lines: readonly string[]): Uint8Array | undefined {
  const body = lines.filter((line) => line !== '' && !line.includes(':'));
  const checksum = CHECKSUM.exec(body.at(-1) ?? '')?.[1];
  if (checksum !== undefined) body.pop();
  if (body.length === 0 || !body.every((line) => BASE64.test(line))) return undefined;
  // Padding stands at the very end only.
  if (body.slice(0, -1).some((line) => line.endsWith('='))) return undefined;
  const bytes = Buffer.from(body.join(''), 'base64');
  if (checksum !== undefined && Buffer.from(checksum, 'base64').readUIntBE(0, 3) !== crc24(bytes))
    return undefined;
  return bytes;
}

function crc24(bytes: Uint8Array): number {
  let crc = CRC_INIT;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit += 1) {
      crc <<= 1;
      if ((crc & 0x1000000) !== 0) crc ^= CRC_POLYNOMIAL;
    }
  }
  return crc;
}
