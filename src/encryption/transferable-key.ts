// One OpenPGP key as bytes, cut out of the text it came in.
import { readArmor } from './armor.ts';
import { splitPackets, TAG } from './packets.ts';

export interface TransferableKey {
  readonly bytes: Uint8Array;
  readonly isSecret: boolean;
  /** Of the primary key's packet: 4 is the only one that gpg 2.2 and 2.4 know. */
  readonly version: number;
}

export interface KeyReading {
  readonly keys: readonly TransferableKey[];
  /** What cannot be read, each a sentence without its full stop; never what stood in the text. */
  readonly problems: readonly string[];
}

const SECRET_TAGS: ReadonlySet<number> = new Set([TAG.secretKey, TAG.secretSubkey]);

/** Every key in one or several armored blocks, one or several keys a block. */
export function readTransferableKeys(text: string): KeyReading {
  const { blocks, problems } = readArmor(text);
  const found: string[] = [...problems];
  const keys: TransferableKey[] = [];
  for (const [index, { type, bytes }] of blocks.entries()) {
    const name = blocks.length === 1 ? 'the armored block' : `block ${index + 1}`;
    if (!type.endsWith(' KEY BLOCK')) {
      found.push(`${name} is a PGP ${type}, not a key`);
      continue;
    }
    const cut = cutKeys(bytes);
    if (cut) keys.push(...cut);
    else found.push(`${name} holds something else than keys`);
  }
  return { keys, problems: found };
}

function cutKeys(bytes: Uint8Array): TransferableKey[] | undefined {
  const packets = splitPackets(bytes);
  if (!packets || packets.length === 0) return undefined;
  const groups: (typeof packets)[] = [];
  for (const packet of packets) {
    if (packet.tag === TAG.publicKey || packet.tag === TAG.secretKey) groups.push([packet]);
    else if (groups.length === 0) return undefined;
    else groups.at(-1)?.push(packet);
  }
  return groups.map((group) => ({
    bytes: Buffer.concat(group.map(({ whole }) => whole)),
    isSecret: group.some(({ tag }) => SECRET_TAGS.has(tag)),
    version: group[0]?.body[0] ?? 0,
  }));
}
