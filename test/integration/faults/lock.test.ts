// Two runs at the same time on one target: of one server only one works, and the other says who is at work.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeShop } from '../../helpers/blobs.ts';
import { expectFailure } from '../../helpers/expect-failure.ts';
import { putGate, type Gate } from '../../helpers/gate.ts';
import type { StartedAction } from '../../helpers/runner.ts';
import { Site } from '../../helpers/site.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const site = Site.on(lab, 'lock');
const neighbour = Site.on(lab, 'lock-neighbour');
const chosen = { databases: 'lock_shop' };

const good: string[] = [];
beforeAll(async () => {
  await makeShop(site, 'lock_shop');
  good.push(await site.makeGoodBackup(chosen));
});
afterEach(() => site.reset());

/** A run that holds the lock until its gate is opened. */
async function enterDump(): Promise<{ holder: StartedAction; gate: Gate }> {
  const gate = putGate(site, 'data', 0);
  const holder = site.start({ ...chosen, label: 'holder' });
  await gate.reached();
  return { holder, gate };
}

/** For runs that begin from now on. The file of the gate itself must stay what it is: a shell is reading it. */
function passGate(): void {
  rmSync(path.join(lab.ssh.wrappersDirectory, 'mariadb-dump'));
  site.wrap('mariadb-dump', '#!/bin/sh\nexec /usr/bin/mariadb-dump "$@"\n');
}

describe('while a run is at work', () => {
  it('another of the same server is told which, and both the first and the next are good', async () => {
    const { holder, gate } = await enterDump();
    const message = expectFailure(site, await site.run(chosen), {
      code: 'target-busy',
      exitCode: 5,
      says: ['another run holds the lock on the target', /since \d{4}-\d\d-\d\dT/, 'Wait until it has ended'],
    });
    await site.expectBackups(good);
    gate.open();
    const { exitCode, outputs } = await holder.ended;
    expect(exitCode).toBe(0);
    const id = outputs['backup-id'] ?? '';
    expect(id).toMatch(/holder/);
    expect(message).toContain(`${id} of `);
    good.push(id, await site.makeGoodBackup(chosen));
    await site.expectBackups(good);
  });

  it('another server on the same target is not disturbed', async () => {
    const { holder, gate } = await enterDump();
    // The gate stays shut for the first; the other goes past it.
    passGate();
    const other = await neighbour.makeGoodBackup(chosen);
    await neighbour.expectBackups([other]);
    gate.open();
    const { exitCode, outputs } = await holder.ended;
    expect(exitCode).toBe(0);
    good.push(outputs['backup-id'] ?? '');
    await site.expectBackups(good);
  });

  it('and is killed, the lock does not outlive it', async () => {
    const { holder } = await enterDump();
    holder.child.kill('SIGKILL');
    await holder.ended;
    await site.reset();
    good.push(await site.makeGoodBackup(chosen));
    await site.expectBackups(good);
  });
});
