// A bad network between two ends of the loopback interface: far away, narrow, frozen, or cut.
import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface TcpProxyOptions {
  /** Half of the round trip. */
  readonly oneWayDelayMs?: number;
  /** For each direction of each connection. */
  readonly bytesPerSecond?: number;
  /** Accepts connections and then neither answers nor forwards. */
  readonly isBlackHole?: boolean;
}

export interface TcpProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Both ways together, over all connections. */
  readonly carriedBytes: number;
  /** Stops forwarding, both ways and for good, and keeps every connection open. */
  freeze(): void;
  /** Ends every connection on both sides: after `FIN` what was forwarded still arrives, `RST` drops it. */
  cut(how: 'FIN' | 'RST'): void;
  /** Does so as soon as `carriedBytes` is reached. */
  cutAfter(carriedBytes: number, how: 'FIN' | 'RST'): void;
  /** Resets every connection once, in place of carrying the first bytes for which this is true; connections made later are carried. */
  cutOnce(isDue: () => boolean): void;
}

/** What may be on its way in one direction: 100 ms at 640 MB/s. */
const MAX_IN_FLIGHT_BYTES = 64 * 1024 * 1024;
/** A narrow line buffers about a quarter of a second, as a router would. */
const NARROW_BUFFER_SECONDS = 0.25;

/** Listens on a free port of 127.0.0.1 and forwards to `port` of the same. */
export async function startTcpProxy(port: number, options: TcpProxyOptions = {}): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isFrozen = options.isBlackHole ?? false;
  let connections = 0;
  let carriedBytes = 0;
  let planned = { carriedBytes: Number.POSITIVE_INFINITY, how: 'FIN' as 'FIN' | 'RST' };
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  };
  let isDue = (): boolean => false;
  const line: Line = {
    ...options,
    isCut: () => {
      if (!isDue()) return false;
      isDue = () => false;
      for (const socket of sockets) socket.resetAndDestroy();
      return true;
    },
    isFrozen: () => isFrozen,
    carried: (bytes) => {
      carriedBytes += bytes;
      if (carriedBytes >= planned.carriedBytes) cut(planned.how);
    },
  };
  const cut = (how: 'FIN' | 'RST') => {
    isFrozen = true;
    for (const socket of sockets) {
      if (how === 'RST') socket.resetAndDestroy();
      // Read on, and drop what comes: closing with unread data would be a reset.
      else socket.removeAllListeners('data').resume().end();
    }
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: isFrozen }, (near) => {
    connections++;
    track(near);
    if (isFrozen) return;
    const far = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
    track(far);
    forward(near, far, line);
    forward(far, near, line);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    freeze() {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
    },
    get carriedBytes() {
      return carriedBytes;
    },
    cut,
    cutAfter(bytes, how) {
      planned = { carriedBytes: bytes, how };
    },
    cutOnce(predicate) {
      isDue = predicate;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the directions of all connections have in common. */
interface Line extends TcpProxyOptions {
  /** Asked before anything is carried. */
  readonly isCut: () => boolean;
  readonly isFrozen: () => boolean;
  readonly carried: (bytes: number) => void;
}

interface Parcel {
  readonly bytes: Buffer;
  readonly dueAt: number;
}

/** One direction: every chunk arrives a fixed time after it was sent, and after the line was free to carry it. */
function forward(from: Socket, to: Socket, { isFrozen, isCut, carried, ...options }: Line): void {
  const { oneWayDelayMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY } = options;
  const maxInFlightBytes = Math.min(MAX_IN_FLIGHT_BYTES, bytesPerSecond * NARROW_BUFFER_SECONDS);
  const parcels: Parcel[] = [];
  let inFlightBytes = 0;
  let lineFreeAt = 0;
  let hasEnded = false;
  let isWaiting = false;

  const deliver = () => {
    isWaiting = false;
    while (!isFrozen() && !to.destroyed) {
      const parcel = parcels[0];
      if (parcel === undefined) {
        if (hasEnded) to.end();
        return;
      }
      const waitMs = parcel.dueAt - performance.now();
      if (waitMs > 0) {
        wait(() => setTimeout(deliver, waitMs));
        return;
      }
      if (isCut()) return;
      parcels.shift();
      inFlightBytes -= parcel.bytes.length;
      if (inFlightBytes < maxInFlightBytes) from.resume();
      const hasRoom = to.write(parcel.bytes);
      carried(parcel.bytes.length);
      if (!hasRoom) {
        wait(() => to.once('drain', deliver));
        return;
      }
    }
  };
  const wait = (schedule: () => void) => {
    isWaiting = true;
    schedule();
  };

  from.on('data', (bytes: Buffer) => {
    const now = performance.now();
    lineFreeAt = Math.max(lineFreeAt, now) + (bytes.length / bytesPerSecond) * 1000;
    parcels.push({ bytes, dueAt: lineFreeAt + oneWayDelayMs });
    inFlightBytes += bytes.length;
    if (inFlightBytes >= maxInFlightBytes) from.pause();
    if (!isWaiting) deliver();
  });
  from.once('end', () => {
    hasEnded = true;
    if (!isWaiting) deliver();
  });
  // A reset of one side resets the other.
  from.once('close', (hadError) => {
    if (hadError && !to.destroyed) to.resetAndDestroy();
  });
}
