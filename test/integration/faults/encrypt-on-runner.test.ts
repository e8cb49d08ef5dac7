// `encrypt-on: runner`: the same backup as with encryption on the target, and the faults that this way has of its own, in the middle
// of a dump. (What both ways share is in the other files here.)
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeBlobs, makeShop } from '../../helpers/blobs.ts';
import { dump, type Dumped } from '../../helpers/dumped.ts';
import { expectFailure, expectNoSecrets } from '../../helpers/expect-failure.ts';
import { putGate, type Gate } from '../../helpers/gate.ts';
import type { StartedAction } from '../../helpers/runner.ts';
import { Site } from '../../helpers/site.ts';
import { startTcpProxy } from '../../helpers/tcp-proxy.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const site = Site.on(lab, 'on-runner');
const ON_RUNNER = { 'encrypt-on': 'runner' };
/** Of about 61 million: zstd may hold back twelve of them, and of the rest the first part of the upload, 17 MB, is full. */
const MIDDLE_BYTES = 52_000_000;

const good: string[] = [];
beforeAll(async () => {
  await makeShop(site, 'runner_shop');
  await makeBlobs(site, 'runner_blobs', 30);
});
afterEach(async () => {
  await site.reset();
  expect(await site.findUnfinishedUploads()).toEqual([]);
});
afterAll(async () => {
  await site.expectBackups(good);
});

it('stores the same as encryption on the target does, whatever a gpg there would do', async () => {
  const conf = path.join(lab.ssh.home, '.gnupg', 'gpg.conf');
  mkdirSync(path.dirname(conf), { recursive: true, mode: 0o700 });
  writeFileSync(conf, 'armor\nthrow-keyids\ncompress-algo zip\noutput /dev/null\n');
  const there = await dump(lab, site.server, { databases: 'runner_shop' });
  // From here on it does nothing at all.
  site.wrap('gpg', '#!/bin/sh\nexit 1\n');
  const here = await dump(lab, site.server, { databases: 'runner_shop', ...ON_RUNNER });
  rmSync(conf);
  good.push(there.backup.id, here.backup.id);
  expect(describeObjects(here)).toEqual(describeObjects(there));
  const plain = ({ inventory: { objects, rest, brokenViews } }: Dumped) => ({ objects, rest, brokenViews });
  expect(plain(here)).toEqual(plain(there));
  for (const name of ['accounts', 'runner_shop']) {
    const [one, other] = [there, here].map(({ backup }) => withoutComments(backup.texts.get(name)));
    expect(other).toBe(one);
    expect(one?.length).toBeGreaterThan(500);
  }
  expect(there.run.summary).toContain('encrypted on the server to');
  expect(here.run.summary).toContain('encrypted on the runner to');
  expectNoSecrets(site, here.run);
});

/** What a manifest says of its objects, but for the names and sums that no two backups share. */
function describeObjects({ backup }: Dumped) {
  const objects = backup.manifest['objects'] as {
    role: string;
    name: string;
    codec: string;
    databases?: string[];
    plainBytes?: number;
    recipients: string[];
    parts: { key: string }[];
  }[];
  return objects.map(({ role, name, codec, databases, plainBytes, recipients, parts }) => ({
    ...{ role, name, codec, databases, plainBytes, recipients },
    files: parts.map(({ key }) => path.basename(key)),
  }));
}

/** Comments hold dates, and where the binary log stood. */
function withoutComments(text: Buffer | undefined): string {
  return (text?.toString('latin1') ?? '')
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n');
}

it('notices bytes that are not those that the target hashed', async () => {
  // A fake: ssh lets nobody change bytes on the line, and a machine's memory does not fail on demand.
  site.wrap('tee', '#!/bin/bash\n/usr/bin/tee "$@" | LC_ALL=C tr A-Z a-z\n');
  const run = await site.run({ databases: 'runner_shop', accounts: 'false', ...ON_RUNNER });
  expectFailure(site, run, {
    code: 'hash-mismatch',
    says: [/the target sent bytes with SHA-256 [0-9a-f]{64}, what arrived has/],
  });
});

describe('in the middle of a dump', () => {
  let run: StartedAction;
  let gate: Gate;
  const enterMiddle = async (changes: Readonly<Record<string, string>> = {}) => {
    gate = putGate(site, 'data', MIDDLE_BYTES);
    run = site.start({ databases: 'runner_blobs', ...ON_RUNNER, ...changes });
    await gate.reached();
    await site.expectUpload();
  };

  it('a compressor that is killed is named', async () => {
    await enterMiddle();
    const [victim] = await vi.waitFor(() => {
      const found = site.findProcesses('zstd');
      expect(found).toHaveLength(1);
      return found as [number];
    });
    process.kill(victim, 'SIGKILL');
    gate.open();
    expectFailure(site, await run.ended, {
      code: 'target-stage-failed',
      says: ['dump of databases: compress ended with status 137', 'Nothing of this run counts'],
    });
  });

  it('the end of the connection is no end of a message', async () => {
    await using proxy = await startTcpProxy(lab.ssh.port);
    await enterMiddle({
      'ssh-port': String(proxy.port),
      'ssh-known-hosts': lab.ssh.knownHosts.replaceAll(`]:${lab.ssh.port}`, `]:${proxy.port}`),
    });
    proxy.cut('FIN');
    expectFailure(site, await run.ended, {
      code: 'ssh-lost',
      says: [/\d{8} bytes had been received\. The target was at work then/],
    });
  });

  it('a run that is cancelled leaves nothing', async () => {
    await enterMiddle();
    run.child.kill('SIGTERM');
    const ended = await run.ended;
    expect(ended).toMatchObject({ exitCode: 130, outputs: {} });
    expect(ended.log).toContain('The run was cancelled (SIGTERM).');
    expectNoSecrets(site, ended);
  });

  it('a run that is killed leaves nothing on the target', async () => {
    await enterMiddle();
    run.child.kill('SIGKILL');
    await run.ended;
    await site.expectClean();
    await site.removeUnfinishedUploads();
  });
});
