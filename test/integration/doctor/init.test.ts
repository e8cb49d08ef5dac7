// What `init` refuses, and the way of a newcomer to the first proof, as script/getting-started goes it: every block is typed, on machines that
// nobody has set up. Its times are in the log.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { followGettingStarted, GUIDE_BUCKET } from '../../../script/follow-guide.ts';
import { checkBucket } from '../../helpers/bucket-checker.ts';
import { CLI } from '../../helpers/run-doctor.ts';
import { runStep } from '../../helpers/step.ts';
import { useLab } from '../../helpers/use-lab.ts';
import { query } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';

const lab = useLab();
const target = lab.ssh;
/** What is promised, and the time in which servers start. */
const TIMEOUT_MS = 900_000;
const SECRET_FILES = [
  ...['binlogs.sql', 'daily-secret.asc', 'database.sql', 'identity.asc', 'lifeboat-binlogs.cnf'],
  ...['lifeboat.cnf', 'offline-secret.asc', 'passphrase.txt', 'proof-signing-key.asc', 'signing-key.asc'],
  'ssh-key',
];

let run: LabRun;
let fingerprint: string;
let flags: string[];

const [repository, keys] = ['repository', 'keys'] as const;
const inKeys = (name: string) => path.join(run.path(keys), name);
const init = (directory: string, ...more: readonly string[]) =>
  runStep([CLI, 'init', ...flags, '--directory', run.path(directory), ...more]);

beforeAll(async () => {
  run = await LabRun.start();
  // On the server itself.
  const listed = execFileSync('ssh-keygen', ['-lf', '-'], { input: target.knownHosts, encoding: 'utf8' });
  fingerprint = `ssh-ed25519 ${/SHA256:\S+(?=.*ED25519)/.exec(listed)?.[0] ?? ''}`;
  mkdirSync(run.path(repository));
  mkdirSync(run.path(`${repository}/.git`));
  flags = [
    ...['--server', 'fresh', '--ssh-host', target.host, '--ssh-port', String(target.port)],
    ...['--ssh-user', 'fresh', '--store', 's3://doctor-fresh'],
    ...['--db-defaults-file', '~/.lifeboat.cnf', '--binlogs'],
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

it('its accounts of the database are what a server takes, and no more than is documented', async () => {
  try {
    for (const file of ['database.sql', 'binlogs.sql'])
      await query(lab.mariadb, readFileSync(inKeys(file), 'utf8'));
    const grants = await query(lab.mariadb, 'SHOW GRANTS FOR fresh_binlogs@localhost');
    expect(grants).toMatch(/^GRANT RELOAD, REPLICATION SLAVE, BINLOG MONITOR ON \*\.\* TO `fresh_binlogs`/);
  } finally {
    await query(lab.mariadb, 'DROP USER IF EXISTS fresh@localhost, fresh_binlogs@localhost');
  }
});

it(
  'docs/getting-started.md and the page of init lead to a first proof in less than ten minutes',
  async () => {
    const said: string[] = [];
    const followed = await followGettingStarted(run, lab.s3, (line) => said.push(line));
    process.stdout.write(`${said.join('\n')}\n`);
    expect(said.join('\n')).toMatch(/^ *\d+\.\d s {2}in all, from nothing to a first proven restore$/m);
    expect(followed.printed).toMatch(/^✅ atlas: ready to dump\n/m);
    expect(followed.printed).not.toContain('Not looked at');
    expect(followed.jobs.map(({ summary }) => /^## (.*)/.exec(summary)?.[1])).toEqual([
      expect.stringContaining('atlas') as string,
      expect.stringMatching(/^✅ atlas: proven/) as string,
      expect.stringMatching(/^✅ /) as string,
    ]);
    for (const { log } of followed.jobs) expect(log).not.toContain('::warning');
    for (const name of SECRET_FILES) {
      const lines = (followed.keys[name] ?? '').split('\n').filter((line) => line.length > 20);
      for (const line of lines.filter((one) => !one.includes('-----')))
        expect(followed.printed).not.toContain(line);
    }
    await expectStockRestore(followed.keys);
  },
  TIMEOUT_MS,
);

/** What was dumped opens with gpg and zstd, and with the keys that init made. */
async function expectStockRestore(made: Readonly<Record<string, string>>): Promise<void> {
  const fingerprints = new Map<string, string>();
  mkdirSync(run.path('made'), { mode: 0o700 });
  for (const name of [
    'identity.asc',
    'signing-key.asc',
    'proof-signing-key.asc',
    'daily-secret.asc',
    'offline-secret.asc',
  ]) {
    writeFileSync(run.path(`made/${name}`), made[name] ?? '', { mode: 0o600 });
    fingerprints.set(name, fingerprintOf(run.path(`made/${name}`)));
  }
  const identity = { secretKeyPath: run.path('made/identity.asc'), passphrase: '' };
  const signing = {
    secretKeyPath: run.path('made/signing-key.asc'),
    passphrase: '',
    fingerprint: fingerprints.get('signing-key.asc') ?? '',
  };
  const { backups } = await checkBucket(
    {
      ...lab,
      s3: { ...lab.s3, bucket: GUIDE_BUCKET, prefix: 'servers' },
      keys: {
        ...lab.keys,
        recipients: [{ ...lab.keys.recipients[0], ...identity }, lab.keys.recipients[1]],
        signing: { ...lab.keys.signing, ...signing },
      },
    },
    'atlas',
  );
  expect(backups.map(({ faults }) => faults)).toEqual([[]]);
  expect(backups[0]?.texts.get('shop')?.toString()).toContain('INSERT INTO `stock`');
  for (const [name, value] of fingerprints) {
    if (name !== 'identity.asc')
      expect(made['paper.md'], name).toContain(value.toUpperCase().match(/.{4}/g)?.join(' '));
  }
}

function fingerprintOf(file: string): string {
  const shown = execFileSync('gpg', ['--show-keys', '--with-colons', file], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], GNUPGHOME: run.path('.') },
  });
  return (/^fpr:+([0-9A-F]{40}):/m.exec(shown)?.[1] ?? '').toLowerCase();
}
