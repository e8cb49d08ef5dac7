// The user's commands around a dump, with real shells and without SSH: they run when and how they should, however the session ends.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { withCommands } from '../../src/actions/commands.ts';
import type { Reporter } from '../../src/ports/reporter.ts';
import { openLocalShell, type LocalShell } from '../helpers/local-shell.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(path.join(tmpdir(), 'commands-'));
});
afterAll(() => rmSync(home, { recursive: true }));

describe.concurrent.each([
  ['dash', '/bin/dash', 'is cut'],
  ['bash', '/bin/bash', 'is closed'],
  ['busybox', '/bin/busybox sh', 'is cancelled'],
])('commands in %s', (name, sh, how) => {
  /** A session, and a file that commands write their steps into. */
  async function open(what: string, signal?: AbortSignal) {
    const file = path.join(home, `${name}-${what}`);
    const lockName = `${name}-${what}`;
    const shell = await openLocalShell({ home, sh, lockName, ...(signal === undefined ? {} : { signal }) });
    const said: string[] = [];
    const reporter = {
      ...{ info: (text) => void said.push(text), warning: () => undefined, debug: () => undefined },
      group: (_, work) => work(),
    } satisfies Partial<Reporter> as Partial<Reporter> as Reporter;
    const steps = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);
    const around = <T>(before: string | undefined, after: string | undefined, work: () => Promise<T>) =>
      withCommands({ session: shell.session, before, after, reporter }, work);
    return { ...shell, file, lockName, said, steps, around };
  }

  const work = ({ session }: LocalShell, file: string) =>
    session.run({ label: 'work', script: `echo work >>${file}`, stages: [] });

  it('are run around the work, and what they say is told', async () => {
    const it = await open('good');
    const { value, failure } = await it.around(
      `echo before >>${it.file}; echo "it's $((1 + 1))"`,
      `echo after >>${it.file}; echo done >&2`,
      async () => (await work(it, it.file), 7),
    );
    await it.session.close();
    expect({ value, failure }).toEqual({ value: 7, failure: undefined });
    expect(it.steps()).toEqual(['before', 'work', 'after']);
    expect(it.said).toEqual(["it's 2", 'done']);
  });

  it('get what a log-in would give them: no input, nothing of ours open, no text of theirs in a list of processes', async () => {
    const it = await open('surroundings');
    const look = `{ cat; umask; for fd in /proc/$$/fd/*; do readlink "$fd"; done; tr '\\0' ' ' </proc/$$/cmdline; env; } >>${it.file}; : canary`;
    await it.around(look, look, () => work(it, it.file));
    await it.session.close();
    const text = readFileSync(it.file, 'utf8');
    expect(text.split('\n').filter((line) => line === '0022' || line === '022')).toHaveLength(2);
    expect(text).not.toMatch(/\.lock|commands$|canary|NONCE|LOGIN_UMASK/m);
  });

  it('end the run when `before` fails; `after` is run all the same', async () => {
    const it = await open('before');
    const ended = it.around('echo no room; exit 3', `echo after >>${it.file}`, () => work(it, it.file));
    await expect(ended).rejects.toMatchObject({
      code: 'before-failed',
      message: '`before` ended with status 3:\nno room',
    });
    await it.session.close();
    await vi.waitFor(() => expect(it.steps()).toEqual(['after']), { timeout: 10_000 });
  });

  it('tell when `after` fails, and when it takes too long', async () => {
    const it = await open('after');
    const { failure } = await it.around(undefined, 'echo still closed; false', () => Promise.resolve());
    expect(failure).toMatchObject({
      code: 'after-failed',
      message: '`after` ended with status 1:\nstill closed',
    });
    const script = `echo 'sleep 60' >"$D/after"; AFTER_S=1; stage after run_after`;
    const slow = it.session.run({ label: 'after', script, stages: ['after'] });
    await expect(slow).rejects.toThrow(/after ended with status (?:124|137)/);
    await it.session.close();
  });

  it(`are done when the session ${how} in the middle, once nothing of it is left, and hold its lock`, async () => {
    const stop = new AbortController();
    const it = await open('end', stop.signal);
    const after = `if kill -0 -${it.pid} 2>/dev/null; then echo alive >>${it.file}; fi; sleep 0.5; trap 'echo TERM >>${it.file}' TERM; kill -TERM $$; echo after >>${it.file}`;
    const ended = it.around(`echo before >>${it.file}`, after, async () => {
      const task = it.session.run({ label: 'work', script: 'stage one sleep 30', stages: ['one'] });
      setTimeout(() => {
        if (how === 'is cut') it.channel.destroy();
        else if (how === 'is closed') void it.session.close();
        else stop.abort();
      }, 100);
      await task;
    });
    await expect(ended).rejects.toThrow();
    await it.session.close();
    await expect(openLocalShell({ home, sh, lockName: it.lockName })).rejects.toMatchObject({
      code: 'target-busy',
    });
    await vi.waitFor(() => expect(it.steps()).toEqual(['before', 'TERM', 'after']), { timeout: 10_000 });
    await vi.waitFor(
      async () => (await openLocalShell({ home, sh, lockName: it.lockName })).session.close(),
      {
        timeout: 10_000,
      },
    );
  });
});
