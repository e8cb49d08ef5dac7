// Backups that restore: large tables and rows, and what is old or in several objects, are proven equal to what was dumped; what is asked for
// less is proven for less, and says so. Whatever a schema can hold: matrix.test.ts.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DumpProof } from '../../../src/domain/proofs/proof.ts';
import { parseDumpProof } from '../../helpers/dump-proof.ts';
import { GpgHome } from '../../encryption/gpg-home.ts';
import { parsePage } from '../../helpers/documentation.ts';
import { dumpInProcess } from '../../helpers/in-process.ts';
import { dumpInputs } from '../../helpers/dump-inputs.ts';
import { dump, type Dumped } from '../../helpers/dumped.ts';
import { expectFailure, findWarnings } from '../../helpers/expect-failure.ts';
import { forgeBackup, readTemplate } from '../../helpers/forge-backup.ts';
import { RestoreSite, startDatabase, type RestoreRun } from '../../helpers/restore-site.ts';
import { runStep } from '../../helpers/step.ts';
import { getStored, removeStored } from '../../helpers/stored-objects.ts';
import { loadHelpdesk } from '../../lab/helpdesk/load.ts';
import type { Lab } from '../../lab/lab.ts';
import { startMachine } from '../../lab/machine.ts';
import { query, type MariadbAddress } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { startDockerForSandboxes, startPodmanForSandboxes } from '../../lab/sandbox-engines.ts';
import { useLab } from '../../helpers/use-lab.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../fixtures');
const CLI = path.resolve(import.meta.dirname, '../../../dist/cli.js');
const DAY_MS = 86_400_000;
/** More than what is worth several sessions. */
const HELPDESK_MEGABYTES = 25;
const ROW_BYTES = 200_000_000;
/** A long row must not cost more than its bytes do: it takes about a quarter of this. */
const ROW_MS = 60_000;
/** Of accounts that are in every dump, on tables and a routine that most do not hold. */
const ELSEWHERE = '3 rights on single tables or routines that the backup does not hold were not given';

let labRun: LabRun;
let lab: Lab;
let source: MariadbAddress;
const sites = new Map<string, RestoreSite>();
beforeAll(async () => {
  labRun = await LabRun.start();
  lab = await startDatabase(labRun, useLab());
  source = lab.mariadb;
  for (const name of ['everything', 'odd-names', 'several-sessions'])
    await query(source, Readable.from([readFileSync(path.join(FIXTURES, `${name}.sql`))]));
  await loadHelpdesk(source, { megabytes: HELPDESK_MEGABYTES, database: 'helpdesk' });
  await query(
    source,
    `CREATE DATABASE small; USE small; CREATE TABLE t (id INT); INSERT INTO t VALUES (1), (2);
     CREATE USER keeper@localhost; GRANT SELECT ON small.* TO keeper@localhost;
     CREATE DEFINER = keeper@localhost SQL SECURITY DEFINER VIEW seen AS SELECT id FROM t;
     CREATE DATABASE huge; USE huge; CREATE TABLE t (id INT, row LONGTEXT);
     SET sql_log_bin = 0; INSERT INTO t VALUES (1, 'before'), (2, REPEAT('0123456789abcde\\n', ${ROW_BYTES / 16})), (3, 'after')`,
  );
});
beforeAll(async () => {
  const started = [
    RestoreSite.start(lab, startDockerForSandboxes),
    RestoreSite.start(lab, startPodmanForSandboxes),
  ];
  for (const site of await Promise.all(started)) sites.set(site.engine.name, site);
});
afterAll(async () => {
  for (const site of sites.values()) {
    await site.expectClean();
    await site.stop();
  }
  await labRun.stop();
});

const backups = new Map<string, Promise<Dumped>>();
/** Dumps these databases under this name, once. */
function dumpOnce(
  server: string,
  databases: readonly string[],
  changes: Readonly<Record<string, string>> = {},
): Promise<Dumped> {
  const dumped =
    backups.get(server) ??
    dump(lab, server, { databases: databases.join('\n'), consistency: 'snapshot', ...changes });
  backups.set(server, dumped);
  return dumped;
}
const dumpOdd = () => dumpOnce('equal-odd', ['everything', "-we`ird ⚓ na'me;", 'empty_one', 'odd']);
const dumpLarge = () => dumpOnce('equal-large', ['crew', 'crew2', 'helpdesk'], { 'encrypt-on': 'runner' });
const dumpSmall = () => dumpOnce('equal-small', ['small']);

/** What a green run wrote, read and checked by others than the product. */
async function readProof(run: RestoreRun, server: string): Promise<DumpProof> {
  expect(run.log).not.toContain('::error');
  expect(run.exitCode).toBe(0);
  expect(run.remains).toEqual([]);
  const key = run.outputs['proof-key'] ?? '';
  const id = key.split('/')[2] ?? '';
  expect(key).toBe(`${server}/proofs/${id}/proof.json`);
  const bytes = await getStored(lab, key);
  using gpg = new GpgHome();
  gpg.import(readFileSync(lab.keys.proving.publicKeyPath));
  const [signature, file] = [
    gpg.writeFile('signature', await getStored(lab, `${key}.sig`)),
    gpg.writeFile('proof', bytes),
  ];
  expect(gpg.must(['--verify', signature, file]).status.join('\n').toLowerCase()).toContain(
    `validsig ${lab.keys.proving.fingerprint}`,
  );
  const proof = parseDumpProof(bytes, { server, id });
  expect(run.outputs).toEqual({
    passed: 'true',
    level: String(proof.level),
    'rto-seconds': String(proof.rtoSeconds),
    'rpo-seconds': String(proof.rpoSeconds),
    'recovered-to': proof.recoveredTo,
    'proof-key': key,
  });
  return proof;
}

/** Counts, again and again while a run goes on, the clients that load rows in the sandbox at the same time. */
function countLoadSessions(): () => number {
  let most = 0;
  const timer = setInterval(() => {
    const clients = readdirSync('/proc').filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words[0] === 'mariadb' && words.includes('--unbuffered');
      } catch {
        return false;
      }
    });
    most = Math.max(most, clients.length);
  }, 50);
  return () => {
    clearInterval(timer);
    return most;
  };
}

describe.each(['docker', 'podman'])('%s', (name) => {
  let site: RestoreSite;
  beforeAll(() => {
    site = sites.get(name) as RestoreSite;
  });
  afterEach(() => site.expectClean());

  it('gives back large tables that several sessions load, and what the runner encrypted', async () => {
    await dumpLarge();
    const stop = countLoadSessions();
    const run = await site.run({
      server: 'equal-large',
      assertions: [
        'crew: SELECT COUNT(*) FROM a_log => 1',
        "crew: SELECT COUNT(*) FROM z_parent WHERE note LIKE '%changed%' => 0",
        'crew2: SELECT COUNT(*) FROM both_crews => 8000',
        'SELECT @@event_scheduler => OFF',
      ].join('\n'),
    });
    expect(stop()).toBeGreaterThanOrEqual(3);
    expect(await readProof(run, 'equal-large')).toMatchObject({
      level: 3,
      assertions: 4,
      limits: [ELSEWHERE],
    });
  });
});

it('a proof comes with a page that brings the backup back on another machine, with stock tools only', async () => {
  await dumpOdd();
  const site = sites.get('podman') as RestoreSite;
  const { outputs } = await site.run({ server: 'equal-odd', compare: 'none' });
  const key = (outputs['proof-key'] ?? '').replace('proof.json', 'RECOVERY.md');
  const commands = parsePage('RECOVERY.md', (await getStored(lab, key)).toString('utf8'))
    .blocks.filter(({ language }) => language === 'sh')
    .map(({ text }) => text);
  const machine = await startMachine(labRun);
  const { keys, s3 } = lab;
  const files = {
    'backup-secret-key.asc': readFileSync(keys.recipients[0].secretKeyPath, 'utf8'),
    'trusted-signers.asc': readFileSync(keys.signing.publicKeyPath, 'utf8'),
  };
  const script = [
    'set -euo pipefail; umask 077; mkdir /root/recovery; cd /root/recovery; mkdir .gnupg',
    ...Object.entries(files).map(([name, text]) => `cat > ${name} << 'KEY'\n${text}\nKEY`),
    ...commands,
  ].join('\n');
  const environment = {
    ...{ AWS_ACCESS_KEY_ID: s3.reader.accessKeyId, AWS_SECRET_ACCESS_KEY: s3.reader.secretAccessKey },
    ...{ AWS_DEFAULT_REGION: s3.region, GNUPGHOME: '/root/recovery/.gnupg' },
    CLIENT: `mariadb --no-defaults --socket=${machine.socket}`,
  };
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const followed = await machine.exec(['env', ...variables, 'bash', '-c', script]);
  expect(followed.stdout.toString(), followed.stderr).toMatch(/All is there\.\n$/);
  expect(followed.status).toBe(0);
});

describe.concurrent('a backup', () => {
  let site: RestoreSite;
  beforeAll(() => {
    site = sites.get('podman') as RestoreSite;
  });

  it.each([
    ['rows', 2, 'rows were counted, not compared'],
    ['none', 1, 'nothing was compared with what was dumped'],
  ] as const)('with `compare: %s` is proven to level %d, which says so', async (compare, level, limit) => {
    await dumpSmall();
    const run = await site.run({ server: 'equal-small', compare });
    expect(await readProof(run, 'equal-small')).toMatchObject({ level, limits: [limit, ELSEWHERE] });
    expect(run.summary).toContain(`Level ${level}`);
  });

  it('without accounts has others stand in for them', async () => {
    await dumpOnce('equal-alone', ['small'], { accounts: 'false' });
    const run = await site.run({ server: 'equal-alone' });
    expect(await readProof(run, 'equal-alone')).toMatchObject({
      level: 3,
      limits: ['accounts are not in the backup: others stood in for them'],
      counts: { account: 0, view: 1 },
    });
  });

  it('whose rows were not counted is compared by its digests', async () => {
    await dumpOnce('equal-digest', ['small'], { inventory: 'digest' });
    const run = await site.run({ server: 'equal-digest' });
    expect(await readProof(run, 'equal-digest')).toMatchObject({
      level: 3,
      limits: [ELSEWHERE, 'the rows of 1 table were not counted when they were dumped'],
    });
  });

  it('read without trusted keys, and without a key for proofs, says what nobody checked', async () => {
    // Under a name of its own: whoever checks signatures at the same time is not to find this proof.
    await dumpOnce('equal-unsigned', ['small']);
    const run = await site.run({
      server: 'equal-unsigned',
      'trusted-signers': '',
      'trusted-provers': '',
      'proof-signing-key': '',
      'proof-signing-key-passphrase': '',
    });
    expect(run.exitCode).toBe(0);
    expect(findWarnings(run)).toEqual([expect.stringContaining('Signatures were not checked')]);
    expect(run.summary).toContain('The proof is not signed');
    expect(run.outputs).toMatchObject({ passed: 'true', level: '3' });
  });

  it('that goes on in further objects is one again for whoever tests or fetches it', async () => {
    await query(
      source,
      `CREATE DATABASE long_one; USE long_one; SET sql_log_bin = 0;
       CREATE TABLE t (id INT, row BLOB); INSERT INTO t SELECT seq, RANDOM_BYTES(1000) FROM seq_1_to_12000`,
    );
    // Objects of one part, of the smallest that S3 takes, in place of 8,000 of 16 MiB.
    const inputs = dumpInputs(lab, { server: 'equal-long', databases: 'long_one' });
    const { error, outcome } = await dumpInProcess(inputs, { partSizeBytes: 5 * 2 ** 20, maxParts: 1 });
    expect(error).toBeUndefined();
    const manifest = outcome?.kind === 'stored' ? outcome.manifest : undefined;
    const parts = manifest?.objects.find(({ role }) => role === 'data')?.parts ?? [];
    const names = parts.map(({ key }) => path.basename(key));
    expect(names).toEqual(['', '.002', '.003'].map((end) => `long_one.sql.zst.gpg${end}`));

    const run = await site.run({ server: 'equal-long' });
    expect(await readProof(run, 'equal-long')).toMatchObject({ level: 3 });
    const key = (run.outputs['proof-key'] ?? '').replace('proof.json', 'RECOVERY.md');
    expect((await getStored(lab, key)).toString()).toContain(`load ${names.join(' ')}\n`);

    const directory = labRun.path('long');
    const fetched = await runStep([CLI, 'fetch', 'latest', '--directory', directory], {
      LIFEBOAT_SERVER: 'equal-long',
      LIFEBOAT_STORE: `s3://${lab.s3.bucket}/${lab.s3.prefix}`,
      LIFEBOAT_STORE_ENDPOINT: lab.s3.endpoint,
      LIFEBOAT_STORE_ACCESS_KEY_ID: lab.s3.reader.accessKeyId,
      LIFEBOAT_STORE_SECRET_ACCESS_KEY: lab.s3.reader.secretAccessKey,
    });
    expect(fetched.exitCode, fetched.stderr).toBe(0);
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(names));

    await removeStored(lab, parts[1]?.key ?? '');
    expectFailure(site, await site.run({ server: 'equal-long', 'walk-back': '0' }), {
      code: 'object-mismatch',
      exitCode: 4,
      outputs: { passed: 'false' },
      says: ['long_one.sql.zst.gpg.002'],
    });
  });

  it('with a row of 200 MB is nothing special', async () => {
    await dumpOnce('equal-huge', ['huge']);
    const startedAt = performance.now();
    const run = await site.run({
      server: 'equal-huge',
      assertions: `huge: SELECT SUM(LENGTH(row)) FROM t => ${ROW_BYTES + 'beforeafter'.length}`,
    });
    expect(await readProof(run, 'equal-huge')).toMatchObject({ level: 3, assertions: 1 });
    expect(performance.now() - startedAt).toBeLessThan(ROW_MS);
  });

  it('of weeks ago has the event that was still to come', async () => {
    const past = (days: number) => `FROM_UNIXTIME(UNIX_TIMESTAMP() - ${days} * 86400)`;
    await query(
      source,
      `SET @due = ${past(14)}; SET timestamp = UNIX_TIMESTAMP() - 21 * 86400;
       CREATE DATABASE later; USE later; CREATE TABLE t (id INT); INSERT INTO t VALUES (1);
       CREATE EVENT due ON SCHEDULE AT @due DO DO 1;`,
    );
    const { backup } = await dumpOnce('equal-later', ['later']);
    const forged = await forgeBackup(lab, readTemplate(backup), {
      server: 'equal-weeks-later',
      at: new Date(Date.now() - 21 * DAY_MS),
    });
    const run = await site.run({ server: forged.server });
    const proof = await readProof(run, forged.server);
    expect(proof).toMatchObject({ level: 3, counts: { event: 1 } });
    expect(Math.round((proof.rpoSeconds * 1000) / DAY_MS)).toBe(21);
    // To the server itself it is over: a dump of today does not bring it back.
    expectFailure(site, await site.run({ server: 'equal-later', 'walk-back': '0' }), {
      code: 'restore-differs',
      exitCode: 4,
      outputs: { passed: 'false' },
      says: ['event later.due is missing'],
    });
  });
});
