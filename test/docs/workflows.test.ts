import { describe, expect, it } from 'vitest';
import { readPage, readPages } from '../helpers/documentation.ts';
import { findWorkflowFaults } from '../helpers/workflow-example.ts';

const examples = readPages().flatMap((page) =>
  page.blocks
    .filter(({ language }) => language === 'yaml')
    .map(({ text, heading }) => ({ where: `${page.path}, ${heading}`, text })),
);
const GOOD = examples.find(({ where }) => where === 'README.md, A complete workflow')?.text ?? '';

it.each(examples)('the example in $where can be copied', ({ text }) => {
  expect(findWorkflowFaults(text)).toEqual([]);
});

it('the README and the page of the action have a whole workflow', () => {
  for (const file of [
    'README.md',
    'dump/README.md',
    'restore-test/README.md',
    'restore/README.md',
    'ship-binlogs/README.md',
    'verify/README.md',
  ]) {
    const whole = readPage(file).blocks.filter(
      ({ language, text }) => language === 'yaml' && /^jobs:$/m.test(text),
    );
    expect(whole.length, file).toBeGreaterThan(0);
  }
});

describe('the judge of examples finds', () => {
  it.each<[string, (text: string) => string]>([
    ['it cannot be parsed', (text) => text.replace('jobs:', 'jobs: [')],
    ['permissions is not {}', (text) => text.replace('permissions: {}', 'permissions: read-all')],
    ['it runs on pull_request_target', (text) => text.replace('workflow_dispatch', 'pull_request_target')],
    ['"0 3 * * *" is not at an odd minute', (text) => text.replace("'17 3 * * *'", "'0 3 * * *'")],
    [
      'dump: no concurrency group without cancel-in-progress',
      (text) => text.replace('cancel-in-progress: false', 'cancel-in-progress: true'),
    ],
    ['dump: no timeout-minutes', (text) => text.replace(/timeout-minutes: .*/, '')],
    ['there is no action undump', (text) => text.replace('lifeboat/dump@', 'lifeboat/undump@')],
    ['a restore is not started by hand alone', (text) => text.replace('lifeboat/dump@', 'lifeboat/restore@')],
    ['recipients is required', (text) => text.replace(/recipients: .*/, '')],
    ['there is no input shs-host', (text) => text.replace('ssh-host:', 'shs-host:')],
    [
      'ssh-key is not taken from a secret',
      (text) => text.replace('${{ secrets.ATLAS_SSH_KEY }}', '${{ vars.ATLAS_SSH_KEY }}'),
    ],
    ['server: is not a name for a server', (text) => text.replace('server: atlas', 'server: Atlas!')],
  ])('%s', (fault, change) => {
    const changed = change(GOOD);
    expect(changed).not.toBe(GOOD);
    expect(findWorkflowFaults(changed).join('\n')).toContain(fault);
  });

  it('expressions in scripts', () => {
    expect(findWorkflowFaults('- run: curl ${{ secrets.PING_URL }}\n')).toEqual([
      'an expression stands in a script',
    ]);
  });
});
