// One SSH connection to a target: host key verified before anything of ours is said, watched for silence, and honest about its end.
// A broken connection looks to its channels like a normal end of their output; only `lost` tells.
import type { Socket } from 'node:net';
import type { Client, ClientChannel } from 'ssh2';
import { LifeboatError } from '../errors.ts';
import { openSsh } from './ssh-handshake.ts';
import type { SshOptions } from './ssh-handshake.ts';
import { describeNetworkError, quoteRemote } from './ssh-errors.ts';
import { watchSilence } from './silence-watch.ts';

export type { SshOptions } from './ssh-handshake.ts';

export interface SshConnection {
  /** Of the host key that the server proved to hold, `SHA256:…`. */
  readonly hostKeyFingerprint: string;
  /** One message of SSH there and back, measured once while connecting. A little more than the line's own round trip. */
  readonly roundTripMs: number;
  /** Resolves (`ssh-lost`) when the connection breaks other than by `end()`; before the channels see their end. Never rejects. */
  readonly lost: Promise<LifeboatError>;
  /** What `lost` resolved with; for those who cannot wait. */
  readonly lostError: LifeboatError | undefined;
  /**
   * Runs a command through the user's login shell. The raw channel of ssh2: read its standard error too (both share one window),
   * and take the exit status from its `close` event, where undefined or null is a failure. Throws `ssh-exec`, `ssh-lost`.
   */
  exec(command: string): Promise<ClientChannel>;
  /** Says goodbye and returns when the connection is closed, or after END_TIMEOUT_MS. Safe to call twice. */
  end(): Promise<void>;
}

/** How long a server may take to close after a goodbye. */
const END_TIMEOUT_MS = 3000;

/**
 * Connects and logs in. `signal` only ends the attempt, not the connection. Throws `input-invalid` (before anything is contacted),
 * `ssh-unreachable`, `ssh-host-key`, `ssh-algorithms`, `ssh-auth`, `cancelled`.
 */
export async function connectSsh(options: SshOptions, signal: AbortSignal): Promise<SshConnection> {
  return new Connection(await openSsh(options, signal));
}

type Opened = Awaited<ReturnType<typeof openSsh>>;

class Connection implements SshConnection {
  readonly hostKeyFingerprint: string;
  readonly roundTripMs: number;
  readonly lost: Promise<LifeboatError>;
  lostError: LifeboatError | undefined;
  readonly #address: string;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #closed: Promise<unknown>;
  #isEnding = false;

  constructor({ address, client, socket, end, silence, hostKeyFingerprint, roundTripMs }: Opened) {
    this.hostKeyFingerprint = hostKeyFingerprint;
    this.roundTripMs = roundTripMs;
    this.#address = address;
    this.#client = client;
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<LifeboatError>();
    this.lost = promise;
    const stopWatching = watchSilence(socket, silence.intervalMs, silence.count, () => {
      const seconds = (silence.intervalMs * silence.count) / 1000;
      socket.destroy(new Error(`nothing was heard from the server for ${seconds} s`));
    });
    end.onEnd((error) => {
      stopWatching();
      if (!this.#isEnding) {
        this.lostError = this.#describeLoss(error);
        resolve(this.lostError);
      }
      // What is left of a broken connection would keep its channels waiting.
      socket.destroy();
    });
    this.#closed = new Promise((closed) =>
      socket.closed ? closed(undefined) : socket.once('close', closed),
    );
  }

  async exec(command: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(this.lostError ?? this.#describeRefusal(error));
      if (!this.#socket.writable) {
        fail(new Error('the connection is closed'));
        return;
      }
      this.#client.exec(command, (error, channel) => (error === undefined ? resolve(channel) : fail(error)));
    });
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    this.#client.end();
    const timer = setTimeout(() => this.#socket.destroy(), END_TIMEOUT_MS);
    await this.#closed;
    clearTimeout(timer);
  }

  #describeLoss(error: Error | undefined): LifeboatError {
    const why = error === undefined ? 'the server closed it' : describeNetworkError(error);
    return new LifeboatError(
      'ssh-lost',
      `The SSH connection to ${this.#address} broke: ${why}; ${this.#socket.bytesRead} bytes had been received.`,
      {
        hint: 'Look for a restart of sshd or the server, or a broken line, at this time; the next run starts afresh.',
        cause: error,
      },
    );
  }

  #describeRefusal(error: Error): LifeboatError {
    return new LifeboatError(
      'ssh-exec',
      `The SSH server ${this.#address} did not run a command: ${quoteRemote(error.message)}.`,
      {
        hint: 'Check MaxSessions in sshd_config, and what authorized_keys lets this key do.',
        cause: error,
      },
    );
  }
}
