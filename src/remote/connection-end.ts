// Remembers how a connection ended. Listens for the whole life of the client: ssh2 throws what nobody listens for, and node-ssh stops
// listening as soon as it is connected.
import type { Client } from 'ssh2';

export class ConnectionEnd {
  #ended: { readonly error: Error | undefined } | undefined;
  #listener: ((error: Error | undefined) => void) | undefined;

  constructor(client: Client) {
    client.on('error', (error: Error) => this.settle(error));
    // The server closed its side; nothing more can come. Then the socket is gone, with or without an error before.
    client.on('end', () => this.settle(undefined));
    client.on('close', () => this.settle(undefined));
  }

  /** Calls `listener` once, with the error if there was one; at once when it is over already. */
  onEnd(listener: (error: Error | undefined) => void): void {
    this.#listener = listener;
    if (this.#ended !== undefined) listener(this.#ended.error);
  }

  /** It is over, with this error or as the server wanted; what comes later is not heard. */
  settle(error: Error | undefined): void {
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    this.#listener?.(error);
  }
}
