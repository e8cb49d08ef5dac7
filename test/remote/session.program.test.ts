// The session's protocol and its script, with a real shell and without SSH.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LifeboatError } from '../../src/errors.ts';
import type { SealedStream } from '../../src/ports/remote.ts';
import { bootCommand } from '../../src/remote/session.ts';
import { readAll } from '../helpers/bytes.ts';
import { openLocalShell } from '../helpers/local-shell.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'session-home-'));
});
afterAll(() => {
  rmSync(home, { recursive: true });
});

const plain = (script: string, stages: string[] = []) => ({ label: 'the task', script, stages });

function processesOfGroup(pgid: number): string[] {
  if (!isGroupThere(pgid)) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(fields[2]) === pgid && fields[0] !== 'Z';
      } catch {
        return false;
      }
    });
}

/** One question to the kernel; true also for a group of which only zombies are left, which some inits leave for long. */
function isGroupThere(pgid: number): boolean {
  try {
    return process.kill(-pgid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Two looks in a row that find nothing: what is started during one of them is not seen by it. */
async function waitUntilGone(pgid: number): Promise<void> {
  for (let [attempt, looks] = [0, 0]; attempt < 400 && looks < 2; attempt += 1) {
    looks = processesOfGroup(pgid).length === 0 ? looks + 1 : 0;
    await sleep(50);
  }
}

// Most of the time is waiting for processes to be gone, so the tests of a group run side by side.
describe.concurrent.each([
  ['dash', '/bin/dash'],
  ['bash', '/bin/bash'],
  ['busybox', '/bin/busybox sh'],
])('a session in %s', (name, sh) => {
  it('runs tasks one after another and returns exactly their bytes', async () => {
    const { session, pid } = await openLocalShell({ home, sh });
    const first = await session.run(plain(`printf 'a\\nb'; report size 2 3`));
    expect(first.stdout.toString()).toBe('a\nb');
    expect(first.reports).toEqual([{ name: 'size', value: '2 3' }]);
    const big = await session.run(plain(`head -c 3000000 /dev/zero`));
    expect(big.stdout.length).toBe(3_000_000);
    expect((await session.run(plain(':'))).stdout.length).toBe(0);
    await session.close();
    await waitUntilGone(pid);
    expect(processesOfGroup(pid)).toEqual([]);
  });

  it('fails when a stage fails, whatever the last one says, and shows what it wrote', async () => {
    const { session } = await openLocalShell({ home, sh });
    const task = plain(`stage first sh -c 'echo broken pipe here >&2; exit 7' | stage second cat`, [
      'first',
      'second',
    ]);
    await expect(session.run(task)).rejects.toThrow(/the task: first ended with status 7:\nbroken pipe here/);
    // The session goes on.
    expect((await session.run(plain('echo on'))).stdout.toString()).toBe('on\n');
    await session.close();
  });

  it('fails when a stage did not report', async () => {
    const { session } = await openLocalShell({ home, sh });
    await expect(session.run(plain('stage one true', ['one', 'two']))).rejects.toThrow(
      /two was ended before it could report/,
    );
    await session.close();
  });

  it('names a stage that was killed', async () => {
    const { session } = await openLocalShell({ home, sh });
    const task = plain(`stage dump sh -c 'kill -9 $$' | stage out cat`, ['dump', 'out']);
    await expect(session.run(task)).rejects.toThrow(/dump ended with status 137 \(killed\)/);
    await session.close();
  });

  it('bounds what a stage writes to standard error and keeps both ends', async () => {
    const { session } = await openLocalShell({ home, sh });
    const script = `stage noisy sh -c 'echo first >&2; head -c 5000000 /dev/zero | tr "\\\\0" "x" >&2; echo >&2; echo last >&2; exit 3'`;
    const failure = await session.run(plain(script, ['noisy'])).then(
      () => '',
      (reason: unknown) => (reason as Error).message,
    );
    expect(failure).toMatch(/first\nx+/);
    expect(failure).toContain('\n[... more was written than is kept ...]\n');
    expect(failure).toMatch(/last$/m);
    expect(failure.length).toBeLessThan(20_000);
    await session.close();
  });

  it('hands over text from outside as it is', async () => {
    const { session } = await openLocalShell({ home, sh });
    const { shellQuote } = await import('../../src/domain/text/shell.ts');
    for (const text of [`it's`, '$(id) `id` "x"', 'a\nb\n', '-n', '\\', '⚓ \t', "''''", '!!', 'x\nbeat\n']) {
      const result = await session.run(plain(`printf %s ${shellQuote(text)}`));
      expect(result.stdout.toString()).toBe(text);
    }
    await session.close();
  });

  it('leaves no process, no directory and no lock when its input ends in the middle of a task', async () => {
    const { session, pid, channel } = await openLocalShell({ home, sh, lockName: `cut-${name}` });
    const where = (await session.run(plain('printf %s "$D"'))).stdout.toString();
    const running = session.run(plain('stage one sleep 30 | stage two cat', ['one', 'two']));
    running.catch(() => undefined);
    await sleep(200);
    channel.destroy();
    await expect(running).rejects.toThrow(/at work/);
    await waitUntilGone(pid);
    expect(processesOfGroup(pid)).toEqual([]);
    expect(() => readdirSync(where)).toThrow(/ENOENT/);
    const again = await openLocalShell({ home, sh, lockName: `cut-${name}` });
    await again.session.close();
  });

  it('leaves nothing when its input ends in the moment in which a task begins', async () => {
    const ends = Array.from({ length: 6 }, async (_, index) => {
      const { session, pid, channel } = await openLocalShell({ home, sh });
      const running = session.run(plain('sleep 30'));
      running.catch(() => undefined);
      await sleep(index * 3);
      channel.destroy();
      await waitUntilGone(pid);
      return processesOfGroup(pid);
    });
    expect((await Promise.all(ends)).flat()).toEqual([]);
  });

  it('refuses a second session with the same lock and names the holder', async () => {
    const first = await openLocalShell({
      home,
      sh,
      lockName: `one-at-a-time-${name}`,
      holder: 'run 20261120T030512Z-7f3a9c1e',
    });
    await expect(openLocalShell({ home, sh, lockName: `one-at-a-time-${name}` })).rejects.toMatchObject({
      code: 'target-busy',
      message: expect.stringContaining('run 20261120T030512Z-7f3a9c1e') as string,
    });
    const other = await openLocalShell({ home, sh, lockName: `another-${name}` });
    await other.session.close();
    await first.session.close();
    await waitUntilGone(first.pid);
    const after = await openLocalShell({ home, sh, lockName: `one-at-a-time-${name}` });
    await after.session.close();
  });

  it('keeps every line of a standard error that fits, however short its lines are', async () => {
    const { session } = await openLocalShell({ home, sh });
    const script = `stage noisy sh -c 'i=0; while [ $i -lt 900 ]; do echo $i >&2; i=$((i+1)); done'`;
    const { stderr } = await session.run(plain(script, ['noisy']));
    const numbers = Array.from({ length: 900 }, (_, index) => index).join('\n');
    expect(stderr.get('noisy')).toBe(`${numbers}\n`);
    await session.close();
  });

  it.each([
    ['takes no notice of TERM', `sh -c 'trap "" TERM; : >"$0"; sleep 30' "$D/on"`],
    ['is stopped', `sh -c ': >"$0"; kill -STOP $$; sleep 30' "$D/on"`],
    [
      'writes once more on its way out',
      `sh -c 'trap "sleep 0.03; mkdir -p $0/late; exit" TERM; : >"$0/on"; while :; do sleep 0.01; done' "$D"`,
    ],
  ])('leaves nothing of a program that %s', async (_how, command) => {
    const { session, pid, channel } = await openLocalShell({ home, sh });
    const where = (await session.run(plain('printf %s "$D"'))).stdout.toString();
    const running = session.run(plain(`stage one ${command} | stage two cat`, ['one', 'two']));
    running.catch(() => undefined);
    await expect.poll(() => existsSync(join(where, 'on'))).toBe(true);
    channel.destroy();
    await expect(running).rejects.toThrow(/at work/);
    await waitUntilGone(pid);
    expect(processesOfGroup(pid)).toEqual([]);
    expect(() => readdirSync(where)).toThrow(/ENOENT/);
  });

  it('closes its channel by itself, also when nobody reads its output', async () => {
    const { session, channel } = await openLocalShell({ home, sh });
    let wasClosed = false;
    void channel.closed.then(() => (wasClosed = true));
    channel.destroy = () => expect(wasClosed).toBe(true);
    await session.run(plain('echo done'));
    await session.close();
    expect(wasClosed).toBe(true);
  });

  it('ends at its timeout', async () => {
    const { session, pid } = await openLocalShell({ home, sh, timeoutMs: 1000 });
    await expect(session.run(plain('sleep 30'))).rejects.toMatchObject({ code: 'ssh-lost' });
    await waitUntilGone(pid);
    expect(processesOfGroup(pid)).toEqual([]);
  });

  it('ends when the run is cancelled', async () => {
    const controller = new AbortController();
    const { session, pid } = await openLocalShell({ home, sh, signal: controller.signal });
    const running = session.run(plain('sleep 30'));
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await waitUntilGone(pid);
    expect(processesOfGroup(pid)).toEqual([]);
  });
});

it.each(['/bin/bash', '/bin/tcsh', '/bin/busybox sh'])('starts from the login shell %s', async (name) => {
  const { session } = await openLocalShell({ home, shell: name.split(' ') });
  expect((await session.run(plain('printf %s "$LC_ALL $HOME"'))).stdout.toString()).toBe(`C ${home}`);
  await session.close();
});

it('runs nothing of a script that does not arrive whole', () => {
  const file = join(home, 'made by half a script');
  const boot = bootCommand('boundary');
  const run = (input: string) => spawnSync('/bin/sh', ['-c', boot], { input }).status;
  expect(run(`: >'${file}'\n# the rest is missi`)).not.toBe(0);
  expect(existsSync(file)).toBe(false);
  expect(run(`: >'${file}'\nboundary\n`)).toBe(0);
  expect(existsSync(file)).toBe(true);
});

it('refuses a home where it cannot write, and a directory where others can', async () => {
  const refusal = (where: string) =>
    openLocalShell({ home: where }).then(
      async ({ session }) => session.close().then(() => ''),
      (reason: unknown) => `${(reason as LifeboatError).code}: ${(reason as Error).message}`,
    );
  const file = join(home, 'file');
  writeFileSync(file, '');
  expect(await refusal(file)).toBe(`target-home: the target cannot create ${file}/.lifeboat`);
  const open = join(home, 'open');
  mkdirSync(join(open, '.lifeboat'), { recursive: true });
  for (const mode of [0o720, 0o702, 0o777]) {
    chmodSync(join(open, '.lifeboat'), mode);
    expect(await refusal(open)).toBe(
      `target-home: the target lets others than this user write to ${open}/.lifeboat`,
    );
  }
  chmodSync(join(open, '.lifeboat'), 0o755);
  expect(await refusal(open)).toBe('');
});

it('names each missing tool', async () => {
  const missing = openLocalShell({ home, tools: ['no-such-tool', 'sh', 'neither-this'] });
  await expect(missing).rejects.toMatchObject({
    code: 'target-tool-missing',
    message: expect.stringContaining('no-such-tool, neither-this') as string,
  });
});

it('says what a login shell printed when nothing else is known', async () => {
  const wrapper = join(home, 'no-login');
  writeFileSync(wrapper, '#!/bin/sh\necho This account is not available. >&2\nexit 1\n', { mode: 0o755 });
  await expect(openLocalShell({ home, shell: [wrapper] })).rejects.toThrow(
    /status 1.*This account is not available/s,
  );
});

it('sees at once that a login shell said something to standard output and ended', async () => {
  const shell = ['/bin/sh', '-c', 'echo This account is not available.; exit 1', 'login'];
  await expect(openLocalShell({ home, shell })).rejects.toMatchObject({
    code: 'ssh-lost',
    message: expect.stringMatching(/ended early.*status 1/) as string,
  });
});

it('ignores what a login shell prints before the start', async () => {
  const wrapper = join(home, 'noisy-login');
  writeFileSync(wrapper, '#!/bin/sh\necho Welcome; echo Quota exceeded >&2\nexec /bin/sh "$@"\n', {
    mode: 0o755,
  });
  const { session } = await openLocalShell({ home, shell: [wrapper] });
  expect((await session.run(plain('echo clean'))).stdout.toString()).toBe('clean\n');
  await session.close();
});

describe.concurrent('a sealed task', () => {
  const gpgHome = mkdtempSync(join(tmpdir(), 'g-'));
  const gpg = (args: string[], input?: Uint8Array) =>
    execFileSync(
      'gpg',
      [
        '--homedir',
        gpgHome,
        '--batch',
        '--quiet',
        '--pinentry-mode',
        'loopback',
        '--passphrase',
        '',
        ...args,
      ],
      {
        input,
        maxBuffer: 1 << 26,
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
  const recipients: string[] = [];
  beforeAll(() => {
    for (const name of ['one@example.org', 'two@example.org']) {
      gpg(['--quick-gen-key', name, 'rsa2048', 'default', 'never']);
      gpg([
        '--quick-add-key',
        gpg(['--list-keys', '--with-colons', name])
          .toString()
          .match(/^fpr:+([0-9A-F]+)/m)?.[1] ?? '',
        'rsa2048',
        'encr',
        'never',
      ]);
      recipients.push(gpg(['--armor', '--export', name]).toString());
    }
  }, 60_000);
  afterAll(() => {
    execFileSync('gpgconf', ['--homedir', gpgHome, '--kill', 'all']);
    rmSync(gpgHome, { recursive: true });
  });
  /** `encryptOn` says who encrypts; the runner itself is not here. */
  const sealed = (encryptOn: string, script: string, stages: string[]) => ({
    ...plain(script, stages),
    recipients: encryptOn === 'target' ? recipients : null,
    compression: { codec: 'zstd', level: 3 } as const,
  });
  const rows = `stage dump sh -c 'i=0; while [ $i -lt 2000 ]; do echo row $i; i=$((i+1)); done' | seal`;
  const read = async ({ bytes }: SealedStream) => readAll(bytes);
  const unpack = (packed: Uint8Array) => execFileSync('zstd', ['-dc'], { input: packed }).toString();

  it('arrives whole, for every recipient, and its hash is the one the target took', async () => {
    const { session } = await openLocalShell({ home });
    const stream = session.seal(sealed('target', rows, ['dump']));
    const message = await read(stream);
    expect((await stream.result).sha256).toBe(createHash('sha256').update(message).digest('hex'));
    expect(unpack(gpg(['--decrypt'], message)).split('\n')).toHaveLength(2001);
    const packets = gpg(['--list-packets', '--list-only'], message).toString();
    expect(packets.match(/:pubkey enc packet: version 3/g)).toHaveLength(2);
    await session.close();
  });

  it('arrives compressed where the runner encrypts, hashed too, from a target without gpg', async () => {
    const tools =
      'mktemp mkfifo mkdir cat rm sleep tee head tail wc tr id find nice flock sh zstd sha256sum'.split(' ');
    const path = mkdtempSync(join(home, 'tools-'));
    for (const tool of tools) symlinkSync(`/usr/bin/${tool}`, join(path, tool));
    const { session } = await openLocalShell({ home, path });
    const stream = session.seal(sealed('runner', rows, ['dump']));
    const packed = await read(stream);
    expect((await stream.result).sha256).toBe(createHash('sha256').update(packed).digest('hex'));
    expect(unpack(packed).split('\n')).toHaveLength(2001);
    const failing = session.seal(sealed('target', rows, ['dump']));
    await expect(read(failing)).rejects.toThrow(/encrypt ended with status 127/);
    await session.close();
  });

  it.each(['target', 'runner'])('is not changed by a gpg.conf there: %s', async (encryptOn) => {
    const hostileHome = mkdtempSync(join(home, 'hostile-'));
    mkdirSync(join(hostileHome, '.gnupg'), { mode: 0o700 });
    const options = 'armor\nthrow-keyids\ncompress-algo zip\ncipher-algo 3DES\noutput /dev/null\n';
    writeFileSync(join(hostileHome, '.gnupg/gpg.conf'), options);
    const encrypt = ['--batch', '--quiet', '--trust-model', 'always', '--encrypt'];
    const keys = recipients.flatMap((key, index) => {
      const file = join(hostileHome, `key-${index}`);
      writeFileSync(file, key);
      return ['--recipient-file', file];
    });
    const obeyed = execFileSync('gpg', [...encrypt, ...keys], { input: 'x', env: { HOME: hostileHome } });
    expect(obeyed.toString()).toBe('');

    const { session } = await openLocalShell({ home: hostileHome });
    const message = await read(session.seal(sealed(encryptOn, rows, ['dump'])));
    const packed = encryptOn === 'target' ? gpg(['--decrypt'], message) : message;
    expect(unpack(packed).split('\n')).toHaveLength(2001);
    if (encryptOn === 'target') {
      const packets = gpg(['--list-packets'], message).toString();
      expect(packets).toContain('mdc_method: 2');
      expect(packets).not.toMatch(/compressed packet|keyid 0000000000000000/);
    }
    await session.close();
  });

  it.each(['target', 'runner'])('never ends well when its bytes change on the way: %s', async (encryptOn) => {
    const path = mkdtempSync(join(home, 'changing-'));
    // What is hashed is what comes in; what goes out has other letters.
    writeFileSync(join(path, 'tee'), '#!/bin/sh\n/usr/bin/tee "$@" | LC_ALL=C tr A-Z a-z\n', { mode: 0o755 });
    const { session } = await openLocalShell({ home, path: `${path}:${process.env['PATH'] ?? ''}` });
    const stream = session.seal(sealed(encryptOn, 'stage dump head -c 100000 /dev/urandom | seal', ['dump']));
    await expect(read(stream)).rejects.toMatchObject({ code: 'hash-mismatch' });
    await expect(stream.result).rejects.toMatchObject({ code: 'hash-mismatch' });
    await session.close();
  });

  it.each([
    ['target', 'dump', 'sh -c while'],
    ['target', 'compress', 'zstd'],
    ['target', 'encrypt', 'gpg'],
    ['target', 'send', 'tee'],
    ['runner', 'dump', 'sh -c while'],
    ['runner', 'compress', 'zstd'],
    ['runner', 'send', 'tee'],
  ])('encrypted on the %s never ends well when %s is killed', async (encryptOn, stage, commandLine) => {
    const { session, pid } = await openLocalShell({ home, lockName: `killed-${encryptOn}-${stage}` });
    const stream = session.seal(
      sealed(encryptOn, `stage dump sh -c 'while head -c 1048576 /dev/urandom; do sleep 0.01; done' | seal`, [
        'dump',
      ]),
    );
    const reading = (async () => {
      for await (const chunk of stream.bytes) expect(chunk.length).toBeGreaterThan(0);
    })();
    reading.catch(() => undefined);
    const victim = await findProcess(pid, commandLine);
    process.kill(victim, 'SIGKILL');
    await expect(reading).rejects.toMatchObject({ code: 'target-stage-failed' });
    await expect(stream.result).rejects.toMatchObject({ code: 'target-stage-failed' });
    await session.close();
  });
});

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

async function findProcess(pgid: number, commandLine: string): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    for (const pid of processesOfGroup(pgid)) {
      if (commandLineOf(pid).startsWith(commandLine)) return Number(pid);
    }
    await sleep(20);
  }
  throw new Error(`no process of group ${pgid} runs ${commandLine}`);
}
