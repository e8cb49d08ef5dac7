// From nothing to the first proof: what `init` writes and prints is followed to the letter, on servers that nobody has set up.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  PutBucketLifecycleConfigurationCommand,
  PutObjectLockConfigurationCommand,
  type BucketLifecycleConfiguration,
  type ObjectLockConfiguration,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkBucket } from '../../helpers/bucket-checker.ts';
import { blocksBelow, parsePage, readPage, type Page } from '../../helpers/documentation.ts';
import { CLI, findingsIn, HAS_OWN_USERS, runCommand } from '../../helpers/run-doctor.ts';
import { runStep } from '../../helpers/step.ts';
import { findWorkflowFaults } from '../../helpers/workflow-example.ts';
import { tryCommand } from '../../lab/command.ts';
import { query, startMariadb, type MariadbAddress } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { createS3User } from '../../lab/s3-users.ts';
import { createBucket, createS3Client, type S3Keys } from '../../lab/s3.ts';
import { startPodmanForSandboxes, type LabSandboxEngine } from '../../lab/sandbox-engines.ts';
import { runOnTarget, startTarget, type TargetAddress } from '../../lab/target.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const BUCKET = 'doctor-fresh';
const ROLES = ['writer', 'reader', 'prover'] as const;
const SECRET_FILES = [
  ...['daily-secret.asc', 'database.sql', 'identity.asc', 'lifeboat.cnf', 'offline-secret.asc'],
  ...['passphrase.txt', 'proof-signing-key.asc', 'signing-key.asc', 'ssh-key'],
];

let run: LabRun;
let target: TargetAddress;
let source: MariadbAddress;
let sandbox: LabSandboxEngine;
let fingerprint: string;
let flags: string[];
let page: Page;
const users = {} as Record<(typeof ROLES)[number], S3Keys>;

const [repository, keys] = ['repository', 'keys'] as const;
const inKeys = (name: string) => path.join(run.path(keys), name);
const workflow = (name: string) => readFileSync(run.path(`${repository}/.github/workflows/${name}`), 'utf8');
const init = (directory: string, ...more: readonly string[]) =>
  runStep([CLI, 'init', ...flags, '--directory', run.path(directory), ...more]);

beforeAll(async () => {
  run = await LabRun.start();
  [target, source, sandbox] = await Promise.all([
    startTarget(run).then(({ address }) => address),
    startMariadb(run).then(({ address }) => address),
    startPodmanForSandboxes(run),
  ]);
  await query(
    source,
    'CREATE DATABASE shop; CREATE TABLE shop.stock (id INT); INSERT INTO shop.stock VALUES (7)',
  );
  // On the server itself.
  const listed = execFileSync('ssh-keygen', ['-lf', '-'], { input: target.knownHosts, encoding: 'utf8' });
  fingerprint = `ssh-ed25519 ${/SHA256:\S+(?=.*ED25519)/.exec(listed)?.[0] ?? ''}`;
  mkdirSync(run.path(repository));
  mkdirSync(run.path(`${repository}/.git`));
  flags = [
    ...['--server', 'fresh', '--ssh-host', target.host, '--ssh-port', String(target.port)],
    ...['--ssh-user', target.user, '--store', `s3://${BUCKET}/${lab.s3.prefix}`],
    ...['--store-endpoint', lab.s3.endpoint, '--store-region', lab.s3.region],
    ...['--db-defaults-file', '~/.lifeboat.cnf', '--db-socket', source.socket],
  ];
});
afterAll(() => run.stop());

it('refuses keys in a checkout, a host with another key, and to go on without what it must know', async () => {
  const inCheckout = await init(repository, '--keys-directory', run.path(`${repository}/keys`));
  expect(inCheckout.exitCode).toBe(2);
  expect(inCheckout.stderr).toContain('lies in the git checkout');
  const other = await init(
    repository,
    ...['--keys-directory', run.path(keys), '--ssh-known-hosts', `ssh-ed25519 SHA256:${'A'.repeat(43)}`],
  );
  expect(other.exitCode).toBe(1);
  expect(other.stderr).toContain(`showed the host key ${fingerprint}`);
  const silent = await init(repository);
  expect(silent.exitCode).toBe(2);
  expect(silent.stderr).toContain('`keys-directory`: nothing is given, and there is no terminal to ask at');
  expect(readdirSync(run.path(repository))).toEqual(['.git']);
  expect(existsSync(run.path(keys))).toBe(false);
});

it('shows a host key that nobody compared, and writes nothing that would trust it', async () => {
  mkdirSync(run.path('elsewhere'));
  const shown = await init('elsewhere', '--keys-directory', run.path('other-keys'));
  expect(shown.exitCode, shown.stderr).toBe(0);
  expect(shown.stdout).toContain(`${fingerprint}\n[127.0.0.1]:${target.port} ssh-ed25519 AAAA`);
  expect(shown.stdout).toContain('Nobody has compared it yet');
  const text = readFileSync(run.path('elsewhere/.github/workflows/dump-fresh.yml'), 'utf8');
  expect(text).toContain('ssh-known-hosts: ssh-ed25519 SHA256:REPLACE_WITH_THE_FINGERPRINT_OF_YOUR_SERVER');
  expect(text).not.toContain(fingerprint);
});

it('writes secret keys for their owner alone, and overwrites nothing', async () => {
  const made = await init(repository, '--keys-directory', run.path(keys), '--ssh-known-hosts', fingerprint);
  expect(made.exitCode, made.stderr).toBe(0);
  page = parsePage('setup', made.stdout);
  expect(readFileSync(inKeys('setup.md'), 'utf8')).toBe(made.stdout.replace(/\n$/, ''));
  expect(statSync(run.path(keys)).mode & 0o777).toBe(0o700);
  const secret = readdirSync(run.path(keys)).filter((name) => (statSync(inKeys(name)).mode & 0o077) === 0);
  expect(secret.toSorted()).toEqual(SECRET_FILES);
  const printed = made.stdout + made.stderr;
  for (const name of SECRET_FILES) {
    const lines = readFileSync(inKeys(name), 'utf8')
      .split('\n')
      .filter((line) => line.length > 20);
    for (const line of lines.filter((one) => !/-----|^GRANT|^user=/.test(one)))
      expect(printed).not.toContain(line);
  }
  const before = readFileSync(inKeys('identity.asc'), 'utf8');
  const again = await init(repository, '--keys-directory', run.path(keys), '--ssh-known-hosts', fingerprint);
  expect(again.exitCode).toBe(2);
  expect(again.stderr).toContain('are not overwritten');
  expect(readFileSync(inKeys('identity.asc'), 'utf8')).toBe(before);
});

it('writes workflows that anybody could copy, at a minute of their own', () => {
  for (const name of ['dump-fresh.yml', 'restore-test-fresh.yml']) {
    expect(findWorkflowFaults(workflow(name)), name).toEqual([]);
  }
});

it('says what to do, and the doctor finds nothing left to do', async () => {
  await setUpServer();
  await setUpStore();
  for (const name of ['dump-fresh.yml', 'restore-test-fresh.yml'])
    writeFileSync(
      run.path(`${repository}/.github/workflows/${name}`),
      workflow(name).replace('OWNER/', 'example/'),
    );
  const [command = ''] = blocksBelow(page, 'sh', '6. Look at it all');
  const { status, stdout, stderr } = await tryCommand('sh', ['-eu'], {
    input: withIds(command),
    env: { PATH: process.env['PATH'], HOME: run.path('.') },
  });
  const looked = { exitCode: status, stdout: stdout.toString(), stderr };
  expect(findingsIn(looked), looked.stderr).toEqual([]);
  if (HAS_OWN_USERS) expect(looked.stdout).toMatch(/^✅ fresh: ready to dump\n/);
  expect(looked.stdout).not.toContain('Not looked at');
  expect(looked.exitCode).toBe(0);
});

it('the first dump is green, and a backup that stock tools open', async () => {
  const { exitCode, stderr } = await runCommand('dump', inputsOf('dump-fresh.yml', 'dump'));
  expect(exitCode, stderr).toBe(0);
  expect(stderr).not.toContain('warning');
  const identity = { secretKeyPath: inKeys('identity.asc'), passphrase: '' };
  const signing = {
    secretKeyPath: inKeys('signing-key.asc'),
    passphrase: '',
    fingerprint: fingerprintOf('signing-key.asc'),
  };
  const { backups } = await checkBucket(
    {
      ...lab,
      s3: { ...lab.s3, bucket: BUCKET },
      keys: {
        ...lab.keys,
        recipients: [{ ...lab.keys.recipients[0], ...identity }, lab.keys.recipients[1]],
        signing: { ...lab.keys.signing, ...signing },
      },
    },
    'fresh',
  );
  expect(backups.map(({ faults }) => faults)).toEqual([[]]);
  expect(backups[0]?.texts.get('shop')?.toString()).toContain('INSERT INTO `stock`');
});

it('the first restore test proves it, with what init gave it and nothing else', async () => {
  const inputs = inputsOf('restore-test-fresh.yml', 'restore-test');
  const proven = await runCommand('restore-test', inputs, sandbox.environment);
  expect(proven.exitCode, proven.stderr).toBe(0);
  expect(proven.stdout).toMatch(/^## ✅ fresh: proven/);
  expect(proven.stderr).not.toContain('warning');
  const paper = readFileSync(inKeys('paper.md'), 'utf8');
  for (const name of ['signing-key.asc', 'proof-signing-key.asc', 'daily-secret.asc', 'offline-secret.asc'])
    expect(paper, name).toContain(fingerprintOf(name).toUpperCase().match(/.{4}/g)?.join(' '));
});

async function setUpServer(): Promise<void> {
  const [line = ''] = blocksBelow(page, 'text', '1. The server');
  expect(line).toMatch(/^restrict ssh-ed25519 AAAA/);
  writeFileSync(path.join(path.dirname(target.home), 'authorized_keys'), line);
  const [login = '', save = ''] = blocksBelow(page, 'sh', '2. The database');
  const [, file = ''] = /^ssh .* mariadb < (.+)$/m.exec(login) ?? [];
  const [, command = '', options = ''] = /^ssh .* '(.+)' < (.+)$/m.exec(save) ?? [];
  await query(source, readFileSync(file, 'utf8'));
  const asUser = { ...target, privateKeyPath: inKeys('ssh-key') };
  expect((await runOnTarget(asUser, command, readFileSync(options, 'utf8'))).status).toBe(0);
}

async function setUpStore(): Promise<void> {
  const guide = readPage('docs/store-setup.md');
  const [lock, lifecycle] = ['Retention', 'What runs leave behind'].map(
    (heading) => JSON.parse(blocksBelow(guide, 'json', heading).join('')) as unknown,
  );
  await createBucket(lab.s3, BUCKET, { hasObjectLock: true });
  const client = createS3Client(lab.s3, lab.s3.owner);
  try {
    await client.send(
      new PutObjectLockConfigurationCommand({
        Bucket: BUCKET,
        ObjectLockConfiguration: lock as ObjectLockConfiguration,
      }),
    );
    await client.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: BUCKET,
        LifecycleConfiguration: lifecycle as BucketLifecycleConfiguration,
      }),
    );
  } finally {
    client.destroy();
  }
  const policies = blocksBelow(page, 'json', '3. The store');
  for (const [index, role] of ROLES.entries()) {
    const { Statement } = JSON.parse(policies[index] ?? '') as {
      Statement: Parameters<typeof createS3User>[2];
    };
    users[role] = await createS3User(lab.s3, `doctor-${role}`, Statement);
    writeFileSync(inKeys(`${role}-secret`), `${users[role].secretAccessKey}\n`, { mode: 0o600 });
  }
}

/** The printed command, with what was to be filled in. */
function withIds(command: string): string {
  return ROLES.reduce(
    (text, role) => text.replace(`${role.toUpperCase()}-ID-HERE`, users[role].accessKeyId),
    command,
  );
}

/** The inputs of the step, with secrets and variables as the printed commands set them for the job's environment. */
function inputsOf(file: string, job: string): Record<string, string> {
  const { jobs } = parse(workflow(file)) as {
    jobs: Record<string, { environment: string; steps: { with: Record<string, string | number> }[] }>;
  };
  const { environment, steps } = jobs[job] ?? fail(new Error(job));
  const values = new Map<string, string>();
  for (const line of withIds(blocksBelow(page, 'sh', '5. GitHub').join('')).split('\n')) {
    const [, name = '', where, source_ = '', value = ''] =
      /^gh (?:secret|variable) set (\w+) --env (\S+) (<|--body) (.+)$/.exec(line) ?? [];
    if (where === environment) values.set(name, source_ === '<' ? readFileSync(value, 'utf8') : value);
  }
  return Object.fromEntries(
    Object.entries(steps[0]?.with ?? {}).map(([name, value]) => [
      name,
      String(value).replace(
        /^\$\{\{ (?:secrets|vars)\.(\w+) \}\}$/,
        (_, one: string) => values.get(one) ?? fail(new Error(one)),
      ),
    ]),
  );
}

function fingerprintOf(name: string): string {
  const shown = execFileSync('gpg', ['--show-keys', '--with-colons', inKeys(name)], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], GNUPGHOME: run.path('.') },
  });
  return (/^fpr:+([0-9A-F]{40}):/m.exec(shown)?.[1] ?? '').toLowerCase();
}

function fail(error: unknown): never {
  throw error;
}
