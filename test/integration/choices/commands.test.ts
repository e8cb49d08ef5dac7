// The user's commands around a dump: run in order, told without harm, and `after` in any case, however the run ends.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeShop } from '../../helpers/blobs.ts';
import { expectFailure, expectNoSecrets } from '../../helpers/expect-failure.ts';
import { putGate } from '../../helpers/gate.ts';
import { Site } from '../../helpers/site.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const site = Site.on(lab, 'commands');
const file = path.join(lab.ssh.home, 'steps');
const step = (words: string) => `echo ${words} >>~/steps`;
const inputs = { databases: 'commands_shop', before: step('before'), after: step('after') };

const good: string[] = [];
beforeAll(() => makeShop(site, 'commands_shop'));
afterEach(async () => {
  await site.reset();
  rmSync(file, { force: true });
});
afterAll(() => site.expectBackups(good));

const steps = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);
const expectSteps = (...expected: string[]) =>
  vi.waitFor(() => expect(steps()).toEqual(expected), { timeout: 20_000 });

it('are run before and after the dump, and what they say is shown as text', async () => {
  const record = 'case " $* " in *" --single-transaction "*) echo dump >>~/steps;; esac';
  site.wrap('mariadb-dump', `#!/bin/sh\n${record}\nexec /usr/bin/mariadb-dump "$@"\n`);
  const run = await site.run({ ...inputs, before: `${inputs.before}\necho "::error::from before"` });
  expect(run.exitCode).toBe(0);
  expectNoSecrets(site, run);
  expect(run.log).toContain('from before');
  expect(run.log).not.toContain('::error');
  expect(steps()).toEqual(['before', 'dump', 'after']);
  good.push(run.outputs['backup-id'] ?? '');
});

it('leave a backup that counts when `after` fails, and a run that is red', async () => {
  const run = await site.run({ ...inputs, after: 'echo "the shop is closed" >&2; exit 4' });
  const id = run.outputs['backup-id'] ?? '';
  expectFailure(site, run, {
    code: 'after-failed',
    says: [`the backup ${id} is stored and counts, but`, '`after` ended with status 4', 'the shop is closed'],
    outputs: run.outputs,
  });
  expect(run.summary).toContain('dumped in');
  good.push(id);
});

it('keep a dump from being made when `before` fails', async () => {
  const run = await site.run({ ...inputs, before: 'exit 5' });
  expectFailure(site, run, { code: 'before-failed', says: ['ended with status 5'] });
  await expectSteps('after');
});

describe.each(['SIGTERM', 'SIGKILL'] as const)('when the runner gets %s in the middle', (signal) => {
  it('are finished by the server', async () => {
    const gate = putGate(site, 'data', 0);
    const { child, ended } = site.start(inputs);
    await gate.reached();
    expect(steps()).toEqual(['before']);
    child.kill(signal);
    await ended;
    await expectSteps('before', 'after');
  });
});

it('are left alone by a dry run, which says so', async () => {
  const run = await site.run({ ...inputs, 'dry-run': 'true' });
  expect(run.exitCode).toBe(0);
  expect(run.summary).toContain('`before` and `after` were not run.');
  expect(steps()).toEqual([]);
});
