// Walks over the events of a binlog as its bytes come, compares their checksums, and passes on the bytes of those that are wanted. Knows
// the frame of an event, not what is in it. Positions are counted here: those in the file have 32 bits.
import { crc32 } from 'node:zlib';
import { LifeboatError } from '../../../errors.ts';

/** Types of events that somebody here looks into; the same numbers in both flavours where both have them. */
export const EVENT = {
  stop: 3,
  rotate: 4,
  formatDescription: 15,
  gtid: 33,
  anonymousGtid: 34,
  previousGtids: 35,
  taggedGtid: 42,
  mariadbCheckpoint: 161,
  mariadbGtid: 162,
  mariadbGtidList: 163,
  mariadbEncryption: 164,
} as const;

const LOOKED_INTO = new Set<number>(Object.values(EVENT));
/** A list of GTIDs after years of failovers has some kilobytes. */
const MAX_LOOKED_INTO_BYTES = 64 * 2 ** 20;

export const MAGIC = Buffer.from([0xfe, 0x62, 0x69, 0x6e]);
export const HEADER_BYTES = 19;

const CHECKSUM_BYTES = 4;
/** Of a format description event: its algorithm stands before its own checksum. */
const CRC32 = 1;

export interface BinlogEvent {
  readonly type: number;
  /** Of its first byte in the file. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** At its end. */
  readonly checksumBytes: number;
  /** Unix time. */
  readonly seconds: number;
  readonly serverId: number;
  /** With its header, for types of `EVENT`; else the header alone. */
  readonly bytes: Buffer;
}

/** `stop`: neither this event nor anything behind it. */
export type Decision = 'pass' | 'drop' | 'stop';

export class EventScanner {
  readonly #decide: (event: BinlogEvent) => Decision;
  #pending: Buffer = Buffer.alloc(0);
  #offset = 0;
  /** Of the event that is on its way. */
  #left = 0;
  #isPassed = false;
  #checksumBytes = 0;
  #isChecked = false;
  #checksum = 0;
  #expected: Buffer = Buffer.alloc(0);
  #isStopped = false;

  constructor(decide: (event: BinlogEvent) => Decision) {
    this.#decide = decide;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Bytes of events that are passed on; the four before the first event are not. Throws `binlog-invalid`. */
  scan(chunk: Uint8Array): Buffer[] {
    const data =
      this.#pending.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        : Buffer.concat([this.#pending, chunk]);
    const passed: Buffer[] = [];
    let at = 0;
    let from = -1;
    const cut = (): void => {
      if (from >= 0 && at > from) passed.push(data.subarray(from, at));
      from = -1;
    };
    while (at < data.length && !this.#isStopped) {
      if (this.#left === 0) {
        const skipped = this.#begin(data.subarray(at));
        if (skipped === undefined) break;
        at += skipped;
        continue;
      }
      if (!this.#isPassed) cut();
      else if (from < 0) from = at;
      const count = Math.min(this.#left, data.length - at);
      this.#check(data.subarray(at, at + count));
      this.#left -= count;
      this.#offset += count;
      at += count;
    }
    cut();
    // Copied: the rest of the chunk is not to be kept for it.
    this.#pending = this.#isStopped ? Buffer.alloc(0) : Buffer.from(data.subarray(at));
    return passed;
  }

  /** `mariadb-binlog` takes a wrong one for the end, without a failure, in a file that a crash left open. */
  #check(bytes: Buffer): void {
    if (!this.#isChecked) return;
    const covered = Math.max(0, Math.min(bytes.length, this.#left - CHECKSUM_BYTES));
    if (covered > 0) this.#checksum = crc32(bytes.subarray(0, covered), this.#checksum);
    if (covered === bytes.length) return;
    this.#expected = Buffer.concat([this.#expected, bytes.subarray(covered)]);
    if (this.#expected.length === CHECKSUM_BYTES && this.#expected.readUInt32LE(0) !== this.#checksum)
      throw damaged(`an event before ${this.#offset + bytes.length} does not have its checksum`);
  }

  /** Throws `binlog-invalid` when the last event is not whole. */
  end(): void {
    if (this.#left > 0 || this.#pending.length > 0 || this.#offset === 0)
      throw damaged('it ends in the middle of an event');
  }

  /** Returns how many bytes are to be skipped: those before the first event. Undefined when more are needed first. */
  #begin(data: Buffer): number | undefined {
    if (this.#offset === 0) {
      if (data.length < MAGIC.length) return undefined;
      if (!data.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged('it does not begin like a binlog');
      this.#offset = MAGIC.length;
      return MAGIC.length;
    }
    if (data.length < HEADER_BYTES) return undefined;
    const type = data.readUInt8(4);
    const sizeBytes = data.readUInt32LE(9);
    if (sizeBytes < HEADER_BYTES) throw damaged(`there is no event at ${this.#offset}`);
    const isLookedInto = LOOKED_INTO.has(type);
    if (isLookedInto && sizeBytes > MAX_LOOKED_INTO_BYTES)
      throw damaged(`the event at ${this.#offset} is too large for its kind`);
    const wanted = isLookedInto ? sizeBytes : HEADER_BYTES;
    if (data.length < wanted) return undefined;
    // Its own checksum changes when the file is closed; `mysqlbinlog` knows how.
    if (type === EVENT.formatDescription)
      this.#checksumBytes = data.readUInt8(sizeBytes - CHECKSUM_BYTES - 1) === CRC32 ? CHECKSUM_BYTES : 0;
    this.#isChecked = type !== EVENT.formatDescription && this.#checksumBytes > 0;
    this.#checksum = 0;
    this.#expected = Buffer.alloc(0);
    const decision = this.#decide({
      checksumBytes: this.#checksumBytes,
      type,
      offset: this.#offset,
      sizeBytes,
      seconds: data.readUInt32LE(0),
      serverId: data.readUInt32LE(5),
      bytes: data.subarray(0, wanted),
    });
    this.#isStopped = decision === 'stop';
    this.#isPassed = decision === 'pass';
    this.#left = this.#isStopped ? 0 : sizeBytes;
    return 0;
  }
}

export function damaged(how: string): LifeboatError {
  return new LifeboatError('binlog-invalid', `a binlog cannot be read: ${how}`);
}
