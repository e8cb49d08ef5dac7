// A target that is reached through a bastion: two real sshds, and lines between them and us that break. The bastion gives no shell.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LifeboatError, type ErrorCode } from '../../src/errors.ts';
import { connectSsh, type SshOptions, type SshServer } from '../../src/remote/ssh-connection.ts';
import { createSshMachine } from '../../src/remote/ssh-machine.ts';
import { makeBlobs, makeShop } from '../helpers/blobs.ts';
import { expectFailure } from '../helpers/expect-failure.ts';
import { putGate } from '../helpers/gate.ts';
import { restoreInputs } from '../helpers/restore-inputs.ts';
import { runAction } from '../helpers/runner.ts';
import { Site } from '../helpers/site.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';
import { findFreePorts } from '../lab/ports.ts';
import { LabRun } from '../lab/run.ts';
import { createSshKey } from '../lab/ssh-keys.ts';
import { findTargetProcesses, startTarget, type TargetAddress } from '../lab/target.ts';
import { useLab } from '../helpers/use-lab.ts';

const lab = useLab();
const target = toServer(lab.ssh);

let labRun: LabRun;
let bastion: SshServer;
let bastionAddress: TargetAddress;
let strangerKey: string;

beforeAll(async () => {
  labRun = await LabRun.start();
  bastionAddress = (await startTarget(labRun, { maxSessions: 0 })).address;
  bastion = toServer(bastionAddress);
  await createSshKey(labRun.path('stranger'));
  strangerKey = readFileSync(labRun.path('stranger'), 'utf8');
});
afterAll(() => labRun.stop());

function toServer({ host, port, user, knownHosts, privateKeyPath }: typeof lab.ssh): SshServer {
  return { host, port, user, knownHosts, privateKey: readFileSync(privateKeyPath, 'utf8') };
}

/** The same server at another port; as in ssh, a line without a port is good for all. */
function at(port: number, server: SshServer): SshServer {
  return {
    ...server,
    port,
    knownHosts: server.knownHosts.replaceAll(`[127.0.0.1]:${server.port}`, '127.0.0.1'),
  };
}

const onBastion = (server: SshServer) => `bastion 127.0.0.1:${server.port}`;
const onTarget = (server: SshServer, proxy = bastion) =>
  `SSH server 127.0.0.1:${server.port} behind the ${onBastion(proxy)}`;

function connect(changes: Partial<SshOptions> = {}, signal = new AbortController().signal) {
  return connectSsh({ ...target, proxy: bastion, ...changes }, signal);
}

async function failToConnect(code: ErrorCode, changes: Partial<SshOptions>): Promise<LifeboatError> {
  const result = await connect(changes).catch((error: unknown) => error);
  if (!(result instanceof LifeboatError)) throw new Error('connecting did not fail', { cause: result });
  expect(result, result.message).toMatchObject({ code });
  return result;
}

it('is no more than a way: what runs there comes whole, through windows as large as the line needs', async () => {
  await using far = await startTcpProxy(bastion.port, { oneWayDelayMs: 20 });
  const machine = createSshMachine({ ...target, proxy: at(far.port, bastion) });
  let bytes = 0;
  const { exitCode } = await machine.run({
    script: 'head -c 40000000 /dev/zero; exit 3',
    onStdout: (chunk) => (bytes += chunk.length),
    signal: new AbortController().signal,
  });
  expect([bytes, exitCode]).toEqual([40_000_000, 3]);
  await machine.close();
  // Ours on the bastion is gone with the connection: what is left there is sshd, and it has no session.
  expect(findTargetProcesses(bastionAddress)).toEqual([]);
  const connection = await connect({ proxy: at(far.port, bastion) });
  expect(connection.roundTripMs).toBeGreaterThan(39);
  await connection.end();
  expect(connection.lostError).toBeUndefined();
});

describe('which of the two is meant is said, when', () => {
  it('nothing listens at the one or the other', async () => {
    const { port } = await findFreePorts('port');
    const noBastion = at(port, bastion);
    const first = await failToConnect('ssh-unreachable', { proxy: noBastion });
    expect(first.message).toBe(
      `Cannot connect to the ${onBastion(noBastion)}: nothing listens on that port, or a firewall refuses it (ECONNREFUSED).`,
    );
    const second = await failToConnect('ssh-unreachable', at(port, target));
    expect(second.message).toContain(`The ${onBastion(bastion)} cannot connect to 127.0.0.1:${port}.`);
    expect(second.hint).toContain('firewall between the two');
  });

  it('a host key is another one', async () => {
    const first = await failToConnect('ssh-host-key', { proxy: { ...bastion, knownHosts: anyHost(target) } });
    expect(first.message).toContain(`The ${onBastion(bastion)} showed the host key`);
    expect(first.message).toContain('`ssh-proxy-known-hosts` lists');
    const second = await failToConnect('ssh-host-key', { knownHosts: anyHost(bastion) });
    expect(second.message).toContain(`The ${onTarget(target)} showed the host key`);
    expect(second.message).toContain('`ssh-known-hosts` lists');
  });

  it('host keys or keys cannot be read, before anything is contacted', async () => {
    await using watched = await startTcpProxy(bastion.port);
    const proxy = at(watched.port, bastion);
    const message = async (changes: Partial<SshOptions>) =>
      (await failToConnect('input-invalid', { proxy, ...changes })).message;
    expect(await message({ proxy: { ...proxy, knownHosts: '' } })).toMatch(/^ssh-proxy-known-hosts: /);
    expect(await message({ proxy: { ...proxy, privateKey: 'x' } })).toMatch(/^ssh-proxy-key: /);
    expect(await message({ knownHosts: '' })).toMatch(/^ssh-known-hosts: /);
    expect(watched.connections).toBe(0);
  });

  it('a login is refused', async () => {
    const first = await failToConnect('ssh-auth', { proxy: { ...bastion, privateKey: strangerKey } });
    expect(first.message).toContain(`The ${onBastion(bastion)} did not accept user`);
    const second = await failToConnect('ssh-auth', { privateKey: strangerKey });
    expect(second.message).toContain(`The ${onTarget(target)} did not accept user`);
  });

  it('forwarding is forbidden', async () => {
    const server = await startTarget(labRun, { configuration: ['AllowTcpForwarding no'] });
    const proxy = toServer(server.address);
    const { message, hint } = await failToConnect('ssh-forwarding', { proxy });
    expect(message).toContain(`The ${onBastion(proxy)} let the user in but does not forward connections`);
    expect(message).toContain('administratively prohibited');
    expect(hint).toContain('AllowTcpForwarding');
    await server.stop();
  });

  it('one of them is silent from the start', async () => {
    await using mute = await startTcpProxy(target.port, { isBlackHole: true });
    const quick = { connectTimeoutMs: 500 };
    const muteBastion = at(mute.port, bastion);
    expect((await failToConnect('ssh-unreachable', { ...quick, proxy: muteBastion })).message).toContain(
      `The ${onBastion(muteBastion)} did not answer: the SSH handshake`,
    );
    const muteTarget = at(mute.port, target);
    const error = await failToConnect('ssh-unreachable', { ...muteTarget, ...quick });
    expect(error.message).toContain(`The ${onTarget(muteTarget)} did not answer: the SSH handshake`);
    expect(error.hint).toContain('is reached from the bastion');
  });

  describe.each(['bastion', 'target'] as const)('the line to the %s', (which) => {
    it.each([
      ['is cut by FIN', 'the server closed it'],
      ['is cut by RST', which === 'bastion' ? 'the connection was reset' : 'the server closed it'],
      ['freezes', 'nothing was heard from the server for'],
    ])('%s', async (what, why) => {
      await using line = await startTcpProxy(which === 'bastion' ? bastion.port : target.port);
      const proxy = which === 'bastion' ? at(line.port, bastion) : bastion;
      const server = which === 'target' ? at(line.port, target) : target;
      const connection = await connect({ ...server, proxy, keepaliveIntervalMs: 200, keepaliveCount: 3 });
      const channel = await connection.exec('exec cat /dev/zero');
      channel.stderr.resume();
      await new Promise((resolve) => channel.on('data', resolve));
      const closed = new Promise((resolve) => channel.once('close', resolve));
      if (what === 'freezes') line.freeze();
      else line.cut(what.endsWith('FIN') ? 'FIN' : 'RST');
      const { code, message } = await connection.lost;
      expect(code).toBe('ssh-lost');
      const name = which === 'bastion' ? onBastion(proxy) : onTarget(server, proxy);
      expect(message).toContain(`The connection to the ${name} broke: ${why}`);
      expect(await closed).toBeUndefined();
      await expect(connection.exec('true')).rejects.toMatchObject({ code: 'ssh-lost' });
      await connection.end();
    });
  });
});

describe('a dump through it', () => {
  let site: Site;
  const inputs = (proxy: SshServer) => ({
    'ssh-proxy-host': proxy.host,
    'ssh-proxy-port': String(proxy.port),
    'ssh-proxy-key': proxy.privateKey,
    'ssh-proxy-known-hosts': proxy.knownHosts,
  });

  beforeAll(async () => {
    site = await Site.start(labRun, lab, 'behind-bastion');
    await makeShop(site, 'bastion_shop');
    await makeBlobs(site, 'blobs', 30);
  });

  it('is a backup, and one that breaks off between bastion and us is none and leaves nothing', async () => {
    const id = await site.makeGoodBackup({ databases: 'bastion_shop', ...inputs(bastion) });
    await using line = await startTcpProxy(bastion.port);
    const gate = putGate(site, 'data', 52_000_000);
    const run = site.start({ databases: 'blobs', ...inputs(at(line.port, bastion)) });
    await gate.reached();
    line.cut('RST');
    expectFailure(site, await run.ended, {
      code: 'ssh-lost',
      says: [/The connection to the bastion 127\.0\.0\.1:\d+ broke: .*\d{8} bytes had been received/],
    });
    await site.expectClean();
    await site.expectBackups([id]);
    expect(await site.findUnfinishedUploads()).toEqual([]);
  });

  it('comes back through it', async () => {
    const password = 'canary of who restores';
    await site.query(
      `CREATE USER 'bastion-restorer'@localhost IDENTIFIED BY '${password}'; GRANT ALL ON *.* TO 'bastion-restorer'@localhost`,
    );
    const { ssh, mariadb } = site.lab;
    const run = await runAction(
      'restore',
      restoreInputs(site.lab, mariadb, {
        ...{ server: site.server, into: 'bastion_back', ...inputs(bastion) },
        ...{ 'ssh-host': ssh.host, 'ssh-port': String(ssh.port), 'ssh-user': ssh.user },
        ...{ 'ssh-key': toServer(ssh).privateKey, 'ssh-known-hosts': ssh.knownHosts },
        ...{ 'db-user': 'bastion-restorer', 'db-password': password },
      }),
    );
    expect(run.log).not.toContain('::error');
    expect(await site.query('SELECT COUNT(*) FROM bastion_back.item')).toBe('100\n');
    await site.query("DROP DATABASE bastion_back; DROP USER 'bastion-restorer'@localhost");
  });
});

/** Host keys of a server as if they were any server's. */
function anyHost({ knownHosts }: SshServer): string {
  return knownHosts.replaceAll(/^\S+/gm, '*');
}
