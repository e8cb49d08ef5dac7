import { describe, expect, it } from 'vitest';
import { parseServerHello } from '../../src/remote/server-hello.ts';

const VERSION = 'SSH-2.0-OpenSSH_9.2';
const LISTS = [
  'kex-a,kex-b',
  'ssh-ed25519',
  'c2s-cipher',
  'cipher-a,cipher-b',
  'c2s-mac',
  'mac-a',
  'none',
  'none',
  '',
  '',
];

function packet(payload: Buffer): Buffer {
  const padding = 8;
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + padding);
  head[4] = padding;
  return Buffer.concat([head, payload, Buffer.alloc(padding, 0xaa)]);
}

function kexInit(lists = LISTS): Buffer {
  const encoded = lists.map((list) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(list.length);
    return Buffer.concat([length, Buffer.from(list)]);
  });
  return packet(Buffer.concat([Buffer.from([20]), Buffer.alloc(16, 0x55), ...encoded, Buffer.alloc(5)]));
}

const hello = Buffer.concat([Buffer.from(`${VERSION}\r\n`), kexInit()]);

describe('what a server says in the clear', () => {
  it('holds its offer, as seen from its side', () => {
    expect(parseServerHello(hello)).toEqual({
      greeting: [],
      version: VERSION,
      offer: {
        kex: ['kex-a', 'kex-b'],
        hostKeys: ['ssh-ed25519'],
        ciphers: ['cipher-a', 'cipher-b'],
        macs: ['mac-a'],
      },
    });
  });

  it('may begin with other lines and other packets', () => {
    const ignored = packet(Buffer.from([2, 0, 0, 0, 0]));
    const bytes = Buffer.concat([Buffer.from(`Welcome\r\nstranger\n${VERSION}\n`), ignored, kexInit()]);
    const parsed = parseServerHello(bytes);
    expect(parsed).toMatchObject({ greeting: ['Welcome', 'stranger'], version: VERSION });
    expect(parsed.offer?.macs).toEqual(['mac-a']);
  });

  it('is another protocol when no version comes', () => {
    const bytes = Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\nno');
    expect(parseServerHello(bytes)).toEqual({
      greeting: ['HTTP/1.1 400 Bad Request', 'no'],
      version: undefined,
      offer: undefined,
    });
    expect(parseServerHello(Buffer.alloc(0)).greeting).toEqual([]);
  });

  it('never throws and invents nothing, however short', () => {
    for (let length = 0; length < hello.length; length++) {
      const { version, offer } = parseServerHello(hello.subarray(0, length));
      expect([version, offer]).toEqual([length > `${VERSION}\r`.length ? VERSION : undefined, undefined]);
    }
  });

  it('never throws, however damaged', () => {
    let damagedOffers = 0;
    for (let offset = 0; offset < hello.length; offset++) {
      const bytes = Buffer.from(hello);
      bytes[offset] = 0xff;
      if (parseServerHello(bytes).offer === undefined) damagedOffers++;
    }
    expect(damagedOffers).toBeGreaterThan(10);
  });
});
