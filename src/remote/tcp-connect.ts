// The TCP connection below SSH: our own socket, because ssh2's leaves Nagle's algorithm on (a third of the throughput), and because
// everything it reads can go through one buffer.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { abortable } from './abortable.ts';
import type { Transport } from './transport.ts';
import { youngGarbageCollector } from './young-garbage.ts';

/**
 * How long to wait for one address of a host that has several before the next is tried. Node's default of 250 ms gives up on
 * servers that are merely far away.
 */
const ADDRESS_ATTEMPT_TIMEOUT_MS = 3000;
/** What libuv asks the system for at once. */
const READ_BUFFER_BYTES = 64 * 1024;

/** Rejects with the system's error, or with `signal.reason` when that comes first. */
export async function connectTcp(host: string, port: number, signal: AbortSignal): Promise<Transport> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const noteGarbage = youngGarbageCollector();
  let isReusing = false;
  const socket = connect({
    host,
    port,
    noDelay: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_TIMEOUT_MS,
    onread: {
      buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
      callback: (count, { buffer, byteOffset }) => {
        const bytes = Buffer.from(buffer, byteOffset, count);
        socket.emit('data', isReusing ? bytes : Buffer.from(bytes));
        noteGarbage(count);
        return true;
      },
    },
  });
  // This listener stays: an error that comes when nobody else listens must not end the process.
  socket.on('error', reject);
  socket.once('connect', () => resolve(socket));
  try {
    await abortable(promise, signal);
    return {
      stream: socket,
      countBytes: () => socket.bytesRead,
      reuseReadBuffer: () => (isReusing = true),
      destroy: () => void socket.destroy(),
    };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
