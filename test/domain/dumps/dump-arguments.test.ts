import { expect, it } from 'vitest';
import {
  areTextArguments,
  DUMP_ARGUMENT_NAMES,
  readDumpArgument,
  sortDumpArguments,
} from '../../../src/domain/dumps/dump-arguments.ts';
import { COMMON_OPTIONS, DATA_OPTIONS } from '../../../src/engines/mysql/dump/dump-options.ts';

it('tells what is for the connection from what gives rows another form', () => {
  expect(
    sortDumpArguments(['--ssl-ca=/a=b', '--net-buffer-length=4K', '--compress', '--complete-insert']),
  ).toEqual({
    connection: ['--ssl-ca=/a=b', '--compress'],
    text: ['--net-buffer-length=4K', '--complete-insert'],
  });
});

it('takes an option for the form of rows, and no other, from an inventory', () => {
  expect(areTextArguments([])).toBe(true);
  expect(areTextArguments(['--complete-insert', '--net-buffer-length=4K'])).toBe(true);
  for (const argument of ['--compress', '--where=1', '--no-data', '--net-buffer-length=x', 'constructor', ''])
    expect(areTextArguments(['--complete-insert', argument]), argument).toBe(false);
});

it('lets none of the options that make a dump whole be set again', () => {
  const ours = [...COMMON_OPTIONS, ...DATA_OPTIONS].map((option) => option.replace(/=.*/, ''));
  for (const option of ours) {
    const bare = option.replace(/^--(?:no-|skip-)?/, '');
    const isSafe = bare === 'extended-insert';
    expect(DUMP_ARGUMENT_NAMES.includes(`--skip-${bare}`), option).toBe(isSafe);
    expect(readDumpArgument(option), option).toBe('unknown');
  }
});
