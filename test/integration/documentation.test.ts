// Does what the guides say, word for word, on real servers: keys, server, store, a dump, and the restore by hand.
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GetObjectRetentionCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINLOG_GRANTS, BINLOG_USER } from '../helpers/binlog-site.ts';
import { findCommands } from '../helpers/command-example.ts';
import { blocksBelow, parsePage, readPage, ROOT } from '../helpers/documentation.ts';
import { dumpInputs } from '../helpers/dump-inputs.ts';
import {
  BUCKET,
  dumpText,
  Guides,
  listKeys,
  PASSPHRASE,
  PREFIX,
  SERVER,
  type Place,
} from '../helpers/guides.ts';
import { runAction, type ActionRun } from '../helpers/runner.ts';
import { tryCommand, type CommandResult } from '../lab/command.ts';
import { loadHelpdesk } from '../lab/helpdesk/load.ts';
import { createDumpUser, query, type MariadbAddress } from '../lab/mariadb.ts';
import { createS3Client, type S3Keys } from '../lab/s3.ts';
import { useLab } from '../helpers/use-lab.ts';

const lab = useLab();
const restorePage = readPage('docs/restore-by-hand.md');
const RESTORE = [
  '3. Check the signature',
  '4. Check the objects',
  '5. Accounts',
  '6. Databases',
  '7. Look at it',
];
/** All databases of the server. */
const DATABASES = ['everything', "-we`ird ⚓ na'me;", 'empty_one', 'helpdesk'];
const DAY_MS = 24 * 60 * 60 * 1000;

let guides: Guides;
let office: Place;
let writer: S3Keys;
let stored: ActionRun;
let machine: Place;
let restore: CommandResult;
/** What the binary log of the restored server held after the restore. */
let loggedByRestore: string;

beforeAll(async () => {
  guides = await Guides.start(lab);
  await query(guides.source, readFileSync(path.join(ROOT, 'test/fixtures/everything.sql'), 'utf8'));
  await loadHelpdesk(guides.source, { megabytes: 2 });
  office = await guides.makeKeys();
  const store = await guides.makeStore();
  ({ writer } = store);
  await guides.setUpServer('All databases');
  stored = await dump();
  if (stored.exitCode !== 0) throw new Error(stored.log.replaceAll(/^::add-mask::.*\n/gm, ''));
  machine = await guides.makeRestoreMachine(store.reader, office);
  restore = await guides.shell(machine, blocksBelow(restorePage, 'sh', ...RESTORE).join(''));
  loggedByRestore = (await query(guides.empty, 'SELECT @@gtid_binlog_pos')).trim();
  await guides.shell(
    machine,
    `set -o pipefail; ${blocksBelow(restorePage, 'sh', 'One table only').join('')}`,
  );
});

afterAll(async () => {
  await guides.run.stop();
});

describe('docs/keys.md', () => {
  it('gives recipients and a signing key that a run takes without a warning about keys', () => {
    expect(stored.log).not.toMatch(/::(?:warning|error).*(?:recipient|key|signed)/i);
    expect(stored.summary).not.toContain('not signed');
  });

  it('a signing key that expires soon is a warning', async () => {
    await guides.shell(
      office,
      "gpg --quick-gen-key 'Soon gone <soon@example.org>' default sign 20d && gpg --armor --export-secret-keys soon@example.org > soon.asc",
    );
    const { exitCode, log } = await dump({ 'signing-key': readKey('soon.asc'), 'dry-run': 'true' });
    expect(exitCode).toBe(0);
    expect(log).toMatch(/::warning.*The signing key [0-9A-F]{16} expires on \d{4}-\d\d-\d\d/);
  });

  it('extends a key, and what is exported then is taken', async () => {
    await guides.shell(office, blocksBelow(readPage('docs/keys.md'), 'sh', 'When a key expires').join(''));
    const listed = await guides.shell(office, 'gpg --with-colons --list-keys backup@example.org');
    const ends = Array.from(
      listed.stdout.toString().matchAll(/^(?:pub|sub)(?::[^:]*){5}:(\d*):/gm),
      ([, end]) => Number(end) * 1000 - Date.now(),
    );
    expect(ends).toHaveLength(2);
    for (const end of ends) expect(end).toBeGreaterThan(4.9 * 365 * DAY_MS);
    await guides.shell(
      office,
      'gpg --armor --export backup@example.org backup-offline@example.org > recipients.asc',
    );
    expect((await dump({ 'dry-run': 'true' })).exitCode).toBe(0);
  });
});

describe('README.md', () => {
  it('has a command line that dumps, with nothing secret in it', async () => {
    const commands = readPage('README.md').blocks.flatMap(({ text }) => findCommands(text));
    const command = commands.find((one) => one.startsWith('dump ')) ?? '';
    const values: Readonly<Record<string, string>> = {
      '--server': 'command-line',
      '--ssh-host': guides.target.host,
      '--ssh-user': guides.target.user,
      '--ssh-key-file': guides.target.privateKeyPath,
      '--ssh-known-hosts-file': writeOffice('known_hosts', guides.target.knownHosts),
      '--store': `s3://${BUCKET}/${PREFIX}`,
      '--store-region': lab.s3.region,
      '--store-access-key-id': writer.accessKeyId,
      '--store-secret-access-key-file': writeOffice('writer-secret', `${writer.secretAccessKey}\n`),
      '--recipients-file': path.join(office.directory, 'recipients.asc'),
      '--signing-key-file': path.join(office.directory, 'signing-key.asc'),
    };
    const flags = command.split(/\s+/).filter((word) => word.startsWith('--'));
    expect(flags.toSorted()).toEqual(Object.keys(values).toSorted());
    const here = {
      '--ssh-port': String(guides.target.port),
      '--store-endpoint': lab.s3.endpoint,
      '--signing-key-passphrase-file': writeOffice('passphrase', `${PASSPHRASE}\n`),
      '--db-defaults-file': '~/.lifeboat.cnf',
      '--db-socket': guides.source.socket,
    };
    const args = ['dump', ...Object.entries({ ...values, ...here }).flat()];
    const { status, stdout, stderr } = await tryCommand(
      process.execPath,
      [path.join(ROOT, 'dist/cli.js'), ...args],
      { env: { PATH: process.env['PATH'], HOME: office.directory } },
    );
    expect(status, stderr).toBe(0);
    expect(stdout.toString()).toMatch(/^## ✅ command-line: dumped in /);
    for (const secret of [writer.secretAccessKey, PASSPHRASE]) expect(args.join(' ')).not.toContain(secret);
  });
});

describe('docs/server-setup.md', () => {
  it('makes an account and a login that a run can live with', () => {
    expect(stored.log).not.toContain('::error');
    expect(stored.summary).toContain('Point-in-time recovery can start here');
  });

  it('an account for a list of databases dumps these, and claims no start of a point-in-time recovery', async () => {
    await guides.setUpServer('A list of databases');
    const { exitCode, summary } = await dump({ server: 'narrow', databases: 'helpdesk' });
    expect(exitCode).toBe(0);
    expect(summary).toContain(
      'Point-in-time recovery cannot start here: the dump user may not read every database',
    );
  });

  it('a credentials file that others may read is refused', async () => {
    await guides.onTarget('chmod 440 ~/.lifeboat.cnf');
    const { exitCode, log } = await dump({ 'dry-run': 'true' });
    expect(exitCode).toBe(1);
    expect(log).toContain('(db-credentials-file)');
  });
});

describe('docs/store-setup.md', () => {
  it('locks every object of the backup', async () => {
    const client = createS3Client(lab.s3, lab.s3.owner);
    const keys = await listKeys(client, `${PREFIX}/${SERVER}/`);
    expect(keys).toHaveLength(5);
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
  });

  it('brings everything back, and writes nothing of it into the binary log', async () => {
    expect(await dumpAll(guides.empty)).toBe(await dumpAll(guides.source));
    expect(loggedByRestore).toBe('');
    const accounts = "SELECT User FROM mysql.global_priv WHERE User IN ('app', 'clerks') ORDER BY User";
    expect(await query(guides.empty, accounts)).toBe('app\nclerks\n');
  });

  it('takes out one table alone', async () => {
    const tables = "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'salvage'";
    expect(await query(guides.empty, tables)).toBe('ticket\n');
    const taken = await dumpText(guides.empty, ['salvage', 'ticket']);
    expect(taken).toContain('INSERT INTO `ticket`');
    expect(taken).toBe(await dumpText(guides.source, ['helpdesk', 'ticket']));
  });

  it.each([
    ['manifest.json', '3. Check the signature'],
    ['databases.sql.zst.gpg', '4. Check the objects'],
  ])('a changed %s stops at "%s"', async (name, heading) => {
    const directory = guides.run.path(`changed-${name}`);
    cpSync(machine.directory, directory, { recursive: true });
    appendFileSync(path.join(directory, name), ' ');
    const script = blocksBelow(restorePage, 'sh', heading).join('');
    expect((await guides.tryShell(machine, script)).status).toBe(0);
    expect((await guides.tryShell({ ...machine, directory }, script)).status).not.toBe(0);
  });

  it('the commands in the job summary do the same', async () => {
    const drops = DATABASES.map((name) => `DROP DATABASE \`${name.replaceAll('`', '``')}\`;`);
    await query(guides.empty, drops.join(' '));
    const [commands = ''] = parsePage('summary', stored.summary).blocks.map(({ text }) => text);
    expect(commands).toMatch(/^aws s3 cp --endpoint-url .* \.$/m);
    await guides.shell(machine, `set -o pipefail; ${commands.replaceAll(/^aws s3 cp .*$/gm, '')}`);
    expect(await dumpAll(guides.empty)).toBe(await dumpAll(guides.source));
  });

  it('brings back what was written later', async () => {
    for (const change of [
      'CREATE TABLE later (id INT PRIMARY KEY)',
      'INSERT INTO later VALUES (7)',
      'DELETE FROM message WHERE id = 1',
    ])
      await query(guides.source, `${change}; FLUSH BINARY LOGS`, 'helpdesk');
    await createDumpUser(guides.source, BINLOG_GRANTS, { dumpUser: BINLOG_USER, dumpPassword: PASSPHRASE });
    const shipped = await runGuide('ship-binlogs', {
      'db-defaults-file': '',
      'db-user': BINLOG_USER,
      'db-password': PASSPHRASE,
    });
    expect(shipped.exitCode, shipped.log).toBe(0);
    const binlogs = await guides.run.makeDirectory('binlogs');
    await guides.fetch(lab.s3.owner, 'binlogs', binlogs);
    const [, choose = '', check = '', replay = ''] = blocksBelow(restorePage, 'sh', 'Later than the dump');
    const begin = [
      "SIGNER=$(gpg --with-colons --list-keys backup-signing@example.org | awk -F: '/^fpr/ { print $10; exit }')",
      `list_binlogs() { ls ${binlogs}; }`,
      `get_binlog() { cp ${binlogs}/"$1" .; }`,
      'set -o pipefail',
    ];
    const script = [...begin, choose, check, replay].join('\n');
    const followed = await guides.tryShell(machine, script);
    expect(followed.stderr).not.toMatch(/error/i);
    expect(followed.status).toBe(0);
    expect(followed.stdout.toString()).toContain('All binary logs are there.');
    expect(await query(guides.empty, 'SELECT id FROM later', 'helpdesk')).toBe('7\n');
    expect(await dumpAll(guides.empty)).toBe(await dumpAll(guides.source));
  });
});

function dump(changes: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runGuide('dump', changes);
}

/** Runs an action as the guides' workflow does. */
async function runGuide(action: string, changes: Readonly<Record<string, string>>): Promise<ActionRun> {
  const documented = {
    server: SERVER,
    store: `s3://${BUCKET}/${PREFIX}`,
    'store-access-key-id': writer.accessKeyId,
    'store-secret-access-key': writer.secretAccessKey,
    recipients: readKey('recipients.asc'),
    'signing-key': readKey('signing-key.asc'),
    'signing-key-passphrase': PASSPHRASE,
    'db-user': '',
    'db-password': '',
    'db-defaults-file': '~/.lifeboat.cnf',
    'db-socket': guides.source.socket,
  };
  return runAction(action, dumpInputs({ ...lab, ssh: guides.target }, { ...documented, ...changes }));
}

function readKey(name: string): string {
  return readFileSync(path.join(office.directory, name), 'utf8');
}

function writeOffice(name: string, text: string): string {
  const file = path.join(office.directory, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

async function dumpAll(server: MariadbAddress): Promise<string> {
  const what = ['--routines', '--events', '--ignore-table=everything.broken_view', '--databases', '--'];
  return dumpText(server, [...what, ...DATABASES]);
}
