// What every sandbox must do, run on real docker and real podman with an image that holds MariaDB.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type {
  Sandbox,
  SandboxExecOptions,
  SandboxHost,
  SandboxImage,
  SandboxOptions,
} from '../../src/ports/sandbox.ts';
import { createFindSandboxHost } from '../../src/sandbox/find-host.ts';
import { generateBytes, generateStream } from '../helpers/bytes.ts';
import { startImageRegistry } from '../helpers/image-registry.ts';
import { runCommand } from '../lab/command.ts';
import { LabRun } from '../lab/run.ts';
import type { LabSandboxEngine } from '../lab/sandbox-engines.ts';

const HELPERS = path.join(import.meta.dirname, '../helpers');
const MEBIBYTE = 1024 * 1024;

export function describeSandbox(name: string, start: (run: LabRun) => Promise<LabSandboxEngine>): void {
  describe(`${name}: sandbox contract`, () => {
    const { signal } = new AbortController();
    let run: LabRun;
    let engine: LabSandboxEngine;
    let host: SandboxHost;
    let image: SandboxImage;
    const sandboxes: Sandbox[] = [];

    beforeAll(async () => {
      run = await LabRun.start();
      engine = await start(run);
      host = await createFindSandboxHost(engine.environment)('auto', signal);
      image = await host.findImage([engine.image], signal);
    });
    afterAll(() => run.stop());
    afterEach(async () => {
      await Promise.all(sandboxes.splice(0).map((sandbox) => sandbox.destroy()));
      try {
        await expect.poll(findRemains, { timeout: 10_000 }).toEqual([]);
      } finally {
        // One test's remains are not the next one's.
        await removeContainers(await cli('ps', '--all', '--quiet'));
        const volumes = await cli('volume', 'ls', '--quiet');
        if (volumes.length > 0) await cli('volume', 'rm', ...volumes);
      }
    });

    async function create(options: Partial<SandboxOptions> = {}, by = signal): Promise<Sandbox> {
      const usual = { name: 'test', image, user: 'mysql', volume: '/var/lib/mysql', lifetimeMs: 60_000 };
      const sandbox = await host.create(
        { ...usual, command: ['sleep', '600'], memoryBytes: 200e6, ...options },
        by,
      );
      sandboxes.push(sandbox);
      return sandbox;
    }
    /** Runs a line of shell inside. */
    async function sh(sandbox: Sandbox, script: string, options: Partial<SandboxExecOptions> = {}) {
      const chunks: Uint8Array[] = [];
      const onStdout = (chunk: Uint8Array) => void chunks.push(chunk);
      const result = await sandbox.exec(['sh', '-c', script], { signal, onStdout, ...options });
      return { ...result, stdout: Buffer.concat(chunks).toString() };
    }
    /** The engine's own program, as a person would use it. */
    async function cli(...args: string[]): Promise<string[]> {
      const text = await runCommand(path.join(engine.environment['PATH'] ?? '', name), args, {
        env: engine.environment,
      });
      return text.split('\n').filter((line) => line !== '');
    }
    async function removeContainers(names: readonly string[]): Promise<void> {
      // Podman would give each of them ten seconds.
      const atOnce = name === 'podman' ? ['--time', '0'] : [];
      if (names.length > 0) await cli('rm', '--force', '--volumes', ...atOnce, ...names);
    }
    async function findRemains(): Promise<string[]> {
      const containers = await cli('ps', '--all', '--format', '{{.Names}} {{.Status}}');
      return [...containers, ...(await cli('volume', 'ls', '--quiet'))];
    }

    describe('exec', () => {
      it('hands bytes in and out, and the exit code with standard error', async () => {
        const sandbox = await create();
        const stdin = generateStream(Buffer.from('in\0\n'));
        const result = await sh(sandbox, 'cat; echo out; echo err >&2; exit 3', { stdin });
        expect(result).toEqual({ exitCode: 3, stdout: 'in\0\nout\n', stderr: 'err\n' });
        expect(await sh(sandbox, 'cat')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      });

      it('passes arguments as they are', async () => {
        const sandbox = await create();
        const words = ['', '$HOME "x"', "it's", '-n', 'two\nlines', '::warning::x'];
        let stdout = '';
        const onStdout = (chunk: Uint8Array) => void (stdout += Buffer.from(chunk).toString());
        await sandbox.exec(['printf', '[%s]', ...words], { signal, onStdout });
        expect(stdout).toBe(words.map((word) => `[${word}]`).join(''));
      });

      it('gives 128 + signal for a command that was killed, 126 or 127 for one that is not there', async () => {
        const sandbox = await create();
        expect((await sh(sandbox, 'kill -9 $$')).exitCode).toBe(137);
        expect((await sh(sandbox, 'kill -15 $$')).exitCode).toBe(143);
        expect((await sh(sandbox, 'exit 127')).exitCode).toBe(127);
        expect([126, 127]).toContain((await sandbox.exec(['/no/such'], { signal })).exitCode);
        expect(sandbox.describeEnd()).toBeUndefined();
      });

      it('keeps beginning and end of a long standard error', async () => {
        const { stderr } = await sh(await create(), 'echo first >&2; seq 100000 >&2; echo last >&2');
        expect(stderr).toMatch(/^first\n1\n2\n/);
        expect(stderr).toMatch(/\n100000\nlast\n$/);
        expect(stderr).toMatch(/\n\[… \d+ more bytes …\]\n/);
        expect(stderr.length).toBeLessThan(10_000);
      });

      it('streams 200 MB in and out', async () => {
        const sandbox = await create();
        const block = generateBytes(MEBIBYTE);
        const [given, taken] = [createHash('sha256'), createHash('sha256')];
        const feed = async function* () {
          for (let count = 0; count < 200; count++) {
            given.update(block);
            yield await Promise.resolve(block);
          }
        };
        const { exitCode } = await sandbox.exec(['cat'], {
          signal,
          stdin: feed(),
          onStdout: (chunk) => void taken.update(chunk),
        });
        expect(exitCode).toBe(0);
        expect(taken.digest('hex')).toBe(given.digest('hex'));
      });

      it('asks for no more than the command reads', async () => {
        const sandbox = await create();
        const block = Buffer.alloc(MEBIBYTE);
        let count = 0;
        const feed = async function* () {
          while (count < 100) {
            count += 1;
            yield await Promise.resolve(block);
          }
        };
        const script = 'while [ ! -e /tmp/go ]; do sleep 0.1; done; wc -c';
        const running = sh(sandbox, script, { stdin: feed() });
        for (let before = -1; before !== count || count === 0;) {
          before = count;
          await sleep(500);
        }
        expect(count).toBeLessThan(20);
        await sh(sandbox, 'touch /tmp/go');
        expect((await running).stdout.trim()).toBe(String(100 * MEBIBYTE));
      });

      it('returns when the command ends before its input does', async () => {
        const sandbox = await create();
        let isReleased = false;
        const endless = async function* () {
          try {
            for (;;) yield await Promise.resolve(Buffer.alloc(100_000));
          } finally {
            isReleased = true;
          }
        };
        expect(await sh(sandbox, 'head -c 10 > /dev/null; exit 7', { stdin: endless() })).toMatchObject({
          exitCode: 7,
        });
        await expect.poll(() => isReleased).toBe(true);
        const silent = async function* () {
          yield Buffer.from('x');
          await new Promise(() => undefined);
        };
        expect(await sh(sandbox, 'exit 8', { stdin: silent() })).toMatchObject({ exitCode: 8 });
      });

      it('throws what the input throws', async () => {
        const sandbox = await create();
        const reason = new Error('the store went away');
        const broken = async function* () {
          yield await Promise.resolve(Buffer.from('x'));
          throw reason;
        };
        await expect(sh(sandbox, 'cat; sleep 60', { stdin: broken() })).rejects.toBe(reason);
        expect(sandbox.describeEnd()).toBeUndefined();
      });

      it('ends at once when the signal fires, with its reason', async () => {
        const sandbox = await create();
        const stopper = new AbortController();
        const reason = new Error('the run was stopped');
        const onStdout = () => stopper.abort(reason);
        const running = sh(sandbox, 'echo ready; sleep 60', { signal: stopper.signal, onStdout });
        await expect(running).rejects.toBe(reason);
        await expect(sh(sandbox, 'true', { signal: stopper.signal })).rejects.toBe(reason);
      });
    });

    describe('the sandbox', () => {
      it('has no network but its own loopback', async () => {
        const { stdout } = await sh(await create(), 'ls /sys/class/net; wc -l < /proc/net/route');
        expect(stdout).toBe('lo\n1\n');
      });

      // /dev/mqueue holds message queues, no files; they are counted as memory.
      it('can be written in its volume and in /tmp only', async () => {
        const script = `find / -xdev -type d -writable; touch /tmp/x /var/lib/mysql/x && echo both
          awk '$4 ~ /^rw/ && $3 !~ /^(proc|mqueue)$/ { print $2 }' /proc/mounts | while read -r d; do
            if touch "$d/probe" 2> /dev/null; then echo "$d"; fi; done`;
        const { stdout } = await sh(await create(), script);
        expect([...new Set(stdout.split('\n'))].sort()).toEqual(['', '/tmp', '/var/lib/mysql', 'both']);
      });

      it('has no rights beyond those of its user, also as root', async () => {
        const script = 'grep -E "^(Cap...|NoNewPrivs):" /proc/self/status | sort -u; id -un';
        const none = ['CapAmb', 'CapBnd', 'CapEff', 'CapInh', 'CapPrm'].map(
          (set) => `${set}:\t${'0'.repeat(16)}\n`,
        );
        const rights = `${none.join('')}NoNewPrivs:\t1\n`;
        expect((await sh(await create(), script)).stdout).toBe(`${rights}mysql\n`);
        expect((await sh(await create({ user: 'root' }), script)).stdout).toBe(`${rights}root\n`);
      });

      it('has limits of memory, swap and processes', async () => {
        const files = [
          ...['pids/pids.max', 'pids.max', 'memory/memory.limit_in_bytes', 'memory.max'],
          ...['memory/memory.memsw.limit_in_bytes', 'memory.swap.max'],
        ];
        const script = `cd /sys/fs/cgroup && cat ${files.join(' ')} 2> /dev/null`;
        const { stdout } = await sh(await create({ memoryBytes: 128 * MEBIBYTE }), script);
        const [processes, memory, swap] = stdout.split('\n').map(Number);
        expect([processes, memory]).toEqual([4_096, 128 * MEBIBYTE]);
        // Version 1 of control groups counts memory and swap together, where the kernel counts swap at all.
        expect([0, memory]).toContain(swap);
      });

      it('hands down nothing of our environment', async () => {
        const environment = {
          ...engine.environment,
          https_proxy: 'http://user:canary@127.0.0.1:1',
          CANARY: 'canary',
        };
        const other = await createFindSandboxHost(environment)(host.name, signal);
        const own = host;
        host = other;
        const sandbox = await create().finally(() => (host = own));
        expect((await sh(sandbox, 'env; tr "\\0" "\\n" < /proc/1/environ')).stdout).not.toContain('canary');
      });

      it('is one of several', async () => {
        const [one, two] = await Promise.all([create(), create()]);
        await Promise.all([sh(one, 'echo 1 > /var/lib/mysql/n'), sh(two, 'echo 2 > /var/lib/mysql/n')]);
        await one.destroy();
        expect((await sh(two, 'cat /var/lib/mysql/n')).stdout).toBe('2\n');
        expect(two.describeEnd()).toBeUndefined();
      });
    });

    describe('an end', () => {
      const died = { code: 'sandbox-died' };

      it('of memory is told as that, to commands that are under way too', async () => {
        const script = 'while [ ! -e /tmp/go ]; do sleep 0.1; done; head -c 200m /dev/zero | tail';
        const sandbox = await create({ command: ['sh', '-c', script], memoryBytes: 64e6 });
        const running = sh(sandbox, 'touch /tmp/go; sleep 60');
        await expect(running).rejects.toMatchObject({
          ...died,
          message: 'the sandbox ran out of memory (its limit is 64.0 MB)',
          hint: expect.stringContaining('more memory') as string,
        });
        // Podman's monitor would leave it.
        expect(existsSync('oom')).toBe(false);
      });

      it('by a crash is told with the last words', async () => {
        const script = `seq 100000 >&2; echo "the page is corrupt" >&2; echo $$ > /tmp/pid
          while [ ! -e /tmp/go ]; do sleep 0.1; done; kill -ABRT $$`;
        const sandbox = await create({ command: ['sh', '-c', script] });
        // What fails because the server is gone must not be taken for the failure itself.
        const client = `until [ -s /tmp/pid ]; do sleep 0.1; done; touch /tmp/go
          while kill -0 "$(cat /tmp/pid)" 2> /dev/null; do :; done; exit 1`;
        await expect(sh(sandbox, client)).rejects.toMatchObject(died);
        expect(sandbox.describeEnd()).toMatch(/^ended with SIGABRT: [^]*100000\nthe page is corrupt$/);
        await expect(sh(sandbox, 'true')).rejects.toMatchObject(died);
      });

      it('with a status is told with it', async () => {
        const sandbox = await create({ command: ['sh', '-c', 'echo "unknown option" >&2; exit 2'] });
        await expect.poll(() => sandbox.describeEnd()).toBe('ended with status 2: unknown option');
      });

      it('is noticed when somebody else removes the container', async () => {
        const sandbox = await create();
        const stdin = async function* () {
          yield await Promise.resolve(Buffer.from('x'));
          await new Promise(() => undefined);
        };
        let isUp = false;
        const running = sh(sandbox, 'cat; sleep 60', { stdin: stdin(), onStdout: () => void (isUp = true) });
        const judged = expect(running).rejects.toMatchObject(died);
        await expect.poll(() => isUp).toBe(true);
        await removeContainers(await cli('ps', '--quiet'));
        await judged;
        expect(sandbox.describeEnd()).toMatch(/^was ended from outside/);
      });

      it('comes with the end of the program that holds it', async () => {
        const sandbox = await create();
        const pids = findChildren(['run', '--interactive']);
        expect(pids).toHaveLength(1);
        pids.forEach((pid) => process.kill(pid, 'SIGKILL'));
        await expect.poll(findRemains, { timeout: 10_000 }).toEqual([]);
        expect(sandbox.describeEnd()).toMatch(/^was ended from outside/);
      });

      it('comes with the end of our process, however that ends', async () => {
        const script = path.join(HELPERS, 'run-sandbox.ts');
        const args = ['--import', path.join(HELPERS, 'text-loader.ts'), script, JSON.stringify(engine)];
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
        await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
        expect(await findRemains()).toHaveLength(2);
        child.kill('SIGKILL');
        await expect.poll(findRemains, { timeout: 10_000 }).toEqual([]);
      });
    });

    describe('create', () => {
      it('leaves nothing when it is called off, at whatever moment', async () => {
        const reason = new Error('the run was stopped');
        for (const delayMs of [0, 30, 60, 100, 150, 200, 300]) {
          const stopper = new AbortController();
          setTimeout(() => stopper.abort(reason), delayMs);
          const creating = create({}, stopper.signal);
          // It may have been quicker.
          await creating.catch((error: unknown) => expect(error).toBe(reason));
        }
        await Promise.all(sandboxes.splice(0).map((sandbox) => sandbox.destroy()));
        expect(await findRemains()).toEqual([]);
        await expect(create({}, AbortSignal.abort(reason))).rejects.toBe(reason);
      });

      it('tells what the engine said when it cannot start a container', async () => {
        await expect(create({ user: 'nobody-here' })).rejects.toMatchObject({
          code: 'sandbox-unavailable',
          message: expect.stringContaining('nobody-here') as string,
        });
      });
    });

    describe('destroy', () => {
      it('removes container and volume within two seconds, twice as well', async () => {
        const sandbox = await create({ command: ['sh', '-c', 'trap "" TERM; sleep 600'] });
        await sh(sandbox, 'head -c 10m /dev/zero > /var/lib/mysql/data');
        const running = sh(sandbox, 'sleep 60');
        const judged = expect(running).rejects.toMatchObject({ message: 'the sandbox was destroyed' });
        const began = performance.now();
        await Promise.all([sandbox.destroy(), sandbox.destroy()]);
        // On busy cores; 0.5 s elsewhere.
        expect(performance.now() - began).toBeLessThan(4_000);
        expect(await findRemains()).toEqual([]);
        await sandbox.destroy();
        expect(sandbox.describeEnd()).toBe('was destroyed');
        await judged;
      });
    });

    describe('sweep', () => {
      const hour = 3_600_000;

      async function plant(verb: readonly string[], plantName: string, labels: Record<string, unknown>) {
        const options = Object.entries(labels).flatMap(([key, value]) => [
          '--label',
          `${key}=${String(value)}`,
        ]);
        const rest = ['--network', 'none', '--mount', 'type=volume,dst=/data', '--entrypoint', 'sleep'];
        await cli(...verb, '--name', plantName, ...options, ...rest, engine.image, '600');
      }
      const labels = (ageMs: number, lifetimeMs: number) => ({
        'lifeboat.sandbox': 'x',
        'lifeboat.started': Date.now() - ageMs,
        'lifeboat.lifetime': lifetimeMs,
      });

      it('removes what was forgotten, and nothing else', async () => {
        const running = ['run', '--detach'];
        await plant(running, 'overdue', labels(2 * hour, hour));
        await plant(running, 'at-work', labels(2 * hour, 3 * hour));
        await plant(['create'], 'never-started', labels(hour, 2 * hour));
        await plant(['create'], 'just-made', labels(60_000, 1));
        await plant(running, 'somebodys', { 'lifeboat.sandbox': 'x' });
        await plant(running, 'another', { 'com.example': 1 });
        expect(await host.sweep(signal)).toBe(2);
        const left = await cli('ps', '--all', '--format', '{{.Names}}');
        expect(left.sort()).toEqual(['another', 'at-work', 'just-made', 'somebodys']);
        expect(await cli('volume', 'ls', '--quiet')).toHaveLength(4);
        await removeContainers(left);
        expect(await host.sweep(signal)).toBe(0);
      });

      it('knows sandboxes by their labels', async () => {
        const sandbox = await create({ lifetimeMs: 1 });
        expect(await host.sweep(signal)).toBe(1);
        await expect.poll(() => sandbox.describeEnd()).toMatch(/^was ended from outside/);
      });
    });

    describe('findImage', () => {
      it('takes the first that is here, before it pulls any', async () => {
        const found = await host.findImage(['127.0.0.1:1/no/such:1', engine.image], signal);
        expect(found.reference).toBe(engine.image);
        expect([found.id]).toEqual(
          (await cli('image', 'inspect', '--format', '{{.Id}}', engine.image)).map((id) =>
            id.replace(/^(sha256:)?/, 'sha256:'),
          ),
        );
      });

      it('tells what was said of each when none can be pulled', async () => {
        const references = ['127.0.0.1:1/no/such:1', '127.0.0.1:1/nor/this:2'];
        await expect(host.findImage(references, signal)).rejects.toMatchObject({
          code: 'sandbox-image',
          message: expect.stringMatching(/such:1: [^]*refused[^]*this:2: [^]*refused/) as string,
          hint: expect.stringContaining('`sandbox-image`') as string,
        });
      });

      it('takes the first that can be pulled when none is here', async () => {
        const registry = await startImageRegistry();
        // Docker speaks http with a registry on the loopback interface; Podman has to be told.
        const settings = run.path('registries.conf');
        await writeFile(settings, `[[registry]]\nlocation = "${registry.address}"\ninsecure = true\n`);
        const environment = { ...engine.environment, CONTAINERS_REGISTRIES_CONF: settings };
        const reaching = await createFindSandboxHost(environment)(host.name, signal);
        const references = [
          `${registry.address}/no/such:1`,
          registry.reference,
          engine.image.replace(/:.*/, ':none'),
        ];
        const found = await reaching.findImage(references, signal).finally(() => registry.close());
        expect(found).toEqual({ reference: registry.reference, id: registry.id });
        // Now it is here.
        expect(await host.findImage(references, signal)).toEqual(found);
      });

      it('stops pulling when the signal fires', async () => {
        const server = createServer(() => stopper.abort(reason)).listen(0, '127.0.0.1');
        const stopper = new AbortController();
        const reason = new Error('the run was stopped');
        await once(server, 'listening');
        const reference = `127.0.0.1:${(server.address() as AddressInfo).port}/silent:1`;
        await expect(host.findImage([reference], stopper.signal)).rejects.toBe(reason);
        server.close();
      });
    });

    describe('the search for an engine', () => {
      it('finds this one', async () => {
        for (const choice of ['auto', host.name] as const) {
          expect((await createFindSandboxHost(engine.environment)(choice, signal)).name).toBe(name);
        }
      });

      it('says what every engine answered when there is none', async () => {
        const environment = { ...engine.environment, PATH: run.path('none') };
        await expect(createFindSandboxHost(environment)('auto', signal)).rejects.toMatchObject({
          code: 'sandbox-unavailable',
          message: expect.stringMatching(/docker: there is no [^]*podman: there is no/) as string,
        });
      });
    });
  });
}

/** Programs that this process started with these arguments among theirs. */
function findChildren(words: readonly string[]): number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const found = pids.filter((pid) => {
    try {
      const parent = /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return parent === String(process.pid) && words.every((word) => args.includes(word));
    } catch {
      return false;
    }
  });
  return found.map(Number);
}
