import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { InitInputs } from '../../../src/actions/init/inputs.ts';
import { initDeclaration } from '../../../src/actions/init/inputs.ts';
import type { Site } from '../../../src/actions/init/site.ts';
import { renderDumpWorkflow, renderRestoreTestWorkflow } from '../../../src/actions/init/workflows.ts';
import { gatherInputs } from '../../../src/inputs/gather.ts';
import { ROOT } from '../../helpers/documentation.ts';
import { findWorkflowFaults } from '../../helpers/workflow-example.ts';

const GIVEN = {
  server: 'atlas',
  'ssh-host': 'atlas.example.com',
  store: 's3://example-backups/servers',
  'keys-directory': '/keys',
};
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
  return { inputs: complete, keysDirectory: '/keys', knownHosts, dumpMinute: 17, testMinute: 43 };
}

interface Parsed {
  readonly jobs: Readonly<
    Record<
      string,
      { readonly 'runs-on': string; readonly steps: readonly { with: Record<string, unknown> }[] }
    >
  >;
}

const withOf = (text: string) => Object.values((parse(text) as Parsed).jobs)[0]?.steps[0]?.with;

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
  const site = await siteOf(changes, FINGERPRINT);
  const text = renderDumpWorkflow(site);
  expect(findWorkflowFaults(text)).toEqual([]);
  expect(findWorkflowFaults(renderRestoreTestWorkflow(site))).toEqual([]);
  const written = withOf(text) ?? {};
  for (const [name, value] of Object.entries(changes)) {
    const got = written[name];
    expect(typeof got === 'string' ? got.trim() : got, name).toEqual(
      name.endsWith('-port') ? Number(value) : value,
    );
  }
});

it('keeps several lines of known_hosts', async () => {
  const lines = `atlas.example.com ${FINGERPRINT}\n${FINGERPRINT}`;
  expect(withOf(renderDumpWorkflow(await siteOf({}, lines)))?.['ssh-known-hosts']).toBe(`${lines}\n`);
});

it('a host key that nobody compared is one that no run accepts', async () => {
  const text = renderDumpWorkflow(await siteOf({}));
  expect(withOf(text)?.['ssh-known-hosts']).toContain('REPLACE_WITH');
});

it('a directory is on a machine of yours, and has no keys', async () => {
  const text = renderDumpWorkflow(await siteOf({ store: 'file:///srv/backups' }, FINGERPRINT));
  expect(Object.values((parse(text) as Parsed).jobs)[0]?.['runs-on']).toBe('self-hosted');
  expect(Object.keys(withOf(text) ?? {})).not.toContain('store-access-key-id');
});

it('an account of SFTP has one key for both jobs, and a host key that no run accepts yet', async () => {
  const site = await siteOf({ store: 'sftp://backup@store.example.com/srv/backups' }, FINGERPRINT);
  for (const text of [renderDumpWorkflow(site), renderRestoreTestWorkflow(site)]) {
    const written = withOf(text) ?? {};
    expect(Object.keys(written).filter((name) => /access-key/.test(name))).toEqual([]);
    expect(written['store-ssh-key']).toBe('${{ secrets.STORE_SSH_KEY }}');
    expect(written['store-known-hosts']).toContain('REPLACE_WITH');
  }
});

it('takes secrets and variables from where the examples take them', async () => {
  const site = await siteOf({}, FINGERPRINT);
  const example = (file: string) =>
    withOf(readFileSync(path.join(ROOT, 'docs/examples', file), 'utf8')) ?? {};
  for (const [text, file] of [
    [renderDumpWorkflow(site), 'backup-server.yml'],
    [renderRestoreTestWorkflow(site), 'restore-test.yml'],
  ] as const) {
    const named = Object.entries(withOf(text) ?? {}).filter(([, value]) => String(value).startsWith('${{'));
    expect(named.length).toBeGreaterThan(4);
    expect(example(file)).toMatchObject(Object.fromEntries(named));
  }
});
