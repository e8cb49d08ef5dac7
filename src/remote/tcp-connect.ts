// The TCP connection below SSH: our own socket, because ssh2's leaves Nagle's algorithm on (a third of the throughput).
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { abortable } from './abortable.ts';

/**
 * How long to wait for one address of a host that has several before the next is tried. Node's default of 250 ms gives up on
 * servers that are merely far away.
 */
const ADDRESS_ATTEMPT_TIMEOUT_MS = 3000;

/** Rejects with the system's error, or with `signal.reason` when that comes first. */
export async function connectTcp(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({
    host,
    port,
    noDelay: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_TIMEOUT_MS,
  });
  // This listener stays: an error that comes when nobody else listens must not end the process.
  socket.on('error', reject);
  socket.once('connect', () => resolve(socket));
  try {
    return await abortable(promise, signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
