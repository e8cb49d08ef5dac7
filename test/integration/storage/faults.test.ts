// Storage runs that something happens to: a tree that does not stand still, a connection that breaks, a store that fails, a run that is
// killed. Whatever it was, earlier snapshots come back as they were, and the next one is right.
import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { syncInProcess } from '../../helpers/in-process.ts';
import { S3FaultProxy, type S3Fault } from '../../helpers/s3-fault-proxy.ts';
import { StorageSite } from '../../helpers/storage-site.ts';
import { startTcpProxy } from '../../helpers/tcp-proxy.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const site = new StorageSite(lab, 'storage-faults');
/** The patience of seconds. */
const LIMITS = { attempts: 3, baseDelayMs: 1, maxDelayMs: 5, answerTimeoutMs: 3_000, abortTimeoutMs: 1_000 };

beforeAll(async () => {
  site.change(`mkdir -p dir/deep empty; echo one >dir/one; echo two >dir/two; echo three >dir/deep/three
    for n in 1 2 3; do head -c 700000 /dev/urandom >large-$n; done; seq 2000 >list`);
  const run = await site.run();
  expect(run.log).not.toContain('::error');
  site.expectNow(run.outputs['snapshot-id']);
});
afterEach(() => site.standStill());
afterAll(() => site.close());

async function goesOn(changes: Readonly<Record<string, string>> = {}): Promise<void> {
  const run = await site.run(changes);
  expect(run.log).not.toContain('::error');
  expect(run.exitCode).toBe(0);
  site.expectNow(run.outputs['snapshot-id']);
}

describe('a tree that changes while it is packed', () => {
  // Once: the second time the files are as they are. The mark is outside the tree.
  const mark = `${lab.ssh.home}/.once`;
  const once = (script: string) => {
    return `[ -e '${mark}' ] || { : >'${mark}'; ${script}; }`;
  };
  afterEach(() => rmSync(mark, { force: true }));
  const expectDone = () => expect(existsSync(mark)).toBe(true);

  it('files that grow, shrink, are replaced, and vanish', async () => {
    site.change(
      'echo more >>dir/one; echo more >>dir/two; echo more >>list; echo goes >dir/goes; echo x >large-1',
    );
    site.whilePacking(once('echo more >>dir/one; : >dir/two; seq 2000 >new; mv new list; rm dir/goes'));
    await goesOn({ 'max-deleted': '50%' });
    expectDone();
  });

  it('a directory that is swapped for a link to others', async () => {
    site.change(`echo more >>dir/deep/three`);
    site.whilePacking(once(`mv dir/deep dir/away; ln -s '${lab.ssh.home}/.lifeboat' dir/deep`));
    // What was moved has come after the list: it is in the next snapshot.
    const run = await site.run({ 'max-deleted': '50%' });
    expect(run.exitCode).toBe(0);
    expectDone();
    site.standStill();
    site.change('rm -f dir/deep; [ ! -e dir/away ] || mv dir/away dir/deep');
    const second = await site.run({ 'max-deleted': '50%' });
    expect(second.exitCode).toBe(0);
    site.expectSomething(run.outputs['snapshot-id']);
    site.expectNow(second.outputs['snapshot-id']);
  });

  it('a disk that is not there', async () => {
    const away = `${site.data}.away`;
    renameSync(site.data, away);
    try {
      expect((await site.run()).log).toContain('storage-path');
      // The place where it is mounted.
      mkdirSync(site.data, { mode: 0o755 });
      expect((await site.run()).log).toContain('storage-shrunk');
      rmdirSync(site.data);
    } finally {
      renameSync(away, site.data);
    }
    site.change('echo again >>list');
    await goesOn();
  });
});

it('a connection that breaks leaves what was there, at any moment', async () => {
  const { port, knownHosts } = lab.ssh;
  for (const [carriedBytes, how] of [
    [60_000, 'RST'],
    [900_000, 'RST'],
  ] as const) {
    site.change('head -c 1500000 /dev/urandom >large-2; head -c 700000 /dev/urandom >large-3');
    await using proxy = await startTcpProxy(port);
    proxy.cutAfter(carriedBytes, how);
    const before = await site.listSnapshots();
    const run = await site.run({
      'ssh-port': String(proxy.port),
      'ssh-known-hosts': knownHosts.replaceAll(`:${port} `, `:${proxy.port} `),
    });
    expect(run.exitCode).toBe(1);
    expect(run.log).toContain('ssh-');
    expect(await site.listSnapshots()).toEqual(before);
  }
  await goesOn();
});

describe('a store that fails', () => {
  let proxy: S3FaultProxy;
  beforeAll(async () => {
    proxy = await S3FaultProxy.start(new URL(lab.s3.endpoint));
  });
  afterAll(() => proxy.stop());

  const run = () => syncInProcess(site.inputs({ 'store-endpoint': proxy.endpoint.href }), LIMITS);

  it('from any request on, leaves what was there', async () => {
    let isDone = false;
    for (let from = 1; !isDone && from < 20; from += 1) {
      site.change('head -c 700000 /dev/urandom >large-2; head -c 700000 /dev/urandom >large-3');
      proxy.operations.length = 0;
      const fault: S3Fault = from % 2 === 0 ? 'slow-down' : 'reset';
      proxy.decide = ({ number }) => (number >= from ? fault : undefined);
      const before = await site.listSnapshots();
      const { outcome, error } = await run();
      isDone = error === undefined;
      if (isDone) site.expectNow(outcome?.stored?.manifest.id);
      else {
        expect(error).toMatchObject({ code: expect.stringMatching(/^store-/) as string });
        expect(await site.listSnapshots()).toEqual(before);
      }
    }
    // The run that got through had packs, an index, a signature and a manifest to put.
    expect(proxy.operations.length).toBeGreaterThanOrEqual(5);
    expect(isDone).toBe(true);
  });

  it('now and then, is asked again', async () => {
    site.change('head -c 700000 /dev/urandom >large-2');
    const attempts = new Map<string, number>();
    proxy.decide = ({ url }) => {
      attempts.set(url, (attempts.get(url) ?? 0) + 1);
      return attempts.get(url) === 1 ? 'lose-answer' : undefined;
    };
    const { outcome, error } = await run();
    expect(error).toBeUndefined();
    site.expectNow(outcome?.stored?.manifest.id);
  });
});

it('a run that is killed, again and again, leaves what was there', async () => {
  for (const moment of ['List the directories', 'Pack what is new']) {
    site.change('head -c 3000000 /dev/urandom >large-1');
    const before = await site.listSnapshots();
    const started = site.start({ compression: 'zstd:19' });
    await vi.waitFor(() => expect(started.log()).toContain(moment), { timeout: 30_000, interval: 5 });
    started.child.kill('SIGKILL');
    await started.ended;
    expect(await site.listSnapshots()).toEqual(before);
  }
  await goesOn();
});

it('and every snapshot comes back as it was', () => site.expectAll());
