// The workflow files of a server: a dump every night with its files behind it, binary logs every hour, a restore test every week, a look at
// all of it every day. docs/examples has the same for several servers.
import { binlogsDefaultsFile, environmentsOf, storeUrl, workflowPaths, type Site } from './site.ts';

/** What a run refuses, so that nobody trusts a key that was not compared. */
export const UNCOMPARED = 'REPLACE_WITH_THE_FINGERPRINT_OF_YOUR_SERVER';
export const UNCOMPARED_STORE = 'REPLACE_WITH_THE_FINGERPRINT_OF_YOUR_STORE';
/** Two hours later, when the dump of the same night is done; and when the restore test is. */
const TEST_DELAY_H = 2;
const VERIFY_DELAY_H = 5;
/** A little more than the actions' own `timeout`, less than the six hours of a hosted job. */
const TIMEOUT_MINUTES = 340;
const VERIFY_TIMEOUT_MINUTES = 60;
/** Below that, so that a run that is too slow fails and is told. */
const VERIFY_TIMEOUT = '50m';

type Inputs = Readonly<Record<string, string | number | boolean | undefined>>;

interface Job {
  readonly name: string;
  /** The job that goes before it, whatever becomes of that. */
  readonly after?: string;
  readonly timeoutMinutes: number;
  readonly environment: string;
  readonly group: string;
  /** Whether all runs wait in line, where GitHub otherwise lets only the newest wait. */
  readonly isQueue?: true;
  readonly action: string;
  readonly with: Inputs;
}

interface Workflow {
  /** One line. */
  readonly comment: string;
  readonly name: string;
  readonly cron: string;
  /** Lines of YAML below `workflow_dispatch:`. */
  readonly dispatch?: string;
  readonly jobs: readonly Job[];
}

/** Every workflow file, by its absolute path. */
export function renderWorkflows(site: Site): { readonly path: string; readonly text: string }[] {
  const paths = workflowPaths(site);
  const render = (path: string, workflow: Workflow) => ({ path, text: renderWorkflow(site, workflow) });
  return [
    render(paths.dump, nightly(site)),
    ...(paths.binlogs === undefined ? [] : [render(paths.binlogs, hourly(site))]),
    render(paths.test, weekly(site)),
    render(paths.verify, daily(site)),
  ];
}

function nightly(site: Site): Workflow {
  const { server, dumpHour, databases, storagePaths, storageName } = site.inputs;
  const set = '${{ github.run_id }}';
  const common = { timeoutMinutes: TIMEOUT_MINUTES, environment: environmentsOf(site).backup };
  const dump: Job = {
    name: 'dump',
    ...common,
    group: `dump-${server}`,
    action: 'dump',
    with: {
      ...backupInputs(site),
      ...databaseInputs(site, site.inputs.dbDefaultsFile),
      databases: databases === '*' ? undefined : databases.join('\n'),
      set,
      ...telling('HEARTBEAT_DUMP'),
    },
  };
  const storage: Job = {
    name: 'storage',
    after: dump.name,
    ...common,
    group: `sync-storage-${server}`,
    action: 'sync-storage',
    with: {
      ...backupInputs(site),
      name: storageName,
      paths: storagePaths?.join('\n'),
      // With a lock of 35 days.
      'refresh-after': '14d',
      set,
      ...telling('HEARTBEAT_STORAGE'),
    },
  };
  return {
    comment: `Every night a dump of ${server}${storagePaths === undefined ? '' : ', then its directories'}.`,
    name: `dump ${server}`,
    cron: `${site.minutes.dump} ${dumpHour} * * *`,
    jobs: storagePaths === undefined ? [dump] : [dump, storage],
  };
}

function hourly(site: Site): Workflow {
  const { server } = site.inputs;
  return {
    comment: `Every hour the binary logs of ${server} since the last time.`,
    name: `ship binary logs ${server}`,
    cron: `${site.minutes.binlogs} * * * *`,
    jobs: [
      {
        name: 'ship',
        timeoutMinutes: TIMEOUT_MINUTES,
        environment: environmentsOf(site).backup,
        group: `ship-binlogs-${server}`,
        isQueue: true,
        action: 'ship-binlogs',
        with: {
          ...backupInputs(site),
          ...databaseInputs(site, binlogsDefaultsFile(site)),
          ...telling('HEARTBEAT_BINLOGS'),
        },
      },
    ],
  };
}

function weekly(site: Site): Workflow {
  const { server, dumpHour, store, binlogs } = site.inputs;
  const isS3 = store.kind === 's3';
  const moment = binlogs ? { byHand: 'latest', byClock: 'random' } : { byHand: 'none', byClock: 'none' };
  return {
    comment: `Every week the newest backup of ${server} is restored into a sandbox; and by "Run workflow" any backup, to any moment.`,
    name: `restore test ${server}`,
    cron: `${site.minutes.test} ${(dumpHour + TEST_DELAY_H) % 24} * * 0`,
    dispatch: `    inputs:
      backup:
        description: The newest backup, or one by its id
        type: string
        default: latest
      point-in-time:
        description: none, latest, random, or a moment such as 2026-11-20T14:05:59Z
        type: string
        default: ${moment.byHand}
      compare:
        description: How closely it is compared with what was dumped
        type: choice
        options: [exact, rows, none]
        default: exact`,
    jobs: [
      {
        name: 'restore-test',
        timeoutMinutes: TIMEOUT_MINUTES,
        environment: environmentsOf(site).test,
        group: `restore-test-${server}`,
        action: 'restore-test',
        with: {
          server,
          ...storeInputs(site, 'READER'),
          identity: secret('IDENTITY'),
          'trusted-signers': variable('TRUSTED_SIGNERS'),
          'proof-signing-key': secret('PROOF_SIGNING_KEY'),
          'proof-access-key-id': isS3 ? variable('PROVER_ID') : undefined,
          'proof-secret-access-key': isS3 ? secret('PROVER_SECRET') : undefined,
          'trusted-provers': variable('TRUSTED_PROVERS'),
          backup: "${{ inputs.backup || 'latest' }}",
          'point-in-time': `\${{ inputs.point-in-time || '${moment.byClock}' }}`,
          compare: "${{ inputs.compare || 'exact' }}",
          ...telling('HEARTBEAT_RESTORE_TEST'),
          // A good test by hand must not hide that the one of the week is missing.
          'heartbeat-url': "${{ github.event_name == 'schedule' && secrets.HEARTBEAT_RESTORE_TEST || '' }}",
          'human-check': 'quarterly',
        },
      },
    ],
  };
}

function daily(site: Site): Workflow {
  const { server, dumpHour } = site.inputs;
  return {
    comment: `Every day a look whether everything of ${server} is there, fresh, whole, signed and proven.`,
    name: `verify ${server}`,
    cron: `${site.minutes.verify} ${(dumpHour + VERIFY_DELAY_H) % 24} * * *`,
    jobs: [
      {
        name: 'verify',
        timeoutMinutes: VERIFY_TIMEOUT_MINUTES,
        environment: environmentsOf(site).verify,
        group: `verify-${server}`,
        action: 'verify',
        with: {
          server,
          ...storeInputs(site, 'READER'),
          'trusted-signers': variable('TRUSTED_SIGNERS'),
          'trusted-provers': variable('TRUSTED_PROVERS'),
          recipients: variable('RECIPIENTS'),
          // A day or an hour, and what a schedule may be late; each only for what is there.
          'max-dump-age': '30h',
          'max-storage-age': '30h',
          'max-binlog-age': '3h',
          'max-proof-age': '9d',
          'read-back': 'sample',
          timeout: VERIFY_TIMEOUT,
          ...telling('HEARTBEAT_VERIFY'),
        },
      },
    ],
  };
}

function renderWorkflow({ inputs }: Site, { comment, name, cron, dispatch, jobs }: Workflow): string {
  // A directory is one of a machine of yours.
  const runner = inputs.store.kind === 'directory' ? 'self-hosted' : 'ubuntu-latest';
  return [
    `# ${comment}`,
    `name: ${scalar(name)}`,
    'on:',
    '  schedule:',
    `    - cron: '${cron}' # UTC; a minute drawn by lot, because round ones are the busiest`,
    '  workflow_dispatch:',
    ...(dispatch === undefined ? [] : [dispatch]),
    'permissions: {}',
    'jobs:',
    ...jobs.map((job) => renderJob(job, runner)),
    '',
  ].join('\n');
}

function renderJob(job: Job, runner: string): string {
  const given = Object.entries(job.with).filter(([, value]) => value !== undefined);
  return [
    `  ${job.name}:`,
    ...(job.after === undefined
      ? []
      : [`    needs: ${job.after}`, `    if: \${{ !cancelled() }} # whatever became of the ${job.after}`]),
    `    runs-on: ${runner}`,
    `    timeout-minutes: ${job.timeoutMinutes}`,
    `    environment: ${scalar(job.environment)}`,
    '    permissions:',
    '      issues: write # for issues about this job alone',
    '    concurrency:',
    `      group: ${scalar(job.group)}`,
    '      cancel-in-progress: false',
    ...(job.isQueue
      ? ['      queue: max # a run waits for the one before it, and is not replaced by the next']
      : []),
    '    steps:',
    `      - uses: OWNER/lifeboat/${job.action}@v1`,
    '        with:',
    ...given.map(([name, value]) => `          ${name}: ${renderValue(value ?? '', ' '.repeat(12))}`),
  ].join('\n');
}

/** Of everything that reads a server and writes to the store. */
function backupInputs(site: Site): Inputs {
  const { inputs, knownHosts } = site;
  return {
    server: inputs.server,
    'ssh-host': inputs.sshHost,
    'ssh-port': inputs.sshPort === 22 ? undefined : inputs.sshPort,
    'ssh-user': inputs.sshUser,
    'ssh-key': secret('SSH_KEY'),
    'ssh-known-hosts': knownHosts ?? `ssh-ed25519 SHA256:${UNCOMPARED}`,
    ...storeInputs(site, 'WRITER'),
    recipients: variable('RECIPIENTS'),
    'signing-key': secret('SIGNING_KEY'),
  };
}

function databaseInputs({ inputs }: Site, defaultsFile: string | undefined): Inputs {
  return {
    engine: inputs.engine === 'mariadb' ? undefined : inputs.engine,
    'db-defaults-file': defaultsFile,
    'db-host': inputs.dbHost,
    'db-port': inputs.dbPort,
    'db-socket': inputs.dbSocket,
    'db-container': inputs.dbContainer,
  };
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

/** A heartbeat that nobody set is not sent. */
function telling(heartbeat: string): Inputs {
  return {
    'heartbeat-url': secret(heartbeat),
    'notify-issue': true,
    'github-token': secret('GITHUB_TOKEN'),
  };
}

function secret(name: string): string {
  return `\${{ secrets.${name} }}`;
}

function variable(name: string): string {
  return `\${{ vars.${name} }}`;
}

function renderValue(value: string | number | boolean, indent: string): string {
  if (typeof value !== 'string') return String(value);
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
    /^[A-Za-z][\w-]*(?: [A-Za-z][\w.:/+=-]*)+$/.test(text) ||
    /^\d+[hd]$|^~\/[\w./-]+$|^\/[\w./-]+$/.test(text);
  return isPlain && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text) ? text : JSON.stringify(text);
}
