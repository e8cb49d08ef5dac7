// Whatever login shell the target's user has, and whatever its start-up files print, payloads arrive as they are; one session on the
// connection is all that is needed.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSshMachine } from '../../src/remote/ssh-machine.ts';
import { createSshRemote } from '../../src/remote/ssh-remote.ts';
import { readFileSync } from 'node:fs';
import { makeShop } from '../helpers/blobs.ts';
import { Site } from '../helpers/site.ts';
import { LabRun } from '../lab/run.ts';
import { findTargetProcesses, startTarget, type TargetAddress } from '../lab/target.ts';
import { useLab } from '../helpers/use-lab.ts';

const lab = useLab();
const { signal } = new AbortController();
const BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const PAYLOAD = `printf '${Array.from(BYTES, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}'`;
/** Printed without an end of line, as the worst of them do; in csh, fish and POSIX shells alike. */
const NOISE = "printf 'Welcome!\\n::error::of the day '\nprintf 'last login: never' >/dev/stderr\n";
/** Of bash (which reads it for a command, too, when sshd starts it), tcsh and fish. */
const STARTUP_FILES = ['.bashrc', '.tcshrc', '.config/fish/config.fish'];

let labRun: LabRun;
beforeAll(async () => {
  labRun = await LabRun.start();
  await symlink('/bin/busybox', labRun.path('sh'));
});
afterAll(() => labRun.stop());

async function startNoisy(shell: string): Promise<TargetAddress> {
  const { address } = await startTarget(labRun, { shell, maxSessions: 1 });
  await mkdir(path.join(address.home, '.config/fish'), { recursive: true });
  for (const file of STARTUP_FILES) await writeFile(path.join(address.home, file), NOISE);
  return address;
}

it.each([
  ['/bin/dash', false],
  ['/bin/bash', true],
  ['busybox sh', false],
  ['/bin/tcsh', true],
  ['/usr/bin/fish', true],
])('%s', async (shell, isNoisy) => {
  const address = await startNoisy(shell === 'busybox sh' ? labRun.path('sh') : shell);
  const options = { ...address, privateKey: readFileSync(address.privateKeyPath, 'utf8') };
  const remote = createSshRemote(options);
  const session = await remote.open(
    { lockName: 'shell', holder: 'a test', tools: [], timeoutMs: 60_000 },
    signal,
  );
  const result = await session.run({ label: 'payload', script: `${PAYLOAD}; report said "$0"`, stages: [] });
  expect(result.stdout).toEqual(BYTES);
  expect(result.reports).toEqual([{ name: 'said', value: '/bin/sh' }]);
  await session.close();
  const machine = createSshMachine(options);
  const answer = await machine.run({ script: 'echo answer; exit 3', signal });
  expect(answer).toMatchObject({ exitCode: 3, stdout: 'answer\n' });
  // That there was noise at all.
  expect(answer.stderr.includes('last login: never')).toBe(isNoisy);
  await machine.close();
  await expect.poll(() => findTargetProcesses(address)).toEqual([]);
});

it('makes a backup from a noisy bash', async () => {
  const site = Site.on({ ...lab, ssh: await startNoisy('/bin/bash') }, 'noisy');
  await makeShop(site, 'noisy_shop');
  const id = await site.makeGoodBackup({ databases: 'noisy_shop' });
  await site.expectBackups([id]);
});
