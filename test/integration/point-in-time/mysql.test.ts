// A MySQL that is written to while it is backed up, with GTIDs and without: the dump and the binlogs behind it lead to every moment. The
// official image cannot replay; one that can is named.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DumpProof } from '../../../src/domain/proofs/proof.ts';
import { parseDumpProof } from '../../helpers/dump-proof.ts';
import { BINLOG_USER, BinlogSite } from '../../helpers/binlog-site.ts';
import { dump } from '../../helpers/dumped.ts';
import { expectFailure } from '../../helpers/expect-failure.ts';
import { readTemplate, type Template } from '../../helpers/forge-backup.ts';
import { readTransactions, type ClosedBinlog } from '../../helpers/handmade-binlogs.ts';
import { restoreInputs } from '../../helpers/restore-inputs.ts';
import { RestoreSite } from '../../helpers/restore-site.ts';
import { runAction } from '../../helpers/runner.ts';
import { getStored } from '../../helpers/stored-objects.ts';
import type { Lab } from '../../lab/lab.ts';
import { startMachine, type Machine } from '../../lab/machine.ts';
import { findMysqlRoot } from '../../lab/root-file-system.ts';
import { LabRun } from '../../lab/run.ts';
import { startPodmanForSandboxes } from '../../lab/sandbox-engines.ts';
import { useLab } from '../../helpers/use-lab.ts';

const GRANTS = 'SELECT, SHOW VIEW, TRIGGER, EVENT, RELOAD, REPLICATION CLIENT';
const BINLOG_GRANTS = 'REPLICATION SLAVE, REPLICATION CLIENT, RELOAD';
/** What the machine that runs the test needs, because the image has no perl. */
const PROGRAMS = ['perl', 'sha256sum', 'mktemp', 'rm', 'cat', 'sh'] as const;
const REPLAY_IMAGE = 'localhost/lab/mysql-with-binlog:1';
const BINLOGS = '/var/lib/mysql';
/** Longer than a commit and the clocks that tell of it. */
const APART_MS = 20;
const SECOND_MS = 1_000;
const CONTENT = "SELECT CONCAT(COUNT(*), ' ', BIT_XOR(CRC32(CONCAT(id, ':', note)))) FROM diary.entry";

/** A backup with what was shipped after it. */
interface Shipped {
  readonly template: Template;
  readonly binlogs: readonly ClosedBinlog[];
  readonly latest: string;
}

let run: LabRun;
let machine: Machine;
let lab: Lab;
let site: RestoreSite;
let withGtids: Shipped;
let without: Shipped;
const moments: { readonly at: Date; readonly content: string }[] = [];
let entries = 0;

beforeAll(async () => {
  run = await LabRun.start();
  [machine, site] = await Promise.all([
    startMachine(run, 'mysql'),
    RestoreSite.start(useLab(), (own) => startPodmanForSandboxes(own, 'mysql')),
  ]);
  const { ssh, mariadb, ...rest } = useLab();
  lab = {
    ...rest,
    ssh: { ...ssh, ...machine.address },
    mariadb: { ...mariadb, dumpUser: 'lifeboat', socket: machine.socket },
  };
  await Promise.all([
    writeHistory(),
    findMysqlRoot().then((root) => site.makeImage(REPLAY_IMAGE, { root, adding: ['/usr/bin/mysqlbinlog'] })),
  ]);
});
afterAll(async () => {
  await site.expectClean();
  await site.stop();
  await run.stop();
});

async function writeHistory(): Promise<void> {
  const password = lab.mariadb.dumpPassword.replaceAll(/[\\']/g, String.raw`\$&`);
  await machine.query(
    `CREATE USER lifeboat@localhost IDENTIFIED BY '${password}'; GRANT ${GRANTS} ON *.* TO lifeboat@localhost;
     CREATE USER ${BINLOG_USER}@localhost IDENTIFIED BY '${password}'; GRANT ${BINLOG_GRANTS} ON *.* TO ${BINLOG_USER}@localhost;
     CREATE DATABASE diary; CREATE TABLE diary.entry (id INT PRIMARY KEY, note VARCHAR(200) NOT NULL);`,
  );
  await write();
  withGtids = await backUp('pitr-mysql', async () => {
    await write();
    await rememberMoment();
    await machine.query(
      `SET binlog_format = STATEMENT; CREATE TEMPORARY TABLE diary.kept (note VARCHAR(200)); INSERT INTO diary.kept VALUES ('kept');
       FLUSH BINARY LOGS; INSERT INTO diary.entry SELECT ${(entries += 1)}, note FROM diary.kept;`,
    );
    await machine.query('ALTER TABLE diary.entry ADD COLUMN more INT; CREATE USER later@localhost');
    await write();
    await rememberMoment();
    await write();
    // The end of a binlog is told in whole seconds: what it reaches for certain is the beginning of that one.
    await sleep(SECOND_MS);
  });
  for (const mode of ['ON_PERMISSIVE', 'OFF_PERMISSIVE', 'OFF'])
    await machine.query(`SET GLOBAL gtid_mode = ${mode}`);
  // A server without GTIDs sends no binlog that has some.
  await machine.query('RESET BINARY LOGS AND GTIDS');
  without = await backUp('pitr-anonymous', async () => {
    await write();
    await machine.query('FLUSH BINARY LOGS');
    await write();
  });
}

async function write(): Promise<void> {
  await machine.query(`INSERT INTO diary.entry (id, note) VALUES (${(entries += 1)}, 'written')`);
}

async function rememberMoment(): Promise<void> {
  await sleep(APART_MS);
  moments.push({ at: new Date(), content: (await machine.query(CONTENT)).trim() });
  await sleep(APART_MS);
}

/** Dumps, writes, ships. */
async function backUp(server: string, writeMore: () => Promise<void>): Promise<Shipped> {
  const template = readTemplate((await dump(lab, server, { engine: 'mysql', databases: '*' })).backup);
  const { manifest } = template;
  expect(manifest.pitrAnchor).toEqual({ isAnchor: true, reasons: [] });
  const executed = await machine.query('SELECT GTID_SUBTRACT(@@gtid_executed, @@gtid_purged)');
  expect(manifest.coordinates?.gtid).toBe(executed.trim());
  await writeMore();
  await machine.query('FLUSH BINARY LOGS');
  const latest = (await machine.query(CONTENT)).trim();
  const names = (await machine.query('SHOW BINARY LOGS')).split('\n').map((row) => row.split('\t')[0] ?? '');
  const binlogs: ClosedBinlog[] = [];
  for (const name of names.filter((each) => each !== '').slice(0, -1)) {
    if (name < (manifest.coordinates?.file ?? '')) continue;
    const { stdout: bytes } = await machine.exec(['cat', `${BINLOGS}/${name}`]);
    const { stdout: text } = await machine.exec([
      'env',
      'TZ=UTC',
      'mysqlbinlog',
      '--no-defaults',
      `${BINLOGS}/${name}`,
    ]);
    binlogs.push({ name, bytes, text: text.toString() });
  }
  await new BinlogSite(lab, lab.mariadb, server, lab.ssh).ship({ engine: 'mysql', rotate: 'false' });
  return { template, binlogs, latest };
}

async function prove(
  server: string,
  changes: Readonly<Record<string, string>>,
): Promise<{ readonly proof: DumpProof; readonly summary: string }> {
  const { log, outputs, exitCode, summary } = await site.run(
    { server, 'replay-image': REPLAY_IMAGE, ...changes },
    site.withPrograms(...PROGRAMS),
  );
  expect(log).not.toContain('::error');
  expect(exitCode).toBe(0);
  const key = outputs['proof-key'] ?? '';
  return {
    proof: parseDumpProof(await getStored(lab, key), { server, id: key.split('/')[2] ?? '' }),
    summary,
  };
}

function transactionsAfterDump({ template, binlogs }: Shipped) {
  const { file, position } = template.manifest.coordinates ?? { file: '', position: 0 };
  return binlogs.flatMap(({ name, text }) =>
    readTransactions(text, 'mysql').filter((each) => name > file || each.position >= position),
  );
}

describe.concurrent('with GTIDs', () => {
  it('all of it comes back, and the sandbox has exactly the transactions of the source', async () => {
    const assertions = [
      `${CONTENT} => ${withGtids.latest}`,
      "SELECT COUNT(*) FROM mysql.user WHERE User = 'later' => 1",
      // In the words of the source's own tool.
      `SELECT GTID_SUBSET('${transactionsAfterDump(withGtids).at(-1)?.gtid ?? ''}', @@gtid_executed) => 1`,
    ];
    const { proof } = await prove('pitr-mysql', {
      'point-in-time': 'latest',
      assertions: assertions.join('\n'),
    });
    expect(proof).toMatchObject({
      ...{ level: 4, limits: [] },
      replay: { target: 'latest', transactions: transactionsAfterDump(withGtids).length },
    });
  });

  it('a moment leaves out what was committed a few milliseconds later', async () => {
    const { at, content } = moments[1] ?? { at: new Date(), content: '' };
    const all = transactionsAfterDump(withGtids);
    const before = all.filter(({ committedUs }) => committedUs <= at.getTime() * 1_000);
    const { proof, summary } = await prove('pitr-mysql', {
      'point-in-time': at.toISOString(),
      assertions: [
        `${CONTENT} => ${content}`,
        `SELECT GTID_SUBSET('${before.at(-1)?.gtid ?? ''}', @@gtid_executed) => 1`,
        `SELECT GTID_SUBSET('${all[before.length]?.gtid ?? ''}', @@gtid_executed) => 0`,
      ].join('\n'),
    });
    expect(proof).toMatchObject({
      ...{ level: 4, recoveredTo: at.toISOString() },
      replay: { target: 'instant', transactions: before.length },
    });
    expect(summary).toContain(`first one that is not: \`${all[before.length]?.gtid ?? ''}\``);
  });

  it('an image without mysqlbinlog is refused before anything is fetched', async () => {
    const result = await site.run(
      { server: 'pitr-mysql', 'point-in-time': 'latest' },
      site.withPrograms(...PROGRAMS),
    );
    expectFailure(site, result, {
      ...{ code: 'replay-tool-missing', exitCode: 2 },
      says: ['has no mysqlbinlog', 'official MySQL images lack it', 'replay-image'],
    });
    expect(result.log).not.toContain('Fetch');
  });
});

it('without GTIDs all of it comes back, and the proof says what it cannot show', async () => {
  const { proof } = await prove('pitr-anonymous', {
    'point-in-time': 'latest',
    assertions: `${CONTENT} => ${without.latest}`,
  });
  expect(proof).toMatchObject({
    ...{ level: 4, limits: [expect.stringContaining('no ids by which the sandbox could tell')] },
    replay: { transactions: transactionsAfterDump(without).length },
  });
});

// Last: the server loses everything.
it('a restore into the emptied server has exactly what was committed before the mistake', async () => {
  const restore = () =>
    runAction('restore', {
      ...restoreInputs(
        lab,
        { ...useLab().mariadb, socket: machine.socket, adminUser: 'root' },
        {
          ...{ server: 'pitr-mysql', 'same-names': 'true', accounts: 'true' },
          'to-time': moments[1]?.at.toISOString() ?? '',
        },
      ),
      ...{ 'ssh-host': lab.ssh.host, 'ssh-port': String(lab.ssh.port), 'ssh-user': lab.ssh.user },
      ...{
        'ssh-key': readFileSync(lab.ssh.privateKeyPath, 'utf8'),
        'ssh-known-hosts': lab.ssh.knownHosts,
      },
    });
  await machine.query('DROP DATABASE diary; DROP USER later@localhost');
  const early = await restore();
  expect(early.log).toContain('(restore-choice)');
  expect(early.log).toContain('SET GLOBAL event_scheduler = OFF');
  await machine.query('SET GLOBAL event_scheduler = OFF');
  const executed = await machine.query('SELECT @@gtid_executed');
  const { log, exitCode, outputs } = await restore();
  expect(log).not.toContain('::error');
  expect(exitCode).toBe(0);
  expect((await machine.query(CONTENT)).trim()).toBe(moments[1]?.content);
  expect(await machine.query("SELECT COUNT(*) FROM mysql.user WHERE User = 'later'")).toBe('1\n');
  expect(outputs['recovered-to']).toBe(moments[1]?.at.toISOString());
  expect(await machine.query('SELECT @@gtid_executed')).toBe(executed);
});
