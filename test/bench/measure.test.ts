// Whether the figures are those of the whole process tree; only that they are there, not how large they are on this machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { measure } from '../../bench/measure.ts';

function start(script: string) {
  const child = spawn('sh', ['-c', script], { stdio: 'ignore' });
  return { pid: child.pid, ended: once(child, 'close').then(([status]) => status as number) };
}

it('counts the processor time and the memory of grandchildren', async () => {
  const busy = `perl -e 'my $text = "x" x 100_000_000; my $end = times + 0.3; while ((times)[0] < $end) {}; select undef, undef, undef, 0.2'`;
  const { outcome, usage } = await measure(() => start(`sh -c "true"; ${busy}; true`));
  expect(outcome).toBe(0);
  expect(usage.cpuMs).toBeGreaterThanOrEqual(300);
  expect(usage.peakBytes).toBeGreaterThan(100_000_000);
  expect(usage.wallMs).toBeGreaterThan(0);
});

it('counts the memory of a process once while its child has not become another program', async () => {
  // What perl has, its child has too, until it begins to change it.
  const fork =
    'my $text = "x" x 100_000_000; my $child = fork // die; select undef, undef, undef, 0.3; waitpid $child, 0 if $child';
  const peakOf = async (script: string) => {
    const child = spawn('perl', ['-e', script], { stdio: 'ignore' });
    return (await measure(() => ({ pid: child.pid, ended: once(child, 'close') }))).usage.peakBytes;
  };
  const alone = await peakOf(fork.replace('fork // die', '1'));
  expect(alone).toBeGreaterThan(100_000_000);
  expect(await peakOf(fork)).toBeLessThan(1.2 * alone);
});

it('counts what servers do meanwhile, and not what they did before', async () => {
  const answer = `while (<STDIN>) { my $end = (times)[0] + $_; while ((times)[0] < $end) {} print "done\n" }`;
  const server = spawn('perl', ['-e', `$| = 1; ${answer}`]);
  const work = async (seconds: number) => {
    server.stdin.write(`${seconds}\n`);
    await once(server.stdout, 'data');
  };
  const measureServer = async (seconds: number) => {
    const { usage } = await measure(() => ({ pid: undefined, ended: work(seconds) }), [server.pid ?? 0]);
    return usage.serverCpuMs[0];
  };
  try {
    await work(0.5);
    expect(await measureServer(0)).toBeLessThan(500);
    expect(await measureServer(0.3)).toBeGreaterThanOrEqual(290);
  } finally {
    server.stdin.end();
    await once(server, 'close');
  }
});
