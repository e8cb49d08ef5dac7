// A database in a container on the target: dumped with the container's own tools by `docker exec` and `podman exec`, and nothing of a
// run that breaks off goes on inside.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { checkBucket } from '../../helpers/bucket-checker.ts';
import { dump, namesOf } from '../../helpers/dumped.ts';
import { expectFailure, expectNoSecrets } from '../../helpers/expect-failure.ts';
import { watchForLeaks } from '../../helpers/leak-watch.ts';
import { runAction } from '../../helpers/runner.ts';
import { Site } from '../../helpers/site.ts';
import {
  queryInside,
  startDatabase,
  startEngine,
  type ContainerEngine,
} from '../../lab/database-container.ts';
import { LabRun } from '../../lab/run.ts';
import { findTargetProcesses, startTarget } from '../../lab/target.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const NAME = 'shop-db';
const PASSWORD = String.raw`canary "of" \the# container`;
const GRANTS = 'SELECT, SHOW VIEW, TRIGGER, EVENT, RELOAD, BINLOG MONITOR, SLAVE MONITOR';

let labRun: LabRun;
beforeAll(async () => {
  labRun = await LabRun.start();
});
afterAll(() => labRun.stop());

describe.each(['docker', 'podman'] as const)('%s', (name) => {
  let engine: ContainerEngine;
  let site: Site;
  let good: string;

  beforeAll(async () => {
    engine = await startEngine(labRun, name);
    const { address: ssh } = await startTarget(labRun, { asSelf: name === 'podman' });
    const mariadb = { ...lab.mariadb, dumpUser: 'dump', dumpPassword: PASSWORD };
    site = Site.on({ ...lab, ssh, mariadb }, `${name}-host`);
    site.wrap(name, engine.wrapper);
    if (engine.socket !== undefined) chmodSync(engine.socket, 0o666);
    await startDatabase(engine, NAME);
    await queryInside(
      engine,
      NAME,
      `CREATE DATABASE shop; USE shop; CREATE TABLE item (id INT PRIMARY KEY, name TEXT) ENGINE=InnoDB;
       INSERT INTO item SELECT seq, CONCAT('thing ', seq) FROM seq_1_to_1000;
       CREATE USER dump@localhost IDENTIFIED BY '${PASSWORD.replaceAll('\\', '\\\\')}'; GRANT ${GRANTS} ON *.* TO dump@localhost`,
    );
  });

  const inputs = (changes: Readonly<Record<string, string>> = {}) => ({
    'db-container': NAME,
    'db-socket': '',
    ...changes,
  });

  it('ships the binary logs of the server in the container', async () => {
    await queryInside(
      engine,
      NAME,
      `CREATE USER binlogs@localhost IDENTIFIED BY '${PASSWORD.replaceAll('\\', '\\\\')}';
       GRANT REPLICATION SLAVE, BINLOG MONITOR, RELOAD ON *.* TO binlogs@localhost`,
    );
    const shipped = await runAction('ship-binlogs', site.inputs(inputs({ 'db-user': 'binlogs' })));
    expect(shipped.log).not.toContain('::error');
    const { binlogs } = await checkBucket(site.lab, site.server);
    expect(binlogs.length).toBeGreaterThan(0);
    for (const { manifest, faults, bytes } of binlogs) {
      const file = `/var/lib/mysql/${manifest.binlog.name}`;
      const digest = (await engine.run('exec', NAME, 'sha256sum', file)).slice(0, 64);
      expect([faults, createHash('sha256').update(bytes).digest('hex')]).toEqual([[], digest]);
    }
  });

  /** Programs that work for a dump in the container, and connections of its user. */
  async function findInside(): Promise<string[]> {
    const commands = await engine.run(
      'exec',
      NAME,
      'sh',
      '-c',
      'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" "\\n"',
    );
    const connections = await queryInside(
      engine,
      NAME,
      "SELECT CONCAT('connection: ', COALESCE(INFO, '')) FROM information_schema.PROCESSLIST WHERE USER = 'dump'",
    );
    return [
      ...commands.split('\n').filter((word) => /mariadb-dump|read -r mark/.test(word)),
      ...connections.split('\n').filter((line) => line !== ''),
    ];
  }

  it('makes a backup of what is in it, and its password is seen nowhere', async () => {
    await engine.run(
      'exec',
      NAME,
      'sh',
      '-c',
      `mkdir -p /run/secrets; printf '%s\\n' '${PASSWORD}' >/run/secrets/dump`,
    );
    const id = (await engine.run('container', 'inspect', '--format', '{{.Id}}', NAME)).trim();
    const byFile = { 'db-container': id, 'db-password': '', 'db-password-file': '/run/secrets/dump' };
    const run = site.start(inputs(name === 'podman' ? byFile : {}));
    const watch = watchForLeaks({
      canaries: site.canaries(),
      directories: [site.lab.ssh.home],
      initiated: new Set([run.child.pid ?? 0]),
    });
    const ended = await run.ended;
    expect(watch.stop()).toEqual([]);
    expect(ended.log).not.toContain('::error');
    expectNoSecrets(site, ended);
    good = ended.outputs['backup-id'] ?? '';
    const [backup] = await site.expectBackups([good]);
    expect(backup?.texts.get('shop')?.toString()).toContain("(1000,'thing 1000')");
    expect(await findInside()).toEqual([]);
    expect(findTargetProcesses(site.lab.ssh)).toEqual([]);
  });

  if (name === 'docker')
    it('is dumped by its names where the target has no perl', async () => {
      site.wrap('perl', '#!/bin/sh\nexit 127\n');
      const { inventory, run } = await dump(site.lab, 'docker-no-perl', inputs({ databases: 'shop' }));
      rmSync(path.join(site.lab.ssh.wrappersDirectory, 'perl'));
      expect(run.log).toContain('The target has no perl');
      expect(namesOf(inventory, 'shop')).toEqual(['database shop', 'table item']);
    });

  it('has nothing of a run go on inside when the runner is killed', async () => {
    // The dump waits for rows that somebody else keeps.
    const keep = 'LOCK TABLES item WRITE; DO SLEEP(600)';
    await engine.run('exec', '--detach', NAME, 'mariadb', 'shop', '-e', keep);
    const isWaiting = async () =>
      (await findInside()).some((line) => /^connection: SELECT .*item/.test(line));
    const run = site.start(inputs());
    await vi.waitFor(async () => expect(await isWaiting()).toBe(true), { timeout: 30_000, interval: 100 });
    run.child.kill('SIGKILL');
    await run.ended;
    await vi.waitFor(async () => expect(await findInside()).toEqual([]), { timeout: 15_000, interval: 100 });
    await vi.waitFor(() => expect(findTargetProcesses(site.lab.ssh)).toEqual([]), { timeout: 15_000 });
    await site.expectBackups([good]);
  });

  if (name !== 'docker') return;

  it('says what is wrong with one that cannot be used', async () => {
    const refuse = async (changes: Readonly<Record<string, string>>, code: ErrorCode, ...says: string[]) =>
      expectFailure(site, await site.run(inputs({ 'dry-run': 'true', ...changes })), { code, says });
    await refuse(
      { 'db-container': 'shop-db2' },
      'db-container',
      'there is no container shop-db2',
      'ps --all',
    );
    const noFile = { 'db-password': '', 'db-password-file': '/run/secrets/dumb' };
    await refuse(noFile, 'db-credentials-file', '/run/secrets/dumb is not there in the container');
    const bin = labRun.path('without-client');
    mkdirSync(bin);
    symlinkSync('/usr/bin/sh', path.join(bin, 'sh'));
    await engine.start(
      'bare',
      ['--volume', `${bin}:/only:ro`, '--env', 'PATH=/only'],
      'exec /usr/bin/sleep 600',
    );
    const bare = { 'db-container': 'bare' };
    await refuse(bare, 'target-tool-missing', 'the container has no mariadb-dump', 'official');
    await engine.run('kill', 'bare');
    await refuse(bare, 'db-container', 'the container bare does not run', 'docker start bare');
    chmodSync(engine.socket ?? '', 0o600);
    await refuse({}, 'db-container', 'the SSH user may not talk to docker', 'can become root');
  });
});
