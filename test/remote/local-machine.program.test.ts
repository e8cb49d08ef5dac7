// Shell text on this machine: what it is fed, what it says, how it ends, and that nothing stays behind.
import { readdirSync, readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { createLocalMachine } from '../../src/remote/local-machine.ts';
import { keptBytes } from '../helpers/collect-garbage.ts';

const machine = createLocalMachine();
const signal = new AbortController().signal;

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

/** Command lines of all processes that have this word in theirs. */
function processesWith(word: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(word));
}

it('feeds standard input byte for byte, behind the script, and gives back what was printed', async () => {
  const input = randomBytes(300_000).toString('base64');
  const result = await machine.run({
    script: `printf 'first\\n'; cat; echo "it's" 'said' >&2; exit 7`,
    stdin: pieces('\n\n', input, '\nlast'),
    signal,
  });
  expect(result.stdout).toBe(`first\n\n\n${input}\nlast`);
  expect(result).toMatchObject({ exitCode: 7, stderr: "it's said\n" });
});

it('hands a pipe that can be opened by its descriptor to what needs it', async () => {
  const script = 'cat | { exec 8<&0; { cat /dev/fd/8; } </dev/null; }';
  expect((await machine.run({ script, stdin: pieces('a', 'b'), signal })).stdout).toBe('ab');
});

it('lets a script end that does not read what it is given', async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given += 1;
      yield await Promise.resolve(Buffer.alloc(65_536));
    }
  }
  expect((await machine.run({ script: 'exit 3', stdin: endless(), signal })).exitCode).toBe(3);
  const before = given;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(given).toBe(before);
});

it('keeps beginning and end of what is complained of', async () => {
  const script =
    'echo begins >&2; i=0; while [ $i -lt 3000 ]; do echo "line $i" >&2; i=$((i+1)); done; echo ends >&2';
  const { stderr } = await machine.run({ script, signal });
  expect(stderr).toMatch(/^begins\n[^]*\nends\n$/);
  expect(stderr.length).toBeLessThan(13_000);
});

it('throws what the input throws, and ends what was started', async () => {
  const mark = `canary-${randomBytes(8).toString('hex')}`;
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from('x'));
    throw new Error('damaged');
  }
  const script = `sh -c 'sleep 600; : ${mark}' & cat; wait`;
  await expect(machine.run({ script, stdin: broken(), signal })).rejects.toThrow('damaged');
  await vi.waitFor(() => expect(processesWith(mark)).toEqual([]));
});

it('ends everything when it is stopped, and says why', async () => {
  const mark = `canary-${randomBytes(8).toString('hex')}`;
  const stop = new AbortController();
  const script = `sh -c 'sleep 600; : ${mark}' & echo started; wait`;
  const ended = machine.run({
    script,
    signal: stop.signal,
    onStdout: () => stop.abort(new Error('enough')),
  });
  await expect(ended).rejects.toThrow('enough');
  await vi.waitFor(() => expect(processesWith(mark)).toEqual([]));
  await expect(machine.run({ script: 'true', signal: stop.signal })).rejects.toThrow('enough');
});

it('has the script in no command line', async () => {
  const mark = `canary-${randomBytes(8).toString('hex')}`;
  const seen: string[] = [];
  await machine.run({
    script: `S=${mark}; echo on; sleep 0.2`,
    signal,
    onStdout: () => seen.push(...processesWith('/bin/sh'), ...processesWith(mark)),
  });
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.join('\n')).not.toContain(mark);
});

it('a shell that is killed is no good end', async () => {
  await expect(machine.run({ script: 'kill -9 $$', signal })).rejects.toMatchObject({
    code: 'restore-failed',
  });
});

it('keeps nothing of what it fed', async () => {
  let kept = 0;
  async function* many(): AsyncGenerator<Uint8Array> {
    const piece = Buffer.from('a piece');
    yield await Promise.resolve(piece);
    const before = keptBytes();
    for (let count = 0; count < 20_000; count += 1) yield piece;
    kept = keptBytes() - before;
  }
  await machine.run({ script: 'cat >/dev/null', stdin: many(), signal });
  expect(kept).toBeLessThan(1e6);
});
