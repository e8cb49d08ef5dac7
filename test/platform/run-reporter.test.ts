import { expect, it } from 'vitest';
import { MAX_WARNING_ANNOTATIONS, RunReporter } from '../../src/platform/run-reporter.ts';
import { Sanitizer } from '../../src/platform/sanitize.ts';
import { limitSummary, MAX_SUMMARY_BYTES } from '../../src/platform/summary-size.ts';
import { createRecordingPrinter } from '../helpers/recording-printer.ts';

function create(canSummarise = true) {
  const printer = createRecordingPrinter(canSummarise);
  return { printer, calls: printer.calls, reporter: new RunReporter(printer, new Sanitizer()) };
}

it('cleans everything that is printed, and sets in what is not its first line', () => {
  const { reporter, calls } = create();
  reporter.info('one\n::error::two');
  reporter.warning('a\x1b');
  reporter.output('name', 'a\nb');
  reporter.error('ti\ntle', '##[x]');
  expect(calls).toEqual([
    ['info', ['one', '  : :error: :two']],
    ['warning', ['a\\x1b'], true],
    ['output', 'name', 'a\\nb'],
    ['error', 'ti\\ntle', ['## [x]']],
  ]);
});

it('prints what was asked for without secrets, and changes no more of it than what would be obeyed', async () => {
  const { reporter, calls } = create();
  reporter.mask('hidden-secret');
  calls.length = 0;
  const long = 'x'.repeat(10_000);
  await reporter.print(['-rw /a::b', '::error::', '/##[x]', '/hidden-secret', '/a\nb', long]);
  expect(calls).toEqual([['print', ['-rw /a::b', ': :error::', '/## [x]', '/***', '/a\\nb', long]]]);
});

it('annotates five warnings, and says the others and repeated ones in the log or not at all', () => {
  const { reporter, calls } = create();
  for (let number = 0; number < MAX_WARNING_ANNOTATIONS + 3; number += 1)
    reporter.warning(`warning ${number}`);
  reporter.warning('warning 1');
  expect(calls.map(([, , isAnnotated]) => isAnnotated)).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

it('opens one group at a time, and closes it when its body fails', async () => {
  const { reporter, calls } = create();
  await reporter.group('outer', () => reporter.group('in::ner', () => Promise.resolve()));
  await expect(reporter.group('failing', () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  expect(calls).toEqual([
    ['beginGroup', 'outer'],
    ['info', ['in: :ner']],
    ['endGroup'],
    ['beginGroup', 'failing'],
    ['endGroup'],
  ]);
});

it('closes an open group before the error', () => {
  const { reporter, calls } = create();
  void reporter.group('open', () => new Promise(() => undefined));
  reporter.error('title', 'text');
  expect(calls.map(([name]) => name)).toEqual(['beginGroup', 'endGroup', 'error']);
});

it.each([
  ['debug', ['info', 'info', 'warning']],
  ['info', ['debug', 'info', 'warning']],
  ['warning', ['debug', 'warning']],
] as const)('at level %s says so much', async (level, expected) => {
  const { reporter, calls } = create();
  reporter.level = level;
  reporter.debug('d');
  reporter.info('i');
  reporter.warning('w');
  expect(calls.map(([name]) => name)).toEqual(expected);
  await reporter.group('g', () => Promise.resolve());
  expect(calls.some(([name]) => name === 'beginGroup')).toBe(level !== 'warning');
});

it('hides a secret from the moment it is told', () => {
  const { reporter, calls } = create();
  reporter.mask('hunter22');
  reporter.info('hunter22');
  reporter.summary('`hunter22`');
  reporter.output('o', 'hunter22');
  reporter.writeSummary();
  expect(calls[0]?.[0]).toBe('mask');
  expect(calls.slice(1)).toEqual([
    ['info', ['***']],
    ['output', 'o', '***'],
    ['summary', '`***`\n'],
  ]);
});

it('writes the summary once, the verdict first', () => {
  const { reporter, calls } = create();
  reporter.summary('details');
  reporter.summary('more');
  reporter.summaryFirst('## failed');
  reporter.writeSummary();
  reporter.writeSummary();
  expect(calls).toEqual([['summary', '## failed\n\ndetails\n\nmore\n']]);
});

it('says the summary in the log where there is no place for it', () => {
  const { reporter, calls } = create(false);
  reporter.summary('a\n::error::b');
  reporter.writeSummary();
  expect(calls.at(-1)).toEqual(['info', ['a', '  : :error: :b', '  ']]);
});

it('cuts a summary at a line end, with what was open closed', () => {
  const short = 'x\n'.repeat(10);
  expect(limitSummary(short)).toBe(short);
  const long = `## verdict\n\n<details><summary>many</summary>\n\n\`\`\`\`text\n${'wörd\n'.repeat(100_000)}`;
  const cut = limitSummary(long);
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(MAX_SUMMARY_BYTES + 200);
  expect(cut).toMatch(/\nwörd\n````\n\n<\/details>\n\nThis summary was cut; the log has the rest\.\n$/);
  expect(limitSummary('<details>\n```\n</details>\n```\n</details>\nx\ny\n', 45)).not.toContain(
    '</details>\n\n</details>',
  );
});

it('cuts a line of the log, and never an output: programs read it whole', () => {
  const { reporter, calls } = create();
  const long = 'x'.repeat(10_000);
  reporter.info(long);
  reporter.output('report', long);
  expect(JSON.stringify(calls[0])).toContain('more characters');
  expect(calls[1]).toEqual(['output', 'report', long]);
});
