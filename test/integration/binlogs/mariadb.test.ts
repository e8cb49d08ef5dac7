// Binary logs of a real MariaDB, shipped by the built action: what is stored is the server's file byte for byte, each once, and what breaks
// the chain is told.
import path from 'node:path';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BINLOG_GRANTS, BINLOG_USER, BinlogSite, daysAgo } from '../../helpers/binlog-site.ts';
import { expectFailure, expectNoSecrets, findWarnings } from '../../helpers/expect-failure.ts';
import { watchForLeaks } from '../../helpers/leak-watch.ts';
import { runAction } from '../../helpers/runner.ts';
import { startTcpProxy } from '../../helpers/tcp-proxy.ts';
import { createDumpUser, query, startMariadb, type MariadbServer } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { startTarget, type TargetAddress } from '../../lab/target.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const LOG = (number: number) => `binlog.${String(number).padStart(6, '0')}`;
const WRITE = "INSERT INTO shop.orders (note) VALUES ('order')";

let run: LabRun;
let mariadb: MariadbServer;
/** Logs in as the user that runs the lab, who may read the server's files. */
let reader: TargetAddress;
beforeAll(async () => {
  run = await LabRun.start();
  const [server, target] = await Promise.all([startMariadb(run), startTarget(run, { asSelf: true })]);
  mariadb = server;
  reader = target.address;
  const { dumpPassword } = lab.mariadb;
  await createDumpUser(server.address, BINLOG_GRANTS, { dumpUser: BINLOG_USER, dumpPassword });
});
afterAll(() => run.stop());
beforeEach(async () => {
  await query(
    mariadb.address,
    'RESET MASTER; CREATE OR REPLACE DATABASE shop; CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, note TEXT)',
  );
});

let sites = 0;
function startSite(target?: TargetAddress): BinlogSite {
  sites += 1;
  return new BinlogSite(lab, mariadb.address, `mariadb-binlogs-${sites}`, target);
}

describe('a run', () => {
  it('ships what is closed, and the next run only what is new', async () => {
    const site = startSite();
    await site.query(`FLUSH BINARY LOGS; SET gtid_domain_id = 7; ${WRITE}; SET server_id = 99; ${WRITE}`);
    const first = await site.ship({ set: 'night-1' });
    expect(first.names).toEqual([LOG(1), LOG(2)]);
    await site.query(`${WRITE}; FLUSH BINARY LOGS; ${WRITE}`);
    const second = await site.ship();
    expect(second.names).toEqual([LOG(3), LOG(4)]);
    expect(second.run.outputs).toMatchObject({
      shipped: '2',
      'newest-binlog': LOG(4),
      'recoverable-until': '',
    });
    const stored = await site.stored();
    for (const { manifest, bytes } of stored) {
      expect(bytes.equals(site.read(manifest.binlog.name)), manifest.binlog.name).toBe(true);
    }
    const [one, two, three, four] = stored.map(({ manifest }) => manifest);
    expect(one?.set).toBe('night-1');
    expect(two?.binlog).toMatchObject({
      closedBy: 'rotate',
      next: LOG(3),
      checksum: 'crc32',
      gtidsBefore: one?.binlog.gtidsAfter,
      transactions: 2,
    });
    expect(two?.binlog.gtidsAfter).toMatch(/^0-4711-\d+,7-99-2,7-4711-1$/);
    expect([three?.binlog.gtidsBefore, four?.binlog.gtidsBefore]).toEqual([
      two?.binlog.gtidsAfter,
      three?.binlog.gtidsAfter,
    ]);
    const storedBytes = (three?.object.sizeBytes ?? 0) + (four?.object.sizeBytes ?? 0);
    expect(second.run.outputs['bytes']).toBe(String(storedBytes));
    const third = await site.ship();
    expect(third.names).toEqual([]);
    expect(third.run.outputs).toMatchObject({ shipped: '0', bytes: '0', 'newest-binlog': LOG(4) });
    // What one store has is no other's.
    const elsewhere = await site.run({ store: `s3://${lab.s3.bucket}/${lab.s3.prefix}/elsewhere` });
    expect(elsewhere.outputs).toMatchObject({ shipped: '4', 'newest-binlog': LOG(4) });
    expect(await site.list()).toEqual([1, 2, 3, 4, 5].map(LOG));
    expectNoSecrets(site, third.run);
    expect(site.remains()).toEqual([]);
  });

  it('reads the files themselves where the SSH user may, and gives no secret to anybody', async () => {
    const site = startSite(reader);
    await site.query(WRITE);
    const runs = [
      site.start({ 'log-level': 'debug', 'encrypt-on': 'runner' }),
      startSite().start({ 'log-level': 'debug' }),
    ];
    // Those that no other lab of this machine has.
    const own = ['the database password', "the store's secret key"];
    const watch = watchForLeaks({
      canaries: site.canaries().filter(({ name }) => own.includes(name)),
      directories: [reader.home, lab.ssh.home, lab.ssh.sharedMemory],
      initiated: new Set(runs.map(({ child }) => child.pid ?? 0)),
    });
    for (const { ended } of runs) {
      const one = await ended;
      expect(one.exitCode).toBe(0);
      expectNoSecrets(site, one);
    }
    expect(watch.stop()).toEqual([]);
    const [one] = await site.stored();
    expect(one?.bytes.equals(site.read(LOG(1)))).toBe(true);
  });

  it('leaves the active file alone without rotate, and writes nothing in a dry run', async () => {
    const site = startSite();
    await site.query(WRITE);
    const rehearsal = await site.ship({ 'dry-run': 'true' });
    expect(rehearsal.names).toEqual([]);
    expect(rehearsal.run.summary).toContain(`Would be closed, and shipped too: \`${LOG(1)}\``);
    const quiet = await site.ship({ rotate: 'false' });
    expect(quiet.names).toEqual([]);
    expect(await site.list()).toEqual([LOG(1)]);
    await site.query('FLUSH BINARY LOGS');
    expect((await site.ship({ rotate: 'false' })).names).toEqual([LOG(1)]);
    // Nothing was written since: the same in a run that may rotate.
    expect((await site.ship()).names).toEqual([]);
    expect(await site.list()).toEqual([LOG(1), LOG(2)]);
  });

  it('shows how far the newest dump can be brought forward', async () => {
    const site = startSite();
    const { dumpUser, dumpPassword } = { ...lab.mariadb, dumpUser: 'anchor' };
    const grants = ['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT', 'RELOAD', 'BINLOG MONITOR'];
    await site.query('DROP USER IF EXISTS anchor@localhost');
    await createDumpUser(mariadb.address, grants, { dumpUser, dumpPassword });
    expect((await site.ship()).run.outputs['recoverable-until']).toBe('');
    const dumped = await runAction('dump', site.inputs({ 'db-user': dumpUser }));
    expect(dumped.exitCode).toBe(0);
    const id = dumped.outputs['backup-id'] ?? '';
    const atOnce = await site.ship();
    expect(atOnce.run.summary).toContain(id);
    await site.query(WRITE);
    const later = await site.ship();
    const newest = (await site.stored()).at(-1);
    expect(later.run.outputs['recoverable-until']).toBe(newest?.manifest.binlog.closedAt);
    expect(later.run.summary).toContain(`from backup \`${id}\``);
    expect(findWarnings(later.run)).toEqual([]);
    // After this nothing that is shipped reaches back to the dump.
    await site.query(`RESET MASTER; ${WRITE}`);
    const broken = await site.run();
    expectFailure(site, broken, {
      code: 'binlog-gap',
      says: [/were reset/, /Make a new dump/],
      outputs: {
        ...broken.outputs,
        shipped: '1',
        'recoverable-until': newest?.manifest.binlog.closedAt ?? '',
      },
    });
    expect(broken.summary).toMatch(/Recoverable until .* only/);
  });
});

// Everything else of what is remembered is in kills.test.ts.
it('tells another database server by its identity', async () => {
  const site = startSite();
  await site.query(WRITE);
  await site.ship();
  await site.query(`SET GLOBAL server_id = 815; ${WRITE}`);
  const moved = await site.attempt();
  await site.query('SET GLOBAL server_id = 4711');
  expect(moved.run.log).toContain('this is another database server (mariadb with server_id 815');
  expect(moved.names).toEqual([LOG(1), LOG(2)]);
});

/** The server keeps a file for a moment in which its engines may still need it. */
async function expire(site: BinlogSite, first: string): Promise<void> {
  await expect
    .poll(async () => {
      await site.query(`PURGE BINARY LOGS TO '${first}'`);
      return (await site.list())[0];
    })
    .toBe(first);
}

describe('a broken chain', () => {
  it('is told once when a binary log expired before it was shipped; the rest is shipped', async () => {
    const site = startSite();
    await site.query(WRITE);
    await site.ship();
    await site.query(`${WRITE}; FLUSH BINARY LOGS; ${WRITE}; FLUSH BINARY LOGS`);
    await expire(site, LOG(3));
    const { run: red, names } = await site.attempt();
    expectFailure(site, red, {
      code: 'binlog-gap',
      says: [
        `has removed a binary log between ${LOG(1)} and ${LOG(3)}`,
        /What the server still has was shipped/,
      ],
      outputs: red.outputs,
    });
    expect(names).toEqual([LOG(3)]);
    expect(red.outputs).toMatchObject({ shipped: '1', 'newest-binlog': LOG(3) });
    await site.query(WRITE);
    expect((await site.ship()).names).toEqual([LOG(4)]);
  });

  it('is not: what was shipped may be gone', async () => {
    const site = startSite();
    await site.query(WRITE);
    await site.ship();
    await expire(site, LOG(2));
    await site.query(WRITE);
    expect((await site.ship()).names).toEqual([LOG(2)]);
  });
});

describe('a damaged file', () => {
  const before = async (site: BinlogSite) => {
    await site.query(WRITE);
    await site.ship();
    await site.query(`${WRITE}; FLUSH BINARY LOGS; ${WRITE}`);
  };

  it.each(['by the server', 'from its file'])('with a flipped byte is told, read %s', async (how) => {
    const site = startSite(how === 'from its file' ? reader : undefined);
    await before(site);
    const bytes = site.read(LOG(2));
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 60) ^ 1, bytes.length - 60);
    writeFileSync(site.file(LOG(2)), bytes);
    const { run: red, names } = await site.attempt();
    expectFailure(site, red, {
      code: 'binlog-damaged',
      says: [`${LOG(2)} is damaged`, /checksum does not match/],
      outputs: red.outputs,
    });
    // What comes after it is shipped.
    expect(names).toEqual([LOG(3)]);
    expect((await site.stored()).map(({ manifest }) => manifest.binlog.name)).toEqual([LOG(1), LOG(3)]);
    await site.query(WRITE);
    expect((await site.ship()).names).toEqual([LOG(4)]);
  });

  it.each([
    ['with nothing in it', 'by the server'],
    ['with nothing in it', 'from its file'],
    ['that is gone from the disk', 'by the server'],
  ])('%s is told, read %s; all others are shipped, and it is when it is whole again', async (what, how) => {
    const site = startSite(how === 'from its file' ? reader : undefined);
    await before(site);
    const bytes = site.read(LOG(2));
    if (what === 'with nothing in it') writeFileSync(site.file(LOG(2)), Buffer.alloc(bytes.length));
    else rmSync(site.file(LOG(2)));
    const { run: red, names } = await site.attempt();
    // A server says that it cannot be read, the file itself what is wrong with it.
    expectFailure(site, red, {
      code: how === 'by the server' ? 'binlog-unreadable' : 'binlog-damaged',
      says: [`binary log ${LOG(2)}`],
      outputs: { ...red.outputs, 'newest-binlog': LOG(3) },
    });
    expect(names).toEqual([LOG(3)]);
    expect(red.summary).toContain(`The unbroken chain begins with \`${LOG(3)}\``);
    writeFileSync(site.file(LOG(2)), bytes);
    const { run: mended, names: late } = await site.ship();
    expect(late).toEqual([LOG(2)]);
    expect(mended.summary).toContain(`The unbroken chain begins with \`${LOG(1)}\``);
    await site.stored();
  });

  it('is none that was read badly once: what is read again and whole is shipped, with a warning', async () => {
    const site = startSite(reader);
    await before(site);
    // No disk errs on demand: the second time that this file is read, which is the first time as a whole, a byte is another.
    const cat = path.join(reader.wrappersDirectory, 'cat');
    const count = run.path('reads');
    writeFileSync(
      cat,
      `#!/bin/sh
case $1 in */${LOG(2)}) ;; *) exec /bin/cat "$@" ;; esac
echo >>${count}
[ "$(wc -l <${count})" = 2 ] || exec /bin/cat "$1"
exec perl -0777 -pe 'substr($_, -60, 1) ^= chr 1' "$1"
`,
      { mode: 0o755 },
    );
    const { run: good, names } = await site.ship().finally(() => rmSync(cat));
    expect(names).toEqual([LOG(2), LOG(3)]);
    expect(findWarnings(good)).toContainEqual(
      expect.stringMatching(/checksum does not match.*Read again it was whole/),
    );
    await site.stored();
  });

  it.each([
    ['its closing event', -1, /was begun by a rotation/],
    ['its closing event and a transaction', -2, /its end is missing/],
  ])('that lost %s is told, although every event is whole', async (_, border, why) => {
    const site = startSite();
    await before(site);
    truncateSync(site.file(LOG(2)), bordersOf(site.read(LOG(2))).at(border) ?? 0);
    const { run: red, names } = await site.attempt();
    expectFailure(site, red, { code: 'binlog-damaged', says: [why], outputs: red.outputs });
    expect(names).toEqual([LOG(3)]);
  });

  it('is none that a killed server left: it ends where it ends', async () => {
    const [site, files] = [startSite(), startSite(reader)];
    await site.query(WRITE);
    await site.ship();
    await site.query(WRITE);
    await mariadb.crash();
    const { names } = await site.ship();
    await files.ship();
    expect(names).toEqual([LOG(2)]);
    const crashed = (await site.stored()).at(-1);
    expect(crashed?.manifest.binlog).toMatchObject({ closedBy: 'crash', next: null, transactions: 1 });
    // The same bytes whichever way it was read; on the disk the server's mark that it is in use is still there.
    const file = site.read(LOG(2));
    expect(file.readUInt8(21)).toBe(1);
    file.writeUInt8(0, 21);
    expect(crashed?.bytes.equals(file)).toBe(true);
    const [, same] = await files.stored();
    expect(same?.manifest.binlog.sha256).toBe(crashed?.manifest.binlog.sha256);
  });
});

/** Where each event begins. */
function bordersOf(file: Buffer): number[] {
  const borders = [];
  for (let at = 4; at < file.length; at += file.readUInt32LE(at + 9)) borders.push(at);
  return borders;
}

describe('purging', () => {
  const purge = { purge: 'shipped', 'purge-keep': '1m' };

  it('removes what an earlier run shipped, when it is old enough and nobody may need it', async () => {
    const site = startSite();
    await site.query(`GRANT BINLOG ADMIN, PROCESS ON *.* TO ${BINLOG_USER}@localhost; ${WRITE}`);
    try {
      await site.query(`FLUSH BINARY LOGS; ${WRITE}; FLUSH BINARY LOGS; ${WRITE}`);
      const first = await site.ship(purge);
      expect(first.names).toEqual([1, 2, 3].map(LOG));
      // A replica that is away.
      site.age({ readers: [{ name: 'replica@10.0.0.7', seenAt: daysAgo(5) }] });
      const away = await site.ship(purge);
      expect(findWarnings(away.run)).toContainEqual(
        expect.stringContaining('replica@10.0.0.7 read binary logs'),
      );
      expect(await site.list()).toEqual([1, 2, 3, 4].map(LOG));
      // Nothing is in the way any more, but what this run ships itself stays, and so does the newest before.
      site.age({ readers: [] });
      await site.query(WRITE);
      const last = await site.ship(purge);
      expect(last.names).toEqual([LOG(4)]);
      expect(await site.list()).toEqual([LOG(3), LOG(4), LOG(5)]);
      expect(last.run.summary).toContain(
        `Removed from the server, because an earlier run shipped them: \`${LOG(1)}\`, \`${LOG(2)}\``,
      );
    } finally {
      await site.query(`REVOKE BINLOG ADMIN, PROCESS ON *.* FROM ${BINLOG_USER}@localhost`);
    }
  });

  it('needs rights that are named, and that no other run may have', async () => {
    const site = startSite();
    expectFailure(site, await site.run(purge), {
      code: 'db-rights-missing',
      says: [/GRANT BINLOG ADMIN, PROCESS ON \*\.\* TO `binlogs`@`localhost`;/],
    });
    await site.query(`GRANT BINLOG ADMIN ON *.* TO ${BINLOG_USER}@localhost`);
    const excess = await site.run();
    await site.query(`REVOKE BINLOG ADMIN ON *.* FROM ${BINLOG_USER}@localhost`);
    expectFailure(site, excess, { code: 'db-rights-excess', says: ['REVOKE BINLOG ADMIN ON'] });
  });
});

it('that the server encrypts come as they are, and a server that writes none is refused', async () => {
  const keys = run.path('binlog-keys');
  writeFileSync(keys, `1;${'a'.repeat(64)}\n`, { mode: 0o644 });
  const [encrypting, silent] = await Promise.all([
    startMariadb(run, {
      options: [
        '--plugin-load-add=file_key_management',
        `--file-key-management-filename=${keys}`,
        '--encrypt-binlog=ON',
        '--binlog-ignore-db=scratch',
      ],
    }),
    startMariadb(run, { hasBinlog: false }),
  ]);
  const { dumpPassword } = lab.mariadb;
  for (const { address } of [encrypting, silent])
    await createDumpUser(address, BINLOG_GRANTS, { dumpUser: BINLOG_USER, dumpPassword });
  // The files can be read here, and are of no use.
  const site = new BinlogSite(lab, encrypting.address, 'encrypted-binlogs', reader);
  await site.query('CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY)');
  const { run: shipped, names } = await site.ship();
  expect(names).toEqual([LOG(1)]);
  expect(findWarnings(shipped)).toContainEqual(expect.stringContaining('binlog_ignore_db is set (scratch)'));
  const [stored] = await site.stored();
  expect(stored?.manifest.binlog).toMatchObject({ checksum: 'crc32', sizeBytes: site.read(LOG(1)).length });
  expect(stored?.bytes.includes('CREATE TABLE shop.orders')).toBe(true);
  expect(site.read(LOG(1)).includes('CREATE TABLE shop.orders')).toBe(false);
  const none = new BinlogSite(lab, silent.address, 'no-binlogs');
  expectFailure(none, await none.run(), { code: 'binlog-unavailable', says: [/log_bin is OFF/] });
});

it('when the connection breaks nothing is left, and the next run does the rest', async () => {
  const site = startSite();
  await site.query(`INSERT INTO shop.orders (note) SELECT HEX(RANDOM_BYTES(1000)) FROM shop.seq_1_to_8000`);
  const proxy = await startTcpProxy(lab.ssh.port);
  proxy.cutAfter(2_000_000, 'RST');
  const knownHosts = lab.ssh.knownHosts.replaceAll(`:${lab.ssh.port}`, `:${proxy.port}`);
  const { run: red, names } = await site.attempt({
    'ssh-port': String(proxy.port),
    'ssh-known-hosts': knownHosts,
  });
  await proxy[Symbol.asyncDispose]();
  expectFailure(site, red, { code: 'ssh-lost', says: [/broke/], outputs: red.outputs });
  expect(names).toEqual([]);
  await expect.poll(() => site.remains(), { timeout: 30_000 }).toEqual([]);
  expect((await site.ship()).names).toEqual([LOG(1)]);
});
