// The packet of a message that holds its data: SEIPD version 1 around a literal packet (RFC 9580, sections 5.13.1 and 5.9), as a
// stream. Written here and not by openpgp.js, which takes a run to more than twice the processor time (docs/decisions/0006).
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { ENCRYPTED_VERSION } from './message-start.ts';
import { TAG } from './packets.ts';

/** Of a packet whose length nobody knows yet; a power of two, and 512 at least (RFC 9580, section 4.2.1.4). */
const PIECE_POWER = 16;
const PIECE_BYTES = 2 ** PIECE_POWER;
const PARTIAL_LENGTH = Uint8Array.of(224 + PIECE_POWER);

const NEW_FORMAT = 0xc0;
const AES_BLOCK_BYTES = 16;
/** Binary data; neither a name nor a date: they say something about the source and nothing to the reader. */
const LITERAL_START = Uint8Array.of(0x62, 0, 0, 0, 0, 0);
/** Tag and length of the packet with the SHA-1, which is hashed too. */
const MODIFICATION_DETECTION = Uint8Array.of(0xd3, 0x14);

/** `sessionKey` is one of AES-256, for this one message. Throws what `data` throws. */
export async function* encryptData(
  data: AsyncIterable<Uint8Array>,
  sessionKey: Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  // The random prefix does what an initialization vector is for.
  const cipher = createCipheriv('aes-256-cfb', sessionKey, Buffer.alloc(AES_BLOCK_BYTES));
  // The one byte that is not encrypted, in front of the first piece.
  let clear = Uint8Array.of(ENCRYPTED_VERSION);
  yield Uint8Array.of(NEW_FORMAT | TAG.encrypted);
  for await (const { piece, isLast } of cut(join([clear], protect(data)))) {
    yield isLast ? lastLength(piece) : PARTIAL_LENGTH;
    if (clear.length > 0) yield clear;
    yield cipher.update(piece.subarray(clear.length));
    clear = new Uint8Array();
  }
}

/** What is encrypted: a random block, whose last two bytes come twice, the literal packet, and the SHA-1 of it all. */
async function* protect(data: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const block = randomBytes(AES_BLOCK_BYTES);
  const hash = createHash('sha1');
  for await (const chunk of join([block, block.subarray(-2)], writeLiteral(data), [MODIFICATION_DETECTION])) {
    hash.update(chunk);
    yield chunk;
  }
  yield hash.digest();
}

async function* writeLiteral(data: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(NEW_FORMAT | TAG.literal);
  for await (const { piece, isLast } of cut(join([LITERAL_START], data))) {
    yield isLast ? lastLength(piece) : PARTIAL_LENGTH;
    yield piece;
  }
}

async function* join(
  ...streams: (AsyncIterable<Uint8Array> | readonly Uint8Array[])[]
): AsyncGenerator<Uint8Array> {
  for (const stream of streams) yield* stream;
}

/** Pieces of one size, the last one up to that. They lie in the same memory: each is valid until the next is asked for. */
async function* cut(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly piece: Uint8Array; readonly isLast: boolean }> {
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let used = 0;
  for await (const chunk of stream) {
    let rest = chunk;
    while (rest.length > 0) {
      if (used === PIECE_BYTES) {
        yield { piece: buffer, isLast: false };
        used = 0;
      }
      const taken = rest.subarray(0, PIECE_BYTES - used);
      buffer.set(taken, used);
      used += taken.length;
      rest = rest.subarray(taken.length);
    }
  }
  yield { piece: buffer.subarray(0, used), isLast: true };
}

function lastLength(piece: Uint8Array): Uint8Array {
  const length = Buffer.alloc(5, 0xff);
  length.writeUInt32BE(piece.length, 1);
  return length;
}
