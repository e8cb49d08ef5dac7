// What an event says of the transaction that it begins, and what has been executed before a file: MySQL tells microseconds and sets,
// MariaDB seconds and the last of each domain and server.
import { formatMariadbGtid, GtidSet, MariadbGtids } from '../../../domain/binlogs/gtid-set.ts';
import type { Flavour } from '../versions.ts';
import { damaged, EVENT, HEADER_BYTES, type BinlogEvent } from './event-scanner.ts';

const SECOND_US = 1_000_000;
const MILLISECOND_US = 1_000;
const SECOND_MS = 1_000;
const UUID_BYTES = 16;
/** Of a list, in its highest byte; tags that were used once stay in it. Before 8.3 that byte belongs to a number, which is small. */
const TAGGED_FORM = 1n;
/** Gtid_event of MySQL behind the header: flags, uuid, number, type of the clock (2), two clocks, time of commit in 55 bits. */
const MYSQL_GTID = { uuid: 1, number: 17, clock: 25, time: 42, end: 49 } as const;
const LOGICAL_CLOCK = 2;

export interface Transaction {
  /** Empty where the server gives none. */
  readonly gtid: string;
  /** Unix time in microseconds; in MariaDB of the second in which its last statement began. */
  readonly committedUs: number;
}

/** The transactions that were executed up to some place in the log. */
export interface Executed {
  /** Undefined for an event that begins no transaction. */
  read(event: BinlogEvent): Transaction | undefined;
  /** What an event says has been executed before the file, as text; undefined for other events. */
  readList(event: BinlogEvent): string | undefined;
  add(transaction: Transaction): void;
  /** In the form of the manifest. */
  toString(): string;
}

export function executedFrom(flavour: Flavour, text: string): Executed {
  return flavour === 'mysql' ? new MysqlExecuted(text) : new MariadbExecuted(text);
}

/** A moment that a person names, as the binlogs can tell it: MariaDB's seconds count as a whole. */
export function roundInstant(flavour: Flavour, instant: Date): Date {
  return flavour === 'mysql' ? instant : new Date(Math.floor(instant.getTime() / SECOND_MS) * SECOND_MS);
}

export function isAfter(flavour: Flavour, { committedUs }: Transaction, instant: Date): boolean {
  return committedUs > roundInstant(flavour, instant).getTime() * MILLISECOND_US;
}

class MysqlExecuted implements Executed {
  readonly #set: GtidSet;

  constructor(text: string) {
    const set = GtidSet.parse(text);
    if (set === undefined) throw damaged('its manifest names no set of GTIDs');
    this.#set = set;
  }

  read({ type, bytes, seconds }: BinlogEvent): Transaction | undefined {
    if (type === EVENT.taggedGtid)
      throw damaged('it holds GTIDs with tags, which this version of Lifeboat does not know');
    if (type !== EVENT.gtid && type !== EVENT.anonymousGtid) return undefined;
    const body = bytes.subarray(HEADER_BYTES);
    if (body.length < MYSQL_GTID.end || body.readUInt8(MYSQL_GTID.clock) !== LOGICAL_CLOCK)
      throw damaged(`a transaction of ${new Date(seconds * 1_000).toISOString()} has no time of commit`);
    // The highest bit says that another time follows.
    const high = body.readUInt8(MYSQL_GTID.end - 1) & 0x7f;
    const committedUs = body.readUIntLE(MYSQL_GTID.time, 6) + high * 2 ** 48;
    const gtid =
      type === EVENT.gtid
        ? `${readUuid(body, MYSQL_GTID.uuid)}:${body.readBigUInt64LE(MYSQL_GTID.number)}`
        : '';
    return { gtid, committedUs };
  }

  readList({ type, bytes, sizeBytes }: BinlogEvent): string | undefined {
    if (type !== EVENT.previousGtids) return undefined;
    const set = new GtidSet();
    let at = HEADER_BYTES;
    const take = (count: number): number => {
      if (at + count > sizeBytes) throw damaged('the list of earlier GTIDs is not of a known form');
      return (at += count) - count;
    };
    const number = () => Number(bytes.readBigUInt64LE(take(8)));
    const readTag = (): string => {
      // The lowest bit says that the length goes on: no tag is that long.
      const length = bytes.readUInt8(take(1));
      if (length % 2 === 1) throw damaged('the list of earlier GTIDs has a tag that cannot be read');
      const from = take(length / 2);
      return length === 0 ? '' : `:${bytes.toString('latin1', from, at)}`;
    };
    const head = bytes.readBigUInt64LE(take(8));
    const form = head >> 56n;
    if (form > TAGGED_FORM) throw damaged('the list of earlier GTIDs is not of a known form');
    const hasTags = form === TAGGED_FORM;
    for (let left = hasTags ? (head >> 8n) & 0xff_ff_ff_ff_ff_ffn : head; left > 0n; left -= 1n) {
      const uuid = readUuid(bytes, take(UUID_BYTES));
      const source = hasTags ? uuid + readTag() : uuid;
      for (let intervals = number(); intervals > 0; intervals -= 1) set.add(source, number(), number() - 1);
    }
    return set.toString();
  }

  add({ gtid }: Transaction): void {
    const at = gtid.lastIndexOf(':');
    if (at >= 0) this.#set.add(gtid.slice(0, at), Number(gtid.slice(at + 1)));
  }

  toString(): string {
    return this.#set.toString();
  }
}

class MariadbExecuted implements Executed {
  readonly #last: MariadbGtids;

  constructor(text: string) {
    const last = MariadbGtids.parse(text);
    if (last === undefined) throw damaged('its manifest names no list of GTIDs');
    this.#last = last;
  }

  read({ type, bytes, seconds, serverId }: BinlogEvent): Transaction | undefined {
    if (type !== EVENT.mariadbGtid) return undefined;
    const number = Number(bytes.readBigUInt64LE(HEADER_BYTES));
    const domain = bytes.readUInt32LE(HEADER_BYTES + 8);
    return {
      gtid: formatMariadbGtid({ domain, server: serverId, number }),
      committedUs: seconds * SECOND_US,
    };
  }

  readList({ type, bytes }: BinlogEvent): string | undefined {
    if (type !== EVENT.mariadbGtidList) return undefined;
    const list = new MariadbGtids();
    // The highest four bits are flags.
    const count = bytes.readUInt32LE(HEADER_BYTES) & 0x0f_ff_ff_ff;
    for (let index = 0; index < count; index += 1) {
      const at = HEADER_BYTES + 4 + index * 16;
      list.add({
        domain: bytes.readUInt32LE(at),
        server: bytes.readUInt32LE(at + 4),
        number: Number(bytes.readBigUInt64LE(at + 8)),
      });
    }
    return list.toString();
  }

  add({ gtid }: Transaction): void {
    const [domain = 0, server = 0, number = 0] = gtid.split('-').map(Number);
    this.#last.add({ domain, server, number });
  }

  toString(): string {
    return this.#last.toString();
  }
}

function readUuid(bytes: Buffer, at: number): string {
  return bytes
    .toString('hex', at, at + UUID_BYTES)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
