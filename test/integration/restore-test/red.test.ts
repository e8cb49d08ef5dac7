// Backups that must not be proven: changed ones, forged ones, broken ones, those of somebody else, and good ones that are too old or too
// slow. Each gets its own answer, no proof, and nothing of it is left behind.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { dump } from '../../helpers/dumped.ts';
import { expectFailure } from '../../helpers/expect-failure.ts';
import {
  forgeBackup,
  readTemplate,
  sign,
  type Forged,
  type Forgery,
  type Template,
} from '../../helpers/forge-backup.ts';
import { RestoreSite, type RestoreRun } from '../../helpers/restore-site.ts';
import { getStored, listStored, putStored, removeStored } from '../../helpers/stored-objects.ts';
import type { Lab } from '../../lab/lab.ts';
import { query } from '../../lab/mariadb.ts';
import { startPodmanForSandboxes } from '../../lab/sandbox-engines.ts';
import { useLab } from '../../helpers/use-lab.ts';

const DAY_MS = 86_400_000;
const NO_SERVER = 'localhost/lab/no-server:1';
const PASSED = { passed: 'false' };

let site: RestoreSite;
let lab: Lab;
let template: Template;
beforeAll(async () => {
  site = await RestoreSite.startWithDatabase(useLab(), (run) =>
    startPodmanForSandboxes(run, 'mariadb', 'newer mariadb'),
  );
  lab = site.lab;
  await site.makeImage(NO_SERVER, { without: ['/usr/sbin/mariadbd'] });
  await query(
    lab.mariadb,
    `CREATE DATABASE red; USE red;
     CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(50)); INSERT INTO item SELECT seq, CONCAT('item ', seq) FROM seq_1_to_100;
     CREATE TABLE spare (id INT PRIMARY KEY); INSERT INTO spare VALUES (1), (2);
     CREATE VIEW cheap AS SELECT id FROM item WHERE id < 10;
     CREATE TRIGGER stamp BEFORE INSERT ON item FOR EACH ROW SET NEW.name = TRIM(NEW.name);
     CREATE PROCEDURE greet() SELECT 'first line
second line
third line';
     CREATE USER clerk@localhost IDENTIFIED BY 'secret of the clerk'; GRANT SELECT ON red.* TO clerk@localhost;
     CREATE DATABASE void; CREATE DATABASE hollow; CREATE TABLE hollow.t (id INT);`,
  );
  template = readTemplate((await dump(lab, 'red-template', { databases: 'red' })).backup);
});
afterAll(() => site.stop());

const forge = (forgery?: Forgery): Promise<Forged> => forgeBackup(lab, template, forgery);

interface Verdict {
  readonly code: ErrorCode;
  /** 4 unless given. */
  readonly exitCode?: number;
  readonly says: readonly (string | RegExp)[];
  readonly outputs?: Readonly<Record<string, string>>;
}

/** Runs the test, and sees it red for this reason, without a proof and without remains. */
async function expectRed(
  server: string,
  { code, exitCode = 4, says, outputs = PASSED }: Verdict,
  changes: Readonly<Record<string, string>> = {},
): Promise<RestoreRun> {
  const before = await site.listProofs(server);
  const run = await site.run({ server, 'walk-back': '0', ...changes });
  expectFailure(site, run, { code, exitCode, says, outputs });
  expect(run.remains).toEqual([]);
  expect(await site.listProofs(server)).toEqual(before);
  return run;
}

/** SQL that is run after everything else of a text. */
const atTheEnd = (text: string, sql: string): string =>
  text.replace(/\n-- Dump completed on [^\n]+\n$/, (trailer) => `\n${sql}\n${trailer}`);

const inData = (sql: string) => (text: string, role: string) =>
  role === 'data' ? atTheEnd(text, sql) : text;

describe.concurrent('what came back is not what was dumped', () => {
  it('with one other row', async () => {
    const { server } = await forge({ text: (text) => text.replace("'item 42'", "'item 24'") });
    const run = await expectRed(server, {
      code: 'restore-differs',
      says: ['table red.item: the rows are not the ones that were dumped', 'Older backups were not tried'],
    });
    expect(run.summary).toContain('No earlier proof was found');
  });

  it('with one other line in the text of a routine, which is shown', async () => {
    const { server } = await forge({ text: (text) => text.replace('second line', 'other line') });
    const run = await expectRed(server, {
      code: 'restore-differs',
      says: ['procedure red.greet has another definition'],
    });
    expect(run.summary).toMatch(/^- second line\n\+ other line$/m);
    expect(run.log).not.toContain('other line');
  });

  it('with objects that are gone, or that nobody dumped', async () => {
    const { server } = await forge({
      text: (text, role) =>
        atTheEnd(
          text,
          role === 'data'
            ? 'DROP TABLE red.spare; DROP TRIGGER red.stamp; DROP VIEW red.cheap; CREATE TABLE red.more (id INT); DELETE FROM red.item WHERE id = 1;'
            : "DROP USER clerk@localhost; CREATE USER intruder@'%';",
        ),
    });
    const run = await expectRed(server, {
      code: 'restore-differs',
      says: [
        ...['table red.spare is missing', 'trigger red.stamp is missing', 'view red.cheap is missing'],
        ...["account 'clerk'@'localhost' is missing", "account 'intruder'@'%' is there, but was not dumped"],
        ...['table red.more is there, but was not dumped', 'table red.item: 99 rows, 100 were dumped'],
      ],
    });
    expect(run.summary).toContain('red.more is there');
  });

  it('with other words between the definitions', async () => {
    const { server } = await forge({
      inventory: (inventory) => (inventory.rest = { red: 'f'.repeat(64) }),
    });
    const says = ['what stands between the definitions is not what was dumped'];
    await expectRed(server, { code: 'restore-differs', says });
  });

  it('with a view that its own restore broke', async () => {
    const { server } = await forge({
      text: inData('ALTER TABLE red.item RENAME COLUMN id TO number;'),
    });
    await expectRed(server, { code: 'restore-unreadable', says: ['cannot be dumped again', 'red.cheap'] });
  });

  it('with a view that nobody can open, where definitions are not compared', async () => {
    const { server } = await forge({
      text: inData(
        'CREATE OR REPLACE DEFINER = ghost@nowhere SQL SECURITY DEFINER VIEW red.cheap AS SELECT id FROM red.item;',
      ),
      inventory: (inventory) => {
        inventory.objects = inventory.objects.filter(({ kind }) => kind !== 'account');
      },
      manifest: (manifest) => {
        manifest.objects = manifest.objects.filter(({ role }) => role !== 'accounts');
        manifest.pitrAnchor = { isAnchor: false, reasons: ['there are no accounts'] };
      },
    });
    const says = [/view red\.cheap: .*'ghost'@'nowhere'.* does not exist/];
    await expectRed(server, { code: 'restore-broken', says }, { compare: 'rows' });
  });

  it.each([
    ['void', 'there is no table'],
    ['hollow', 'there is no row in any table'],
  ])('with nothing in it: %s', async (database, says) => {
    await dump(lab, `red-${database}`, { databases: database, 'allow-empty': 'true' });
    await expectRed(`red-${database}`, { code: 'restore-empty', says: [says] });
  });
});

describe.concurrent('an object in the store', () => {
  const flip = (bytes: Buffer) => {
    const at = Math.floor(bytes.length / 2);
    return Buffer.concat([bytes.subarray(0, at), Buffer.of((bytes[at] ?? 0) ^ 1), bytes.subarray(at + 1)]);
  };
  const change = async (key: string, edit: (bytes: Buffer) => Uint8Array) =>
    putStored(lab, key, edit(await getStored(lab, key)));

  it.each<[string, string | RegExp, (forged: Forged) => Promise<string>]>([
    [
      'is cut off',
      'bytes, not',
      async ({ key }) => {
        await change(key('data'), (bytes) => bytes.subarray(0, -1));
        return key('data');
      },
    ],
    [
      'has one other bit',
      'has the SHA-256',
      async ({ key }) => {
        await change(key('data'), flip);
        return key('data');
      },
    ],
    [
      'has something behind its end',
      'has more than its',
      async ({ key }) => {
        await change(key('accounts'), (bytes) => Buffer.concat([bytes, Buffer.from('x')]));
        return key('accounts');
      },
    ],
    [
      'is gone',
      'is missing',
      async ({ key }) => {
        await removeStored(lab, key('data'));
        return key('data');
      },
    ],
    [
      'has changed places with another one',
      /bytes, not|more than its/,
      async ({ key }) => {
        const [data, accounts] = [await getStored(lab, key('data')), await getStored(lab, key('accounts'))];
        await putStored(lab, key('data'), accounts);
        await putStored(lab, key('accounts'), data);
        return key('data');
      },
    ],
    [
      'is that of an older backup',
      /bytes, not|more than its|SHA-256/,
      async ({ key, server }) => {
        const older = await forge({ server, at: new Date(Date.now() - DAY_MS), text: inData('SELECT 1;') });
        await putStored(lab, key('data'), await getStored(lab, older.key('data')));
        return key('data');
      },
    ],
    [
      'that is the inventory has one other bit',
      'has the SHA-256',
      async ({ key }) => {
        await change(key('inventory'), flip);
        return key('inventory');
      },
    ],
  ])('that %s is named and never opened', async (_what, says, tamper) => {
    const forged = await forge();
    const key = await tamper(forged);
    const run = await expectRed(forged.server, {
      code: 'object-mismatch',
      says: [key, says, 'was not decrypted'],
    });
    expect(run.log).not.toContain('::group::Load');
  });
});

describe.concurrent('a manifest', () => {
  const says = (words: string) => ({ code: 'signature-invalid', says: [words] }) as const;

  it('that a stranger signed is not read', async () => {
    const { server } = await forge({ signedBy: lab.keys.stranger });
    const run = await expectRed(server, says('Somebody else wrote this manifest'));
    expect(run.log).not.toContain('::group::Fetch');
  });

  it('that nobody signed is not read', async () => {
    const { server } = await forge({ signedBy: 'nobody' });
    await expectRed(server, says('is not signed'));
  });

  it('that the key for proofs signed is not read', async () => {
    const { server } = await forge({ signedBy: lab.keys.proving });
    await expectRed(server, says('Somebody else wrote this manifest'));
  });

  it.each([
    ['server', (folder: string) => folder.replace(/^[^/]+/, (server) => `${server}-x`)],
    ['id', (folder: string) => folder.replace(/-[0-9a-f]{8}-mariadb/, '-0123abcd-mariadb')],
  ])('that was made for another %s does not count there', async (field, move) => {
    const forged = await forge();
    const folder = move(forged.folder);
    for (const key of await listStored(lab, forged.folder)) {
      await putStored(lab, key.replace(forged.folder, folder), await getStored(lab, key));
      await removeStored(lab, key);
    }
    await expectRed(folder.split('/')[0] ?? '', {
      code: 'manifest-invalid',
      says: [`${field} is `, 'stands under'],
    });
  });

  it('that claims another SHA-256 than its own object has is believed, not the object', async () => {
    const { server } = await forge({
      manifest: (manifest) => {
        manifest.objects = manifest.objects.map((object) => ({
          ...object,
          sha256: 'a'.repeat(64),
          parts: object.parts.map((part) => ({ ...part, sha256: 'a'.repeat(64) })),
        }));
      },
    });
    await expectRed(server, { code: 'object-mismatch', says: [`not ${'a'.repeat(64)}`] });
  });
});

describe.concurrent('a proof of somebody else', () => {
  it('makes a run red whose backup is good', async () => {
    const { server } = await forge();
    const good = await site.run({ server });
    expect(good.outputs).toMatchObject({ passed: 'true', level: '3' });
    const [, key = ''] = await site.listProofs(server);
    expect(key).toMatch(/\/proof\.json$/);
    await putStored(lab, `${key}.sig`, await sign(await getStored(lab, key), lab.keys.stranger));
    const run = await site.run({ server });
    expectFailure(site, run, {
      ...{ code: 'proof-invalid', exitCode: 4, says: [key, 'Somebody else wrote this proof'] },
      outputs: { ...run.outputs, passed: 'false' },
    });
    expect(run.remains).toEqual([]);
  });
});

describe.concurrent('keys and credentials', () => {
  it('an identity that the backup is not for', async () => {
    const { server } = await forge();
    const identity = readFileSync(lab.keys.stranger.secretKeyPath, 'utf8');
    await expectRed(server, { code: 'identity-unfit', says: [/identity/] }, { identity });
  });

  it('credentials that must not put proofs', async () => {
    const { server } = await forge();
    const { accessKeyId, secretAccessKey } = lab.s3.writer;
    await expectRed(
      server,
      { code: 'store-denied', exitCode: 1, says: ['proofs/'], outputs: {} },
      { 'proof-access-key-id': accessKeyId, 'proof-secret-access-key': secretAccessKey },
    );
  });
});

describe.concurrent('an image', () => {
  const image = (reference: string) => ({ 'sandbox-image': reference });
  const verdict = (...says: (string | RegExp)[]) =>
    ({ code: 'sandbox-image', exitCode: 1, says, outputs: {} }) as const;

  it('of another series', async () => {
    const { server } = await forge();
    const [, newer = ''] = site.engine.images;
    await expectRed(
      server,
      verdict(/docker\.io\/library\/mariadb:11\S* holds mariadb 11\.8.*backup is of mariadb 10\./),
      image(newer),
    );
  });

  it('without a database server', async () => {
    const { server } = await forge();
    await expectRed(
      server,
      verdict(`${NO_SERVER} cannot be used`, 'this image has no mariadbd'),
      image(NO_SERVER),
    );
  });

  it('that is nowhere', async () => {
    const { server } = await forge();
    // Nobody listens there.
    await expectRed(server, verdict('127.0.0.1:1/no/image', 'cannot pull one'), {
      'sandbox-image': '127.0.0.1:1/no/image:1',
    });
  });
});

describe.concurrent('a load', () => {
  it('that the server refuses in the middle, without telling rows', async () => {
    const { server } = await forge({
      text: (text) => text.replace("(42,'item 42')", "(42,'secret of row 42'),(42"),
    });
    const run = await expectRed(server, {
      code: 'load-failed',
      says: [/the databases could not be loaded.*ERROR 1\d\d\d/s],
    });
    expect(run.log + run.summary).not.toContain('secret of row 42');
  });

  it('of a text that ends early, but not in the middle of a statement', async () => {
    const { server } = await forge({
      text: (text) => text.slice(0, text.indexOf('\n-- Table structure for table `spare`')),
    });
    await expectRed(server, { code: 'load-failed', says: ['ends without the last line of a whole dump'] });
  });

  it('of accounts that the server refuses', async () => {
    const { server } = await forge({
      text: (text, role) =>
        role === 'accounts' ? atTheEnd(text, 'GRANT NONSENSE ON *.* TO clerk@localhost;') : text,
    });
    await expectRed(server, { code: 'load-failed', says: ['the accounts could not be loaded'] });
  });
});

describe.concurrent('assertions', () => {
  it('that do not hold, cannot be run or give no row', async () => {
    const { server } = await forge();
    const lines = [
      'red: SELECT COUNT(*) FROM item => 100',
      'red: SELECT COUNT(*) FROM item => > 100',
      'red: SELECT nothing FROM item => 1',
      'red: SELECT id FROM item WHERE id < 0 => 1',
      'red: SELECT id FROM item => 1',
    ];
    const run = await expectRed(
      server,
      {
        code: 'assertion-failed',
        says: [
          `${lines[1]}: it gave 100`,
          /SELECT nothing FROM item => 1: it failed: ERROR 1054/,
          'id < 0 => 1: it gave no row',
          'it gave 100 rows, not one',
        ],
      },
      { assertions: lines.join('\n') },
    );
    expect(run.log).toContain(`${lines[0]}: holds`);
  });
});

describe.concurrent('a good backup', () => {
  it('that takes longer than it may', async () => {
    const { server } = await forge({ text: inData('DO SLEEP(1.5);') });
    const says = ['longer than max-restore-time (1', 'The backup itself is good'];
    await expectRed(server, { code: 'restore-too-slow', says }, { 'max-restore-time': '1s' });
  });

  it('that is older than it may be', async () => {
    const { server } = await forge({ at: new Date(Date.now() - 3 * DAY_MS) });
    const says = ['older than max-data-loss', 'The backup itself is good'];
    await expectRed(server, { code: 'data-loss-exceeded', says }, { 'max-data-loss': '2d' });
  });

  it('that does not restore in the time of the whole run', async () => {
    const { server } = await forge({ text: inData('DO SLEEP(60);') });
    const says = ['reached its timeout'];
    await expectRed(server, { code: 'restore-too-slow', says, outputs: {} }, { timeout: '10s' });
  });
});

describe.concurrent('older backups', () => {
  const day = (number: number) => new Date(Date.UTC(2026, 0, number, 3));
  const spoil = async ({ key }: Forged) => putStored(lab, key('inventory'), Buffer.from('spoiled'));

  it('are tried until one is good, which is named; the run is red all the same', async () => {
    const good = await forge({ at: day(1) });
    const { server } = good;
    await spoil(await forge({ server, at: day(2) }));
    const newest = await forge({ server, at: day(3), signedBy: lab.keys.stranger });
    const run = await expectRed(
      server,
      {
        code: 'signature-invalid',
        says: [newest.id, `The last good backup is ${good.id}, with the state of`],
      },
      { 'walk-back': '3' },
    );
    expect(run.summary).toMatch(
      new RegExp(`${newest.id}.*signature-invalid[^]*object-mismatch[^]*${good.id}.*good`),
    );
  });

  it('are told to be broken too', async () => {
    const newest = await forge({ at: day(3) });
    const { server } = newest;
    for (const backup of [newest, await forge({ server, at: day(2) }), await forge({ server, at: day(1) })])
      await spoil(backup);
    const says = [newest.key('inventory'), 'None of the 3 newest backups is good'];
    await expectRed(server, { code: 'object-mismatch', says }, { 'walk-back': '2' });
  });

  it('are of no interest when one is asked for by its id', async () => {
    const good = await forge({ at: day(1) });
    const broken = await forge({ server: good.server, at: day(2) });
    await spoil(broken);
    const run = await expectRed(
      good.server,
      { code: 'object-mismatch', says: [broken.key('inventory')] },
      { backup: broken.id, 'walk-back': '3' },
    );
    expect(run.log).not.toContain(good.id);
    const id = '20260101T030000Z-0badcafe-mariadb';
    const says = [`${id}/manifest.json is not in`];
    await expectRed(good.server, { code: 'backup-not-found', says, outputs: {} }, { backup: id });
  });

  it('there are none', async () => {
    await expectRed('never-dumped', {
      ...{ code: 'backup-not-found', outputs: {} },
      says: ['never-dumped has no backup in', 'Check `server` and the prefix'],
    });
  });
});

describe('a load that something ends', () => {
  it.each<[string, string, (name: string) => Promise<unknown>]>([
    [
      'server',
      'SIGKILL',
      (name) => site.cli('exec', name, 'sh', '-c', 'kill -KILL "$(cat /var/lib/mysql/lifeboat/server.pid)"'),
    ],
    ['container', 'ended from outside', (name) => site.cli('kill', '--signal', 'KILL', name)],
  ])('by killing the %s', async (_what, says, kill) => {
    const { server } = await forge({ text: inData('DO SLEEP(60);') });
    const started = site.start({ server });
    await vi.waitFor(() => expect(started.log()).toContain('::group::Load'), { timeout: 60_000 });
    // Longer than the accounts take; earlier would do as well.
    await sleep(1_000);
    const [name = ''] = await site.cli('ps', '--format', '{{.Names}}');
    await kill(name);
    const run = await started.ended;
    expectFailure(site, run, { code: 'sandbox-died', exitCode: 1, says: [says, 'memory'] });
    expect(run.remains).toEqual([]);
    expect(await site.listProofs(server)).toEqual([]);
  });

  it('leaves no sandbox, as nothing above has', () => site.expectClean());
});
