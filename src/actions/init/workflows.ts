// The workflow files of a server: a dump every night, a restore test every week.
import { environmentsOf, storeUrl, type Site } from './site.ts';

/** What a run refuses, so that nobody trusts a key that was not compared. */
export const UNCOMPARED = 'REPLACE_WITH_THE_FINGERPRINT_OF_YOUR_SERVER';
export const UNCOMPARED_STORE = 'REPLACE_WITH_THE_FINGERPRINT_OF_YOUR_STORE';
/** Two hours later, when the dump of the same night is done. */
const TEST_DELAY_H = 2;

type Inputs = Readonly<Record<string, string | number | undefined>>;

export function renderDumpWorkflow(site: Site): string {
  const { inputs, dumpMinute, knownHosts } = site;
  return renderWorkflow(site, {
    name: `dump ${inputs.server}`,
    cron: `${dumpMinute} ${inputs.dumpHour} * * *`,
    group: `dump-${inputs.server}`,
    job: 'dump',
    // A little more than the action's own `timeout`, less than the six hours of a hosted job.
    timeoutMinutes: 340,
    environment: environmentsOf(site).backup,
    action: 'dump',
    with: {
      server: inputs.server,
      'ssh-host': inputs.sshHost,
      'ssh-port': inputs.sshPort === 22 ? undefined : inputs.sshPort,
      'ssh-user': inputs.sshUser,
      'ssh-key': secret('SSH_KEY'),
      'ssh-known-hosts': knownHosts ?? `ssh-ed25519 SHA256:${UNCOMPARED}`,
      ...storeInputs(site, 'WRITER'),
      recipients: variable('RECIPIENTS'),
      'signing-key': secret('SIGNING_KEY'),
      engine: inputs.engine === 'mariadb' ? undefined : inputs.engine,
      'db-defaults-file': inputs.dbDefaultsFile,
      'db-host': inputs.dbHost,
      'db-port': inputs.dbPort,
      'db-socket': inputs.dbSocket,
      'db-container': inputs.dbContainer,
      databases: inputs.databases === '*' ? undefined : inputs.databases.join('\n'),
    },
  });
}

export function renderRestoreTestWorkflow(site: Site): string {
  const { inputs, testMinute } = site;
  const isS3 = inputs.store.kind === 's3';
  return renderWorkflow(site, {
    name: `restore test ${inputs.server}`,
    cron: `${testMinute} ${(inputs.dumpHour + TEST_DELAY_H) % 24} * * 0`,
    group: `restore-test-${inputs.server}`,
    job: 'restore-test',
    timeoutMinutes: 340,
    environment: environmentsOf(site).test,
    action: 'restore-test',
    with: {
      server: inputs.server,
      ...storeInputs(site, 'READER'),
      identity: secret('IDENTITY'),
      'trusted-signers': variable('TRUSTED_SIGNERS'),
      'proof-signing-key': secret('PROOF_SIGNING_KEY'),
      'proof-access-key-id': isS3 ? variable('PROVER_ID') : undefined,
      'proof-secret-access-key': isS3 ? secret('PROVER_SECRET') : undefined,
      'trusted-provers': variable('TRUSTED_PROVERS'),
    },
  });
}

interface Workflow {
  readonly name: string;
  readonly cron: string;
  readonly group: string;
  readonly job: string;
  readonly timeoutMinutes: number;
  readonly environment: string;
  readonly action: string;
  readonly with: Inputs;
}

function renderWorkflow({ inputs }: Site, workflow: Workflow): string {
  // A directory is one of a machine of yours.
  const runner = inputs.store.kind === 'directory' ? 'self-hosted' : 'ubuntu-latest';
  const given = Object.entries(workflow.with).filter(([, value]) => value !== undefined);
  return [
    `name: ${scalar(workflow.name)}`,
    'on:',
    '  schedule:',
    `    - cron: '${workflow.cron}' # UTC; a minute drawn by lot, because round ones are the busiest`,
    '  workflow_dispatch:',
    'permissions: {} # none: the action uses no token',
    'concurrency:',
    `  group: ${scalar(workflow.group)}`,
    '  cancel-in-progress: false',
    'jobs:',
    `  ${workflow.job}:`,
    `    runs-on: ${runner}`,
    `    timeout-minutes: ${workflow.timeoutMinutes}`,
    `    environment: ${scalar(workflow.environment)}`,
    '    steps:',
    `      - uses: OWNER/lifeboat/${workflow.action}@v1`,
    '        with:',
    ...given.map(([name, value]) => `          ${name}: ${renderValue(value ?? '', ' '.repeat(12))}`),
    '',
  ].join('\n');
}

function storeInputs({ inputs }: Site, role: string): Inputs {
  const { store, storeEndpoint, storeRegion } = inputs;
  return {
    store: storeUrl(store),
    'store-endpoint': storeEndpoint?.origin,
    'store-region': storeRegion,
    ...(store.kind === 's3'
      ? {
          'store-access-key-id': variable(`${role}_ID`),
          'store-secret-access-key': secret(`${role}_SECRET`),
        }
      : {}),
    ...(store.kind === 'sftp'
      ? {
          'store-ssh-key': secret('STORE_SSH_KEY'),
          'store-known-hosts': `ssh-ed25519 SHA256:${UNCOMPARED_STORE}`,
        }
      : {}),
  };
}

function secret(name: string): string {
  return `\${{ secrets.${name} }}`;
}

function variable(name: string): string {
  return `\${{ vars.${name} }}`;
}

function renderValue(value: string | number, indent: string): string {
  if (typeof value === 'number') return String(value);
  if (value.startsWith('${{')) return value;
  if (!value.includes('\n')) return scalar(value);
  return [
    '|',
    ...value
      .trim()
      .split('\n')
      .map((line) => indent + line),
  ].join('\n');
}

/** A string that YAML reads as one, quoted only where it must be. */
function scalar(text: string): string {
  const isPlain =
    /^[A-Za-z][\w./@-]*(?:: ?(?=\/\/)[\w./:@-]+)?$/.test(text) ||
    /^[A-Za-z][\w-]*(?: [A-Za-z][\w.:/+=-]*)+$/.test(text);
  return isPlain && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text) ? text : JSON.stringify(text);
}
