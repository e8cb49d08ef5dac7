// OpenPGP packet headers (RFC 9580, section 4.2): where a packet's body begins and how long it is. Knows nothing of the bodies.

/** Packet types that Lifeboat looks at (RFC 9580, section 5). */
export const TAG = {
  sessionKey: 1,
  symmetricSessionKey: 3,
  onePassSignature: 4,
  secretKey: 5,
  publicKey: 6,
  secretSubkey: 7,
  compressed: 8,
  encryptedWithoutIntegrity: 9,
  literal: 11,
  encrypted: 18,
  encryptedOcb: 20,
} as const;

export interface PacketHeader {
  readonly tag: number;
  /** Bytes of the header. */
  readonly headerBytes: number;
  /** Bytes of the body; `undefined` when it comes in pieces or goes on to the end of the message. */
  readonly bodyBytes: number | undefined;
}

/** The header at `offset`; `incomplete` when it goes on behind the last byte, `malformed` when no packet begins there. */
export function readPacketHeader(
  bytes: Uint8Array,
  offset: number,
): PacketHeader | 'incomplete' | 'malformed' {
  const first = bytes[offset];
  if (first === undefined) return 'incomplete';
  if ((first & 0x80) === 0) return 'malformed';
  const isNewFormat = (first & 0x40) !== 0;
  const tag = isNewFormat ? first & 0x3f : (first >> 2) & 0x0f;
  if (tag === 0) return 'malformed';
  const length = isNewFormat ? readNewLength(bytes, offset + 1) : readOldLength(bytes, offset + 1, first & 3);
  if (length === 'incomplete') return length;
  return { tag, headerBytes: 1 + length.lengthBytes, bodyBytes: length.bodyBytes };
}

/**
 * Follows one packet through a stream to its last byte, piece by piece (RFC 9580, section 4.2.1.4). Looks at nothing but lengths.
 */
export class PacketFollower {
  /** Bytes of the header, or of the length in front of a piece, as far as they were seen. */
  #head: number[] = [];
  #isInside = false;
  #isLastPiece = false;
  #goesOnToTheEnd = false;
  #remainingBytes = 0;

  /** Takes the next bytes; false when the packet was over before them, or when no packet begins here. */
  take(bytes: Uint8Array): boolean {
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#goesOnToTheEnd) return true;
      if (this.#remainingBytes > 0) {
        const step = Math.min(this.#remainingBytes, bytes.length - offset);
        this.#remainingBytes -= step;
        offset += step;
      } else {
        if (this.#isLastPiece) return false;
        this.#head.push(bytes[offset] ?? 0);
        offset += 1;
        if (!this.#readHead()) return false;
      }
    }
    return true;
  }

  /** Whether the bytes that were taken may be all of the packet. */
  get isWhole(): boolean {
    return this.#goesOnToTheEnd || (this.#isLastPiece && this.#remainingBytes === 0);
  }

  #readHead(): boolean {
    const head = Uint8Array.from(this.#head);
    const isOldFormat = !this.#isInside && ((head[0] ?? 0) & 0x40) === 0;
    if (!this.#isInside && ((head[0] ?? 0) & 0x80) === 0) return false;
    const at = this.#isInside ? 0 : 1;
    const length = isOldFormat ? readOldLength(head, at, (head[0] ?? 0) & 3) : readNewLength(head, at);
    if (length === 'incomplete') return true;
    this.#head = [];
    this.#isInside = true;
    if (length.bodyBytes !== undefined) {
      this.#isLastPiece = true;
      this.#remainingBytes = length.bodyBytes;
    } else if (isOldFormat) this.#goesOnToTheEnd = true;
    else this.#remainingBytes = 2 ** ((head[at] ?? 0) & 0x1f);
    return true;
  }
}

export interface Packet {
  readonly tag: number;
  readonly body: Uint8Array;
  /** Header and body. */
  readonly whole: Uint8Array;
}

/** Takes a sequence of whole packets apart, such as a key; `undefined` when it is not one. */
export function splitPackets(bytes: Uint8Array): Packet[] | undefined {
  const packets: Packet[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const header = readPacketHeader(bytes, offset);
    if (typeof header === 'string' || header.bodyBytes === undefined) return undefined;
    const start = offset + header.headerBytes;
    const end = start + header.bodyBytes;
    if (end > bytes.length) return undefined;
    packets.push({ tag: header.tag, body: bytes.subarray(start, end), whole: bytes.subarray(offset, end) });
    offset = end;
  }
  return packets;
}

type Length = { readonly lengthBytes: number; readonly bodyBytes: number | undefined } | 'incomplete';

function readNewLength(bytes: Uint8Array, at: number): Length {
  const first = bytes[at];
  if (first === undefined) return 'incomplete';
  if (first < 192) return { lengthBytes: 1, bodyBytes: first };
  if (first < 224) {
    const second = bytes[at + 1];
    return second === undefined
      ? 'incomplete'
      : { lengthBytes: 2, bodyBytes: ((first - 192) << 8) + second + 192 };
  }
  if (first < 255) return { lengthBytes: 1, bodyBytes: undefined };
  return readNumber(bytes, at + 1, 4, 5);
}

function readOldLength(bytes: Uint8Array, at: number, lengthType: number): Length {
  if (lengthType === 3) return { lengthBytes: 0, bodyBytes: undefined };
  const width = 2 ** lengthType;
  return readNumber(bytes, at, width, width);
}

function readNumber(bytes: Uint8Array, at: number, width: number, lengthBytes: number): Length {
  if (at + width > bytes.length) return 'incomplete';
  return {
    lengthBytes,
    bodyBytes: Buffer.from(bytes.buffer, bytes.byteOffset + at, width).readUIntBE(0, width),
  };
}
