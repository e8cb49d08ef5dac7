import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkWorkflow } from '../../../src/actions/doctor/check-workflow.ts';
import { Diagnosis } from '../../../src/actions/doctor/diagnosis.ts';
import { actions } from '../../../src/entries/actions.ts';
import { STEPS } from '../../../src/entries/compose-doctor.ts';
import { readPage, readPages } from '../../helpers/documentation.ts';

function findingsIn(text: string): string[] {
  const diagnosis = new Diagnosis();
  checkWorkflow('file', parse(text), STEPS, diagnosis);
  return diagnosis.findings.map(({ isFault, what }) => `${isFault ? 'fault' : 'warning'} ${what}`);
}

const whole = readPages().flatMap((page) =>
  page.blocks.filter(({ language, text }) => language === 'yaml' && /^jobs:$/m.test(text)),
);
const GOOD =
  readPage('README.md').blocks.find(({ language, text }) => language === 'yaml' && /^jobs:$/m.test(text))
    ?.text ?? '';

it('knows every action that can be a step', () => {
  const steps = Object.values(actions).filter(({ declaration }) => !('isCommandLineOnly' in declaration));
  expect(STEPS).toEqual(steps.map(({ declaration }) => declaration));
});

it.each(whole)('finds nothing wrong with the example below "$heading"', ({ text }) => {
  expect(findingsIn(text)).toEqual([]);
});

it.each([
  [/permissions: .*/, 'permissions: write-all', 'warning file: job dump may write to the repository'],
  [
    /permissions: .*/,
    'permissions:\n  contents: write',
    'warning file: job dump may write to the repository',
  ],
  [/permissions: .*/, '', 'warning file: job dump says nothing of permissions'],
  [
    /cancel-in-progress: false/,
    'cancel-in-progress: true',
    'warning file: job dump is cancelled by the next',
  ],
  [/concurrency:\n(?: +.*\n)+/, '', 'warning file: job dump has no concurrency group'],
  [/cron: '17/, "cron: '7,22,30", 'warning file: it is scheduled at minute 7,22,30'],
  [/cron: '17/, "cron: '*/10", 'warning file: it is scheduled at minute */10'],
  [/workflow_dispatch:/, 'issue_comment:', 'warning file: it runs on issue_comment'],
  [/on:\n(?: .*\n)+/, 'on: pull_request\n', 'warning file: it runs on pull_request'],
  [/on:\n(?: .*\n)+/, 'on: [workflow_dispatch, workflow_run]\n', 'warning file: it runs on workflow_run'],
  [/server: atlas/, 'server: atlas\n          colour: red', 'fault file: `dump` has no input `colour`'],
  [/store-region: .*/, 'store-region: "!"', 'fault file: the value of `store-region` cannot be used'],
  [/uses: OWNER\/lifeboat\/dump@v1/, 'uses: actions/checkout@v5', 'fault file: no job has a step that uses'],
])('says what is wrong when %s becomes %j', (from, to, expected) => {
  const changed = GOOD.replace(from, to);
  expect(changed).not.toBe(GOOD);
  const [found = '', ...others] = findingsIn(changed);
  expect(found).toContain(expected);
  expect(others).toEqual([]);
});

it('takes a token for a cloud as no danger', () => {
  expect(findingsIn(GOOD.replace(/permissions: .*/, 'permissions:\n  id-token: write'))).toEqual([]);
});

it.each(['', '[]', 'text', '3'])('a file that is no workflow is told as one: %j', (text) => {
  expect(findingsIn(text)).toEqual(['fault file: no job has a step that uses Lifeboat']);
});
