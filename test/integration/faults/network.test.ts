// The line between the runner and the target, in the middle of a dump: cut, frozen, or with nobody at the other end any more. Each
// scenario has a target of its own, and they run side by side, because some of them have to wait for a minute.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { makeBlobs, makeShop } from '../../helpers/blobs.ts';
import { expectFailure } from '../../helpers/expect-failure.ts';
import { putGate, type Gate } from '../../helpers/gate.ts';
import type { StartedAction } from '../../helpers/runner.ts';
import { PROMISED_MS, Site } from '../../helpers/site.ts';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.ts';
import { LabRun } from '../../lab/run.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
/** Of about 61 million: zstd may hold back twelve of them, and of the rest the first part of the upload, 17 MB, is full. */
const MIDDLE_BYTES = 52_000_000;
/** What a busy machine may add to a promise that is made in seconds. */
const SLACK_MS = 5_000;

const SERVERS = [
  'cut-by-fin',
  'cut-by-rst',
  'frozen-line',
  'frozen-runner',
  'killed-runner',
  'cut-anywhere',
] as const;
const sites = new Map<string, Site>();

let labRun: LabRun;
beforeAll(async () => {
  labRun = await LabRun.start();
  const site = Site.on(lab, 'line');
  await makeBlobs(site, 'blobs', 30);
  await makeShop(site, 'line_shop');
  // Before the first run: an account that comes while accounts are dumped is a change that a dump does not take.
  for (const server of SERVERS) sites.set(server, await Site.start(labRun, lab, server));
});
const proxies: TcpProxy[] = [];
afterAll(async () => {
  for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
  await labRun.stop();
});

function siteOf(server: (typeof SERVERS)[number]): Site {
  const site = sites.get(server);
  if (site === undefined) throw new Error(`no site ${server}`);
  return site;
}

interface Scene {
  readonly site: Site;
  readonly proxy: TcpProxy;
  readonly run: StartedAction;
  readonly gate: Gate;
  /** Backups that must survive. */
  readonly good: readonly string[];
}

/** A run in the middle of its dump, with the first part of a multipart upload on its way, and an older backup in the store. */
async function enterMiddle(server: (typeof SERVERS)[number]): Promise<Scene> {
  const site = siteOf(server);
  const good = [await site.makeGoodBackup({ databases: 'line_shop' })];
  const proxy = await startTcpProxy(site.lab.ssh.port);
  proxies.push(proxy);
  const gate = putGate(site, 'data', MIDDLE_BYTES);
  const run = site.start({ databases: 'blobs', ...through(proxy, site) });
  await gate.reached();
  await site.expectUpload();
  return { site, proxy, run, gate, good };
}

async function expectNothingLost({ site, good }: Scene): Promise<void> {
  expect(await site.findUnfinishedUploads()).toEqual([]);
  await site.expectBackups(good);
}

describe.concurrent('in the middle of a dump', () => {
  it.each(['FIN', 'RST'] as const)('the connection is cut by %s', async (how) => {
    const scene = await enterMiddle(how === 'FIN' ? 'cut-by-fin' : 'cut-by-rst');
    scene.proxy.cut(how);
    expectFailure(scene.site, await scene.run.ended, {
      code: 'ssh-lost',
      says: [
        /broke: the/,
        /\d{8} bytes had been received\. The target was at work then/,
        /Look for a restart of sshd/,
      ],
    });
    await scene.site.expectClean();
    await expectNothingLost(scene);
  });

  it('the network freezes', async () => {
    const scene = await enterMiddle('frozen-line');
    scene.proxy.freeze();
    const frozenAt = Date.now();
    // The dump goes on until every pipe is full.
    scene.gate.open();
    await scene.site.expectClean(PROMISED_MS + SLACK_MS);
    expectFailure(scene.site, await scene.run.ended, {
      code: 'ssh-lost',
      says: [/nothing was heard from the server for 60 s/, /\d{8} bytes had been received/],
    });
    expect(Date.now() - frozenAt).toBeLessThan(1.5 * PROMISED_MS);
    await expectNothingLost(scene);
  });

  it("the runner's process freezes, and thaws when nothing is left to talk to", async () => {
    const scene = await enterMiddle('frozen-runner');
    scene.run.child.kill('SIGSTOP');
    scene.gate.open();
    await scene.site.expectClean(PROMISED_MS + SLACK_MS);
    scene.run.child.kill('SIGCONT');
    expectFailure(scene.site, await scene.run.ended, {
      code: 'ssh-lost',
      says: [/The target was at work then|while it was at work/],
    });
    await expectNothingLost(scene);
  });

  it("the runner's process is killed", async () => {
    const scene = await enterMiddle('killed-runner');
    scene.run.child.kill('SIGKILL');
    expect(await scene.run.ended).toMatchObject({ exitCode: null, outputs: {}, summary: '' });
    await scene.site.expectClean();
    await scene.site.expectBackups(scene.good);
  });
});

describe('at any moment between the first word on the line and the last', () => {
  const MOMENTS = Array.from({ length: 10 }, (_, index) => (index + 1) / 11);
  let site: Site;
  let wholeBytes: number;
  const good: string[] = [];

  beforeAll(async () => {
    site = siteOf('cut-anywhere');
    await using proxy = await startTcpProxy(site.lab.ssh.port);
    const run = await site.start({ databases: 'line_shop', ...through(proxy, site) }).ended;
    good.push(run.outputs['backup-id'] ?? '');
    wholeBytes = proxy.carriedBytes;
  });

  it.each(MOMENTS.map((part, index) => [part, index % 2 === 0 ? 'FIN' : 'RST'] as const))(
    'after %d of its bytes the connection is cut by %s',
    async (part, how) => {
      await using proxy = await startTcpProxy(site.lab.ssh.port);
      proxy.cutAfter(part * wholeBytes, how);
      const run = await site.start({ databases: 'line_shop', ...through(proxy, site) }).ended;
      const [, code] = /\((ssh-lost|ssh-unreachable|ssh-exec)\)/.exec(run.log) ?? [];
      expectFailure(site, run, { code: code as ErrorCode, says: [/connection|closed/] });
      await site.expectClean();
    },
  );

  it('and nothing was lost by it', async () => {
    await site.expectBackups(good);
  });
});

/** Inputs that lead through a proxy. */
function through(proxy: TcpProxy, site: Site): Record<string, string> {
  const { port, knownHosts } = site.lab.ssh;
  return {
    'ssh-port': String(proxy.port),
    'ssh-known-hosts': knownHosts.replaceAll(`:${port} `, `:${proxy.port} `),
  };
}
