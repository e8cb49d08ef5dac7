// Plants faults in real servers, keys, buckets and files, several in each run, and looks for each of them by its own finding and fix.
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKeyPair, type KeyPair } from '../../encryption/make-key.ts';
import { startDateProxy } from '../../helpers/date-proxy.ts';
import { dumpInputs } from '../../helpers/dump-inputs.ts';
import { findingsIn, HAS_OWN_USERS, runCommand } from '../../helpers/run-doctor.ts';
import type { StepResult } from '../../helpers/step.ts';
import { createDumpUser, query, startMariadb, type MariadbAddress } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { createBucket } from '../../lab/s3.ts';
import { startTarget, type TargetAddress } from '../../lab/target.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const DAY_S = 86_400;
const USER = { dumpUser: 'lifeboat', dumpPassword: 'a long random password' };
const RIGHTS = 'SELECT, SHOW VIEW, TRIGGER, EVENT, RELOAD, BINLOG MONITOR, SLAVE MONITOR'.split(', ');
const SIGNER = readFileSync(lab.keys.signing.publicKeyPath, 'utf8');
const PROVER = readFileSync(lab.keys.proving.publicKeyPath, 'utf8');

type Inputs = Readonly<Record<string, string>>;

let run: LabRun;
const results = new Map<string, StepResult>();

beforeAll(async () => {
  run = await LabRun.start();
  const [usual, bare, rootOnly, source, silent] = await Promise.all([
    startTarget(run).then(({ address }) => address),
    startTarget(run).then(({ address }) => address),
    startTarget(run, { asSelf: true }).then(({ address }) => address),
    startMariadb(run, {
      options: ['--binlog-format=STATEMENT', '--binlog-checksum=NONE', '--binlog-expire-logs-seconds=3600'],
    }).then(({ address }) => address),
    startMariadb(run, { hasBinlog: false }).then(({ address }) => address),
  ]);
  const [short, old, modern, signOnly] = await makeKeys();
  await fillDatabases(source, silent);
  await createBucket(lab.s3, 'doctor-unversioned', { isVersioned: false });
  await using proxy = await startDateProxy(lab.s3.endpoint, 20 * 60_000);
  const inputs = (target: TargetAddress, database: MariadbAddress, changes: Inputs) =>
    dumpInputs(
      { ...lab, ssh: target, mariadb: { ...lab.mariadb, ...database, ...USER } },
      { server: 'doctor', ...changes },
    );
  const planned: Readonly<Record<string, Inputs>> = {
    'a bare server': inputs(makeBare(bare), source, {
      'db-user': '',
      'db-password': '',
      'db-defaults-file': '~/.lifeboat.cnf',
      'store-access-key-id': lab.s3.owner.accessKeyId,
      'store-secret-access-key': lab.s3.owner.secretAccessKey,
      'reader-access-key-id': lab.s3.owner.accessKeyId,
      'reader-secret-access-key': lab.s3.owner.secretAccessKey,
      probe: 'true',
      recipients: short.publicKey,
      'signing-key': short.privateKey,
      'signing-key-passphrase': '',
    }),
    'another server': inputs(usual, source, {
      'ssh-known-hosts': lab.ssh.knownHosts.replaceAll(`:${lab.ssh.port}`, `:${usual.port}`),
      store: 's3://doctor-nowhere/fleet',
      recipients: `${old.publicKey}\n${modern.publicKey}\n${signOnly.publicKey}`,
      workflow: writeWorkflow(),
    }),
    'keys mixed up': inputs(usual, source, {
      'ssh-key': readFileSync(lab.ssh.privateKeyPath, 'utf8'),
      'store-secret-access-key': 'not-the-secret-of-this-key',
      'trusted-signers': PROVER,
      'trusted-provers': SIGNER,
      'identity-fingerprint': 'ABCD'.repeat(10),
      identity: readFileSync(lab.keys.stranger.secretKeyPath, 'utf8'),
      'proof-signing-key': readFileSync(lab.keys.signing.secretKeyPath, 'utf8'),
      'proof-signing-key-passphrase': lab.keys.signing.passphrase,
      workflow: run.path('missing.yml'),
    }),
    'no session': inputs(hidePrograms((await startTarget(run)).address, 'flock'), source, {}),
    'a full home': inputs(lockHomeOf((await startTarget(run)).address), source, {
      store: `s3://doctor-unversioned/${lab.s3.prefix}`,
      'store-access-key-id': lab.s3.owner.accessKeyId,
      'store-secret-access-key': lab.s3.owner.secretAccessKey,
      'signing-key': '',
      'signing-key-passphrase': '',
      probe: 'true',
    }),
    'a directory beside the data': withJobs(
      inputs(usual, silent, {
        // Two at once on one server would find each other's lock.
        server: 'doctor-too',
        identity: readFileSync(lab.keys.recipients[0].secretKeyPath, 'utf8'),
        'proof-signing-key': readFileSync(lab.keys.proving.secretKeyPath, 'utf8'),
        'proof-signing-key-passphrase': lab.keys.proving.passphrase,
        'trusted-provers': PROVER,
        'store-endpoint': '',
        'store-region': '',
        'store-access-key-id': '',
        'store-secret-access-key': '',
        store: `file://${await run.makeDirectory('store')}`,
      }),
    ),
    'log-in as root': inputs(rootOnly, silent, {
      'store-endpoint': proxy.endpoint,
      'db-password': 'wrong',
    }),
    'a writer that may do everything': inputs(rootOnly, silent, {
      server: 'doctor-too',
      'store-access-key-id': lab.s3.owner.accessKeyId,
      'store-secret-access-key': lab.s3.owner.secretAccessKey,
      'reader-access-key-id': lab.s3.reader.accessKeyId,
      'reader-secret-access-key': lab.s3.reader.secretAccessKey,
      probe: 'true',
      'signing-key': short.privateKey,
      'signing-key-passphrase': '',
      'trusted-signers': PROVER,
    }),
    'a store on the server itself': inputs(rootOnly, silent, {
      server: 'doctor-sftp',
      'store-endpoint': '',
      'store-region': '',
      'store-access-key-id': '',
      'store-secret-access-key': '',
      store: `sftp://${rootOnly.user}@${rootOnly.host}:${rootOnly.port}${await run.makeDirectory('sftp')}`,
      'store-ssh-key': readFileSync(rootOnly.privateKeyPath, 'utf8'),
      'store-known-hosts': rootOnly.knownHosts,
    }),
    'old programs': inputs(ageProgramsOf(usual), silent, {
      'store-access-key-id': lab.s3.reader.accessKeyId,
      'store-secret-access-key': lab.s3.reader.secretAccessKey,
      'reader-access-key-id': lab.s3.writer.accessKeyId,
      'reader-secret-access-key': lab.s3.writer.secretAccessKey,
      probe: 'true',
    }),
  };
  await Promise.all(
    Object.entries(planned).map(async ([name, given]) =>
      results.set(name, await runCommand('doctor', given)),
    ),
  );
});

afterAll(() => run.stop());

async function makeKeys(): Promise<[KeyPair, KeyPair, KeyPair, KeyPair]> {
  const before = (days: number) => new Date(Date.now() - days * DAY_S * 1000);
  return Promise.all([
    makeKeyPair('Soon', { date: before(10), keyExpirationTime: 20 * DAY_S }),
    makeKeyPair('Expired', { date: before(10), keyExpirationTime: 5 * DAY_S }),
    makeKeyPair('Modern', { type: 'curve25519', config: { v6Keys: true } }),
    makeKeyPair('Signer', { subkeys: [] }),
  ]);
}

async function fillDatabases(source: MariadbAddress, silent: MariadbAddress): Promise<void> {
  await createDumpUser(source, ['SELECT', 'SHOW VIEW', 'INSERT'], USER);
  await createDumpUser(silent, RIGHTS, USER);
  await query(
    source,
    'CREATE DATABASE shop; USE shop; CREATE TABLE stock (id INT) ENGINE=MyISAM; INSERT INTO stock VALUES (1);',
  );
  await query(
    silent,
    `CREATE DATABASE shop; USE shop; CREATE TABLE stock (id INT); CREATE TABLE gone (id INT);
     CREATE VIEW broken AS SELECT id FROM gone; DROP TABLE gone;`,
  );
}

/** The PATH of the user that logs in lacks these. */
function hidePrograms(target: TargetAddress, ...hidden: readonly string[]): TargetAddress {
  const programs = path.join(target.home, 'programs');
  mkdirSync(programs);
  for (const name of readdirSync('/usr/bin')) {
    if (!hidden.includes(name)) symlinkSync(`/usr/bin/${name}`, path.join(programs, name));
  }
  // bash reads it when sshd starts it.
  writeFileSync(path.join(target.home, '.bashrc'), 'PATH=$HOME/programs\n');
  return target;
}

/** No zstd and no perl for the user that logs in, who is in the group docker; a password file that others can read; no room. */
function makeBare(target: TargetAddress): TargetAddress {
  hidePrograms(target, 'zstd', 'perl');
  const options = path.join(target.home, '.lifeboat.cnf');
  writeFileSync(options, `[client]\nuser=${USER.dumpUser}\npassword="${USER.dumpPassword}"\n`, {
    mode: 0o644,
  });
  chmodSync(options, 0o644);
  giveTo(target, options);
  if (HAS_OWN_USERS) {
    writeFileSync(path.join(target.sharedMemory, 'fills'), Buffer.alloc(60 * 1024 ** 2));
    const groups = path.join(path.dirname(target.home), 'group');
    const others = readFileSync(groups, 'utf8').replace(/^docker:.*\n/m, '');
    writeFileSync(groups, `${others}docker:x:64399:${target.user}\nlxd:x:64398:${target.user}\n`);
  }
  return target;
}

function giveTo(target: TargetAddress, file: string): void {
  const { uid, gid } = statSync(target.home);
  chownSync(file, uid, gid);
}

function lockHomeOf(target: TargetAddress): TargetAddress {
  chmodSync(target.home, 0o500);
  return target;
}

/** There is no gpg that old to be had: this one says what 2.0 says to an option that it does not know. And a disk that is almost full. */
function ageProgramsOf(target: TargetAddress): TargetAddress {
  const wrap = (name: string, script: string) =>
    writeFileSync(path.join(target.wrappersDirectory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  wrap(
    'gpg',
    'case "$*" in *--recipient-file*) echo "gpg: invalid option \\"--recipient-file\\"" >&2; exit 2;; esac; exec /usr/bin/gpg "$@"',
  );
  wrap(
    'df',
    'case "$*" in */data*) echo "Filesystem 1024-blocks Used Available Capacity Mounted on"; echo "/dev/sda1 1000000 990000 10000 99% /";; *) exec /usr/bin/df "$@";; esac',
  );
  return target;
}

function writeWorkflow(): string {
  const file = run.path('dump.yml');
  writeFileSync(
    file,
    `on:
  schedule:
    - cron: '0 3 * * *'
  pull_request_target:
jobs:
  dump:
    runs-on: ubuntu-latest
    steps:
      - uses: OWNER/lifeboat/dump@v1
        with:
          server: Atlas
          ssh-hots: atlas.example.com
          store-secret-access-key: in-plain-sight
      - uses: example/lifeboat/restore-tets@v1
`,
  );
  return file;
}

/** Other jobs on the same server: one to ship what it does not write, one with good directories, one with none, one by way of what is not installed. */
function withJobs(given: Inputs): Inputs {
  const file = run.path('jobs.yml');
  const names = ['server', 'ssh-host', 'ssh-port', 'ssh-user', 'ssh-known-hosts', 'store'];
  const same = names.map((name) => `          ${name}: ${JSON.stringify(given[name])}`).join('\n');
  const step = (action: string, own: Inputs) => `      - uses: example/lifeboat/${action}@v1
        with:
${same}
          ssh-key: \${{ secrets.SSH_KEY }}
          recipients: \${{ vars.RECIPIENTS }}
${Object.entries(own)
  .map(([name, value]) => `          ${name}: ${value}`)
  .join('\n')}
`;
  writeFileSync(
    file,
    `on: workflow_dispatch
permissions: {}
jobs:
  others:
    runs-on: self-hosted
    concurrency: { group: others, queue: max }
    steps:
${[
  step('ship-binlogs', {
    'db-socket': given['db-socket'] ?? '',
    'db-user': USER.dumpUser,
    'db-password': '${{ secrets.DB_PASSWORD }}',
  }),
  step('ship-binlogs', { 'db-user': 'another', 'db-password': '${{ secrets.OTHER_PASSWORD }}' }),
  step('sync-storage', { name: 'here', paths: lab.ssh.home }),
  step('sync-storage', { name: 'gone', paths: '/srv/nowhere' }),
  step('sync-storage', { name: 'root', paths: '/srv', become: 'sudo' }),
].join('')}`,
  );
  return { ...given, workflow: file };
}

const FAULT = '❌';
const WARNING = '⚠️';

type Expected = [mark: string, what: string | RegExp, fix: string | RegExp];

/** What can only be planted where the lab makes users. */
function whereUsersAreOwn(...expected: Expected[]): Expected[] {
  return HAS_OWN_USERS ? expected : [];
}

describe.each<[string, Expected[]]>([
  [
    'a bare server',
    [
      [FAULT, 'lacks zstd', 'apt-get install zstd'],
      [WARNING, 'The target has no perl', 'perl-base'],
      [FAULT, /\.lifeboat\.cnf can be read by others/, 'chmod 400 ~/.lifeboat.cnf'],
      [
        FAULT,
        'lacks rights',
        'GRANT TRIGGER, EVENT, RELOAD, BINLOG MONITOR ON *.* TO `lifeboat`@`localhost`;',
      ],
      [FAULT, 'may change data', 'REVOKE INSERT ON *.* FROM `lifeboat`@`localhost`;'],
      [FAULT, /cannot dump these tables.*shop\.stock/, 'ENGINE=InnoDB'],
      [FAULT, 'the signing key is a recipient as well', 'Make a key for this alone'],
      [WARNING, 'only one recipient', 'Add one that is kept offline'],
      [WARNING, /The recipient .* expires on/, 'backups stop the day before'],
      [WARNING, /The signing key .* expires on/, 'backups stop the day before'],
      [WARNING, "the writer's key may list", 's3:PutObject and s3:AbortMultipartUpload'],
      [WARNING, "the writer's key may read", 's3:PutObject and s3:AbortMultipartUpload'],
      [WARNING, "the writer's key may write proofs", 'nothing below proofs/'],
      [WARNING, "the writer's key may delete", 's3:PutObject and s3:AbortMultipartUpload'],
      [WARNING, "the reader's key is the writer's", 'a user of its own'],
      [WARNING, 'no rule of the bucket removes uploads', 'AbortIncompleteMultipartUpload'],
      [WARNING, 'locks no objects', 'default retention'],
      ...whereUsersAreOwn(
        [WARNING, 'where a run keeps its private files', 'Make room'],
        [WARNING, 'is in the group docker', 'gpasswd --delete'],
        [WARNING, 'is in the group lxd', 'gpasswd --delete'],
      ),
      [WARNING, /is a replica.*could not be looked at/, 'GRANT SLAVE MONITOR'],
      [WARNING, 'binlog_format is STATEMENT', 'SET GLOBAL binlog_format = ROW;'],
      [WARNING, 'binlog_checksum is NONE', 'SET GLOBAL binlog_checksum = CRC32;'],
      [WARNING, 'binary logs are deleted after 1 h', 'SET GLOBAL binlog_expire_logs_seconds = 172800;'],
    ],
  ],
  [
    'another server',
    [
      [FAULT, 'showed the host key', 'ssh-keygen -lf'],
      [FAULT, '(store-not-found)', 'There is no such bucket'],
      [FAULT, /Backups cannot be encrypted to .*expired on/, 'gpg --quick-gen-key'],
      [FAULT, /Backups cannot be encrypted to .*version 6/, 'gpg --quick-gen-key'],
      [FAULT, /Backups cannot be encrypted to .*Signer.*encrypt/, 'gpg --quick-gen-key'],
      [WARNING, /is scheduled at minute 0/, /cron: '\d*[1379] 3/],
      [WARNING, 'says nothing of permissions', 'permissions: {}'],
      [WARNING, 'has no concurrency group', 'cancel-in-progress: false'],
      [WARNING, 'runs on pull_request_target', '`workflow_dispatch`'],
      [FAULT, '`dump` has no input `ssh-hots`', 'Did you mean `ssh-host`?'],
      [FAULT, 'names nobody', 'in place of OWNER'],
      [FAULT, 'the value of `server` cannot be used', 'never change it'],
      [FAULT, /`dump` needs `ssh-host`,.*`recipients`/, 'docs/reference/dump.md'],
      [FAULT, '`store-access-key-id`: nothing is given', 'WRITER_ID'],
      [FAULT, '`store-secret-access-key` stands in the file', 'gh secret set'],
      [FAULT, 'there is no action restore-tets', 'Did you mean `restore-test`?'],
    ],
  ],
  [
    'keys mixed up',
    [
      [FAULT, 'did not accept user', 'authorized'],
      [FAULT, '(store-denied)', 'The secret access key does not belong to the access key id'],
      [FAULT, 'the signing key is in `trusted-provers` as well', 'Make a key for this alone'],
      [FAULT, '`trusted-signers` does not hold the signing key', 'gpg --armor --export'],
      [FAULT, 'no recipient has the fingerprint ABCD', 'docs/keys.md, The identity'],
      [FAULT, '(identity-unfit)', ''],
      [FAULT, '`proof-signing-key` is the signing key', 'Make a key for each'],
      [FAULT, 'missing.yml cannot be read (ENOENT)', 'Give the path'],
    ],
  ],
  ['no session', [[FAULT, 'lacks flock (target-tool-missing)', 'apt-get install util-linux']]],
  [
    'a full home',
    [
      [FAULT, 'cannot create', 'a home directory that it can write to'],
      [FAULT, 'keeps no versions', 'Turn versioning on'],
      [WARNING, 'no `signing-key` is given', 'docs/keys.md'],
      [WARNING, "the writer's key may list", 's3:PutObject'],
    ],
  ],
  [
    'a directory beside the data',
    [
      [WARNING, 'on the same disk as the database', 'Use another disk'],
      [WARNING, 'are free on the disk of', 'Make room'],
      [FAULT, 'gpg on the target cannot encrypt', '2.1.14'],
      [WARNING, 'views are broken', 'Repair or drop them'],
      [WARNING, 'writes no binary log', 'log_bin = binlog'],
      [FAULT, '(log_bin is OFF)', 'Set log_bin in the [mysqld] section'],
      [FAULT, '/srv/nowhere: there is no such directory', 'Is the disk mounted?'],
      [FAULT, 'sudo did not run lifeboat-read', 'Files that only root may read'],
    ],
  ],
  [
    'a writer that may do everything',
    [
      [WARNING, "the writer's key may list", 's3:PutObject'],
      [WARNING, "the writer's key may read", 's3:PutObject'],
      [WARNING, "the writer's key may write proofs", 'nothing below proofs/'],
      [WARNING, "the writer's key may delete", 's3:PutObject'],
      [WARNING, 'no rule of the bucket removes uploads', 'AbortIncompleteMultipartUpload'],
      [WARNING, 'locks no objects', 'default retention'],
      ...whereUsersAreOwn([WARNING, 'root is root', 'docs/server-setup.md']),
      [FAULT, '`trusted-signers` does not hold the signing key', 'gpg --armor --export'],
      [WARNING, /The signing key .* expires on/, 'backups stop the day before'],
      [WARNING, 'views are broken', 'Repair or drop them'],
      [WARNING, 'writes no binary log', 'log_bin = binlog'],
    ],
  ],
  [
    'log-in as root',
    [
      ...whereUsersAreOwn([WARNING, 'root is root', 'docs/server-setup.md']),
      [FAULT, /clock is 1[12]\d\d s behind the store's/, 'timedatectl set-ntp true'],
      [FAULT, 'refused the log-in', 'Check db-user and the password'],
    ],
  ],
  [
    'a store on the server itself',
    [
      [WARNING, 'the store has the host key of', 'Use another machine'],
      ...whereUsersAreOwn([WARNING, 'root is root', 'docs/server-setup.md']),
      [WARNING, 'views are broken', 'Repair or drop them'],
      [WARNING, 'writes no binary log', 'log_bin = binlog'],
    ],
  ],
  [
    'old programs',
    [
      [FAULT, 'gpg on the target cannot encrypt to the recipients', '2.1.14 or newer'],
      [FAULT, 'PutObject', 'check the policy of their user'],
      [FAULT, "the reader's key may not list", 'The reader'],
      [WARNING, "the writer's key may list", 's3:PutObject'],
      [WARNING, 'views are broken', 'Repair or drop them'],
      [WARNING, 'writes no binary log', 'log_bin = binlog'],
      [WARNING, 'are free on the disk of', 'Make room'],
    ],
  ],
])('%s', (name, expected) => {
  it.each(expected)('%s %s', (mark, what, fix) => {
    const findings = findingsIn(results.get(name) ?? fail(name));
    const found = findings.filter(
      (finding) =>
        finding.startsWith(mark) && (typeof what === 'string' ? finding.includes(what) : what.test(finding)),
    );
    expect(found, findings.join('\n')).toHaveLength(1);
    if (typeof fix === 'string') expect(found[0]).toContain(fix);
    else expect(found[0]).toMatch(fix);
  });

  it('nothing else is found, and the exit code says that there are faults', () => {
    const result = results.get(name) ?? fail(name);
    const known = new Set(
      findingsIn(result).filter((finding) =>
        expected.some(([, what]) => (typeof what === 'string' ? finding.includes(what) : what.test(finding))),
      ),
    );
    expect(findingsIn(result).filter((finding) => !known.has(finding))).toEqual([]);
    const hasFaults = expected.some(([mark]) => mark === FAULT);
    expect(result.exitCode, result.stderr).toBe(hasFaults ? 1 : 0);
    expect(result.stderr.includes('not-ready')).toBe(hasFaults);
  });
});

it('says what could not be looked at, and why', () => {
  const { stdout } = results.get('no session') ?? fail('no session');
  const [, unchecked = ''] = stdout.split('\nNot looked at\n');
  expect(unchecked).toContain('- Database: all of it: no session could be started on the server\n');
  expect(unchecked).toContain('nothing is stored without `--probe`\n');
});

it('looks at what other jobs do, as far as it has their secrets', () => {
  const { stdout } = results.get('a directory beside the data') ?? fail('a directory');
  expect(stdout).toMatch(/^- Files: 1 path, find \S+, tar \S+$/m);
  expect(stdout).toMatch(/^- Files: the directories are there, and the programs that read them \(/m);
  expect(stdout).toMatch(/^- Binary logs: .* its `db-password` is not known, and not that of the dump$/m);
  expect(stdout).toContain('- Restore test: `identity` opens what is encrypted to the recipients\n');
  expect(stdout).toContain('- Restore test: `proof-signing-key` signs proofs that are believed\n');
  expect(readdirSync(lab.ssh.home)).not.toContain('doctor-doctor-too');
});

it('prints no secret, whatever is wrong', () => {
  const keyLines = (file: string) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.length > 40);
  const secrets = [
    USER.dumpPassword,
    ...[lab.s3.owner, lab.s3.writer, lab.s3.reader].map(({ secretAccessKey }) => secretAccessKey),
    ...[lab.ssh, lab.keys.signing, lab.keys.proving, lab.keys.stranger, lab.keys.recipients[0]].flatMap(
      (key) => keyLines('privateKeyPath' in key ? key.privateKeyPath : key.secretKeyPath),
    ),
  ];
  expect(secrets.length).toBeGreaterThan(10);
  for (const [name, { stdout, stderr }] of results) {
    for (const secret of secrets) expect(stdout + stderr, name).not.toContain(secret);
  }
});

function fail(name: string): never {
  throw new Error(`there was no run "${name}"`);
}
