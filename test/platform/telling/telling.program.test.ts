// Who hears what of a run, in this process; and whole runs, each a process of its own.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dumpDeclaration } from '../../../src/actions/dump/inputs.ts';
import { restoreTestDeclaration } from '../../../src/actions/restore-test/inputs.ts';
import { shipBinlogsDeclaration } from '../../../src/actions/ship-binlogs/inputs.ts';
import { syncStorageDeclaration } from '../../../src/actions/sync-storage/inputs.ts';
import { verifyDeclaration } from '../../../src/actions/verify/inputs.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { doctorDeclaration } from '../../../src/actions/doctor/inputs.ts';
import type { ActionDeclaration } from '../../../src/inputs/declaration.ts';
import { readEnvironment } from '../../../src/platform/environment.ts';
import { describeFailure } from '../../../src/platform/failure.ts';
import { createGitHubSource } from '../../../src/platform/github-source.ts';
import { RunReporter } from '../../../src/platform/run-reporter.ts';
import { Sanitizer } from '../../../src/platform/sanitize.ts';
import { createTelling } from '../../../src/platform/telling/telling.ts';
import { createRecordingPrinter } from '../../helpers/recording-printer.ts';
import { runStep, shownLog, startStep, type StepResult } from '../../helpers/step.ts';
import { CHECK, type Fault, TellingService, TOKEN } from '../../helpers/telling-service.ts';

const TRIAL = join(import.meta.dirname, '../programs/trial.ts');
const SECRET = 'hunter22-"secret"';
const PATIENT = { timeout: 30_000 };

let service: TellingService;
beforeEach(async () => {
  service = await TellingService.start();
});
afterEach(() => service.stop());

const variables = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  INPUT_SERVER: 'atlas',
  'INPUT_HEARTBEAT-URL': service.heartbeatUrl,
  'INPUT_NOTIFY-ISSUE': 'true',
  'INPUT_GITHUB-TOKEN': TOKEN,
  ...service.variables,
  ...more,
});
const beats = () => service.beats.map((beat) => beat.replace(`POST /ping/${CHECK}`, ''));

interface Told {
  readonly warnings: readonly string[];
}

/** The beginning and the end of a run of this action. */
async function tell(
  error: unknown,
  more: Readonly<Record<string, string>> = {},
  declaration: ActionDeclaration = dumpDeclaration,
): Promise<Told> {
  const printer = createRecordingPrinter();
  const reporter = new RunReporter(printer, new Sanitizer());
  reporter.mask(SECRET);
  const environment = readEnvironment(variables(more));
  const source = createGitHubSource(environment.variables, declaration.inputs);
  const telling = createTelling(declaration, source, environment, reporter);
  telling?.begin();
  reporter.info('Connecting to atlas');
  await telling?.end(error === undefined ? undefined : describeFailure(error, declaration.name, ''));
  return { warnings: printer.calls.filter(([name]) => name === 'warning').map(([, lines]) => String(lines)) };
}

const REFUSED = new LifeboatError('ssh-auth', `atlas refused ${SECRET}`, { hint: 'Look at sshd.' });

describe('a run', () => {
  it('that fails and is good again: an incident, and what the heartbeat hears', async () => {
    await tell(REFUSED);
    expect(service.open).toMatchObject([{ title: 'Lifeboat: dump of atlas fails' }]);
    for (const part of ['atlas refused', 'Look at sshd', 'Connecting to atlas'])
      expect(service.open[0]?.body).toContain(part);
    await tell(undefined);
    expect(service.open).toEqual([]);
    expect(beats()).toEqual([
      '/start lifeboat dump: begun',
      '/fail lifeboat dump: failed (ssh-auth)',
      '/start lifeboat dump: begun',
      ' lifeboat dump: good',
    ]);
    expect(JSON.stringify(service.issues)).not.toMatch(/hunter22|ghs_canary/);
  });

  it('that everybody can read about tells no names, unless that is wanted', async () => {
    service.visibility = 'public';
    await tell(REFUSED);
    expect(JSON.stringify(service.issues)).not.toMatch(/atlas|refused/);
    await tell(REFUSED, { 'INPUT_PUBLIC-DETAILS': 'true' });
    expect(service.issues).toHaveLength(1);
    expect(service.issues[0]?.body).toContain('Connecting to atlas');
  });

  it.each([
    ['a bug', new TypeError('x'), {}, 'failed (bug)'],
    [
      'a name that is none',
      new LifeboatError('input-invalid', 'no'),
      { INPUT_SERVER: 'No Name' },
      'configuration',
    ],
    ['a red verdict', new LifeboatError('restore-differs', 'no'), {}, 'red (restore-differs)'],
  ])('that ends by %s is an incident too', async (_, error, more, message) => {
    await tell(error, more);
    expect(service.open).toHaveLength(1);
    expect(service.beats[1]).toContain(`/fail lifeboat dump: ${message}`);
  });

  it('that finds another one at work leaves the end to that one', async () => {
    await tell(REFUSED);
    await tell(new LifeboatError('target-busy', 'another one'));
    expect(service.issues[0]?.body).toContain('One attempt failed');
    expect(service.beats).toHaveLength(3);
  });

  it('that makes no backup says nothing', async () => {
    await tell(undefined, { 'INPUT_DRY-RUN': 'true' });
    await tell(undefined, {}, doctorDeclaration);
    expect([service.beats, service.requests]).toEqual([[], []]);
  });

  it('of one kind does not close the incident of another', async () => {
    await tell(REFUSED, { INPUT_LABEL: 'weekly' });
    await tell(undefined);
    await tell(undefined, { INPUT_LABEL: 'weekly', INPUT_ENGINE: 'mysql' });
    expect(service.open).toHaveLength(1);
    await tell(undefined, { INPUT_LABEL: 'weekly', INPUT_ENGINE: 'mariadb' });
    expect(service.open).toEqual([]);
  });

  it('asks people once in a quarter', async () => {
    const more = { 'INPUT_HUMAN-CHECK': 'quarterly', 'INPUT_NOTIFY-ISSUE': 'false' };
    await tell(REFUSED, more, restoreTestDeclaration);
    await tell(undefined, more, restoreTestDeclaration);
    expect(service.issues).toHaveLength(1);
    expect(service.issues[0]?.title).toContain('what only people can check');
  });

  it.each([undefined, REFUSED])('is what it is, whatever the services answer: %s', async (error) => {
    service.fault = () => ({ status: 404 });
    expect((await tell(error)).warnings.toSorted()).toEqual(
      [
        'The heartbeat (start) did not arrive: the answer was 404.',
        `The heartbeat (${error === undefined ? 'success' : 'fail'}) did not arrive: the answer was 404.`,
        'The issue in example/ops could not be written (GitHub answered 404: may `github-token` see this repository?).',
      ].toSorted(),
    );
  });

  it.each<[string, Fault]>([
    ['500', { status: 500 }],
    ['401', { status: 401 }],
    ['403', { status: 403 }],
    ['429', { status: 429, headers: { 'retry-after': '1' } }],
    ['no JSON', { status: 200, body: '{"private": tru' }],
    ['a redirect in a circle', { status: 302, headers: { location: '/repos/example/ops' } }],
    ['a broken connection', 'break'],
  ])('is what it is when GitHub answers %s: one warning, for good and bad runs', async (_, fault) => {
    service.fault = (request) => (request.includes('/ping/') ? undefined : fault);
    for (const error of [undefined, REFUSED]) {
      const { warnings } = await tell(error);
      expect(warnings).toEqual([expect.stringMatching(/^The issue in example\/ops could not be written \(/)]);
      expect(warnings.join()).not.toMatch(/ghs_canary|atlas/);
    }
    expect(beats()).toContain(' lifeboat dump: good');
    expect(beats()).toContain('/fail lifeboat dump: failed (ssh-auth)');
  });

  it('is what it is when nobody is there to be told', async () => {
    const closed = await TellingService.start();
    const more = { ...closed.variables, 'INPUT_HEARTBEAT-URL': '' };
    await closed.stop();
    expect((await tell(REFUSED, more)).warnings).toEqual([
      'The issue in example/ops could not be written (the connection failed (ECONNREFUSED)).',
    ]);
  });

  it('of several servers has one incident, in whatever order they are named', async () => {
    await tell(REFUSED, { INPUT_SERVER: 'boreas\natlas' }, verifyDeclaration);
    expect(service.open).toMatchObject([{ title: 'Lifeboat: verify of atlas, boreas fails' }]);
    await tell(undefined, { INPUT_SERVER: 'atlas\nboreas' }, verifyDeclaration);
    expect(service.open).toEqual([]);
  });

  it.each([
    dumpDeclaration,
    shipBinlogsDeclaration,
    syncStorageDeclaration,
    verifyDeclaration,
    restoreTestDeclaration,
  ])('of $name can be told', async (declaration) => {
    await tell(REFUSED, {}, declaration);
    expect(service.beats.at(-1)).toContain(`lifeboat ${declaration.name}: failed (ssh-auth)`);
    expect(service.open).toHaveLength(1);
  });
});

describe('a process', PATIENT, () => {
  const trial = (plan: string) => variables({ INPUT_PLAN: plan, INPUT_SECRET: SECRET });
  const expectNoSecret = (result: StepResult) => {
    const told = JSON.stringify([beats(), service.issues]);
    for (const text of [shownLog(result), result.summary, result.outputs, told])
      for (const secret of ['hunter22', CHECK, TOKEN]) expect(text).not.toContain(secret);
  };

  it('that fails has its own exit code and one error, and tells no secret', async () => {
    const failed = await runStep([TRIAL], trial('say'));
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout.match(/^::error/gm)).toHaveLength(1);
    expect(failed.stdout).toContain('An incident is open: https://github.example.com/example/ops/issues/1');
    const { body = '' } = service.open[0] ?? {};
    expect(body).toContain('refused ***');
    expect(body).toMatch(/The end of the log[^]*```text[^]*: :set-output name=x: :\*\*\*\n[^]*```/);
    expect(body).toContain('(https://github.example.com/example/ops/actions/runs/4711/attempts/1)');
    expectNoSecret(failed);
  });

  it('that is good stays good when nobody can be told', async () => {
    service.fault = () => ({ status: 410 });
    const good = await runStep([TRIAL], trial('good'));
    expect(good.exitCode).toBe(0);
    expect(good.summary).toBe('## Good\n');
    expect(good.stdout.match(/^::warning/gm)).toHaveLength(3);
    expectNoSecret(good);
  });

  it('that is cancelled says so while it stops, and in time; that is no incident', async () => {
    const step = startStep([TRIAL], trial('wait'));
    await step.printed('working');
    step.child.kill('SIGINT');
    expect((await step.ended).exitCode).toBe(130);
    expect(beats()).toEqual(['/start lifeboat trial: begun', '/fail lifeboat trial: cancelled']);
    expect(service.requests).toEqual([]);
  });

  it('that is told to stop while it tells ends soon, with the verdict that it had', async () => {
    service.fault = () => 'hang';
    const step = startStep([TRIAL], trial('say'));
    await step.printed('::error');
    const start = performance.now();
    step.child.kill('SIGINT');
    expect((await step.ended).exitCode).toBe(1);
    expect(performance.now() - start).toBeLessThan(4_000);
  });

  it('on a command line tells the same, and refuses before anything else when it is not known where', async () => {
    const run = (more: Readonly<Record<string, string>>) =>
      runStep([TRIAL, 'trial', '--plan', 'say', '--server', 'atlas', '--notify-issue'], {
        LIFEBOAT_SECRET: SECRET,
        LIFEBOAT_GITHUB_TOKEN: TOKEN,
        GITHUB_API_URL: service.address,
        ...more,
      });
    const [told, refused] = await Promise.all([run({ GITHUB_REPOSITORY: 'example/ops' }), run({})]);
    expect(told.exitCode).toBe(1);
    expect(service.open[0]?.body).not.toContain('[run]');
    expectNoSecret(told);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(
      '`notify-issue`: outside of a workflow it is not known which repository has the issues',
    );
  });
});
