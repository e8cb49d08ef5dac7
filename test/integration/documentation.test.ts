// Does what the guides say, word for word, on real servers: keys, server, store, a dump, and the restore by hand.
import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutObjectLockConfigurationCommand,
  type BucketLifecycleConfiguration,
  type ObjectLockConfiguration,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { blocksBelow, parsePage, readPage } from '../helpers/documentation.ts';
import { dumpInputs } from '../helpers/dump-inputs.ts';
import { runAction, type ActionRun } from '../helpers/runner.ts';
import { runCommand, tryCommand } from '../lab/command.ts';
import { loadHelpdesk } from '../lab/helpdesk/load.ts';
import { query, startMariadb, type MariadbAddress } from '../lab/mariadb.ts';
import { RUN_VARIABLE } from '../lab/processes.ts';
import { LabRun } from '../lab/run.ts';
import { createS3User } from '../lab/s3-users.ts';
import { createS3Client, type S3Keys } from '../lab/s3.ts';
import { runOnTarget, startTarget, type TargetAddress } from '../lab/target.ts';

const lab = inject('lab');
const SCHEMA = path.resolve(import.meta.dirname, '../fixtures/everything.sql');
const [keysPage, serverPage, storePage, restorePage] = [
  'keys',
  'server-setup',
  'store-setup',
  'restore-by-hand',
].map((name) => readPage(`docs/${name}.md`)) as [Page, Page, Page, Page];
type Page = ReturnType<typeof readPage>;

/** Names in the guides. */
const [BUCKET, PREFIX, SERVER] = ['example-backups', 'servers', 'atlas'];
/** All databases of the server. */
const DATABASES = ['everything', "-we`ird ⚓ na'me;", 'empty_one', 'helpdesk'];
/** Of every key; gpg would ask for it. */
const PASSPHRASE = 'paper-in-the-safe';
const DAY_MS = 24 * 60 * 60 * 1000;

let run: LabRun;
let target: TargetAddress;
let source: MariadbAddress;
let restored: MariadbAddress;
/** Where the keys were made. */
let office: string;
let writer: S3Keys;
/** Where a backup is restored: its folder, and the variables of the shell there. */
let backup: string;
let environment: Variables;
let stored: ActionRun;
/** What the binary log of the restored server holds after the restore. */
let loggedByRestore: string;
let restore: Awaited<ReturnType<typeof tryCommand>>;

beforeAll(async () => {
  run = await LabRun.start();
  target = (await startTarget(run)).address;
  [source, restored] = (await Promise.all([startMariadb(run), startMariadb(run)])).map(
    ({ address }) => address,
  ) as [MariadbAddress, MariadbAddress];
  await query(source, readFileSync(SCHEMA, 'utf8'));
  await loadHelpdesk(source, { megabytes: 2 });
  office = await makeKeys();
  const reader = await makeStore();
  await setUpServer('All databases');
  stored = await dump();
  if (stored.exitCode !== 0) throw new Error(stored.log.replaceAll(/^::add-mask::.*\n/gm, ''));
  ({ backup, environment } = await makeRestoreMachine(reader));
  restore = await runShell(restoreScript(), backup, environment);
  loggedByRestore = (await query(restored, 'SELECT @@gtid_binlog_pos')).trim();
  const [salvage = ''] = blocksBelow(restorePage, 'sh', 'One table only');
  await runShell(`set -o pipefail; ${salvage}`, backup, environment);
});

afterAll(async () => {
  await run.stop();
});

describe('docs/keys.md', () => {
  it('gives recipients and a signing key that a run takes without a warning about keys', () => {
    expect(stored.log).not.toMatch(/::(?:warning|error).*(?:recipient|key|signed)/i);
    expect(stored.summary).not.toContain('not signed');
  });

  it('a signing key that expires soon is a warning', async () => {
    await runShell(
      "gpg --quick-gen-key 'Soon gone <soon@example.org>' default sign 20d && gpg --armor --export-secret-keys soon@example.org > soon.asc",
      office,
    );
    const soon = readFileSync(path.join(office, 'soon.asc'), 'utf8');
    const { exitCode, log } = await dump({ 'signing-key': soon, 'dry-run': 'true' });
    expect(exitCode).toBe(0);
    expect(log).toMatch(/::warning.*The signing key [0-9A-F]{16} expires on \d{4}-\d\d-\d\d/);
  });

  it('extends a key, and what is exported then is taken', async () => {
    await runShell(blocksBelow(keysPage, 'sh', 'When a key expires').join(''), office);
    const listed = await runShell('gpg --with-colons --list-keys backup@example.org', office);
    const ends = Array.from(
      listed.stdout.toString().matchAll(/^(?:pub|sub):[^:]*:[^:]*:[^:]*:[^:]*:[^:]*:(\d*):/gm),
    );
    expect(ends).toHaveLength(2);
    for (const [, end = ''] of ends)
      expect(Number(end) * 1000 - Date.now()).toBeGreaterThan(4.9 * 365 * DAY_MS);
    await runShell(
      'gpg --armor --export backup@example.org backup-offline@example.org > recipients.asc',
      office,
    );
    expect((await dump({ 'dry-run': 'true' })).exitCode).toBe(0);
  });
});

describe('docs/server-setup.md', () => {
  it('makes an account and a login that a run can live with', () => {
    expect(stored.log).not.toContain('::error');
    expect(stored.exitCode).toBe(0);
    expect(stored.summary).toContain('Point-in-time recovery can start here');
  });

  it('an account for a list of databases dumps these, and claims no start of a point-in-time recovery', async () => {
    await setUpServer('A list of databases');
    const { exitCode, summary } = await dump({ server: 'narrow', databases: 'helpdesk' });
    expect(exitCode).toBe(0);
    expect(summary).toContain('Point-in-time recovery cannot start here: the dump user does not see');
  });

  it('a credentials file that others may read is refused', async () => {
    await onTarget('chmod 440 ~/.lifeboat.cnf');
    const { exitCode, log } = await dump({ 'dry-run': 'true' });
    expect(exitCode).toBe(1);
    expect(log).toContain('(db-credentials-file)');
  });
});

describe('docs/store-setup.md', () => {
  it('locks every object of the backup', async () => {
    const client = createS3Client(lab.s3, lab.s3.owner);
    const keys = await listKeys(client, `${PREFIX}/${SERVER}/`);
    expect(keys.length).toBe(5);
    for (const Key of keys) {
      const { Retention } = await client.send(new GetObjectRetentionCommand({ Bucket: BUCKET, Key }));
      expect(Retention?.Mode).toBe('COMPLIANCE');
      const days = ((Retention?.RetainUntilDate?.getTime() ?? 0) - Date.now()) / DAY_MS;
      expect(Math.round(days)).toBe(35);
    }
    client.destroy();
  });
});

describe('docs/restore-by-hand.md', () => {
  it('finds the signature good and every object whole', () => {
    expect(restore.stderr).toContain(
      'Good signature from "Example backup manifests <backup-signing@example.org>"',
    );
    const said = restore.stdout.toString();
    expect(said).toContain(`  "server": "${SERVER}"`);
    for (const name of ['accounts.sql', 'databases.sql', 'inventory.json']) {
      expect(said).toContain(`${name}.zst.gpg: OK`);
    }
    expect(restore.status, restore.stderr).toBe(0);
  });

  it('brings everything back, and writes nothing of it into the binary log', async () => {
    expect(await canonicalDump(restored)).toBe(await canonicalDump(source));
    expect(loggedByRestore).toBe('');
    expect(
      await query(
        restored,
        "SELECT User FROM mysql.global_priv WHERE User IN ('app', 'clerks') ORDER BY User",
      ),
    ).toBe('app\nclerks\n');
  });

  it('takes out one table alone', async () => {
    const tables = await query(
      restored,
      "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'salvage'",
    );
    expect(tables).toBe('ticket\n');
    const checksum = async (table: string) =>
      (await query(restored, `CHECKSUM TABLE ${table}`)).split('\t')[1];
    expect(await checksum('salvage.ticket')).toBe(await checksum('helpdesk.ticket'));
  });

  it.each([
    ['manifest.json', '3. Check the signature'],
    ['databases.sql.zst.gpg', '4. Check the objects'],
  ])('a changed %s stops at "%s"', async (name, heading) => {
    const copy = run.path(`changed-${name}`);
    cpSync(backup, copy, { recursive: true });
    appendFileSync(path.join(copy, name), ' ');
    const script = blocksBelow(restorePage, 'sh', heading).join('');
    expect((await tryShell(script, backup, environment)).status).toBe(0);
    expect((await tryShell(script, copy, environment)).status).not.toBe(0);
  });

  it('the commands in the job summary do the same', async () => {
    const drops = DATABASES.map((name) => `DROP DATABASE \`${name.replaceAll('`', '``')}\`;`);
    await query(restored, drops.join(' '));
    const [commands = ''] = parsePage('summary', stored.summary).blocks.map(({ text }) => text);
    expect(commands).toMatch(/^aws s3 cp --endpoint-url .* \.$/m);
    const fetched = commands.replaceAll(/^aws s3 cp .*$/gm, '');
    await runShell(`set -o pipefail; ${fetched}`, backup, environment);
    expect(await canonicalDump(restored)).toBe(await canonicalDump(source));
  });
});

/** Follows docs/keys.md; gpg's questions are answered by its configuration. */
async function makeKeys(): Promise<string> {
  const directory = await run.makeDirectory('office');
  await makeGpgHome('gpg-office');
  await runShell(blocksBelow(keysPage, 'sh', 'Recipients', 'The signing key').join(''), directory);
  await runShell('gpg --armor --export-secret-keys backup@example.org > backup-secret-key.asc', directory);
  return directory;
}

async function makeGpgHome(name: string): Promise<void> {
  const home = await run.makeDirectory(name, 0o700);
  writeFileSync(path.join(home, 'gpg.conf'), `batch\npinentry-mode loopback\npassphrase ${PASSPHRASE}\n`);
}

/** Follows docs/store-setup.md; returns the reader. */
async function makeStore(): Promise<S3Keys> {
  const [lock = ''] = blocksBelow(storePage, 'json', 'Retention');
  const [lifecycle = ''] = blocksBelow(storePage, 'json', 'What runs leave behind');
  const client = createS3Client(lab.s3, lab.s3.owner);
  await client.send(new CreateBucketCommand({ Bucket: BUCKET, ObjectLockEnabledForBucket: true }));
  const ObjectLockConfiguration = JSON.parse(lock) as ObjectLockConfiguration;
  await client.send(new PutObjectLockConfigurationCommand({ Bucket: BUCKET, ObjectLockConfiguration }));
  const LifecycleConfiguration = JSON.parse(lifecycle) as BucketLifecycleConfiguration;
  await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket: BUCKET, LifecycleConfiguration }));
  client.destroy();
  const statements = (heading: string) => {
    const [text = ''] = blocksBelow(storePage, 'json', heading);
    return (JSON.parse(text) as { Statement: Parameters<typeof createS3User>[2] }).Statement;
  };
  writer = await createS3User(lab.s3, 'documented-writer', statements('2. The writer'));
  return createS3User(lab.s3, 'documented-reader', statements('3. The reader'));
}

/** Follows docs/server-setup.md, with the account that has a password in a file. */
async function setUpServer(grants: string): Promise<void> {
  const [, account = ''] = blocksBelow(serverPage, 'sql', '3. The database account');
  await query(source, `DROP USER IF EXISTS lifeboat@localhost; ${account}`);
  await query(source, blocksBelow(serverPage, 'sql', grants).join(''));
  const [options = ''] = blocksBelow(serverPage, 'ini', '4. The password');
  await onTarget('rm -f ~/.lifeboat.cnf && cat > ~/.lifeboat.cnf', options);
  await onTarget(blocksBelow(serverPage, 'sh', '4. The password').join(''));
  const authorizedKeys = path.join(path.dirname(target.home), 'authorized_keys');
  const [line = ''] = blocksBelow(serverPage, 'text', '2. The user that logs in');
  const key = /ssh-ed25519 \S+/.exec(readFileSync(authorizedKeys, 'utf8'))?.[0] ?? '';
  writeFileSync(authorizedKeys, line.replace(/ssh-ed25519 \S+.*/, key));
  expect(readFileSync(authorizedKeys, 'utf8')).toMatch(/^restrict ssh-ed25519 \S+\n$/);
}

async function onTarget(command: string, input?: string): Promise<void> {
  const { status, stderr } = await runOnTarget(target, command, input);
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}

/** Runs the action as the guides' workflow does. */
async function dump(changes: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction(
    'dump',
    dumpInputs(
      { ...lab, ssh: target },
      {
        server: SERVER,
        store: `s3://${BUCKET}/${PREFIX}`,
        'store-access-key-id': writer.accessKeyId,
        'store-secret-access-key': writer.secretAccessKey,
        recipients: readFileSync(path.join(office, 'recipients.asc'), 'utf8'),
        'signing-key': readFileSync(path.join(office, 'signing-key.asc'), 'utf8'),
        'signing-key-passphrase': PASSPHRASE,
        'db-user': '',
        'db-password': '',
        'db-defaults-file': '~/.lifeboat.cnf',
        'db-socket': source.socket,
        ...changes,
      },
    ),
  );
}

/** A machine with what docs/restore-by-hand.md asks for: the folder of the backup, three files, and a client that finds the server. */
async function makeRestoreMachine(reader: S3Keys) {
  const HOME = await run.makeDirectory('restore', 0o700);
  const folder = path.join(HOME, 'backup');
  mkdirSync(folder);
  await makeGpgHome('gpg-restore');
  writeFileSync(
    path.join(HOME, '.my.cnf'),
    `[client]\nsocket=${restored.socket}\nuser=${restored.adminUser}\n`,
  );
  for (const name of ['trusted-signers.asc', 'backup-secret-key.asc']) {
    cpSync(path.join(office, name), path.join(folder, name));
  }
  const client = createS3Client(lab.s3, reader);
  for (const Key of await listKeys(client, `${PREFIX}/${SERVER}/dumps/`)) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    writeFileSync(path.join(folder, path.basename(Key)), (await Body?.transformToByteArray()) ?? '');
  }
  client.destroy();
  return { backup: folder, environment: { HOME, GNUPGHOME: run.path('gpg-restore') } };
}

async function listKeys(client: ReturnType<typeof createS3Client>, prefix: string): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }));
  return Contents.map(({ Key = '' }) => Key);
}

function restoreScript(): string {
  const steps = [
    '3. Check the signature',
    '4. Check the objects',
    '5. Accounts',
    '6. Databases',
    '7. Look at it',
  ];
  return blocksBelow(restorePage, 'sh', ...steps).join('');
}

type Variables = Readonly<Record<string, string>>;

async function tryShell(
  script: string,
  cwd: string,
  variables: Variables = { GNUPGHOME: run.path('gpg-office') },
) {
  // The mark makes agents that gpg starts end with the run.
  const env = { PATH: process.env['PATH'], [RUN_VARIABLE]: run.id, ...variables };
  return tryCommand('bash', ['-e', '-c', script], { cwd, env });
}

async function runShell(script: string, cwd: string, variables?: Variables) {
  const result = await tryShell(script, cwd, variables);
  if (result.status !== 0) throw new Error(`the commands ended with ${result.status}: ${result.stderr}`);
  return result;
}

/** All of a server's databases as text, without comments and blank lines. */
async function canonicalDump({ socket, adminUser }: MariadbAddress): Promise<string> {
  const text = await runCommand('mariadb-dump', [
    ...['--no-defaults', `--socket=${socket}`, `--user=${adminUser}`, '--default-character-set=utf8mb4'],
    ...['--routines', '--events', '--hex-blob', '--no-tablespaces', '--single-transaction', '--dump-history'],
    ...[
      '--max-allowed-packet=1G',
      '--ignore-table=everything.broken_view',
      '--databases',
      '--',
      ...DATABASES,
    ],
  ]);
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('--'))
    .join('\n');
}
