// One SSH connection to a target, directly or through a bastion: each host key verified before anything of ours is said there, watched
// for silence, and honest about its end.
// A broken connection looks to its channels like a normal end of their output; only `lost` tells.
import type { Client, ClientChannel, SFTPWrapper } from 'ssh2';
import { LifeboatError } from '../errors.ts';
import { abortable } from './abortable.ts';
import { enlargeWindow } from './channel-window.ts';
import { openSsh, readLogin } from './ssh-handshake.ts';
import type { OpenedSsh, SshOptions } from './ssh-handshake.ts';
import { describeNetworkError, explainForwarding, quoteRemote } from './ssh-errors.ts';
import type { Hop } from './ssh-errors.ts';
import { watchSilence } from './silence-watch.ts';
import { connectTcp } from './tcp-connect.ts';
import type { Transport } from './transport.ts';

export type { SshOptions, SshServer } from './ssh-handshake.ts';

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
  /** Starts the server's SFTP subsystem. Throws `ssh-exec`, `ssh-lost`. */
  sftp(): Promise<SFTPWrapper>;
  /** Says goodbye and returns when the connection is closed, or after END_TIMEOUT_MS. Safe to call twice. */
  end(): Promise<void>;
}

/** How long a server may take to close after a goodbye. */
const END_TIMEOUT_MS = 3000;

export const TARGET_INPUTS = { key: 'ssh-key', knownHosts: 'ssh-known-hosts' };
const PROXY_INPUTS = { key: 'ssh-proxy-key', knownHosts: 'ssh-proxy-known-hosts' };

/**
 * Connects and logs in; `server` is what messages call it. `signal` only ends the attempt, not the connection. Throws `input-invalid` (before anything is contacted),
 * `ssh-unreachable`, `ssh-host-key`, `ssh-algorithms`, `ssh-auth`, `ssh-forwarding`, `ssh-lost`, `cancelled`.
 */
export async function connectSsh(
  options: SshOptions,
  signal: AbortSignal,
  server = { kind: 'SSH server', inputs: TARGET_INPUTS },
): Promise<SshConnection> {
  const { proxy, ...direct } = options;
  const { inputs } = server;
  const name = `${server.kind} ${formatAddress(direct)}`;
  if (proxy === undefined) {
    const login = readLogin(direct, { name, inputs });
    return new Connection(await openSsh(login, connectTcp, signal));
  }
  const behind = `bastion ${formatAddress(proxy)}`;
  const target = readLogin(direct, { name: `${name} behind the ${behind}`, inputs, behind });
  const bastionLogin = readLogin({ ...direct, ...proxy }, { name: behind, inputs: PROXY_INPUTS });
  const bastion = new Connection(await openSsh(bastionLogin, connectTcp, signal));
  try {
    return new Connection(await openSsh(target, bastion.dial, signal), bastion);
  } catch (error) {
    await bastion.end();
    throw bastion.lostError ?? error;
  }
}

function formatAddress({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

class Connection implements SshConnection {
  readonly hostKeyFingerprint: string;
  readonly roundTripMs: number;
  readonly lost: Promise<LifeboatError>;
  lostError: LifeboatError | undefined;
  readonly #hop: Hop;
  readonly #client: Client;
  readonly #transport: Transport;
  readonly #bastion: Connection | undefined;
  readonly #closed: Promise<unknown>;
  #isEnding = false;

  constructor(opened: OpenedSsh, bastion?: Connection) {
    const { hop, client, transport, end, silence } = opened;
    this.hostKeyFingerprint = opened.hostKeyFingerprint;
    this.roundTripMs = opened.roundTripMs;
    this.#hop = hop;
    this.#client = client;
    this.#transport = transport;
    this.#bastion = bastion;
    const { promise, resolve } = Promise.withResolvers<LifeboatError>();
    this.lost = promise;
    // Behind a bastion that is silent everything is: one interval more leaves it to that connection to say so.
    const count = bastion === undefined ? silence.count : silence.count + 1;
    const stopWatching = watchSilence(transport.countBytes, silence.intervalMs, count, () => {
      const seconds = (silence.intervalMs * count) / 1000;
      end.settle(new Error(`nothing was heard from the server for ${seconds} s`));
    });
    end.onEnd((error) => {
      stopWatching();
      if (!this.#isEnding) {
        this.lostError = bastion?.lostError ?? this.#describeLoss(error);
        resolve(this.lostError);
      }
      // What is left of a broken connection would keep its channels waiting.
      transport.destroy();
    });
    const { stream } = transport;
    this.#closed = new Promise((closed) =>
      stream.closed ? closed(undefined) : stream.once('close', closed),
    );
  }

  /** A connection from this server to another one. */
  readonly dial = async (host: string, port: number, signal: AbortSignal): Promise<Transport> => {
    const opening = this.#openChannel(
      (callback) => this.#client.forwardOut('127.0.0.1', 0, host, port, callback),
      (error) => explainForwarding(error, this.#hop.name, formatAddress({ host, port })),
    );
    const channel = await abortable(opening, signal);
    enlargeWindow(channel, this.roundTripMs);
    let bytes = 0;
    // Paused, because listening would set it flowing.
    channel.pause().on('data', (chunk: Buffer) => (bytes += chunk.length));
    return {
      stream: channel,
      countBytes: () => bytes,
      reuseReadBuffer: () => undefined,
      destroy: () => this.#destroy(),
    };
  };

  async exec(command: string): Promise<ClientChannel> {
    return this.#openChannel(
      (callback) => this.#client.exec(command, callback),
      (error) => this.#describeRefusal(error),
    );
  }

  async sftp(): Promise<SFTPWrapper> {
    return this.#openChannel<SFTPWrapper>(
      (callback) => this.#client.sftp(callback),
      (error) =>
        new LifeboatError(
          'ssh-exec',
          `The ${this.#hop.name} has no SFTP for this user: ${quoteRemote(error.message)}.`,
          {
            hint: 'Check the line `Subsystem sftp internal-sftp` in sshd_config, and what ForceCommand and authorized_keys make of this login: `internal-sftp`, or nothing.',
            cause: error,
          },
        ),
    );
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    this.#client.end();
    const timer = setTimeout(this.#transport.destroy, END_TIMEOUT_MS);
    await this.#closed;
    clearTimeout(timer);
    await this.#bastion?.end();
  }

  #openChannel<C = ClientChannel>(
    open: (callback: (error: Error | undefined, channel: C) => void) => void,
    explain: (error: Error) => LifeboatError,
  ): Promise<C> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(this.lostError ?? explain(error));
      // The library throws as soon as it sees that the connection is closed; `writable` of a forwarded one does not tell.
      if (this.#isEnding || this.lostError !== undefined) fail(new Error('the connection is closed'));
      else open((error, channel) => (error === undefined ? resolve(channel) : fail(error)));
    });
  }

  #destroy(): void {
    this.#isEnding = true;
    this.#transport.destroy();
  }

  #describeLoss(error: Error | undefined): LifeboatError {
    const why = error === undefined ? 'the server closed it' : describeNetworkError(error);
    return new LifeboatError(
      'ssh-lost',
      `The connection to the ${this.#hop.name} broke: ${why}; ${this.#transport.countBytes()} bytes had been received.`,
      {
        hint: 'Look for a restart of sshd or the server, or a broken line, at this time; the next run starts afresh.',
        cause: error,
      },
    );
  }

  #describeRefusal(error: Error): LifeboatError {
    return new LifeboatError(
      'ssh-exec',
      `The ${this.#hop.name} did not run a command: ${quoteRemote(error.message)}.`,
      {
        hint: 'Check MaxSessions in sshd_config, and what authorized_keys lets this key do.',
        cause: error,
      },
    );
  }
}
