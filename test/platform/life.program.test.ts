import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runStep, shownLog, startStep } from '../helpers/step.ts';

const TRIAL = join(import.meta.dirname, 'programs/trial.ts');
const SECRET = 'hunter22-"secret"';

const variables = (plan: string, more: Record<string, string> = {}) => ({
  INPUT_PLAN: plan,
  INPUT_SECRET: SECRET,
  ...more,
});
const run = (plan: string, more: Record<string, string> = {}) => runStep([TRIAL], variables(plan, more));
const errorsIn = (log: string) => log.match(/^::error.*$/gm) ?? [];

/** Starting a program takes a second on a busy machine. */
const PATIENT = { timeout: 30_000 };

describe('a run on GitHub', PATIENT, () => {
  it('that is good ends with 0, with outputs and summary', async () => {
    const result = await run('good');
    expect(result.exitCode).toBe(0);
    expect(result.outputs).toMatch(/^answer<<(ghadelimiter_\S+)\n42\n\1\n$/);
    expect(result.summary).toBe('## Good\n');
    expect(errorsIn(result.stdout)).toEqual([]);
  });

  it('that fails tells one error with code, hint and link, and writes outputs and summary all the same', async () => {
    const result = await run('say');
    expect(result.exitCode).toBe(1);
    expect(errorsIn(shownLog(result))).toEqual([
      '::error title=Lifeboat trial%3A failed (ssh-auth)::refused ***%0A  not ***%0A  See docs/troubleshooting.md#ssh-auth',
    ]);
    expect(result.summary).toMatch(/^## Lifeboat trial: failed \(ssh-auth\)\n\nrefused [^]*said \*\*\*\n$/);
    expect(result.outputs).toMatch(/^answer<<(\S+)\n\*\*\*\n\1\n$/);
  });

  it('masks secrets before anything else is printed, and prints them nowhere', async () => {
    const result = await run('say', { 'INPUT_LOG-LEVEL': 'debug' });
    const [first] = result.stdout.split('\n');
    expect(first).toMatch(/^::add-mask::/);
    expect(result.stdout).toContain(`::add-mask::${SECRET}\n`);
    const base64 = Buffer.from(SECRET).toString('base64');
    for (const text of [shownLog(result), result.summary, result.outputs]) {
      expect(text).not.toContain('hunter22');
      expect(text).not.toContain(base64.slice(0, -2));
    }
    expect(shownLog(result)).toContain('\n: :set-output name=x: :***\n');
  });

  it('that ends by a bug shows its stack, once', async () => {
    const result = await run('bug', { 'INPUT_LOG-LEVEL': 'warning' });
    expect(result.exitCode).toBe(1);
    expect(shownLog(result)).toMatch(/TypeError: bug with \*\*\*\n +at /);
    expect(errorsIn(result.stdout)).toHaveLength(1);
    expect(result.summary).toMatch(/^## Lifeboat trial: failed by a bug\n/);
  });

  it.each([
    ['reject', 'nobody waits for this'],
    ['throw-later', 'thrown in a timer'],
    ['starve', 'nothing was left to wait for'],
  ])('that goes wrong behind its own back is a bug: %s', async (plan, message) => {
    const result = await run(plan);
    expect(result.exitCode).toBe(1);
    expect(errorsIn(result.stdout)).toEqual([expect.stringContaining(message)]);
  });

  it('that is not configured ends with 2 and tells every problem', async () => {
    const result = await runStep([TRIAL], { 'INPUT_LOG-LEVEL': 'loud', INPUT_SECRT: 'x' });
    expect(result.exitCode).toBe(2);
    expect(errorsIn(result.stdout)).toHaveLength(1);
    for (const name of ['plan', 'secret', 'secrt', 'log-level'])
      expect(result.summary).toContain(`- \`${name}\`:`);
  });

  it('leaves no input, token or copy of a secret to programs that it starts', async () => {
    const { stdout } = await run('environment', {
      'INPUT_LOG-LEVEL': 'info',
      LIFEBOAT_OTHER_PASSWORD: 'x',
      MY_COPY: SECRET,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'aws-secret',
      AWS_SESSION_TOKEN: 'aws-token',
      ACTIONS_RUNTIME_TOKEN: 'runtime-token',
      AWS_REGION: 'eu-central-1',
    });
    expect(/^child has (.*)$/m.exec(stdout)?.[1]?.split(',')).toEqual([
      'AWS_REGION',
      'GITHUB_OUTPUT',
      'GITHUB_STEP_SUMMARY',
      'HOME',
      'NODE_COMPILE_CACHE',
      'PATH',
      'RUNNER_TEMP',
    ]);
    expect(stdout).toContain('ambient AKIAEXAMPLE');
    expect(stdout).toContain('::add-mask::aws-secret');
  });

  it('has a private directory that is gone afterwards', async () => {
    const { stdout, leftovers } = await run('temporary-directory');
    expect(stdout).toContain('mode 700');
    expect(leftovers).toEqual([]);
  });
});

describe('a cancelled run', PATIENT, () => {
  const cancel = async (plan: string, signal: NodeJS.Signals) => {
    const step = startStep([TRIAL], variables(plan));
    await step.printed('working');
    const start = performance.now();
    step.child.kill(signal);
    const result = await step.ended;
    return { ...result, elapsedMs: performance.now() - start };
  };

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'undoes its work, then ends with 130: %s',
    async (signal) => {
      const result = await cancel('wait', signal);
      expect(result.exitCode).toBe(130);
      expect(result.stdout).toContain('undone');
      expect(errorsIn(result.stdout)).toEqual([
        expect.stringContaining(`The run was cancelled (${signal}).`),
      ]);
      expect(result.summary).toMatch(/^## Lifeboat trial: cancelled \(cancelled\)\n/);
    },
  );

  it('is cancelled, whatever else fails while it stops', async () => {
    const result = await cancel('fail-while-stopping', 'SIGINT');
    expect(result.exitCode).toBe(130);
    expect(errorsIn(result.stdout)).toEqual([expect.stringContaining('cancelled')]);
  });

  it('is good when it was done before it could stop', async () => {
    expect((await cancel('finish-anyway', 'SIGINT')).exitCode).toBe(0);
  });

  it('ends within 5 s even when it hangs, with its private directory gone', async () => {
    const result = await cancel('stuck', 'SIGINT');
    expect(result.exitCode).toBe(130);
    expect(result.elapsedMs).toBeLessThan(5_000);
    expect(result.leftovers).toEqual([]);
    expect(result.stdout).toMatch(/::endgroup::\n::error/);
    expect(result.summary).toContain('cancelled');
  });
});

describe('a run on a command line', PATIENT, () => {
  const cli = (args: string[], more: Record<string, string> = {}) =>
    runStep([TRIAL, 'trial', ...args], { LIFEBOAT_SECRET: SECRET, ...more });

  it('logs lines with their time, and prints the summary on standard output', async () => {
    const result = await cli(['--plan', 'good']);
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toBe('## Good\n');
    expect(result.stderr).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ answer: 42\n$/);
    expect(result.summary).toBe('');
  });

  it('hides secrets, uses no colours and no commands of the runner', async () => {
    const result = await cli(['--plan', 'say', '--log-level', 'debug']);
    expect(result.exitCode).toBe(1);
    expect(result.stdout + result.stderr).not.toMatch(/hunter22|::|\x1b/);
    expect(result.stderr).toMatch(/Z error: Lifeboat trial: failed \(ssh-auth\)\n\S+Z {3}refused \*\*\*\n/);
  });

  it('never takes a secret as a flag', async () => {
    const result = await cli(['--plan', 'good', '--secret', 'topsecret']);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('--secret-file PATH or LIFEBOAT_SECRET');
    expect(result.stdout + result.stderr).not.toContain('topsecret');
  });

  it.each([
    [['--help'], 0, /Actions:\n {2}trial {2}Does what its plan says/],
    [['trial', '--help'], 0, /--secret-file PATH or LIFEBOAT_SECRET {2}\(required\)/],
    [['--version'], 0, /^lifeboat 1\.2\.3\n$/],
  ])('answers %j', async (args, exitCode, expected) => {
    const result = await runStep([TRIAL, ...args]);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stdout).toMatch(expected);
  });

  it('names the action that was meant', async () => {
    const result = await runStep([TRIAL, 'trail']);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('Did you mean "trial"?');
  });
});
