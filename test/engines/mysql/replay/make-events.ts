// Events of binlogs, byte by byte, as MariaDB and MySQL write them.
import { crc32 } from 'node:zlib';
import { EVENT } from '../../../../src/engines/mysql/replay/event-scanner.ts';

export interface Header {
  readonly seconds?: number;
  readonly serverId?: number;
  readonly flags?: number;
}

/** With its checksum. */
export function makeEvent(
  type: number,
  body: Uint8Array,
  { seconds = 0, serverId = 1, flags = 0 }: Header = {},
): Buffer {
  const head = Buffer.alloc(19);
  head.writeUInt32LE(seconds, 0);
  head.writeUInt8(type, 4);
  head.writeUInt32LE(serverId, 5);
  head.writeUInt32LE(head.length + body.length + 4, 9);
  head.writeUInt16LE(flags, 17);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(Buffer.concat([head, body])));
  return Buffer.concat([head, body, checksum]);
}

export function makeFormat({
  hasChecksums = true,
  ...header
}: Header & { readonly hasChecksums?: boolean }): Buffer {
  return makeEvent(
    EVENT.formatDescription,
    Buffer.concat([Buffer.alloc(76), Buffer.from([hasChecksums ? 1 : 0])]),
    header,
  );
}

export function makeRotate(next: string, header?: Header): Buffer {
  const position = Buffer.alloc(8);
  position.writeUInt8(4);
  return makeEvent(EVENT.rotate, Buffer.concat([position, Buffer.from(next)]), header);
}

export function makeMysqlGtid(uuid: string, number: number, committedUs: number): Buffer {
  const body = Buffer.alloc(50);
  Buffer.from(uuid.replaceAll('-', ''), 'hex').copy(body, 1);
  body.writeBigInt64LE(BigInt(number), 17);
  body.writeUInt8(2, 25);
  body.writeUIntLE(committedUs % 2 ** 48, 42, 6);
  body.writeUInt8(Math.floor(committedUs / 2 ** 48) | 0x80, 48);
  return makeEvent(number === 0 ? EVENT.anonymousGtid : EVENT.gtid, body);
}

export function makePreviousGtids(
  ...sources: readonly (readonly [uuid: string, from: number, to: number])[]
): Buffer {
  const number = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  };
  const parts = sources.flatMap(([uuid, from, to]) => [
    Buffer.from(uuid.replaceAll('-', ''), 'hex'),
    ...[number(1), number(from), number(to + 1)],
  ]);
  return makeEvent(EVENT.previousGtids, Buffer.concat([number(sources.length), ...parts]));
}

export function makeMariadbGtid(domain: number, number: number, seconds: number): Buffer {
  const body = Buffer.alloc(19);
  body.writeBigUInt64LE(BigInt(number));
  body.writeUInt32LE(domain, 8);
  return makeEvent(EVENT.mariadbGtid, body, { seconds });
}

export function makeGtidList(
  ...gtids: readonly (readonly [domain: number, server: number, number: number])[]
): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32LE(gtids.length);
  const parts = gtids.map(([domain, server, number]) => {
    const bytes = Buffer.alloc(16);
    bytes.writeUInt32LE(domain);
    bytes.writeUInt32LE(server, 4);
    bytes.writeBigUInt64LE(BigInt(number), 8);
    return bytes;
  });
  return makeEvent(EVENT.mariadbGtidList, Buffer.concat([count, ...parts]));
}
