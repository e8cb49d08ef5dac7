// The built action on a real store: everything good after a real dump and a real shipment; then server after server with a fault of its own,
// in a bucket with faults of its own, all told by one run; then keys.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/actions/verify/finding.ts';
import { BINLOG_GRANTS, BINLOG_USER, BinlogSite } from '../../helpers/binlog-site.ts';
import { dump } from '../../helpers/dumped.ts';
import {
  forgeBackup,
  readTemplate,
  type Forged,
  type Forgery,
  type Template,
} from '../../helpers/forge-backup.ts';
import { startDatabase } from '../../helpers/restore-site.ts';
import { runAction, type ActionRun } from '../../helpers/runner.ts';
import { StorageSite } from '../../helpers/storage-site.ts';
import { getStored, listStored, putStored, removeStored } from '../../helpers/stored-objects.ts';
import { useLab } from '../../helpers/use-lab.ts';
import { destroyStored, publish, putProof, verifyInputs, withBucket } from '../../helpers/verify-site.ts';
import { createPgpKey } from '../../lab/keys.ts';
import type { Lab } from '../../lab/lab.ts';
import { createDumpUser, query } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';

const MINUTE_MS = 60_000;
const DAY_S = 86_400;

let run: LabRun;
let good: Lab;
let broken: Lab;
let template: Template;
let green: ActionRun;
let red: ActionRun;
let wrongKeys: ActionRun;

interface Report {
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
  readonly notChecked: readonly { readonly line: string }[];
}

const reportOf = ({ outputs }: ActionRun) => JSON.parse(outputs['report'] ?? '') as Report;
const redLines = (of: ActionRun, server?: string) =>
  reportOf(of)
    .findings.filter((finding) => finding.severity === 'red' && finding.server === server)
    .map(({ line }) => line);

beforeAll(async () => {
  run = await LabRun.start();
  const source = await startDatabase(run, useLab());
  await query(
    source.mariadb,
    'CREATE DATABASE shop; USE shop; CREATE TABLE t (a INT); INSERT INTO t SELECT seq FROM seq_1_to_50',
  );
  await createDumpUser(source.mariadb, BINLOG_GRANTS, {
    dumpUser: BINLOG_USER,
    dumpPassword: source.mariadb.dumpPassword,
  });
  [good, broken] = await Promise.all([
    withBucket(source, 'verify-good', { lockDays: 1, keepDays: 100 }),
    withBucket(source, 'verify-broken', { keepDays: 3 }),
  ]);
  await makeGood();
  green = await runAction('verify', verifyInputs(good, { 'read-back': 'all', 'store-object-lock': '1d' }));
  await makeBroken();
  red = await runAction(
    'verify',
    verifyInputs(broken, {
      'max-dump-age': '8m',
      'max-binlog-age': '1h',
      'writer-access-key-id': broken.s3.owner.accessKeyId,
      'writer-secret-access-key': broken.s3.owner.secretAccessKey,
      acknowledge: 'known',
    }),
  );
  const soon = await createPgpKey(await run.makeDirectory('soon'), 'soon', {
    type: 'ecc',
    curve: 'curve25519Legacy',
    keyExpirationTime: 20 * DAY_S,
  });
  wrongKeys = await runAction(
    'verify',
    verifyInputs(good, {
      server: 'atlas\nboreas',
      recipients: readFileSync(soon.publicKeyPath, 'utf8'),
      'store-object-lock': '2d',
    }),
  );
});

afterAll(() => run.stop());

async function makeGood(): Promise<void> {
  const { backup } = await dump(good, 'atlas', {});
  template = readTemplate(backup);
  await ship(good, 'atlas', 1);
  await storeFiles();
  await putProof(good, 'atlas', template.manifest, new Date(), { withStorage: true });
  // As a service without conditional writes takes a request that is sent again.
  for (const key of await listStored(good, 'atlas/proofs'))
    await putStored(good, key, await getStored(good, key));
}

/** Twice: the second snapshot needs the pack of the first one. */
async function storeFiles(): Promise<void> {
  const site = new StorageSite(good, 'atlas');
  try {
    for (const file of ['one', 'two']) {
      site.change(`echo ${file} > ${file}`);
      expect(await site.run()).toMatchObject({ exitCode: 0 });
    }
  } finally {
    await site.close();
  }
}

async function ship(lab: Lab, server: string, times: number): Promise<string[]> {
  const site = new BinlogSite(lab, lab.mariadb, server);
  for (let count = 0; count < times; count += 1)
    await query(lab.mariadb, `INSERT INTO shop.t VALUES (${count}); FLUSH BINARY LOGS`);
  return (await site.ship()).names;
}

/** One server for each fault; what is forged is signed with the right key, unless that is the fault. */
async function makeBroken(): Promise<void> {
  const now = Date.now();
  const forge = async (server: string, forgery: Forgery = {}): Promise<Forged> => {
    const at = forgery.at ?? new Date();
    const forged = await forgeBackup(broken, template, { server, at, ...forgery });
    // No restore test passes without tables.
    if (server !== 'unproven' && forged.manifest.databases.some(({ tables }) => tables > 0)) {
      const testedAt = new Date(server === 'stale' ? now - 2 * DAY_S * 1_000 : now);
      await putProof(broken, server, forged.manifest, testedAt);
    }
    return forged;
  };
  await makeGap();
  await destroyStored(broken, (await forge('gone')).key('inventory'));
  await removeStored(broken, (await forge('deleted')).key('data'));
  const hidden = await forge('hidden');
  for (const name of ['manifest.json', 'manifest.json.sig']) await removeStored(broken, hidden.folder + name);
  for (const role of ['data', 'accounts', 'inventory'] as const) await removeStored(broken, hidden.key(role));
  await forge('old', { at: new Date(now - 12 * MINUTE_MS) });
  await forge('stale');
  await forge('unproven');
  await forge('forged', { signedBy: broken.keys.stranger });
  await forge('other-recipient', {
    manifest: (manifest) =>
      (manifest.objects = manifest.objects.map((object) => ({
        ...object,
        recipients: ['0123456789ABCDEF'],
      }))),
  });
  await forge('shrunk', { at: new Date(now - 3 * MINUTE_MS) });
  await forge('shrunk', {
    manifest: (manifest) =>
      (manifest.databases = manifest.databases.map((database) => ({ ...database, rows: 3, tables: 0 }))),
  });
  await forge('two-servers', { at: new Date(now - 3 * MINUTE_MS) });
  await forge('two-servers', {
    manifest: (manifest) => (manifest.source = { ...manifest.source, hostName: 'another' }),
  });
  await forge('overwritten');
  for (const text of ['one', 'two'])
    await putStored(broken, 'overwritten/proofs/20261120T051200Z-0badcafe/RECOVERY.md', Buffer.from(text));
  await forge('plain');
  await putStored(broken, 'plain/our dump.sql', Buffer.from('INSERT'));
  await putStored(broken, 'plain/dump.sql', Buffer.from('INSERT'));
  await publish(broken);
}

/** Three files in a row, of which the one in the middle goes. */
async function makeGap(): Promise<void> {
  const { backup } = await dump(broken, 'gap', {});
  const names = await ship(broken, 'gap', 3);
  const { manifest } = readTemplate(backup);
  const site = new BinlogSite(broken, broken.mariadb, 'gap');
  const middle = (await site.stored()).find((binlog) => binlog.manifest.binlog.name === names.at(-2));
  for (const ending of ['json', 'json.sig', 'zst.gpg'])
    await destroyStored(broken, `gap/binlogs/${middle?.id ?? ''}.${ending}`);
  await putProof(broken, 'gap', manifest, new Date());
}

describe('a good store', () => {
  it('is green, recoverable to the second that the newest binlog was closed', () => {
    expect(reportOf(green).findings.filter(({ severity }) => severity === 'red')).toEqual([]);
    expect(green.exitCode).toBe(0);
    expect(green.outputs['healthy']).toBe('true');
    expect(green.summary).toMatch(/^## ✅ healthy: 1 server in `s3:\/\/verify-good\/fleet`/);
    const until = green.outputs['recoverable-until'] ?? '';
    expect(Date.parse(until)).toBeGreaterThan(Date.parse(template.manifest.instant) - 1_000);
    expect(green.outputs['badge']).toMatch(/"message":"healthy, proven .* ago","color":"brightgreen"/);
    expect(green.outputs['missing-packs']).toBe('');
  });

  it('was looked at wholly, and no warning is left', () => {
    expect(reportOf(green).notChecked).toEqual([]);
    expect(
      reportOf(green).findings.map(({ check, severity, line }) => `${severity} ${check}: ${line}`),
    ).toEqual([
      expect.stringMatching(/^note history: stored twice, each time the same: .*proof\.json`/) as string,
      expect.stringMatching(/^note read-back: /) as string,
    ]);
  });
});

describe('one run over all servers of a bucket tells of', () => {
  it.each<[string, readonly RegExp[]]>([
    [
      'gone',
      [/^the dump `.*` cannot be restored: `gone\/.*inventory\.json\.zst\.gpg` is gone$/, /no dump is left/],
    ],
    ['deleted', [/`deleted\/.*` was deleted .*, and is still there as an older version$/, /no dump is left/]],
    [
      'hidden',
      [/^deleted .*: `hidden\/dumps\/.* and 2 more; all of it can be brought back$/, /no dump is left/],
    ],
    ['old', [/^the newest dump has the state of .*: more than `max-dump-age` \(8 min\)$/]],
    ['stale', [/^the newest proof is of .*, 2 d.* ago: more than `max-proof-age` \(1 d\)$/]],
    ['unproven', [/^never proven/]],
    ['forged', [/^the dump `.*` does not count: .*manifest\.json\.sig: /, /no dump is left/]],
    [
      'other-recipient',
      [
        /is encrypted to `[0-9A-F]{16}`, `[0-9A-F]{16}`, which its manifest does not name$/,
        /^the newest dump .* is not encrypted to/,
      ],
    ],
    ['shrunk', [/database `shop` has 3 rows, 94% less than the median of the last 1 before it \(50 rows\)/]],
    ['overwritten', [/^something was written over `overwritten\/proofs\/.*\/RECOVERY\.md`/]],
    [
      'plain',
      [
        /^`plain\/our dump\.sql` belongs to no backup, .*: nobody can look into it by this name$/,
        /^`plain\/dump\.sql` belongs to no backup, .*: .*no OpenPGP message/,
      ],
    ],
    ['two-servers', [/^1 backup, the newest `.*`, of another database server/]],
    [
      'gap',
      [
        /^binlogs: what followed .* is missing; .*; 1 dump, the newest `.*`, cannot be brought forward beyond/,
      ],
    ],
  ])('%s', (server, patterns) => {
    const lines = redLines(red, server);
    for (const pattern of patterns) expect(lines).toContainEqual(expect.stringMatching(pattern));
    expect(lines).toHaveLength(patterns.length);
  });

  it('the bucket, its rules, and a key that may do everything', () => {
    expect(redLines(red)).toEqual([
      expect.stringMatching(/^the bucket's rule `old-backups` removes backups after 3 days/) as string,
      expect.stringMatching(
        /^the bucket is public: anybody can list what is in it and get objects such as/,
      ) as string,
      expect.stringMatching(/^the writer's key may list the store/) as string,
      expect.stringMatching(/^the writer's key may read objects/) as string,
      expect.stringMatching(/^the writer's key may write proofs/) as string,
      expect.stringMatching(/^the writer's key may delete objects/) as string,
    ]);
  });

  it('it all, in the log, the summary and the exit code', () => {
    expect(red.exitCode).toBe(4);
    expect(red.outputs['healthy']).toBe('false');
    expect(red.log).toContain('unhealthy');
    expect(red.summary).toContain('❌&nbsp;`gone`');
    expect(red.summary).toContain('### What is wrong');
  });
});

it('a recipient that expires soon, one that backups are not encrypted to, locks that are too short, and a server that is not there', () => {
  expect(wrongKeys.exitCode).toBe(4);
  expect(redLines(wrongKeys)).toEqual([
    expect.stringMatching(/^the recipient `.*expires on/) as string,
    expect.stringMatching(/^the bucket locks new objects for 1 day, less than/) as string,
  ]);
  const lines = redLines(wrongKeys, 'atlas');
  for (const kind of ['dump', 'binlog', 'snapshot'])
    expect(lines).toContainEqual(
      expect.stringMatching(new RegExp(`^the newest ${kind} \`.*\` is not encrypted to`)),
    );
  for (const object of ['dumps/.*/manifest.json', 'binlogs/.*zst.gpg', 'storage/files/snapshots/.*.json'])
    expect(lines).toContainEqual(
      expect.stringMatching(
        new RegExp(`^\`atlas/${object}\` is locked until .* only, and should be for 2 days`),
      ),
    );
  expect(lines).toHaveLength(6);
  expect(redLines(wrongKeys, 'boreas')).toEqual(['nothing of this server is in the store']);
});
