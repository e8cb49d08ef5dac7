// Runs that are cancelled or killed at many moments from their start to their end: they end soon, leave nothing behind, and what
// counts in the store is whole. (A client that freezes is in network.test.ts.)
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeBlobs, makeShop } from '../../helpers/blobs.ts';
import { checkBucket } from '../../helpers/bucket-checker.ts';
import { expectNoSecrets } from '../../helpers/expect-failure.ts';
import type { ActionRun } from '../../helpers/runner.ts';
import { Site } from '../../helpers/site.ts';
import { findCommands } from '../../helpers/workflow-commands.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const site = Site.on(lab, 'cancel');
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** From the signal to the end of the process, as users are promised. */
const STOP_MS = 5_000;
/** From there until the target is as if nothing had been. */
const CLEAN_MS = 3_000;
/** The same when nobody says goodbye: the target sees its input end, asks its programs to end, then kills them. */
const CLEAN_AFTER_KILL_MS = 10_000;
/** Of the length of an undisturbed run. */
const CANCEL_AT = Array.from({ length: 16 }, (_, index) => (index + 0.5) / 16);
const KILL_AT = [0.25, 0.5, 0.75];

/** Backups whose runs said that they are good. */
const stored: string[] = [];
let runMs: number;
beforeAll(async () => {
  await makeShop(site, 'cancel_shop');
  // Large enough for an upload in several parts.
  await makeBlobs(site, 'cancel_blobs', 24);
  stored.push(await site.makeGoodBackup({ databases: 'cancel_shop' }));
  const startedAt = performance.now();
  stored.push(await site.makeGoodBackup({ databases: 'cancel_blobs' }));
  runMs = performance.now() - startedAt;
});
afterEach(() => site.reset());

/** Starts a run and sends the signal after a part of the time that a whole run takes. */
async function interrupt(part: number, signal: NodeJS.Signals): Promise<{ run: ActionRun; stopMs: number }> {
  const { child, ended } = site.start({ databases: 'cancel_blobs' });
  // The moment is the case: nothing is waited for.
  await sleep(part * runMs);
  const signalledAt = performance.now();
  child.kill(signal);
  const run = await ended;
  return { run, stopMs: performance.now() - signalledAt };
}

function expectStopped(run: ActionRun, signal: NodeJS.Signals): void {
  expectNoSecrets(site, run);
  if (run.exitCode === 0) {
    stored.push(run.outputs['backup-id'] ?? '');
    return;
  }
  expect(run.outputs).toEqual({});
  if (run.exitCode === null) {
    // Node itself was still starting.
    expect(run.log).toBe('');
    return;
  }
  expect(run.exitCode).toBe(130);
  const errors = findCommands(run.log).filter(({ name }) => name === 'error');
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringContaining(`The run was cancelled (${signal}).`),
  ]);
  expect(run.summary).toContain('cancelled');
}

describe('a run that is cancelled', () => {
  const exitCodes: (number | null)[] = [];

  it.each(CANCEL_AT.map((part, index) => ({ part, signal: SIGNALS[index % 2] ?? 'SIGINT' })))(
    'by $signal after $part of its time stops and leaves nothing',
    async ({ part, signal }) => {
      const { run, stopMs } = await interrupt(part, signal);
      expectStopped(run, signal);
      expect(stopMs).toBeLessThan(STOP_MS);
      await site.expectClean(CLEAN_MS);
      expect(await site.findUnfinishedUploads()).toEqual([]);
      exitCodes.push(run.exitCode);
    },
  );

  it('was at work most of the times', () => {
    expect(exitCodes.filter((code) => code === 130).length).toBeGreaterThan(CANCEL_AT.length / 3);
  });

  it.each(SIGNALS)('by %s in the middle of an upload aborts it', async (signal) => {
    const { child, ended } = site.start({ databases: 'cancel_blobs' });
    await site.expectUpload();
    expect(await site.findRemains()).toEqual(
      expect.arrayContaining(['the lock', expect.stringContaining('/dev/shm/lifeboat.')]),
    );
    child.kill(signal);
    expectStopped(await ended, signal);
    await site.expectClean(CLEAN_MS);
    expect(await site.findUnfinishedUploads()).toEqual([]);
  });
});

describe('a run that is killed', () => {
  it.each(KILL_AT)('after %d of its time leaves nothing on the target', async (part) => {
    await interrupt(part, 'SIGKILL');
    await site.expectClean(CLEAN_AFTER_KILL_MS);
  });

  it('does not harm the next one', async () => {
    stored.push(await site.makeGoodBackup({ databases: 'cancel_blobs' }));
  });
});

it('no backup was harmed, and whatever has a manifest is whole', async () => {
  const { backups } = await checkBucket(lab, site.server);
  expect(backups.flatMap(({ id, faults }) => faults.map((fault) => `${id}: ${fault}`))).toEqual([]);
  expect(backups.map(({ id }) => id)).toEqual(expect.arrayContaining(stored));
});
