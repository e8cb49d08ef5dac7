// What SSH is spoken over: a TCP connection of this machine, or one that a bastion makes for it.
import type { Duplex } from 'node:stream';

export interface Transport {
  readonly stream: Duplex;
  /** Received so far. */
  readonly countBytes: () => number;
  /**
   * From now on what a `data` listener is given is valid only until it returns. A buffer for every read would be half of all memory
   * that a run leaves to the garbage collector.
   */
  readonly reuseReadBuffer: () => void;
  /** Ends it at once and without a word, and whatever carries it. */
  readonly destroy: () => void;
}

/** Rejects with the reason of the failure, or with `signal.reason` when that comes first. */
export type Dial = (host: string, port: number, signal: AbortSignal) => Promise<Transport>;
