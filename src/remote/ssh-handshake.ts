// From nothing to a connection that is logged in: inputs, TCP, host key, algorithms, key. One absolute time limit for all of it.
import type { Duplex } from 'node:stream';
import { NodeSSH } from 'node-ssh';
import type { AuthHandlerMiddleware, Client, ParsedKey } from 'ssh2';
import { LifeboatError } from '../errors.ts';
import { abortable } from './abortable.ts';
import { CIPHERS, KEX_ALGORITHMS, MACS } from './algorithms.ts';
import { ConnectionEnd } from './connection-end.ts';
import { prepareDecipherKey } from './decipher-key.ts';
import { KNOWN_HOSTS_HELP, checkKnownHosts, parseKnownHosts } from './known-hosts.ts';
import type { HostKeys } from './known-hosts.ts';
import { readPrivateKey } from './private-key.ts';
import { parseServerHello } from './server-hello.ts';
import { explainFailure, timeoutError } from './ssh-errors.ts';
import type { FailedAttempt, Hop } from './ssh-errors.ts';
import { fingerprint, readString } from './ssh-wire.ts';
import type { Dial, Transport } from './transport.ts';

/** One server, and how to log in there. */
export interface SshServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The text of the key file. */
  readonly privateKey: string;
  readonly passphrase?: string | undefined;
  /** The text of known_hosts lines, as `parseKnownHosts` reads them. */
  readonly knownHosts: string;
}

export interface SshOptions extends SshServer {
  /** The bastion through which it is reached. */
  readonly proxy?: SshServer | undefined;
  readonly keepaliveIntervalMs?: number;
  /** The connection is lost after this many intervals without a byte from the server. */
  readonly keepaliveCount?: number;
  /** For everything until logged in, on each of the two. */
  readonly connectTimeoutMs?: number;
}

/** 60 s of silence: what a backup may lose to a frozen network, and long for a line that is only slow. */
const KEEPALIVE_INTERVAL_MS = 15_000;
const KEEPALIVE_COUNT = 4;
/** A server that looks up names or is short of entropy takes some seconds; sshd itself gives up after 120 (LoginGraceTime). */
const CONNECT_TIMEOUT_MS = 30_000;
/** Enough for any version line and list of algorithms; ssh refuses packets above 35,000 bytes (RFC 4253, 6.1). */
const MAX_HELLO_BYTES = 64 * 1024;

/** A connection that is logged in. `end` has listened since before the login: nothing that happened to it is missed. */
export interface OpenedSsh {
  readonly hop: Hop;
  readonly client: Client;
  readonly transport: Transport;
  readonly end: ConnectionEnd;
  readonly hostKeyFingerprint: string;
  readonly roundTripMs: number;
  readonly silence: { readonly intervalMs: number; readonly count: number };
}

interface Attempt {
  phase: FailedAttempt['phase'];
  hostKey: FailedAttempt['hostKey'];
  login: FailedAttempt['login'];
  /** When the first message was sent that the server answers at once, and how long its answer took. */
  askedAt: number;
  roundTripMs: number;
  readonly hello: Buffer[];
}

/** All that is needed to log in somewhere, read and checked. */
export interface Login {
  readonly hop: Hop;
  readonly options: SshOptions;
  readonly key: ParsedKey;
  readonly hostKeys: HostKeys;
}

/** Reads key and host keys of a server; contacts nothing. Throws `input-invalid`. */
export function readLogin(options: SshOptions, hop: Hop): Login {
  const key = readPrivateKey(options.privateKey, options.passphrase);
  if (typeof key === 'string') throw new LifeboatError('input-invalid', `${hop.inputs.key}: ${key}.`);
  const problems = checkKnownHosts(options.knownHosts, options.host, options.port);
  const parsed = parseKnownHosts(options.knownHosts);
  if (problems.length > 0 || !parsed.ok) {
    throw new LifeboatError('input-invalid', `${hop.inputs.knownHosts}: ${problems.join('; ')}.`, {
      hint: KNOWN_HOSTS_HELP,
    });
  }
  return { hop, options, key, hostKeys: parsed.knownHosts.lookup(options.host, options.port) };
}

/** `dial` makes the connection below. */
export async function openSsh(login: Login, dial: Dial, signal: AbortSignal): Promise<OpenedSsh> {
  const { hop, options, key, hostKeys } = login;
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const attempt: Attempt = {
    phase: 'tcp',
    hostKey: undefined,
    login: undefined,
    askedAt: 0,
    roundTripMs: 0,
    hello: [],
  };

  const stop = new AbortController();
  const onCancel = () => stop.abort(cancelledError(signal, hop));
  if (signal.aborted) onCancel();
  signal.addEventListener('abort', onCancel);
  const timer = setTimeout(
    () => stop.abort(timeoutError(hop, attempt.phase, connectTimeoutMs)),
    connectTimeoutMs,
  );
  try {
    const transport = await dial(options.host, options.port, stop.signal);
    attempt.phase = 'handshake';
    const opened = await shakeHands(transport, login, attempt, stop.signal);
    // In the clear the library keeps pieces of what it is given; what is encrypted it decrypts into buffers of its own.
    transport.reuseReadBuffer();
    return { hop, transport, ...opened };
  } catch (error) {
    throw explainFailure(error, {
      ...attempt,
      hop,
      user: options.user,
      expectedHostKeys: hostKeys.expected,
      clientKey: `${key.type} ${fingerprint(key.getPublicSSH())}`,
      hello: parseServerHello(Buffer.concat(attempt.hello)),
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onCancel);
  }
}

async function shakeHands(
  { stream, destroy }: Transport,
  { options, key, hostKeys }: Login,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Omit<OpenedSsh, 'hop' | 'transport'>> {
  const silence = {
    intervalMs: options.keepaliveIntervalMs ?? KEEPALIVE_INTERVAL_MS,
    count: options.keepaliveCount ?? KEEPALIVE_COUNT,
  };
  const ssh = new NodeSSH();
  const ready = ssh.connect({
    sock: stream,
    username: options.user,
    algorithms: {
      kex: [...KEX_ALGORITHMS],
      cipher: [...CIPHERS],
      hmac: [...MACS],
      serverHostKey: [...hostKeys.algorithms],
      compress: ['none'],
    },
    hostVerifier: (shown: Buffer) => verifyHostKey(shown, hostKeys, attempt),
    authHandler: logInWith(key, options.user, attempt),
    keepaliveInterval: silence.intervalMs,
    // The library only sends; whether the server still lives is watched by what arrives, and the time limit is ours.
    keepaliveCountMax: Number.POSITIVE_INFINITY,
    readyTimeout: 0,
  });
  const client = ssh.connection;
  if (client === null)
    throw await ready.then(
      () => new Error('no connection'),
      (error: unknown) => error,
    );
  const end = new ConnectionEnd(client);
  keepHello(stream, client, attempt);
  client.on('handshake', () => prepareDecipherKey(client));
  client.once('handshake', () => {
    attempt.phase = 'login';
    attempt.askedAt = performance.now();
  });
  try {
    await abortable(ready, signal);
  } catch (error) {
    destroy();
    throw error;
  }
  return {
    client,
    end,
    silence,
    hostKeyFingerprint: attempt.hostKey?.fingerprint ?? '',
    roundTripMs: attempt.roundTripMs,
  };
}

/** Also called for each later change of keys: a server cannot turn into another one. */
function verifyHostKey(shown: Buffer, hostKeys: HostKeys, attempt: Attempt): boolean {
  const verdict = hostKeys.check(shown);
  const type = readString(shown, 0)?.toString('latin1') ?? 'unreadable';
  attempt.hostKey = { verdict, type, fingerprint: fingerprint(shown) };
  return verdict === 'ok';
}

/** Offers the key, and nothing else. First called when the server has granted the login service: one round trip after asking. */
function logInWith(key: ParsedKey, user: string, attempt: Attempt): AuthHandlerMiddleware {
  let hasOffered = false;
  return (methods, isPartial) => {
    if (hasOffered) {
      attempt.login = { isPartial, methods };
      return false;
    }
    hasOffered = true;
    attempt.roundTripMs = performance.now() - attempt.askedAt;
    return { type: 'publickey', username: user, key };
  };
}

/** Keeps what the server says in the clear, for the message of a handshake that fails. */
function keepHello(stream: Duplex, client: Client, attempt: Attempt): void {
  let bytes = 0;
  const onData = (chunk: Buffer) => {
    bytes += chunk.length;
    attempt.hello.push(chunk);
    if (bytes >= MAX_HELLO_BYTES) stop();
  };
  const stop = () => stream.removeListener('data', onData);
  // The library has paused the stream by now, so that listening here starts nothing.
  stream.on('data', onData);
  client.once('handshake', stop);
}

function cancelledError(signal: AbortSignal, hop: Hop): LifeboatError {
  if (signal.reason instanceof LifeboatError) return signal.reason;
  return new LifeboatError('cancelled', `The run was cancelled while it was connecting to the ${hop.name}.`, {
    cause: signal.reason,
  });
}
