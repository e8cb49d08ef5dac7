// Which steps of a workflow are looked at on the target, with what, and what is said of the others. What is found there comes from the actions'
// own adapters, which stand-ins play here: test/integration/doctor/faults.test.ts has real servers.
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkJobs, type JobCheck } from '../../../src/actions/doctor/check-jobs.ts';
import { checkWorkflow } from '../../../src/actions/doctor/check-workflow.ts';
import { Diagnosis } from '../../../src/actions/doctor/diagnosis.ts';
import type { DoctorInputs } from '../../../src/actions/doctor/inputs.ts';
import { renderDiagnosis } from '../../../src/actions/doctor/report.ts';
import { parseStoreUrl } from '../../../src/domain/stores/store-url.ts';
import { STEPS } from '../../../src/entries/compose-doctor.ts';
import { LifeboatError } from '../../../src/errors.ts';
import type { BinlogRequest } from '../../../src/ports/binlog-engine.ts';
import type { SessionOptions, TargetSession } from '../../../src/ports/remote.ts';
import type { StorageRequest } from '../../../src/ports/storage.ts';

const INPUTS = {
  ...{ server: 'atlas', store: parseStoreUrl('s3://example-backups/servers') },
  ...{ sshHost: 'atlas.example.com', sshPort: 22, sshUser: 'lifeboat', timeout: 60_000 },
  ...{ dbUser: 'dumper', dbPassword: 'of the dumper' },
} as unknown as DoctorInputs;

function workflow(action: string, given: Readonly<Record<string, string>>): unknown {
  const lines = Object.entries({
    server: 'atlas',
    'ssh-host': 'atlas.example.com',
    'ssh-user': 'lifeboat',
    'ssh-key': '${{ secrets.SSH_KEY }}',
    'ssh-known-hosts': '${{ vars.SSH_HOST_KEY }}',
    store: 's3://example-backups/servers',
    'store-access-key-id': '${{ vars.WRITER_ID }}',
    'store-secret-access-key': '${{ secrets.WRITER_SECRET }}',
    recipients: '${{ vars.RECIPIENTS }}',
    ...given,
  }).map(([name, value]) => `          ${name}: ${JSON.stringify(value)}`);
  return parse(`on: workflow_dispatch
permissions: {}
jobs:
  work:
    runs-on: ubuntu-latest
    concurrency: { group: a, queue: max }
    steps:
      - uses: example/lifeboat/${action}@v1
        with:
${lines.join('\n')}
`);
}

interface Found {
  readonly diagnosis: Diagnosis;
  readonly sessions: readonly Pick<SessionOptions, 'tools' | 'lockName'>[];
  readonly asked: readonly (BinlogRequest | StorageRequest)[];
}

async function look(
  action: string,
  given: Readonly<Record<string, string>>,
  {
    error,
    hasSession = true,
    warnings = [],
    prepare,
  }: {
    readonly error?: LifeboatError;
    readonly hasSession?: boolean;
    readonly warnings?: readonly string[];
    readonly prepare?: (diagnosis: Diagnosis) => void;
  } = {},
): Promise<Found> {
  const diagnosis = new Diagnosis();
  const steps = checkWorkflow('file.yml', workflow(action, given), STEPS, INPUTS, diagnosis);
  prepare?.(diagnosis);
  const [sessions, asked]: [SessionOptions[], (BinlogRequest | StorageRequest)[]] = [[], []];
  let open = 0;
  const answer = <T>(request: BinlogRequest | StorageRequest, value: T): Promise<T> => {
    asked.push(request);
    return error === undefined ? Promise.resolve(value) : Promise.reject(error);
  };
  const ports = {
    remote: {
      open: (options: SessionOptions) => {
        open += 1;
        sessions.push(options);
        return Promise.resolve({ close: () => Promise.resolve(void (open -= 1)) } as TargetSession);
      },
    },
    binlogEngine: (flavour: string) => ({
      tools: [`of-${flavour}`],
      open: (_session: TargetSession, request: BinlogRequest) => answer(request, { warnings }),
    }),
    storage: {
      tools: ['find'],
      open: (_session: TargetSession, request: StorageRequest) =>
        answer(request, { facts: { roots: request.paths, findVersion: '4.9.0', tarVersion: '1.34' } }),
    },
  } as unknown as JobCheck['ports'];
  const { signal } = new AbortController();
  await checkJobs(steps, hasSession, { inputs: INPUTS, ports, holder: 'a test', signal }, diagnosis);
  expect(open).toBe(0);
  return { diagnosis, sessions, asked };
}

it('opens the binary logs as the step does: its flavour, account, rights and programs', async () => {
  const { diagnosis, sessions, asked } = await look('ship-binlogs', {
    ...{ engine: 'mysql', 'db-defaults-file': '~/.lifeboat-binlogs.cnf', rotate: 'false', purge: 'shipped' },
  });
  expect(diagnosis.findings).toEqual([]);
  expect(asked).toEqual([
    { connection: { defaultsFile: '~/.lifeboat-binlogs.cnf' }, rotate: false, purge: true },
  ]);
  expect(sessions).toMatchObject([
    { lockName: 'doctor-atlas', tools: expect.arrayContaining(['of-mysql', 'zstd', 'gpg']) as string[] },
  ]);
  expect(renderDiagnosis('atlas', diagnosis)).toContain(
    '- Binary logs: they can be shipped: programs, account, rights, settings (file.yml, job work)\n',
  );
});

it('tells what keeps it from shipping, and warns of a setting once', async () => {
  const error = new LifeboatError('db-rights-missing', 'lacks rights', { hint: 'GRANT' });
  const { diagnosis } = await look(
    'ship-binlogs',
    { 'db-user': 'other', 'db-password-file': '~/.p' },
    { error },
  );
  expect(diagnosis.findings).toEqual([
    { area: 'Binary logs', isFault: true, what: 'lacks rights', fix: 'GRANT', code: 'db-rights-missing' },
  ]);
  const warned = await look(
    'ship-binlogs',
    {},
    {
      warnings: ['binlog_format is MIXED: bad', 'binlog_row_image is MINIMAL: bad'],
      prepare: (one) => one.warn('Database', 'binlog_format is MIXED: statements may do something else'),
    },
  );
  expect(warned.diagnosis.warnings.map(({ what }) => what)).toEqual([
    'binlog_format is MIXED: statements may do something else',
    'binlog_row_image is MINIMAL: bad',
  ]);
});

const SECRET = '${{ secrets.DB_PASSWORD }}';

it('takes a password that it has for the same account, and says which it has not', async () => {
  const same = await look('ship-binlogs', { 'db-user': 'dumper', 'db-password': SECRET });
  expect(same.asked).toMatchObject([{ connection: { user: 'dumper', password: 'of the dumper' } }]);
  const other = await look('ship-binlogs', { 'db-user': 'binlogs', 'db-password': SECRET });
  expect(other).toMatchObject({ asked: [], sessions: [] });
  expect(other.diagnosis.unchecked.map(({ what }) => what)).toEqual([
    expect.stringMatching(
      /\(file\.yml, job work\): its `db-password` is not known, and not that of the dump$/,
    ),
  ]);
});

it.each([
  [{ 'ssh-user': 'other' }, true, 'its `ssh-user` is not that of the doctor'],
  [{ 'ssh-port': '2222' }, true, 'its `ssh-port` is not that of the doctor'],
  [{ paths: '${{ vars.PATHS }}' }, true, 'its `paths` does not stand in the file'],
  [{ become: '${{ vars.BECOME }}' }, true, 'its `become` does not stand in the file'],
  [{}, false, 'no session could be started on the server'],
])('says why it does not look at directories: %j, session: %j', async (given, hasSession, why) => {
  const found = await look('sync-storage', { name: 'files', paths: '/srv', ...given }, { hasSession });
  expect(found).toMatchObject({ asked: [], sessions: [] });
  expect(found.diagnosis.unchecked).toEqual([
    { area: 'Files', what: expect.stringMatching(new RegExp(`: ${why}$`)) as string },
  ]);
});

it('looks at directories as the step does, whatever else is worked out in the run', async () => {
  const { diagnosis, sessions, asked } = await look('sync-storage', {
    ...{ name: 'files', paths: '/srv/a\n/srv/b', become: 'sudo', before: 'true' },
    ...{
      server: '${{ inputs.server }}',
      'ssh-host': '${{ inputs.host }}',
      'dry-run': '${{ inputs.dry-run }}',
    },
  });
  expect(diagnosis.findings).toEqual([]);
  expect(asked).toMatchObject([{ paths: ['/srv/a', '/srv/b'], become: 'sudo', oneFileSystem: true }]);
  expect(sessions[0]?.tools).toEqual(expect.arrayContaining(['find', 'zstd', 'gpg']));
  expect(renderDiagnosis('atlas', diagnosis)).toContain('- Files: 2 paths, find 4.9.0, tar 1.34\n');
  const error = new LifeboatError('storage-path', '/srv/b: there is no such directory');
  const gone = await look('sync-storage', { name: 'files', paths: '/srv/b' }, { error });
  expect(gone.diagnosis.faults).toMatchObject([{ area: 'Files', code: 'storage-path' }]);
});

it('leaves steps of another server alone', async () => {
  const { asked, diagnosis } = await look('sync-storage', { name: 'files', paths: '/srv', server: 'boreas' });
  expect(asked).toEqual([]);
  expect(diagnosis.faults).toMatchObject([{ area: 'Workflow' }]);
});
