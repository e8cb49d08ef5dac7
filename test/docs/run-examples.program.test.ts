// The examples, run by the stand-in for the runner with actions that only say what they were given. With the built actions on real
// servers: test/integration/examples.test.ts.
import { describe, expect, it } from 'vitest';
import { runWorkflow, type Event, type Surroundings } from '../helpers/workflow-runner.ts';

interface Asked {
  readonly action: string;
  readonly inputs: Readonly<Record<string, string>>;
}

/** Every name of an environment has its own values, so that what comes from elsewhere is seen. */
function surroundings(asked: Asked[], exitCodes: Readonly<Record<string, number>> = {}): Surroundings {
  const named = (environment: string, kind: string) =>
    new Proxy(
      {},
      {
        getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
        has: () => true,
        ownKeys: () => NAMES,
        get: (_, name) => `${environment} ${kind} ${String(name)}`,
      },
    );
  return {
    environment: (name) => ({ secrets: named(name, 'secret'), vars: named(name, 'variable') }),
    token: (canWriteIssues) => (canWriteIssues ? 'may write issues' : 'may nothing'),
    run: (action, inputs) => {
      asked.push({ action, inputs });
      const exitCode = exitCodes[inputs['server'] ?? ''] ?? 0;
      const outputs: Record<string, string> =
        exitCode === 0 ? { 'backup-id': `of ${inputs['server'] ?? ''}` } : {};
      return Promise.resolve({ exitCode, log: '', summary: '', outputs });
    },
  };
}

const NAMES = [
  ...['SSH_KEY', 'WRITER_SECRET', 'SIGNING_KEY', 'HEARTBEAT_DUMP', 'HEARTBEAT_STORAGE', 'HEARTBEAT_BINLOGS'],
  ...[
    'READER_SECRET',
    'IDENTITY',
    'PROOF_SIGNING_KEY',
    'PROVER_SECRET',
    'HEARTBEAT_RESTORE_TEST',
    'HEARTBEAT_VERIFY',
  ],
];

async function run(file: string, event: Event, exitCodes?: Readonly<Record<string, number>>) {
  const asked: Asked[] = [];
  const jobs = await runWorkflow(file, event, surroundings(asked, exitCodes));
  return { asked, jobs: jobs.map(({ name, result }) => `${name}: ${result}`) };
}

describe('nightly.yml', () => {
  it('dumps every server and then stores its files, each with the secrets of its own environment', async () => {
    const { asked, jobs } = await run('nightly.yml', { name: 'schedule' });
    expect(jobs).toEqual([
      'backup (atlas) / dump: success',
      'backup (atlas) / storage: success',
      'backup (boreas) / dump: success',
      'backup (boreas) / storage: success',
    ]);
    expect(asked).toMatchObject([
      {
        action: 'dump',
        inputs: {
          server: 'atlas',
          'ssh-host': 'atlas.example.com',
          'ssh-key': 'backup-atlas secret SSH_KEY',
          recipients: 'backup-atlas variable RECIPIENTS',
          'github-token': 'may write issues',
          databases: '*',
          label: '',
          'dry-run': 'false',
          'heartbeat-url': 'backup-atlas secret HEARTBEAT_DUMP',
          set: '4711',
        },
      },
      { action: 'sync-storage', inputs: { server: 'atlas', name: 'uploads', set: '4711' } },
      { inputs: { server: 'boreas', 'signing-key': 'backup-boreas secret SIGNING_KEY' } },
      { action: 'sync-storage', inputs: { server: 'boreas' } },
    ]);
  });

  it('by hand can be dry, and one server does not stop another', async () => {
    const inputs = { 'dry-run': true };
    const { asked, jobs } = await run('nightly.yml', { name: 'workflow_dispatch', inputs }, { atlas: 1 });
    // What is wrong with the one is wrong with the other here; it was tried nevertheless.
    expect(jobs).toEqual([
      'backup (atlas) / dump: failure',
      'backup (atlas) / storage: failure',
      'backup (boreas) / dump: success',
      'backup (boreas) / storage: success',
    ]);
    expect(asked.map((one) => one.inputs['dry-run'])).toEqual(['true', 'true', 'true', 'true']);
  });

  it('takes nothing of another type', async () => {
    const inputs = { 'dry-run': 'yes' };
    await expect(run('nightly.yml', { name: 'workflow_dispatch', inputs })).rejects.toThrow('is no boolean');
  });
});

describe('restore-test.yml', () => {
  it('by the clock tests all servers, up to a moment drawn by lot', async () => {
    const { asked } = await run('restore-test.yml', { name: 'schedule' });
    expect(asked.map(({ inputs }) => [inputs['server'], inputs['backup'], inputs['point-in-time']])).toEqual([
      ['atlas', 'latest', 'random'],
      ['boreas', 'latest', 'random'],
    ]);
    expect(asked[1]?.inputs).toMatchObject({
      identity: 'restore-test-boreas secret IDENTITY',
      'heartbeat-url': 'restore-test-boreas secret HEARTBEAT_RESTORE_TEST',
    });
  });

  it('by hand tests the one that was chosen, as it was chosen', async () => {
    const inputs = { server: 'boreas', backup: 'some-id', 'point-in-time': 'none', compare: 'rows' };
    const { asked } = await run('restore-test.yml', { name: 'workflow_dispatch', inputs });
    expect(asked).toMatchObject([{ inputs: { ...inputs, 'heartbeat-url': '' } }]);
    await expect(
      run('restore-test.yml', { name: 'workflow_dispatch', inputs: { server: 'other' } }),
    ).rejects.toThrow('server is no choice');
  });
});

describe('before-deploy.yml', () => {
  it('deploys with the backup at hand', async () => {
    const { asked, jobs } = await run('before-deploy.yml', { name: 'workflow_dispatch' });
    expect(asked).toMatchObject([
      { action: 'dump', inputs: { databases: 'helpdesk', label: 'deploy', 'heartbeat-url': '' } },
    ]);
    expect(jobs).toEqual(['backup / dump: success', 'backup / storage: skipped', 'deploy: success']);
  });

  it('does not deploy without', async () => {
    const { jobs } = await run('before-deploy.yml', { name: 'workflow_dispatch' }, { atlas: 1 });
    expect(jobs).toEqual(['backup / dump: failure', 'backup / storage: skipped', 'deploy: skipped']);
  });
});

it('ship-binlogs.yml ships those of every server', async () => {
  const { asked } = await run('ship-binlogs.yml', { name: 'schedule' });
  expect(asked.map(({ action, inputs }) => `${action} ${inputs['server'] ?? ''}`)).toEqual([
    'ship-binlogs atlas',
    'ship-binlogs boreas',
  ]);
});

it('verify.yml looks at every server, with a key that reads and nothing else', async () => {
  const { asked } = await run('verify.yml', { name: 'schedule' });
  expect(asked.map(({ action, inputs }) => `${action} ${inputs['server'] ?? ''}`)).toEqual([
    'verify atlas',
    'verify boreas',
  ]);
  expect(asked[0]?.inputs).not.toHaveProperty('identity');
});
