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
