// The example workflows with the built actions on real servers, run by the stand-in for GitHub's runner: a night, the binary logs after it,
// a restore test of a moment after both, and a deployment that waits for its backup. What others are told on the way comes to a stand-in too.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDumpProof } from '../helpers/dump-proof.ts';
import { BINLOG_GRANTS, BINLOG_USER } from '../helpers/binlog-site.ts';
import { checkBucket } from '../helpers/bucket-checker.ts';
import { dumpInputs } from '../helpers/dump-inputs.ts';
import { restoreTestInputs } from '../helpers/restore-test-inputs.ts';
import { RestoreSite, startDatabase } from '../helpers/restore-site.ts';
import { runAction } from '../helpers/runner.ts';
import { getStored, listStored } from '../helpers/stored-objects.ts';
import { TellingService, TOKEN } from '../helpers/telling-service.ts';
import { useLab } from '../helpers/use-lab.ts';
import { type JobRun, runWorkflow, type Surroundings } from '../helpers/workflow-runner.ts';
import type { Lab } from '../lab/lab.ts';
import { createDumpUser, query } from '../lab/mariadb.ts';
import { LabRun } from '../lab/run.ts';
import { startPodmanForSandboxes } from '../lab/sandbox-engines.ts';

/** Where the examples say what is another here: addresses, accounts, and passphrases that the lab's keys have. */
const PLACES = {
  dump: ['ssh-host', 'ssh-port', 'ssh-user', 'db-user', 'db-password', 'db-socket', 'signing-key-passphrase'],
  'ship-binlogs': ['ssh-host', 'ssh-port', 'ssh-user', 'db-password', 'db-socket', 'signing-key-passphrase'],
  'sync-storage': ['ssh-host', 'ssh-port', 'ssh-user', 'signing-key-passphrase', 'paths'],
  'restore-test': ['proof-signing-key-passphrase'],
  verify: [],
} as const;
const STORE = ['store', 'store-endpoint', 'store-region'];

let run: LabRun;
let lab: Lab;
let site: RestoreSite;
let service: TellingService;
/** What the examples call /srv/helpdesk/storage. */
let storage: string;

beforeAll(async () => {
  run = await LabRun.start();
  service = await TellingService.start();
  const { s3, ...others } = useLab();
  // The names of the examples' servers are taken in the lab's own place.
  const place = { ...others, s3: { ...s3, prefix: `${s3.prefix}/examples` } };
  [lab, site] = await Promise.all([
    startDatabase(run, place),
    RestoreSite.start(place, startPodmanForSandboxes),
  ]);
  storage = path.join(lab.ssh.home, 'helpdesk-storage');
  mkdirSync(storage);
  writeFileSync(path.join(storage, 'attachment'), 'of a ticket');
  const { dumpPassword } = lab.mariadb;
  await createDumpUser(lab.mariadb, BINLOG_GRANTS, { dumpUser: BINLOG_USER, dumpPassword });
  await query(
    lab.mariadb,
    "CREATE DATABASE helpdesk; CREATE TABLE helpdesk.ticket (id INT PRIMARY KEY, title TEXT); INSERT INTO helpdesk.ticket VALUES (1, 'one')",
  );
});
afterAll(async () => {
  await service.stop();
  rmSync(storage, { recursive: true });
  await site.expectClean();
  await site.stop();
  await run.stop();
});

/** A repository that is set up as docs/examples/README.md says. */
function repository(changes: Readonly<Record<string, string>> = {}): Surroundings {
  const dump = dumpInputs(lab);
  const test = restoreTestInputs(lab);
  const beat = (check: string, environment: string) => `${service.address}/ping/${environment}/${check}`;
  return {
    environment: (name) =>
      name.startsWith('backup-')
        ? {
            secrets: {
              SSH_KEY: dump['ssh-key'],
              WRITER_SECRET: dump['store-secret-access-key'],
              SIGNING_KEY: dump['signing-key'],
              HEARTBEAT_DUMP: beat('dump', name),
              HEARTBEAT_STORAGE: beat('storage', name),
              HEARTBEAT_BINLOGS: beat('binlogs', name),
              ...changes,
            },
            vars: {
              SSH_HOST_KEY: dump['ssh-known-hosts'],
              WRITER_ID: dump['store-access-key-id'],
              RECIPIENTS: dump['recipients'],
            },
          }
        : {
            secrets: {
              READER_SECRET: test['store-secret-access-key'],
              IDENTITY: test['identity'],
              PROOF_SIGNING_KEY: test['proof-signing-key'],
              PROVER_SECRET: test['proof-secret-access-key'],
              HEARTBEAT_RESTORE_TEST: beat('restore-test', name),
              HEARTBEAT_VERIFY: beat('verify', name),
            },
            vars: {
              READER_ID: test['store-access-key-id'],
              TRUSTED_SIGNERS: test['trusted-signers'],
              PROVER_ID: test['proof-access-key-id'],
              RECIPIENTS: dump['recipients'],
              TRUSTED_PROVERS: test['trusted-provers'],
            },
          },
    token: (canWriteIssues) => (canWriteIssues ? TOKEN : 'a token that may not write issues'),
    run: (action, inputs, env) => {
      const here = { ...test, ...dump, paths: storage } as Readonly<Record<string, string>>;
      const names = [...STORE, ...(PLACES[action as keyof typeof PLACES] as readonly string[])];
      const moved = Object.fromEntries(names.map((name) => [name, here[name] ?? '']));
      // Its account has a credentials file on the target; here it has a password.
      const account = action === 'ship-binlogs' ? { 'db-user': BINLOG_USER, 'db-defaults-file': '' } : {};
      const machine = action === 'restore-test' ? site.withPrograms('tar') : {};
      return runAction(
        action,
        { ...inputs, ...moved, ...account },
        { ...machine, ...service.variables, ...env },
      );
    },
  };
}

/** Every step that failed, with what it said last. */
const faultsIn = (jobs: readonly JobRun[]) =>
  jobs.flatMap(({ name, steps }) =>
    steps.filter(({ exitCode }) => exitCode !== 0).map(({ log }) => `${name}: ${log.slice(-2_000)}`),
  );

it('keep what they promise, and say so', async () => {
  const night = await runWorkflow('nightly.yml', { name: 'schedule' }, repository());
  expect(faultsIn(night)).toEqual([]);
  expect(night.map(({ name, environment }) => [name, environment])).toEqual([
    ['backup (atlas) / dump', 'backup-atlas'],
    ['backup (atlas) / storage', 'backup-atlas'],
    ['backup (boreas) / dump', 'backup-boreas'],
    ['backup (boreas) / storage', 'backup-boreas'],
  ]);
  for (const [index, server] of ['atlas', 'boreas'].entries()) {
    const { backups } = await checkBucket(lab, server);
    expect(backups.map(({ id, faults }) => ({ id, faults }))).toEqual([
      { id: night[index * 2]?.outputs['backup-id'], faults: [] },
    ]);
  }

  await query(lab.mariadb, "INSERT INTO helpdesk.ticket VALUES (2, 'two')");
  expect(faultsIn(await runWorkflow('ship-binlogs.yml', { name: 'schedule' }, repository()))).toEqual([]);

  const inputs = { server: 'atlas', 'point-in-time': 'latest' };
  const tested = await runWorkflow('restore-test.yml', { name: 'workflow_dispatch', inputs }, repository());
  expect(faultsIn(tested)).toEqual([]);
  const proofs = (await listStored(lab, 'atlas/proofs/')).filter((key) => key.endsWith('/proof.json'));
  expect(proofs).toHaveLength(1);
  const [key = ''] = proofs;
  const proof = parseDumpProof(await getStored(lab, key), {
    server: 'atlas',
    id: key.split('/').at(-2) ?? '',
  });
  expect(proof.level).toBe(4);
  expect(proof.storage).toMatchObject([{ name: 'uploads', files: 1 }]);

  const looked = await runWorkflow('verify.yml', { name: 'workflow_dispatch' }, repository());
  expect(looked.map(({ name, result }) => `${name}: ${result}`)).toEqual([
    'verify (atlas): success',
    'verify (boreas): failure',
  ]);
  expect(looked[1]?.steps[0]?.log).toContain('never proven');

  expect(service.beats.map((beat) => beat.replace(/^POST \/ping\/(\S+) lifeboat (\S+): .*$/, '$1'))).toEqual(
    [
      ...['backup-atlas/dump', 'backup-atlas/storage', 'backup-boreas/dump', 'backup-boreas/storage'],
      ...['backup-atlas/binlogs', 'backup-boreas/binlogs', 'verify-atlas/verify'],
    ]
      .flatMap((check) => [`${check}/start`, check])
      .concat(['verify-boreas/verify/start', 'verify-boreas/verify/fail']),
  );
  expect(service.issues.map(({ title }) => title)).toEqual([
    expect.stringContaining('what only people can check'),
    'Lifeboat: verify of boreas fails',
  ]);

  const failed = await runWorkflow(
    'before-deploy.yml',
    { name: 'workflow_dispatch' },
    repository({ WRITER_SECRET: 'not-the-secret' }),
  );
  expect(failed.map(({ name, result }) => `${name}: ${result}`)).toEqual([
    'backup / dump: failure',
    'backup / storage: skipped',
    'deploy: skipped',
  ]);
  expect(service.open.map(({ title }) => title)).toContain('Lifeboat: dump of atlas fails');
  expect(service.open.at(-1)?.body).toContain('store-denied');

  const deployed = await runWorkflow('before-deploy.yml', { name: 'workflow_dispatch' }, repository());
  expect(faultsIn(deployed)).toEqual([]);
  expect(deployed[2]?.steps[0]?.log).toContain(
    `The way back is backup ${String(deployed[0]?.outputs['backup-id'])}.`,
  );
  expect(service.open).toHaveLength(2);
  const told = JSON.stringify([service.beats, service.issues]);
  for (const secret of [lab.mariadb.dumpPassword, lab.s3.writer.secretAccessKey, TOKEN])
    expect(told).not.toContain(secret);
  expect(told).not.toContain(readFileSync(lab.ssh.privateKeyPath, 'utf8').split('\n')[1]);
});
