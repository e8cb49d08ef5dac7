import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkWorkflow } from '../../../src/actions/doctor/check-workflow.ts';
import { Diagnosis } from '../../../src/actions/doctor/diagnosis.ts';
import { initDeclaration, type InitInputs } from '../../../src/actions/init/inputs.ts';
import { workflowPaths, type Site } from '../../../src/actions/init/site.ts';
import { renderWorkflows } from '../../../src/actions/init/workflows.ts';
import { STEPS } from '../../../src/entries/compose-doctor.ts';
import { gatherInputs } from '../../../src/inputs/gather.ts';
import { ROOT } from '../../helpers/documentation.ts';
import { findWorkflowFaults } from '../../helpers/workflow-example.ts';

const GIVEN = {
  server: 'atlas',
  'ssh-host': 'atlas.example.com',
  store: 's3://example-backups/servers',
  'keys-directory': '/keys',
};
const EVERYTHING = { 'storage-paths': '/srv/www', binlogs: 'true', 'verify-directory': '/second' };
const MINUTES = { dump: 17, binlogs: 23, test: 43, verify: 37 };
const FINGERPRINT = `ssh-ed25519 SHA256:${'A'.repeat(42)}E`;

async function siteOf(changes: Readonly<Record<string, string>>, knownHosts?: string): Promise<Site> {
  const given: Readonly<Record<string, string>> = { ...GIVEN, ...changes };
  const source = {
    read: (name: string) => given[name],
    howToGive: () => '',
    problems: [],
    warnings: [],
  };
  const { inputs } = await gatherInputs(initDeclaration, source, { isHostedRunner: false }, { checks: {} });
  const complete = inputs as InitInputs & Site['inputs'];
  return { inputs: complete, keysDirectory: '/keys', knownHosts, minutes: MINUTES };
}

type Mapping = Readonly<Record<string, unknown>>;
type Job = Mapping & { readonly steps: readonly { readonly with: Mapping }[] };
interface Parsed {
  readonly on: Mapping & { readonly workflow_dispatch: { readonly inputs?: Mapping } | null };
  readonly jobs: Readonly<Record<string, Job>>;
}
type Name = 'dump' | 'binlogs' | 'test' | 'verify';

function renderOne(site: Site, name: Name): string {
  const path = workflowPaths(site)[name];
  return renderWorkflows(site).find((file) => file.path === path)?.text ?? '';
}

const jobsOf = (text: string) => (parse(text) as Parsed).jobs;
const jobOf = (text: string, job = Object.keys(jobsOf(text))[0] ?? '') => jobsOf(text)[job];
const withOf = (text: string, job?: string) => jobOf(text, job)?.steps[0]?.with;

it.each<Record<string, string>>([
  {},
  { server: '1e3', 'ssh-host': '10.0.0.12', 'ssh-user': 'on', 'ssh-port': '2222' },
  { server: 'true', 'ssh-host': 'null', 'ssh-user': '0x1f' },
  { engine: 'mysql', databases: 'shop\nit\'s: #1\n- dash\n"quoted"', 'db-socket': '/run/it is: here.sock' },
  { 'db-host': '127.0.0.1', 'db-port': '3307', 'db-defaults-file': '~/.lifeboat.cnf' },
  { 'db-container': 'shop-db-1', 'db-defaults-file': '/run/secrets/a: b' },
  { store: 's3://example-backups', 'store-endpoint': 'https://s3.example.com:8443', 'store-region': 'eu-1' },
  { store: 'sftp://backup@store.example.com:2222/srv/backups' },
])('what was given comes out of YAML as it was: %j', async (changes) => {
  const site = await siteOf({ ...changes, ...EVERYTHING }, FINGERPRINT);
  const files = renderWorkflows(site);
  expect(files).toHaveLength(4);
  for (const { path: file, text } of files) expect(findWorkflowFaults(text), file).toEqual([]);
  const written = withOf(renderOne(site, 'dump')) ?? {};
  for (const [name, value] of Object.entries(changes)) {
    const got = written[name];
    expect(typeof got === 'string' ? got.trim() : got, name).toEqual(
      name.endsWith('-port') ? Number(value) : value,
    );
  }
});

it('keeps several lines of known_hosts and of directories', async () => {
  const lines = `atlas.example.com ${FINGERPRINT}\n${FINGERPRINT}`;
  const text = renderOne(await siteOf({ 'storage-paths': '/srv/a b\n/srv/#c\n' }, lines), 'dump');
  expect(withOf(text)?.['ssh-known-hosts']).toBe(`${lines}\n`);
  expect(withOf(text, 'storage')).toMatchObject({ name: 'files', paths: '/srv/a b\n/srv/#c\n' });
});

it('a host key that nobody compared is one that no run accepts', async () => {
  const site = await siteOf(EVERYTHING);
  for (const name of ['dump', 'binlogs'] as const)
    expect(withOf(renderOne(site, name))?.['ssh-known-hosts']).toContain('REPLACE_WITH');
});

it('a directory is on a machine of yours, and has no keys', async () => {
  const site = await siteOf({ ...EVERYTHING, store: 'file:///srv/backups' }, FINGERPRINT);
  for (const { text } of renderWorkflows(site)) {
    expect(jobOf(text)?.['runs-on']).toBe('self-hosted');
    expect(text).not.toContain('store-access-key-id');
  }
});

it('an account of SFTP has one key for all jobs, and a host key that no run accepts yet', async () => {
  const changes = { ...EVERYTHING, store: 'sftp://backup@store.example.com/srv/backups' };
  for (const { text } of renderWorkflows(await siteOf(changes, FINGERPRINT))) {
    const written = withOf(text) ?? {};
    expect(Object.keys(written).filter((name) => /access-key/.test(name))).toEqual([]);
    expect(written['store-ssh-key']).toBe('${{ secrets.STORE_SSH_KEY }}');
    expect(written['store-known-hosts']).toContain('REPLACE_WITH');
  }
});

it('writes what was asked for alone, where it was asked for', async () => {
  const few = await siteOf({ directory: '/ops' }, FINGERPRINT);
  const at = (name: string) => `/ops/.github/workflows/${name}-atlas.yml`;
  expect(renderWorkflows(few).map((file) => file.path)).toEqual(['dump', 'restore-test', 'verify'].map(at));
  expect(Object.keys(jobsOf(renderOne(few, 'dump')))).toEqual(['dump']);
  // Without binary logs there is no moment but the dump's.
  expect(withOf(renderOne(few, 'test'))?.['point-in-time']).toBe("${{ inputs.point-in-time || 'none' }}");
  const all = await siteOf({ directory: '/ops', ...EVERYTHING }, FINGERPRINT);
  expect(renderWorkflows(all).map((file) => file.path)).toEqual([
    ...['dump', 'ship-binlogs', 'restore-test'].map(at),
    '/second/.github/workflows/verify-atlas.yml',
  ]);
});

it('each begins at a minute of its own, and what needs another after it', async () => {
  const site = await siteOf({ ...EVERYTHING, 'dump-hour': '20' }, FINGERPRINT);
  const crons = renderWorkflows(site).map(({ text }) => /cron: '(.*)'/.exec(text)?.[1]);
  expect(crons).toEqual(['17 20 * * *', '23 * * * *', '43 22 * * 0', '37 1 * * *']);
});

it('the doctor has nothing to say about them but what is still to be replaced', async () => {
  const site = await siteOf({ ...EVERYTHING, directory: '/ops' }, FINGERPRINT);
  for (const { path: file, text } of renderWorkflows(site)) {
    const diagnosis = new Diagnosis();
    const filled = parse(text.replaceAll('OWNER/', 'example/')) as unknown;
    checkWorkflow(file, filled, STEPS, { server: 'atlas', store: site.inputs.store }, diagnosis);
    expect(diagnosis.findings.map(({ what }) => what)).toEqual([]);
  }
});

/** Inputs that only one of the two has: those of the examples are for several servers, by one workflow that others call. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  dump: ['databases', 'label', 'dry-run'],
  'sync-storage': ['dry-run'],
  verify: ['acknowledge'],
};
/** What is there in both, and says in the examples what is another for each server. */
const OWN = ['ssh-host', 'ssh-known-hosts', 'name', 'paths'];

it.each([
  ['dump', 'dump', 'backup-server.yml', 'dump'],
  ['dump', 'storage', 'backup-server.yml', 'storage'],
  ['binlogs', 'ship', 'ship-binlogs.yml', 'ship'],
  ['test', 'restore-test', 'restore-test.yml', 'restore-test'],
  ['verify', 'verify', 'verify.yml', 'verify'],
] as const)('%s, job %s: the same as in docs/examples/%s', async (name, job, file, exampleJob) => {
  const site = await siteOf({ ...EVERYTHING, 'store-region': 'eu-central-1' }, FINGERPRINT);
  const example = readFileSync(path.join(ROOT, 'docs/examples', file), 'utf8')
    .replaceAll(/\$\{\{ (?:matrix|inputs)\.server \}\}/g, 'atlas')
    // Who calls it chooses; what init writes has files because they were asked for.
    .replace(' && inputs.storage', '')
    .replace("inputs.label == '' && secrets.HEARTBEAT_DUMP || ''", 'secrets.HEARTBEAT_DUMP');
  const shapeOf = (text: string, which: string) => {
    const whole = jobOf(text, which) ?? fail(which);
    const others = Object.entries(whole).filter(([key]) => !['strategy', 'outputs', 'steps'].includes(key));
    const [step] = whole.steps;
    const action = /lifeboat\/([a-z-]+)@/.exec(JSON.stringify(step))?.[1] ?? '';
    const inputs = Object.entries(step?.with ?? {})
      .filter(([input]) => !OTHERS[action]?.includes(input))
      .map(([input, value]) => [input, OWN.includes(input) ? 'its own' : value]);
    return { ...Object.fromEntries(others), action, inputs: Object.fromEntries(inputs) as Mapping };
  };
  expect(shapeOf(renderOne(site, name), job)).toEqual(shapeOf(example, exampleJob));
});

it('by hand restore tests can be asked for what the example can be asked for', async () => {
  const dispatch = (text: string) => (parse(text) as Parsed).on.workflow_dispatch?.inputs;
  const { server, ...example } =
    dispatch(readFileSync(path.join(ROOT, 'docs/examples/restore-test.yml'), 'utf8')) ?? {};
  expect(server).toBeDefined();
  expect(dispatch(renderOne(await siteOf(EVERYTHING, FINGERPRINT), 'test'))).toEqual(example);
});

function fail(what: string): never {
  throw new Error(what);
}
