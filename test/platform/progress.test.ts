import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startProgressLog } from '../../src/actions/progress-log.ts';
import { renderProgressBar } from '../../src/platform/progress-bar.ts';
import { RunReporter } from '../../src/platform/run-reporter.ts';
import { Sanitizer } from '../../src/platform/sanitize.ts';
import { createTerminalPrinter } from '../../src/platform/terminal-printer.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const HALF = {
  label: 'loaded shop',
  doneBytes: 5e8,
  totalBytes: 1e9,
  bytesPerSecond: 5e6,
  elapsedMs: 100_000,
};

it('has a bar, the share, the rate and the time left', () => {
  expect(renderProgressBar(HALF, 100)).toBe(
    'loaded shop   50%  [############............]  500.0 MB of 1.0 GB  5.0 MB/s  1 min 40 s left',
  );
});

it('has no share where the whole is not known, and no time left where nothing moves or all is done', () => {
  expect(renderProgressBar({ ...HALF, totalBytes: undefined }, 100)).toBe(
    'loaded shop  500.0 MB  5.0 MB/s  1 min 40 s',
  );
  expect(renderProgressBar({ ...HALF, bytesPerSecond: 0 }, 100)).toMatch(/0 B\/s$/);
  expect(renderProgressBar({ ...HALF, doneBytes: 2e9 }, 100)).toMatch(/100% .*#\] .*5\.0 MB\/s$/);
});

it.each([0, 1, 10, 20, 40, 79])('fits into %d columns', (columns) => {
  const line = renderProgressBar({ ...HALF, label: 'ä'.repeat(200) }, columns);
  expect(Array.from(line).length).toBeLessThanOrEqual(columns);
});

function start(columns?: () => number) {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WritableStream;
  const printer = createTerminalPrinter({ log: stream, summary: stream, hasColours: false, columns });
  return { written, reporter: new RunReporter(printer, new Sanitizer()) };
}

it('knows whether somebody reads what it prints', async () => {
  const open = new PassThrough();
  const print = (stream: PassThrough) =>
    createTerminalPrinter({ log: stream, summary: stream, hasColours: false }).print(['one', 'two']);
  expect(await print(open)).toBe(true);
  expect(String(open.read())).toBe('one\ntwo\n');
  const closed = new PassThrough();
  closed.on('error', () => undefined);
  closed.destroy();
  expect(await print(closed)).toBe(false);
});

it('draws one line again and again on a terminal, around the lines of the log', () => {
  const { written, reporter } = start(() => 80);
  const progress = startProgressLog('fetched\x1b[2J', 1000, reporter);
  progress.add(500);
  vi.advanceTimersByTime(1000);
  expect(written).toHaveLength(5);
  for (const text of written) expect(text).toMatch(/^\r\x1b\[Kfetched\\x1b\[2J /);
  written.length = 0;
  reporter.info('hello');
  expect(written).toEqual(['\r\x1b[K', expect.stringMatching(/ hello\n$/), expect.stringContaining(' 50% ')]);
  progress.end();
  expect(written.at(-1)).toBe('\r\x1b[K');
  written.length = 0;
  vi.advanceTimersByTime(10_000);
  expect(written).toEqual([]);
});

it('says lines where there is no terminal', () => {
  const { written, reporter } = start();
  const progress = startProgressLog('fetched', 1000, reporter);
  progress.add(500);
  vi.advanceTimersByTime(5_000);
  progress.end();
  expect(written).toEqual([expect.stringMatching(/fetched: 500 B of 1\.0 kB, 100 B\/s, 5\.0 s\n$/)]);
});
