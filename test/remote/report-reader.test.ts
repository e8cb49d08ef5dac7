import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { ReportReader } from '../../src/remote/report-reader.ts';

const NONCE = 'f'.repeat(32);
const LONG_MS = 5000;

function open() {
  const stderr = new PassThrough();
  const reader = new ReportReader(stderr, NONCE);
  return {
    reader,
    stderr,
    say: (...lines: string[]) => stderr.write(lines.map((line) => `${NONCE} ${line}\n`).join('')),
  };
}

it('collects what belongs to each task', async () => {
  const { reader, say, stderr } = open();
  reader.expect(1);
  reader.expect(2);
  stderr.write('Welcome to this server\n');
  say(
    'status 1 dump 0',
    'report 1 sha256 abc  def',
    'status 2 dump 3',
    'stderr 2 dump first line',
    'stderr 2 dump  second',
    'done 2 1',
    'done 1 0',
  );
  expect(await reader.done(1, LONG_MS)).toEqual({
    status: 0,
    statuses: new Map([['dump', 0]]),
    reports: [{ name: 'sha256', value: 'abc  def' }],
    stderr: new Map(),
  });
  const second = await reader.done(2, LONG_MS);
  expect(second.status).toBe(1);
  expect(second.stderr.get('dump')).toBe('first line\n second\n');
  expect(reader.noise).toBe('Welcome to this server\n');
});

it.each(['', 'x', '-1', '1e3', '0x0', '1234', ' 0'])(
  'takes the status "%s" for a failure',
  async (status) => {
    const { reader, say } = open();
    reader.expect(1);
    say(`status 1 dump ${status}`, 'done 1 0');
    expect((await reader.done(1, LONG_MS)).statuses.get('dump')).toBe(255);
  },
);

it('does not take the words of others for reports', async () => {
  const { reader, say, stderr } = open();
  reader.expect(1);
  stderr.write(
    `status 1 dump 0\n ${NONCE} status 1 dump 0\n${NONCE}status 1 dump 0\n${NONCE.slice(1)} status 1 dump 0\n`,
  );
  say('status 7 dump 0', 'done 1 0');
  expect((await reader.done(1, LONG_MS)).statuses.size).toBe(0);
});

it('is ready, or refused with the reason', async () => {
  const ready = open();
  ready.say('ready');
  expect(await ready.reader.start(LONG_MS)).toEqual({});
  const refused = open();
  refused.say('refused busy run 7 of x, since 2026');
  expect(await refused.reader.start(LONG_MS)).toEqual({ refused: 'busy run 7 of x, since 2026' });
});

it('keeps a little of what is said, however much that is', async () => {
  const { reader, say, stderr } = open();
  reader.expect(1);
  stderr.write('n'.repeat(100_000) + '\n' + 'm\n'.repeat(10_000));
  say(
    ...Array.from({ length: 5000 }, (_, index) => `stderr 1 dump line ${index} ${'x'.repeat(100)}`),
    'done 1 0',
  );
  const { stderr: kept } = await reader.done(1, LONG_MS);
  expect(kept.get('dump')?.length).toBeLessThan(70_000);
  expect(kept.get('dump')).toMatch(/^line 0 /);
  expect(reader.noise.length).toBeLessThanOrEqual(1002);
});

it('tells everybody who waits, and nobody who does not, that nothing more comes', async () => {
  const { reader } = open();
  reader.expect(1);
  reader.expect(2);
  const waiting = reader.done(1, LONG_MS);
  reader.fail(new Error('the connection broke'));
  await expect(waiting).rejects.toThrow('the connection broke');
  await expect(reader.start(LONG_MS)).rejects.toThrow('the connection broke');
});

it('gives up on a target that says nothing, and quotes what it said instead', async () => {
  const { reader, stderr } = open();
  stderr.write('This account is currently not available.\n');
  await new Promise((resolve) => setImmediate(resolve));
  await expect(reader.start(1)).rejects.toMatchObject({
    code: 'ssh-timeout',
    message: expect.stringContaining('This account is currently not available.') as string,
  });
});
