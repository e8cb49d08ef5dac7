import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Looked } from '../../../src/actions/doctor/check-step.ts';
import { checkWorkflow } from '../../../src/actions/doctor/check-workflow.ts';
import { Diagnosis } from '../../../src/actions/doctor/diagnosis.ts';
import { parseStoreUrl } from '../../../src/domain/stores/store-url.ts';
import { actions } from '../../../src/entries/actions.ts';
import { STEPS } from '../../../src/entries/compose-doctor.ts';
import { readPage, readPages } from '../../helpers/documentation.ts';

/** Looked at by a doctor that was given the same server and store, if nothing else is said. */
function findingsIn(text: string, looked: Partial<Looked> = {}): string[] {
  const diagnosis = new Diagnosis();
  const [, server = ''] = /^ +server: (?:\|\n +)?(\S+)$/m.exec(text) ?? [];
  const [, store = 's3://x-y-z'] = /^ +store: (\S+)$/m.exec(text) ?? [];
  const given = { server, store: parseStoreUrl(store), ...looked };
  checkWorkflow('file', parse(text), STEPS, given, diagnosis);
  return diagnosis.findings.map(({ isFault, what }) => `${isFault ? 'fault' : 'warning'} ${what}`);
}

/** With what its reader is to replace. */
const fill = (text: string) =>
  text.replaceAll('OWNER/', 'example/').replaceAll(/REPLACE_WITH_\w+/g, `${'A'.repeat(42)}E`);
const whole = readPages().flatMap((page) =>
  page.blocks.filter(({ language, text }) => language === 'yaml' && /^jobs:$/m.test(text)),
);
const EXAMPLE =
  readPage('README.md').blocks.find(({ language, text }) => language === 'yaml' && /^jobs:$/m.test(text))
    ?.text ?? '';
const GOOD = fill(EXAMPLE);

it('knows every action that can be a step', () => {
  const steps = Object.values(actions).filter(({ declaration }) => !('isCommandLineOnly' in declaration));
  expect(STEPS.map(({ name, inputs }) => ({ name, inputs }))).toEqual(
    steps.map(({ declaration: { name, inputs } }) => ({ name, inputs })),
  );
});

it.each(whole)('finds nothing wrong with the example below "$heading"', ({ text }) => {
  expect(findingsIn(fill(text))).toEqual([]);
});

it('takes verify for several servers, when the one that was looked at is among them', () => {
  const verify = whole.find(({ text }) => text.includes('lifeboat/verify@'))?.text ?? '';
  const store = parseStoreUrl('s3://example-backups/servers');
  expect(findingsIn(fill(verify), { server: 'boreas', store })).toEqual([]);
  expect(findingsIn(fill(verify), { server: 'cetus', store })).toEqual([
    expect.stringContaining('`server` is not what the doctor was given'),
  ]);
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
    /server: atlas/,
    'server: atlas\n          notify-issue: true\n          github-token: ${{ secrets.GITHUB_TOKEN }}',
    'warning file: job dump is to write issues, and its token may not',
  ],
  [
    /cancel-in-progress: false/,
    'cancel-in-progress: true',
    'warning file: job dump is cancelled by the next',
  ],
  [/concurrency:\n(?: +.*\n)+/, '', 'warning file: job dump has no concurrency group'],
  [/lifeboat\/dump@/, 'lifeboat/ship-binlogs@', 'warning file: job dump ships binary logs'],
  [/cron: '17/, "cron: '7,22,30", 'warning file: it is scheduled at minute 7,22,30'],
  [/cron: '17/, "cron: '*/10", 'warning file: it is scheduled at minute */10'],
  [/workflow_dispatch:/, 'issue_comment:', 'warning file: it runs on issue_comment'],
  [/on:\n(?: .*\n)+/, 'on: pull_request\n', 'warning file: it runs on pull_request'],
  [/on:\n(?: .*\n)+/, 'on: [workflow_dispatch, workflow_run]\n', 'warning file: it runs on workflow_run'],
  [/server: atlas/, 'server: atlas\n          colour: red', 'fault file: `dump` has no input `colour`'],
  [/store-region: .*/, 'store-region: "!"', 'fault file: the value of `store-region` cannot be used'],
  [/server: atlas/, 'server: ""', 'fault file: `dump` needs `server`'],
  [/ssh-host: .*/, 'ssh-host:', 'fault file: `dump` needs `ssh-host`'],
  [/recipients: .*/, 'recipients: "  "', 'fault file: `dump` needs `recipients`'],
  [/ssh-known-hosts: .*/, 'ssh-known-hosts: other ssh-ed25519 A', 'fault file: `ssh-known-hosts`: '],
  [/store-access-key-id: .*\n/, '\n', 'fault file: `store-access-key-id`: nothing is given, but'],
  [/store-secret-access-key: .*\n/, '\n', 'fault file: `store-secret-access-key`: nothing is given, but'],
  [/ +store-access-key-id: .*\n.*\n/, '', 'fault file: nothing gives keys for the bucket'],
  [
    /recipients:/,
    'databases: shop\n          exclude-databases: shop\n          recipients:',
    'is listed in',
  ],
  [
    /recipients:/,
    'ssh-proxy-user: lifeboat\n          recipients:',
    'fault file: `ssh-proxy-user`: only with',
  ],
  [/ubuntu-latest/, 'windows-latest', 'fault file: job dump runs on windows-latest'],
  [/ubuntu-latest/, '[self-hosted, macOS]', 'fault file: job dump runs on macOS'],
  [/ +runs-on: .*\n/, '', 'fault file: job dump does not say where it runs'],
  [
    /store: .*\n.*\n.*\n.*\n/,
    'store: file:///srv/backups\n',
    'fault file: `store`: a directory of a hosted runner is gone',
  ],
  [
    /uses: example\/lifeboat\/dump@v1/,
    'uses: actions/checkout@v5',
    'fault file: no job has a step that uses',
  ],
])('says what is wrong when %s becomes %j', (from, to, expected) => {
  const changed = GOOD.replace(from, to);
  expect(changed).not.toBe(GOOD);
  const [found = '', ...others] = findingsIn(changed);
  expect(found).toContain(expected);
  expect(others).toEqual([]);
});

it('lets a job that is to write issues write issues', () => {
  const given = 'notify-issue: true\n          github-token: ${{ secrets.GITHUB_TOKEN }}';
  const text = GOOD.replace(/permissions: .*/, 'permissions:\n  issues: write').replace(
    'server: atlas',
    `server: atlas\n          ${given}`,
  );
  expect(text).toContain(given);
  expect(findingsIn(text)).toEqual([]);
});

describe('the root action', () => {
  const asRoot = (command: string) =>
    GOOD.replace(/lifeboat\/dump@v1\n( +)with:/, `lifeboat@v1\n$1with:\n$1  command: ${command}`);

  it('is looked at as the action that it runs', () => {
    expect(asRoot('dump')).toContain('command: dump');
    expect(findingsIn(asRoot('dump'))).toEqual([]);
    expect(
      findingsIn(asRoot('dump').replace('server: atlas', 'server: atlas\n          colour: red')),
    ).toEqual(['fault file: `dump` has no input `colour`']);
    expect(findingsIn(asRoot('ship-binlogs'))).toEqual([
      expect.stringContaining('warning file: job dump ships binary logs'),
    ]);
  });

  it('needs a command that there is, which may be worked out in the run', () => {
    expect(findingsIn(asRoot('dmup'))).toEqual(['fault file: there is no action dmup']);
    expect(findingsIn(asRoot('""'))).toEqual(['fault file: `uses: example/lifeboat@v1` has no `command`']);
    const diagnosis = new Diagnosis();
    const looked = { server: 'atlas', store: parseStoreUrl('s3://example-backups/servers') };
    checkWorkflow('file', parse(asRoot('${{ inputs.command }}')), STEPS, looked, diagnosis);
    expect(diagnosis.findings).toEqual([]);
    expect(diagnosis.unchecked).toEqual([
      { area: 'Workflow', what: 'file, job dump: its `command` is worked out in the run' },
    ]);
  });
});

it('tells everything that an SFTP store lacks', () => {
  const text = GOOD.replace(/store: .*\n(?: +store-.*\n)+/, 'store: sftp://me@store.example.com/backups\n');
  expect(findingsIn(text)).toEqual([
    'fault file: `store-ssh-key`: nothing is given, and an `sftp://` store needs it',
    'fault file: `store-known-hosts`: nothing is given, and an `sftp://` store needs it',
  ]);
});

it('an example that nobody filled in cannot run', () => {
  expect(findingsIn(EXAMPLE)).toEqual([
    "fault file: `uses: OWNER/lifeboat/dump@v1` names nobody's repository",
    'fault file: `ssh-known-hosts` still says REPLACE_WITH_…',
  ]);
});

it('must be of the server and the store that the doctor looks at', () => {
  expect(findingsIn(GOOD, { server: 'boreas' })).toEqual([
    expect.stringContaining('`server` is not what the doctor was given'),
  ]);
  expect(findingsIn(GOOD, { store: parseStoreUrl('s3://example-backups/other') })).toEqual([
    expect.stringContaining('`store` is not what the doctor was given'),
  ]);
  const unknown = GOOD.replace(/server: atlas$/m, 'server: ${{ matrix.server }}');
  expect(findingsIn(unknown, { server: 'boreas' })).toEqual([]);
});

it.each([
  'env:\n      AWS_ACCESS_KEY_ID: ${{ vars.ID }}\n    runs-on: ubuntu-latest',
  'runs-on: [self-hosted, linux]',
  'runs-on: ${{ matrix.os }}',
])('keys for the bucket may come from elsewhere: %j', (surroundings) => {
  const text = GOOD.replace(/ +store-access-key-id: .*\n.*\n/, '').replace(/runs-on: .*/, surroundings);
  expect(findingsIn(text)).toEqual([]);
});

it('a role needs a token that says which workflow it is', () => {
  const role = 'store-role-arn: arn:aws:iam::123456789012:role/writer\n';
  const text = GOOD.replace(/store-access-key-id: .*\n.*\n/, role);
  expect(findingsIn(text)).toEqual([
    expect.stringContaining('`store-role-arn`: this run may not ask GitHub'),
  ]);
  expect(findingsIn(text.replace(/permissions: .*/, 'permissions:\n  id-token: write'))).toEqual([]);
});

it('takes a token for a cloud as no danger', () => {
  expect(findingsIn(GOOD.replace(/permissions: .*/, 'permissions:\n  id-token: write'))).toEqual([]);
});

it.each(['', '[]', 'text', '3'])('a file that is no workflow is told as one: %j', (text) => {
  expect(findingsIn(text)).toEqual(['fault file: no job has a step that uses Lifeboat']);
});
