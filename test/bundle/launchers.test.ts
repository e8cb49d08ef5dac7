// What is shipped, started as the runner and as people start it. The bundle lies where there is no node_modules.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { buildBundle } from '../helpers/build.ts';
import { runStep, shownLog } from '../helpers/step.ts';

const PATIENT = { timeout: 60_000 };
const CANARY = 'canary-0123456789';

/** Everything that can be wrong before anything is contacted, and a secret in every secret input. */
const UNUSABLE = {
  server: 'Not A Name',
  'ssh-host': 'atlas.example.com',
  'ssh-user': 'backup',
  'ssh-key': CANARY,
  'ssh-key-passphrase': `${CANARY}-1`,
  'ssh-known-hosts': 'nonsense',
  timeout: 'soon',
  store: 'file:///srv/backups',
  'store-secret-access-key': `${CANARY}-2`,
  recipients: 'no key at all',
  'signing-key': `${CANARY}-3`,
  'signing-key-passphrase': `${CANARY}-4`,
  'db-password': `${CANARY}-5`,
  'min-size': '1000',
};

let bundle = '';
beforeAll(async () => {
  bundle = await buildBundle();
}, PATIENT.timeout);
afterAll(() => rmSync(bundle, { recursive: true, force: true }));

const runnerVariables = (inputs: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
const errorsIn = (log: string) => log.match(/^::error.*$/gm) ?? [];

describe('the dump action', PATIENT, () => {
  it('tells every problem in one annotation and in the summary, and no secret', async () => {
    const result = await runStep([join(bundle, 'dump.js')], {
      ...runnerVariables(UNUSABLE),
      RUNNER_ENVIRONMENT: 'github-hosted',
    });
    const [error, ...others] = errorsIn(result.stdout);
    expect(result.exitCode).toBe(2);
    expect(others).toEqual([]);
    for (const text of [error, result.summary]) {
      for (const name of [
        ...['server', 'ssh-key', 'ssh-known-hosts', 'timeout', 'store', 'store-access-key-id', 'recipients'],
        ...['store-secret-access-key', 'signing-key', 'db-user', 'min-size'],
      ]) {
        expect(text).toContain(`- \`${name}\`: `);
      }
    }
    expect(shownLog(result) + result.summary + result.outputs).not.toContain(CANARY);
    expect(result.leftovers).toEqual([]);
  });

  it('says what an unset secret looks like', async () => {
    const { stdout, exitCode } = await runStep([join(bundle, 'dump.js')], runnerVariables({ 'ssh-key': '' }));
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/- `ssh-key`: nothing is given\. [^%]*every secret in a run that a fork started/);
  });
});

describe('the root action', PATIENT, () => {
  it('runs the action that `command` names', async () => {
    const result = await runStep(
      [join(bundle, 'main.js')],
      runnerVariables({ command: 'dump', 'ssh-port': '0' }),
    );
    expect(result.exitCode).toBe(2);
    expect(result.summary).toMatch(/^## Lifeboat dump: not configured/);
    expect(result.summary).toContain('- `ssh-port`: "0" is out of range');
    expect(result.summary).not.toContain('`command`');
  });

  it.each([
    ['', 'nothing is given', 'Set it'],
    ['dmup', 'there is no command "dmup"', 'Did you mean `dump`?'],
    ['constructor', 'there is no command "constructor"', 'Set it'],
  ])('refuses the command %j', async (command, problem, fix) => {
    const result = await runStep([join(bundle, 'main.js')], runnerVariables({ command, 'ssh-key': CANARY }));
    expect(result.exitCode).toBe(2);
    expect(errorsIn(result.stdout)).toHaveLength(1);
    expect(result.stdout).toContain(
      `\`command\`: ${problem}; accepted: dump, ship-binlogs, sync-storage, verify, restore-test, restore.`,
    );
    expect(result.stdout).toContain(fix);
    expect(shownLog(result)).not.toContain(CANARY);
  });
});

describe('the command line', PATIENT, () => {
  const cli = (...args: string[]) => runStep([join(bundle, 'cli.js'), ...args]);

  it('can be started as a program', () => {
    expect(readFileSync(join(bundle, 'cli.js'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('knows its version and explains itself', async () => {
    expect(await cli('--version')).toMatchObject({
      exitCode: 0,
      stdout: `lifeboat ${VERSION}\n`,
      stderr: '',
    });
    expect((await cli('--help')).stdout).toMatch(/^Usage: lifeboat ACTION[^]*dump[^]*130 {2}Cancelled/);
    const help = await cli('dump', '--help');
    expect(help.exitCode).toBe(0);
    for (const flag of [
      '--server VALUE  (required)',
      '--ssh-port VALUE  (default: 22)',
      '--ssh-key-file PATH or LIFEBOAT_SSH_KEY',
    ]) {
      expect(help.stdout).toContain(`  ${flag}`);
    }
    expect(Math.max(...help.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  it('tells every problem of a run with 2, and prints the summary', async () => {
    const result = await cli('dump', '--servr', 'atlas', '--ssh-key', CANARY, '--dry-run', '--ssh-port', 'x');
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('Did you mean `--server`?');
    expect(result.stderr).toContain('secrets are not taken from the command line');
    expect(result.stderr).toContain('`ssh-port`: "x" is not a whole number');
    expect(result.stdout).toMatch(/^## Lifeboat dump: not configured/);
    expect(result.stdout + result.stderr).not.toContain(CANARY);
  });

  it('without an action says which there are', async () => {
    expect(await cli()).toMatchObject({ exitCode: 2, stdout: '' });
    expect((await cli()).stderr).toContain('Actions: dump');
  });
});
