// What a server says in the clear before encryption starts: lines before its version, the version, and the algorithms it offers
// (RFC 4253, 4.2 and 7.1). Only read when a handshake has failed, to say why. Pure.
import { readString } from './ssh-wire.ts';

export interface ServerHello {
  /** Lines before the version: a reason for turning us away, or another protocol altogether. */
  readonly greeting: readonly string[];
  /** `SSH-2.0-OpenSSH_9.2`; undefined when it never came. */
  readonly version: string | undefined;
  readonly offer: ServerOffer | undefined;
}

export interface ServerOffer {
  readonly kex: readonly string[];
  readonly hostKeys: readonly string[];
  readonly ciphers: readonly string[];
  readonly macs: readonly string[];
}

const MESSAGE_KEXINIT = 20;
const PACKET_HEADER_BYTES = 5;
const KEXINIT_COOKIE_BYTES = 16;

/** `bytes`: the first that the server sent, as many as there are. */
export function parseServerHello(bytes: Buffer): ServerHello {
  const greeting: string[] = [];
  let offset = 0;
  for (;;) {
    const end = bytes.indexOf('\n', offset);
    const line = bytes.toString('utf8', offset, end < 0 ? bytes.length : end).trimEnd();
    if (end >= 0 && line.startsWith('SSH-')) {
      return { greeting, version: line, offer: findOffer(bytes.subarray(end + 1)) };
    }
    if (line !== '') greeting.push(line);
    if (end < 0) return { greeting, version: undefined, offer: undefined };
    offset = end + 1;
  }
}

function findOffer(packets: Buffer): ServerOffer | undefined {
  let offset = 0;
  while (packets.length - offset > PACKET_HEADER_BYTES) {
    const packet = readString(packets, offset);
    if (packet === undefined) return undefined;
    const payload = packet.subarray(1, packet.length - (packet[0] ?? 0));
    if (payload[0] === MESSAGE_KEXINIT) return parseOffer(payload.subarray(1 + KEXINIT_COOKIE_BYTES));
    offset += PACKET_HEADER_BYTES - 1 + packet.length;
  }
  return undefined;
}

function parseOffer(lists: Buffer): ServerOffer | undefined {
  const names: string[][] = [];
  let offset = 0;
  // Key exchange, host keys, ciphers and MACs, the latter two once for each direction: the server's sixth list is the last we show.
  for (let index = 0; index < 6; index++) {
    const list = readString(lists, offset);
    if (list === undefined) return undefined;
    names.push(
      list
        .toString('latin1')
        .split(',')
        .filter((name) => name !== ''),
    );
    offset += 4 + list.length;
  }
  const [kex = [], hostKeys = [], , ciphers = [], , macs = []] = names;
  return { kex, hostKeys, ciphers, macs };
}
