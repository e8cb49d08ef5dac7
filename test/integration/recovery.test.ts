// RECOVERY.md does what it says: its commands, word for word and unattended, bring a backup back to an empty server, and stop before
// anything is loaded when something is wrong.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderRecovery } from '../../src/domain/recovery/recovery.ts';
import { parsePage, ROOT } from '../helpers/documentation.ts';
import { dumpText } from '../helpers/guides.ts';
import { makeBackup, VECTOR_KEYS, type HandmadeBackup } from '../helpers/handmade-backup.ts';
import { tryCommand, type CommandResult } from '../lab/command.ts';
import { query, startMariadb, type MariadbAddress } from '../lab/mariadb.ts';
import { RUN_VARIABLE } from '../lab/processes.ts';
import { LabRun } from '../lab/run.ts';

const DATABASES = ['everything', "-we`ird ⚓ na'me;", 'empty_one'];
const INSTANT = '2020-01-01T00:00:00.000Z';

let run: LabRun;
let source: MariadbAddress;
let empty: MariadbAddress;
let store: string;
let backup: HandmadeBackup;

beforeAll(async () => {
  run = await LabRun.start();
  source = (await startMariadb(run, { hasBinlog: false })).address;
  await query(source, readFileSync(path.join(ROOT, 'test/fixtures/everything.sql'), 'utf8'));
  // It has not happened at the time of the backup, and has since.
  const event = "CREATE EVENT was_to_come ON SCHEDULE AT '2020-06-01 00:00:00' DO SELECT 1";
  await query(source, `SET timestamp = UNIX_TIMESTAMP('2020-01-01'); ${event}`, 'everything');
  await query(
    source,
    'CREATE TABLE `odd``\n;name` (id INT); INSERT INTO `odd``\n;name` VALUES (1), (2)',
    'everything',
  );
  store = await run.makeDirectory("the store's place");
  const notDumped = ['everything.broken_view'];
  backup = await makeBackup(source, store, { instant: INSTANT, databases: DATABASES, notDumped });
});

beforeAll(async () => {
  empty = (await startMariadb(run, { hasBinlog: false })).address;
});

afterAll(async () => {
  await run.stop();
});

const page = (changes: Partial<HandmadeBackup> = {}): string =>
  renderRecovery({
    ...backup,
    ...changes,
    storeLocation: `file://${store}`,
    test: {
      startedAt: INSTANT,
      timings: { fetchMs: 1, loadMs: 1, checksMs: 1, totalMs: 3 },
      limits: [],
      versions: { sandboxServer: '10.11' },
    },
  });

/** Runs the page's blocks in a directory that holds the two keys and nothing else. */
async function follow(name: string, markdown: string): Promise<CommandResult & { directory: string }> {
  const directory = await run.makeDirectory(name, 0o700);
  const gpgHome = await run.makeDirectory(`gpg-${name}`, 0o700);
  cpSync(path.join(VECTOR_KEYS, 'recipient-secret.asc'), path.join(directory, 'backup-secret-key.asc'));
  cpSync(path.join(VECTOR_KEYS, 'signer-public.asc'), path.join(directory, 'trusted-signers.asc'));
  const script = parsePage('RECOVERY.md', markdown)
    .blocks.filter(({ language }) => language === 'sh')
    .map(({ text }) => text)
    .join('');
  const env = {
    ...{ PATH: process.env['PATH'], HOME: directory, GNUPGHOME: gpgHome, [RUN_VARIABLE]: run.id },
    CLIENT: `mariadb --no-defaults --socket=${empty.socket} --user=${empty.adminUser}`,
  };
  return { ...(await tryCommand('bash', [], { input: script, env, cwd: directory })), directory };
}

const databasesOf = async (server: MariadbAddress): Promise<string> =>
  query(server, "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = 'everything'");

describe('what is wrong stops it before anything is loaded', () => {
  it.each<[string, () => string, string]>([
    ['a manifest by somebody else', () => page({ signerFingerprint: 'A'.repeat(40) }), 'Good signature'],
    ['another manifest than the tested one', () => page({ manifestSha256: 'a'.repeat(64) }), 'FAILED'],
    [
      'the manifest of another backup',
      () =>
        page({ manifest: { ...backup.manifest, server: 'atlas' } }).replace(
          /"server": "atlas"/,
          '"server": "borg"',
        ),
      'Good signature',
    ],
  ])('%s', async (name, markdown, said) => {
    const { status, stdout, stderr, directory } = await follow(name.replaceAll(' ', '-'), markdown());
    expect(status).toBe(1);
    expect(stdout.toString() + stderr).toContain(said);
    // Only the manifest and its signature were fetched.
    expect(readdirSync(directory).toSorted()).toEqual([
      ...['backup-secret-key.asc', 'manifest.json', 'manifest.json.sig', 'trusted-signers.asc'],
    ]);
    expect(await databasesOf(empty)).toBe('0\n');
  });

  it('an object that was changed, in what continues it', async () => {
    const folder = path.dirname(backup.manifest.objects[0]?.parts[0]?.key ?? '');
    const object = path.join(store, folder, 'databases.sql.zst.gpg.002');
    const good = readFileSync(object);
    writeFileSync(object, Buffer.concat([good.subarray(0, -1), Buffer.from([(good.at(-1) ?? 0) ^ 1])]));
    const { status, stdout } = await follow('changed-object', page());
    writeFileSync(object, good);
    expect(status).toBe(1);
    expect(stdout.toString()).toContain('databases.sql.zst.gpg.002: FAILED');
    expect(await databasesOf(empty)).toBe('0\n');
  });
});

describe('the page', () => {
  let followed: CommandResult;
  beforeAll(async () => {
    followed = await follow('restore', page());
  });

  it('is followed to its end', () => {
    expect(followed.stderr).not.toMatch(/error/i);
    expect(followed.status).toBe(0);
    expect(followed.stdout.toString()).toMatch(/^-we`ird ⚓ na'me;: \d+ tables, 1 views, \d+ rows$/m);
    expect(followed.stdout.toString()).toMatch(/All is there\.\n$/);
  });

  it('brings back everything as it was, also what has become past since', async () => {
    const what = ['--routines', '--events', '--databases', '--', ...DATABASES];
    const ignored = '--ignore-table=everything.broken_view';
    const restored = await dumpText(empty, [ignored, ...what]);
    expect(restored).toContain('was_to_come');
    expect(restored).toBe(await dumpText(source, [ignored, ...what]));
    expect(await query(empty, "SELECT COUNT(*) FROM mysql.global_priv WHERE User = 'app'")).toBe('1\n');
  });

  it('stops at a table and at a row that are not there', async () => {
    const block = parsePage('RECOVERY.md', page())
      .blocks.filter(({ heading }) => heading.startsWith('1.') || heading.startsWith('6.'))
      .map(({ text }) => `\`\`\`sh\n${text}\`\`\`\n`)
      .join('\n');
    await query(empty, 'DELETE FROM choices WHERE id = 1', 'everything');
    const row = await follow('lost-row', block);
    expect(row.status).toBe(1);
    expect(row.stderr).toMatch(/^everything: \d+ tables, \d+ views and \d+ rows were dumped$/m);
    await query(empty, 'DROP TABLE choices', 'everything');
    expect((await follow('lost-table', block)).status).toBe(1);
  });
});
