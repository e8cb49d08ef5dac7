// Enlarges the receive window of an open channel. ssh2 gives every channel 2 MiB, which at 100 ms round trip is 20 MB/s whatever the
// line could carry, and has no setting for it: this reaches into private fields of the one version it was tested with. Where they
// are not as expected nothing is touched, and the default window stays.
import type { ClientChannel } from 'ssh2';

/** The version of ssh2 whose private fields are used here; a test fails when another one is installed. */
export const TESTED_SSH2_VERSION = '1.17.0';

const MIB = 1024 * 1024;
/** What ssh2 gives and keeps up by itself (MAX_WINDOW in its Channel.js). */
export const DEFAULT_WINDOW_BYTES = 2 * MIB;
/** What may lie unread in memory when the store is slower than the target. */
export const MAX_WINDOW_BYTES = 32 * MIB;
/**
 * Twice the rate that is wanted, which is 100 MB/s, a good line of a hosted runner: one window a round trip is what could pass at
 * best, and through a delaying proxy about half of it did.
 */
const WINDOW_BYTES_PER_MS = 200_000;
/** Who reads without naming a size gets no more than this at once; a stream would copy all that lies there into one piece. */
const MAX_PIECE_BYTES = 1 * MIB;
/** The window is topped up in eighths, so that the sender never sees less than seven of them. */
const STEPS = 8;

/** What ssh2 keeps about a channel and does not declare. */
interface Internals {
  readonly incoming: { window: number; readonly state: string };
  readonly outgoing: { readonly id: number };
  readonly protocol: { channelWindowAdjust(channelId: number, bytes: number): void };
}

/** The window for a round trip, in bytes. */
export function windowFor(roundTripMs: number): number {
  const wanted = Math.ceil(roundTripMs * WINDOW_BYTES_PER_MS);
  return Math.min(Math.max(wanted, DEFAULT_WINDOW_BYTES), MAX_WINDOW_BYTES);
}

/**
 * Gives the channel the window for this round trip and keeps it up as data is read. What is unread and what may still come are
 * together never more than the window (or twice ssh2's own, for the smallest). Call it once, as soon as the channel is open.
 * Returns the window in bytes, undefined when it could not be changed.
 */
export function enlargeWindow(channel: ClientChannel, roundTripMs: number): number | undefined {
  const internals = findInternals(channel);
  if (internals === undefined) return undefined;
  const windowBytes = windowFor(roundTripMs);
  if (windowBytes <= DEFAULT_WINDOW_BYTES) return DEFAULT_WINDOW_BYTES;
  const topUp = () => {
    const unreadBytes = channel.readableLength + channel.stderr.readableLength;
    const missingBytes = windowBytes - unreadBytes - internals.incoming.window;
    // Not 'open': the target has said that nothing more comes, or the connection is gone.
    if (missingBytes < windowBytes / STEPS || internals.incoming.state !== 'open') return;
    internals.incoming.window += missingBytes;
    internals.protocol.channelWindowAdjust(internals.outgoing.id, missingBytes);
  };
  // Every way of consuming a stream goes through read(); `data` listeners would set it flowing before its reader is ready.
  const read = channel.read.bind(channel);
  channel.read = (size?: number) => {
    const isGreedy = size === undefined && channel.readableFlowing !== true;
    const chunk: unknown = read(
      isGreedy && channel.readableLength > MAX_PIECE_BYTES ? MAX_PIECE_BYTES : size,
    );
    topUp();
    return chunk;
  };
  topUp();
  return windowBytes;
}

function findInternals(channel: object): Internals | undefined {
  const { incoming, outgoing, _client: client } = channel as Record<string, unknown>;
  if (!isRecord(incoming) || typeof incoming['window'] !== 'number') return undefined;
  if (typeof incoming['state'] !== 'string') return undefined;
  if (!isRecord(outgoing) || typeof outgoing['id'] !== 'number') return undefined;
  const protocol = isRecord(client) ? client['_protocol'] : undefined;
  if (!isRecord(protocol) || typeof protocol['channelWindowAdjust'] !== 'function') return undefined;
  return { incoming, outgoing, protocol } as unknown as Internals;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
