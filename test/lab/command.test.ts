import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runCommand, tryCommand } from './command.ts';

const node = (script: string) => ['-e', script];

describe('runCommand', () => {
  it('feeds standard input and returns standard output', async () => {
    const echo = node('process.stdin.pipe(process.stdout)');
    expect(await runCommand(process.execPath, echo, { input: 'hello' })).toBe('hello');
  });

  it('fails with the status and what the program said', async () => {
    const failing = runCommand(process.execPath, node('console.error("no luck"); process.exit(7)'));
    await expect(failing).rejects.toThrow(/ended with 7: no luck/);
  });

  it('fails when the program does not exist', async () => {
    await expect(runCommand('/no/such/program', [])).rejects.toThrow('ENOENT');
  });

  it('gives the program the environment it is told, and no other', async () => {
    const print = node('process.stdout.write(JSON.stringify(Object.keys(process.env)))');
    expect(await runCommand(process.execPath, print, { env: { ONLY: 'this' } })).toBe('["ONLY"]');
  });
});

describe('tryCommand', () => {
  it('judges a program that does not read its input by its status', async () => {
    const input = 'x'.repeat(10_000_000);
    expect(await tryCommand(process.execPath, node('process.exit(3)'), { input })).toMatchObject({
      status: 3,
    });
  });

  it('does so at whatever moment of a write the program ends', async () => {
    const input = 'x'.repeat(2_000_000);
    const readSome = () => tryCommand('sh', ['-c', 'head -c 70000 >/dev/null; exit 3'], { input });
    for (let round = 0; round < 50; round += 1) {
      const results = await Promise.all([readSome(), readSome(), readSome(), readSome()]);
      expect(results.map(({ status }) => status)).toEqual([3, 3, 3, 3]);
    }
  });

  it('fails with the error of its input', async () => {
    const input = Readable.from(
      (function* () {
        yield 'x';
        throw new Error('no more of it');
      })(),
    );
    await expect(tryCommand('cat', [], { input })).rejects.toThrow('no more of it');
  });

  it('has no status for a program that a signal ended', async () => {
    const { status } = await tryCommand(process.execPath, node('process.kill(process.pid, "SIGKILL")'));
    expect(status).toBeNull();
  });
});
