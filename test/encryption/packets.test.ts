import { describe, expect, it } from 'vitest';
import { PacketFollower, readPacketHeader, splitPackets } from '../../src/encryption/packets.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('readPacketHeader', () => {
  it.each<[string, string, object]>([
    ['old format, one byte', '84 0a', { tag: 1, headerBytes: 2, bodyBytes: 10 }],
    ['old format, two bytes', '85 010c', { tag: 1, headerBytes: 3, bodyBytes: 268 }],
    ['old format, four bytes', '86 00010000', { tag: 1, headerBytes: 5, bodyBytes: 65_536 }],
    ['old format, to the end', 'a3', { tag: 8, headerBytes: 1, bodyBytes: undefined }],
    ['new format, one byte', 'c1 bf', { tag: 1, headerBytes: 2, bodyBytes: 191 }],
    ['new format, smallest two bytes', 'c1 c000', { tag: 1, headerBytes: 3, bodyBytes: 192 }],
    ['new format, largest two bytes', 'c1 dfff', { tag: 1, headerBytes: 3, bodyBytes: 8383 }],
    ['new format, five bytes', 'd2 ff ffffffff', { tag: 18, headerBytes: 6, bodyBytes: 0xffffffff }],
    ['new format, in pieces', 'd2 e0', { tag: 18, headerBytes: 2, bodyBytes: undefined }],
    ['new format, largest piece', 'd2 fe', { tag: 18, headerBytes: 2, bodyBytes: undefined }],
  ])('reads the %s', (_, bytes, header) => {
    expect(readPacketHeader(hex(bytes), 0)).toEqual(header);
    expect(readPacketHeader(hex(`0000${bytes}`), 2)).toEqual(header);
  });

  it.each(['', '84', '85 01', '86 000100', 'c1', 'c1 c0', 'd2 ff 000000'])(
    'waits for more after %j',
    (bytes) => {
      expect(readPacketHeader(hex(bytes), 0)).toBe('incomplete');
    },
  );

  it.each(['00', '7f', '2d2d', '80 00', 'c0 00'])('finds no packet in %s', (bytes) => {
    expect(readPacketHeader(hex(bytes), 0)).toBe('malformed');
  });
});

describe('splitPackets', () => {
  it('takes a sequence apart', () => {
    const packets = splitPackets(hex('c1 02 0102  84 01 03  cd 00'));
    expect(packets?.map(({ tag, body }) => [tag, Buffer.from(body).toString('hex')])).toEqual([
      [1, '0102'],
      [1, '03'],
      [13, ''],
    ]);
    expect(packets && Buffer.concat(packets.map(({ whole }) => whole))).toEqual(hex('c1020102 840103 cd00'));
  });

  it.each(['c1 02 01', 'c1 02 0102 00', 'd2 e0 01', 'a3 01'])('refuses %s', (bytes) => {
    expect(splitPackets(hex(bytes))).toBeUndefined();
  });
});

describe('PacketFollower', () => {
  const piece = (bytes: number): string => '00'.repeat(bytes);
  it.each<[string, string]>([
    ['one byte of length', `d2 05 ${piece(5)}`],
    ['two bytes of length', `d2 c000 ${piece(192)}`],
    ['five bytes of length', `d2 ff 00000003 ${piece(3)}`],
    ['pieces', `d2 e2 ${piece(4)} e0 ${piece(1)} 02 ${piece(2)}`],
    ['pieces, the last of two bytes of length', `d2 e1 ${piece(2)} c001 ${piece(193)}`],
    ['pieces, the last empty', `d2 e0 ${piece(1)} 00`],
    ['the old form', `85 0003 ${piece(3)}`],
  ])('sees the end of a packet with %s', (_, text) => {
    const packet = hex(text);
    for (const size of [1, 2, 3, packet.length]) {
      const follower = new PacketFollower();
      for (let at = 0; at < packet.length; at += size) {
        expect(follower.isWhole).toBe(false);
        expect(follower.take(packet.subarray(at, at + size))).toBe(true);
      }
      expect(follower.isWhole).toBe(true);
      expect(follower.take(new Uint8Array())).toBe(true);
      expect(follower.take(hex('00'))).toBe(false);
    }
    expect(new PacketFollower().take(Buffer.concat([packet, hex('00')]))).toBe(false);
  });

  it('follows a packet without a length to any end', () => {
    const follower = new PacketFollower();
    expect(follower.take(hex('a3'))).toBe(true);
    expect(follower.isWhole).toBe(true);
    expect(follower.take(Buffer.alloc(10_000))).toBe(true);
    expect(follower.isWhole).toBe(true);
  });

  it('finds no packet in other bytes', () => {
    expect(new PacketFollower().take(hex('2d2d'))).toBe(false);
  });
});
