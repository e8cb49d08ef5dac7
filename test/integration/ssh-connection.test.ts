// The SSH connection against real sshds, and real networks gone bad.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createConnection, type Socket } from 'node:net';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientChannel } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LifeboatError } from '../../src/errors.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { enlargeWindow, windowFor } from '../../src/remote/channel-window.ts';
import { parseHostNames } from '../../src/remote/host-names.ts';
import { connectSsh } from '../../src/remote/ssh-connection.ts';
import type { SshConnection, SshOptions } from '../../src/remote/ssh-connection.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';
import { runCommand, tryCommand } from '../lab/command.ts';
import { findFreePorts } from '../lab/ports.ts';
import { LabRun } from '../lab/run.ts';
import { createSshKey } from '../lab/ssh-keys.ts';
import { startTarget } from '../lab/target.ts';
import type { TargetAddress, TargetOptions } from '../lab/target.ts';
import { useLab } from '../helpers/use-lab.ts';

const target = useLab().ssh;
let run: LabRun;
let privateKey: string;
let options: SshOptions;
/** Proxies have ports of their own; as in ssh, a line without a port is good for all. */
let anyPort: string;
/** An ed25519 key that the target does not know. */
let stranger: { readonly publicKey: string; readonly privateKey: string };

beforeAll(async () => {
  run = await LabRun.start();
  privateKey = await readFile(target.privateKeyPath, 'utf8');
  anyPort = target.knownHosts.replaceAll(`[${target.host}]:${target.port}`, target.host);
  const { host, port, user, knownHosts } = target;
  options = { host, port, user, privateKey, knownHosts };
  stranger = await createKey('stranger');
});
afterAll(() => run.stop());

async function createKey(name: string, settings?: Parameters<typeof createSshKey>[1]) {
  const publicKey = await createSshKey(run.path(name), settings);
  return { publicKey, privateKey: await readFile(run.path(name), 'utf8') };
}

function connect(
  changes: Partial<SshOptions> = {},
  signal = new AbortController().signal,
): Promise<SshConnection> {
  return connectSsh({ ...options, ...changes }, signal);
}

/** The error that connecting ends in. */
async function failToConnect(
  code: ErrorCode,
  changes: Partial<SshOptions>,
  signal?: AbortSignal,
): Promise<LifeboatError> {
  const result = await connect(changes, signal).catch((error: unknown) => error);
  if (!(result instanceof LifeboatError))
    throw new Error('connecting did not fail as it should', { cause: result });
  expect(result).toMatchObject({ code });
  expect(`${result.message} ${result.hint ?? ''}`).not.toContain('PRIVATE KEY');
  return result;
}

interface Finished {
  readonly stdout: Buffer;
  readonly code: unknown;
}

/** Reads a channel to its end; `code` is what its `close` event carries. */
async function finish(channel: ClientChannel): Promise<Finished> {
  channel.stderr.resume();
  const chunks: Buffer[] = [];
  channel.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code: unknown = await new Promise((resolve) => channel.once('close', resolve));
  return { stdout: Buffer.concat(chunks), code };
}

async function runOn(connection: SshConnection, command: string): Promise<Finished> {
  return finish(await connection.exec(command));
}

/** A target of its own, until `stop`. */
async function serve(settings?: TargetOptions) {
  const server = await startTarget(run, settings);
  return { ...server.address, stop: () => server.stop() };
}

/** Options for another target. */
function reach(server: TargetAddress): Partial<SshOptions> {
  const { host, port, user, knownHosts, privateKeyPath } = server;
  return { host, port, user, knownHosts, privateKey: readFileSync(privateKeyPath, 'utf8') };
}

async function authorize(server: TargetAddress, publicKey: string): Promise<void> {
  await appendFile(path.join(path.dirname(server.privateKeyPath), 'authorized_keys'), `\n${publicKey}\n`);
}

const known = (type: string) =>
  target.knownHosts.split('\n').find((line) => line.includes(` ${type} `)) ?? '';
const toFingerprint = async (line: string) => {
  const [, fingerprint = ''] = (await runCommand('ssh-keygen', ['-lf', '-'], { input: `${line}\n` })).split(
    ' ',
  );
  return fingerprint;
};

describe('logging in', () => {
  it('runs commands and says how each ended', async () => {
    const connection = await connect();
    expect(await runOn(connection, 'printf hello')).toEqual({ stdout: Buffer.from('hello'), code: 0 });
    expect((await runOn(connection, 'exit 7')).code).toBe(7);
    expect((await runOn(connection, 'kill -KILL $$')).code).toBeNull();
    expect(connection.hostKeyFingerprint).toBe(await toFingerprint(known('ssh-ed25519')));
    expect(connection.roundTripMs).toBeGreaterThan(0);
    await connection.end();
    await connection.end();
    expect(connection.lostError).toBeUndefined();
    await expect(connection.exec('true')).rejects.toMatchObject({ code: 'ssh-exec' });
  });

  it('measures the round trip of a far server', async () => {
    await using proxy = await startTcpProxy(target.port, { oneWayDelayMs: 50 });
    const connection = await connect({ port: proxy.port, knownHosts: anyPort });
    expect(connection.roundTripMs).toBeGreaterThan(99);
    await connection.end();
  });

  it.each(['rsa', 'ecdsa'] as const)('takes a client key of type %s', async (type) => {
    const key = await createKey(`client-${type}`, { type });
    await authorize(target, key.publicKey);
    const connection = await connect({ privateKey: key.privateKey });
    expect((await runOn(connection, 'true')).code).toBe(0);
    await connection.end();
  });

  it('takes a key with a passphrase', async () => {
    const key = await createKey('client-locked', { passphrase: 'correct horse' });
    await authorize(target, key.publicKey);
    const connection = await connect({ privateKey: key.privateKey, passphrase: 'correct horse' });
    await connection.end();

    await using proxy = await startTcpProxy(target.port);
    const locked = { privateKey: key.privateKey, port: proxy.port, knownHosts: anyPort };
    const wrong = await failToConnect('input-invalid', { ...locked, passphrase: 'battery staple' });
    expect(wrong.message).toContain('the passphrase does not open the key');
    expect(wrong.message).not.toContain('staple');
    expect((await failToConnect('input-invalid', locked)).message).toContain('no passphrase');
    expect(proxy.connections).toBe(0);
  });

  it('says whom the server refused, and with which key', async () => {
    const error = await failToConnect('ssh-auth', { privateKey: stranger.privateKey });
    expect(error.message).toContain(`user ${target.user} `);
    expect(error.message).toContain(await toFingerprint(stranger.publicKey));
    expect(error.message).toContain('It accepts: publickey.');
    expect(error.hint).toContain('authorized_keys');
  });

  it('says that the server sent us away', async () => {
    const server = await serve({ configuration: ['MaxAuthTries 1'] });
    const error = await failToConnect('ssh-auth', { ...reach(server), privateKey: stranger.privateKey });
    expect(error.message).toContain(`user ${target.user} `);
    await server.stop();
  });

  it('says that the server wants more than a key', async () => {
    const server = await serve({
      configuration: [
        'KbdInteractiveAuthentication yes',
        'AuthenticationMethods publickey,keyboard-interactive',
      ],
    });
    const error = await failToConnect('ssh-auth', reach(server));
    expect(error.message).toContain('wants more than a key: keyboard-interactive');
    await server.stop();
  });

  it('says that the server runs no commands', async () => {
    const server = await serve({ maxSessions: 0 });
    const connection = await connect(reach(server));
    await expect(connection.exec('true')).rejects.toMatchObject({ code: 'ssh-exec' });
    expect(connection.lostError).toBeUndefined();
    await connection.end();
    await server.stop();
  });
});

describe('the host key', () => {
  const other = () => stranger.publicKey;

  it('is refused when it is another, before anything of ours is sent', async () => {
    const server = await serve({ configuration: ['LogLevel DEBUG3'] });
    const error = await failToConnect('ssh-host-key', { ...reach(server), knownHosts: `* ${other()}` });
    expect(error.message).toContain(await toFingerprint(server.knownHosts.split('\n')[0] ?? ''));
    expect(error.message).toContain(await toFingerprint(other()));
    expect(error.hint).toContain('ssh-keyscan');
    const isLoginAsked = async () => /userauth|publickey/.test(await readFile(server.logPath, 'utf8'));
    expect(await isLoginAsked()).toBe(false);
    await (await connect(reach(server))).end();
    expect(await isLoginAsked()).toBe(true);
    await server.stop();
  });

  it('is refused when only a key of another type is known', async () => {
    const ecdsa = await createKey('host-ecdsa', { type: 'ecdsa' });
    const error = await failToConnect('ssh-host-key', { knownHosts: `* ${ecdsa.publicKey}` });
    expect(error.message).toMatch(/it has .*ssh-ed25519.*listed is ecdsa-sha2-nistp256 SHA256:/);
  });

  it('of the known type is asked for, whatever others the server has', async () => {
    const connection = await connect({ knownHosts: known('ssh-rsa') });
    expect(connection.hostKeyFingerprint).toBe(await toFingerprint(known('ssh-rsa')));
    await connection.end();
    expect((await failToConnect('ssh-host-key', { knownHosts: `* ${other()}` })).message).toContain(
      'ssh-ed25519',
    );
  });

  it('is never accepted with a signature made with SHA-1', async () => {
    const server = await serve({ configuration: ['HostKeyAlgorithms ssh-rsa'] });
    const rsa = server.knownHosts.split('\n')[1] ?? '';
    const error = await failToConnect('ssh-host-key', { ...reach(server), knownHosts: rsa });
    expect(error.message).toContain('it has ssh-rsa');
    await server.stop();
  });

  it('is known by a hashed line as ssh-keygen writes it', async () => {
    const file = run.path('hashed');
    await writeFile(file, target.knownHosts);
    await runCommand('ssh-keygen', ['-q', '-H', '-f', file]);
    const knownHosts = await readFile(file, 'utf8');
    expect(knownHosts).not.toContain(target.host);
    await (await connect({ knownHosts })).end();
    await failToConnect('input-invalid', { host: 'localhost', knownHosts });
  });

  it('is known by what ssh-keyscan prints, and by its fingerprint', async () => {
    const scanned = await runCommand('ssh-keyscan', ['-p', String(target.port), target.host]);
    await (await connect({ knownHosts: scanned })).end();
    const fingerprint = await toFingerprint(known('ssh-ed25519'));
    await (await connect({ knownHosts: `ssh-ed25519 ${fingerprint}` })).end();
    const error = await failToConnect('ssh-host-key', {
      knownHosts: `ssh-ed25519 ${await toFingerprint(other())}`,
    });
    expect(error.message).toContain(fingerprint);
  });

  it('is refused when it is revoked, although it is also listed', async () => {
    const knownHosts = `${target.knownHosts}@revoked * ${known('ssh-ed25519').split(' ').slice(1).join(' ')}\n`;
    expect((await failToConnect('ssh-host-key', { knownHosts })).message).toContain('marks as revoked');
  });

  it('must be known before anything is contacted', async () => {
    await using proxy = await startTcpProxy(target.port);
    for (const knownHosts of ['', 'nonsense', target.knownHosts, `@cert-authority ${anyPort}`]) {
      await failToConnect('input-invalid', { port: proxy.port, knownHosts });
    }
    expect(proxy.connections).toBe(0);
    await (await connect({ port: proxy.port, knownHosts: anyPort })).end();
    expect(proxy.connections).toBe(1);
  });
});

describe('a server with weak algorithms only', () => {
  it.each([
    [
      'key exchange',
      ['KexAlgorithms diffie-hellman-group14-sha1'],
      'diffie-hellman-group14-sha1',
      'curve25519-sha256',
    ],
    ['key exchange', ['KexAlgorithms sntrup761x25519-sha512@openssh.com'], 'sntrup761', 'curve25519-sha256'],
    ['cipher', ['Ciphers aes256-cbc'], 'aes256-cbc', 'aes128-gcm@openssh.com'],
    ['cipher', ['Ciphers chacha20-poly1305@openssh.com'], 'chacha20-poly1305', 'aes128-gcm@openssh.com'],
    ['MAC', ['Ciphers aes128-ctr', 'MACs hmac-sha1'], 'hmac-sha1', 'hmac-sha2-256-etm@openssh.com'],
  ])('%s: %j', async (what, configuration, theirs, ours) => {
    const server = await serve({ configuration });
    const { message } = await failToConnect('ssh-algorithms', reach(server));
    expect(message).toContain(`no ${what} in common`);
    expect(message).toMatch(new RegExp(`it offers ${theirs}.*; accepted are .*${ours}`));
    await server.stop();
  });

  it('is not one with CTR ciphers and good MACs', async () => {
    const server = await serve({
      configuration: ['Ciphers aes256-ctr', 'MACs hmac-sha2-512-etm@openssh.com'],
    });
    const connection = await connect(reach(server));
    expect((await runOn(connection, 'printf x')).stdout.toString()).toBe('x');
    await connection.end();
    await server.stop();
  });
});

describe('a server that cannot be reached', () => {
  const fingerprintLine = `ssh-ed25519 SHA256:${'A'.repeat(43)}`;

  it('refuses the connection', async () => {
    const { port } = await findFreePorts('port');
    const error = await failToConnect('ssh-unreachable', { port, knownHosts: fingerprintLine });
    expect(error.message).toContain(`127.0.0.1:${port}`);
    expect(error.message).toContain('nothing listens on that port');
    expect(error.hint).toContain('no fixed address');
    const both = await failToConnect('ssh-unreachable', {
      host: 'localhost',
      port,
      knownHosts: fingerprintLine,
    });
    expect(both.message).toContain('nothing listens on that port');
  });

  it('has no name', async () => {
    const error = await failToConnect('ssh-unreachable', {
      host: 'db1.invalid',
      knownHosts: fingerprintLine,
    });
    expect(error.message).toContain(`db1.invalid:${target.port}: the host name`);
  });

  it('never answers', async () => {
    await using proxy = await startTcpProxy(target.port, { isBlackHole: true });
    const changes = { port: proxy.port, knownHosts: anyPort, connectTimeoutMs: 300 };
    const error = await failToConnect('ssh-unreachable', changes);
    expect(error.message).toContain('the SSH handshake was not complete within 0.3 s');
    expect(proxy.connections).toBe(1);
  });

  it('stops answering during the login', async () => {
    await using proxy = await startTcpProxy(target.port, { oneWayDelayMs: 150 });
    // Version, key exchange and host key take two round trips, the login several more.
    setTimeout(() => proxy.freeze(), 900);
    const error = await failToConnect('ssh-unreachable', {
      port: proxy.port,
      knownHosts: anyPort,
      connectTimeoutMs: 1500,
    });
    expect(error.message).toContain('was not complete within 1.5 s');
  });

  it.each(['FIN', 'RST'] as const)('breaks off with %s before it has said anything', async (how) => {
    await using proxy = await startTcpProxy(target.port, { isBlackHole: true });
    const failing = failToConnect('ssh-unreachable', { port: proxy.port, knownHosts: anyPort });
    while (proxy.connections === 0) await sleep(5);
    await sleep(50);
    proxy.cut(how);
    expect((await failing).message).toContain(
      'closed the connection before the SSH handshake, without a word',
    );
  });

  /** Tried until it is let in: the server may still count the connection that the lab made to see it up. */
  async function greet({ port, host }: TargetAddress): Promise<Socket> {
    for (;;) {
      const socket = createConnection(port, host);
      socket.on('error', () => undefined);
      const first = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
      if (String(first[0]).startsWith('SSH-')) return socket;
      socket.destroy();
      await sleep(20);
    }
  }

  it('is another kind of server', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const error = await failToConnect('ssh-unreachable', { port, knownHosts: fingerprintLine });
    expect(error.message).toContain('after it said: HTTP/1.1 400 Bad Request');
    server.close();
  });

  it('has too many connections already', async () => {
    const server = await serve({ configuration: ['PerSourceMaxStartups 1'] });
    const waiting = await greet(server);
    const error = await failToConnect('ssh-unreachable', reach(server));
    expect(error.message).toContain('before the SSH handshake');
    expect(error.hint).toContain('MaxStartups');
    waiting.destroy();
    await server.stop();
  });

  it('is not waited for when the run is cancelled', async () => {
    await failToConnect('cancelled', {}, AbortSignal.abort());
    await using proxy = await startTcpProxy(target.port, { isBlackHole: true });
    const cancelling = new AbortController();
    const failing = failToConnect('cancelled', { port: proxy.port, knownHosts: anyPort }, cancelling.signal);
    while (proxy.connections === 0) await sleep(5);
    cancelling.abort();
    expect((await failing).message).toContain(`127.0.0.1:${proxy.port}`);
  });

  it('is left alone by a signal that comes after connecting', async () => {
    const cancelling = new AbortController();
    const connection = await connect({}, cancelling.signal);
    cancelling.abort();
    expect((await runOn(connection, 'printf alive')).stdout.toString()).toBe('alive');
    await connection.end();
  });
});

describe('a connection that breaks while a command prints', () => {
  const quickWatch = { keepaliveIntervalMs: 200, keepaliveCount: 3 };

  /** Connects through the proxy and reads from an endless command until a good deal has arrived. */
  async function startPrinting(port: number) {
    const connection = await connect({ port, knownHosts: anyPort, ...quickWatch });
    const channel = await connection.exec('exec cat /dev/zero');
    channel.stderr.resume();
    enlargeWindow(channel, 100);
    let bytes = 0;
    const arrived = new Promise<void>((resolve) => {
      channel.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > 5_000_000) resolve();
      });
    });
    let wasToldBefore: boolean | undefined;
    const closed = new Promise<unknown>((resolve) => {
      channel.once('end', () => (wasToldBefore = connection.lostError !== undefined));
      channel.once('close', resolve);
    });
    await arrived;
    return { connection, closed, wasTold: () => wasToldBefore };
  }

  it.each([
    ['FIN', 'the server closed it'],
    ['RST', 'the connection was reset'],
  ] as const)('by %s', async (how, why) => {
    await using proxy = await startTcpProxy(target.port);
    const { connection, closed, wasTold } = await startPrinting(proxy.port);
    proxy.cut(how);
    const error = await connection.lost;
    expect(error).toMatchObject({ code: 'ssh-lost' });
    expect(error.message).toContain(why);
    expect(error.message).toMatch(/; \d{7,} bytes had been received/);
    expect(connection.lostError).toBe(error);
    // The end of the output looks normal, there is no exit status, and whoever asks then is told.
    expect(await closed).toBeUndefined();
    expect(wasTold()).toBe(true);
    await expect(connection.exec('true')).rejects.toBe(error);
    await connection.end();
  });

  it('by a network that freezes', async () => {
    await using proxy = await startTcpProxy(target.port);
    const { connection, closed, wasTold } = await startPrinting(proxy.port);
    proxy.freeze();
    const error = await connection.lost;
    expect(error.message).toContain('nothing was heard from the server for 0.6 s');
    expect(await closed).toBeUndefined();
    expect(wasTold()).toBe(true);
    await connection.end();
  });

  it('by an sshd that is killed', async () => {
    const server = await serve();
    const connection = await connect(reach(server));
    const printing = finish(await connection.exec('exec cat /dev/zero | head -c 1000000; sleep 60'));
    await sleep(200);
    await server.stop();
    expect((await connection.lost).code).toBe('ssh-lost');
    // Null where the server could still say that its command was killed.
    expect((await printing).code ?? undefined).toBeUndefined();
  });

  it('while a command is being started', async () => {
    await using proxy = await startTcpProxy(target.port);
    const connection = await connect({ port: proxy.port, knownHosts: anyPort, ...quickWatch });
    proxy.freeze();
    await expect(connection.exec('true')).rejects.toMatchObject({ code: 'ssh-lost' });
  });

  it('and its end is not waited for', async () => {
    await using proxy = await startTcpProxy(target.port);
    const connection = await connect({ port: proxy.port, knownHosts: anyPort });
    proxy.freeze();
    await connection.end();
    expect(connection.lostError).toBeUndefined();
  });
});

describe('a connection that is well', () => {
  it('is not given up while the command is silent', async () => {
    const connection = await connect({ keepaliveIntervalMs: 100, keepaliveCount: 3 });
    expect((await runOn(connection, 'sleep 2; printf done')).stdout.toString()).toBe('done');
    await connection.end();
  });

  it('is not given up on a narrow line that is full', async () => {
    await using proxy = await startTcpProxy(target.port, { bytesPerSecond: 1_000_000 });
    const connection = await connect({
      ...{ port: proxy.port, knownHosts: anyPort },
      ...{ keepaliveIntervalMs: 100, keepaliveCount: 3 },
    });
    const { stdout, code } = await runOn(connection, 'head -c 4000000 /dev/zero');
    expect([stdout.length, code]).toEqual([4_000_000, 0]);
    await connection.end();
  });

  it('may change its keys while data flows through an enlarged window', async () => {
    const server = await serve({ configuration: ['RekeyLimit 1M', 'LogLevel DEBUG1'] });
    await using proxy = await startTcpProxy(server.port, { oneWayDelayMs: 10 });
    const connection = await connect({
      port: proxy.port,
      knownHosts: server.knownHosts.replaceAll(`:${server.port}`, `:${proxy.port}`),
      privateKey: await readFile(server.privateKeyPath, 'utf8'),
    });
    const channel = await connection.exec('seq 1 2000000');
    expect(enlargeWindow(channel, 100)).toBe(20_000_000);
    const { stdout, code } = await finish(channel);
    expect(code).toBe(0);
    const digest = createHash('sha256').update(stdout).digest('hex');
    expect(digest).toBe((await runCommand('sh', ['-c', 'seq 1 2000000 | sha256sum'])).slice(0, 64));
    await connection.end();
    const rekeys = (await readFile(server.logPath, 'utf8')).split('rekey').length;
    expect(rekeys).toBeGreaterThan(10);
    await server.stop();
  });
});

describe('an enlarged window', () => {
  const MIB = 1024 * 1024;

  /** What lies in memory when nobody reads and nothing more comes. */
  async function fillUp(channel: ClientChannel): Promise<number> {
    let last = -1;
    while (last <= 0 || channel.readableLength !== last) {
      last = channel.readableLength;
      await sleep(300);
    }
    return last;
  }

  it('is what may lie unread, and no more', async () => {
    const connection = await connect();
    const plain = await connection.exec('exec cat /dev/zero');
    plain.stderr.resume();
    // Twice its window at most: ssh2 tops up when half of it has come.
    expect(await fillUp(plain)).toBeLessThanOrEqual(4 * MIB);
    plain.destroy();
    const channel = await connection.exec('exec cat /dev/zero');
    channel.stderr.resume();
    expect(enlargeWindow(channel, 1000)).toBe(32 * MIB);
    expect(await fillUp(channel)).toBe(32 * MIB);
    // Reading makes room for as much again.
    let bytes = 0;
    while (bytes < 10 * MIB) bytes += (channel.read(64 * 1024) as Buffer | null)?.length ?? 0;
    expect(await fillUp(channel)).toBeGreaterThan(28 * MIB);
    expect(channel.readableLength).toBeLessThanOrEqual(32 * MIB);
    channel.destroy();
    await connection.end();
  });

  it.each([
    ['events', (channel: ClientChannel) => finish(channel).then(({ stdout }) => stdout.length)],
    ['a pipe into something slow', readThroughPipe],
    ['iteration', readByIteration],
  ])('serves a reader by %s to the end', async (_how, readAll) => {
    const connection = await connect();
    const channel = await connection.exec('head -c 60000000 /dev/zero; head -c 300000 /dev/zero >&2');
    channel.stderr.resume();
    enlargeWindow(channel, 80);
    expect(await readAll(channel)).toBe(60_000_000);
    await connection.end();
  });

  it('can be had from the installed ssh2', async () => {
    const connection = await connect();
    const channel = await connection.exec('true');
    expect(enlargeWindow(channel, 0.1)).toBe(windowFor(0.1));
    expect((await finish(channel)).code).toBe(0);
    await connection.end();
  });
});

async function readThroughPipe(channel: ClientChannel): Promise<number> {
  let bytes = 0;
  const slow = new Writable({
    highWaterMark: 256 * 1024,
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      setImmediate(done);
    },
  });
  await pipeline(channel, slow);
  return bytes;
}

async function readByIteration(channel: ClientChannel): Promise<number> {
  let bytes = 0;
  for await (const chunk of channel as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Not all that lies there in one piece, which would be held twice.
    expect(chunk.length).toBeLessThanOrEqual(1024 * 1024);
    await sleep(1);
  }
  return bytes;
}

/** ssh-keygen's own search in a known_hosts file is the judge of ours. */
it('reads host names as ssh-keygen does', async () => {
  const names = [
    'db1',
    'db2',
    'db10',
    'DB1',
    'db1.example',
    '[db1]:2222',
    '[db2]:2222',
    '10.0.0.1',
    '10.0.0.12',
  ];
  const atoms = [
    '*',
    'db*',
    'db?',
    '!db1',
    '!db2',
    'db1',
    'DB2',
    '*.example',
    '10.0.0.?',
    '[db1]:2222',
    '[*]:2222',
    '!*',
  ];
  const key = stranger.publicKey;
  const fields = atoms.flatMap((first) => atoms.map((second) => `${first},${second}`)).concat(atoms);
  const file = run.path('fields');
  const lines = fields.map((field) => `${field} ${key}`);
  await writeFile(file, `${lines.join('\n')}\n`);
  for (const name of names) {
    const { stdout } = await tryCommand('ssh-keygen', ['-F', name, '-f', file]);
    const found = [...stdout.toString().matchAll(/found: line (\d+)/g)].map((match) => Number(match[1]));
    const ours = fields.flatMap((field, index) =>
      parseHostNames(field)?.(name) === true ? [index + 1] : [],
    );
    expect({ name, found: ours }).toEqual({ name, found });
    expect(found.length).toBeGreaterThan(0);
  }
});
