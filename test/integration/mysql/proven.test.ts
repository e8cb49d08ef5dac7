// Backups of a real MySQL: whatever a schema and accounts can hold is proven equal to what was dumped, in an image like the official one.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dump, type Dumped } from '../../helpers/dumped.ts';
import { RestoreSite } from '../../helpers/restore-site.ts';
import type { Lab } from '../../lab/lab.ts';
import { startMachine, type Machine } from '../../lab/machine.ts';
import { LabRun } from '../../lab/run.ts';
import { startDockerForSandboxes, startPodmanForSandboxes } from '../../lab/sandbox-engines.ts';

const SCHEMA = path.resolve(import.meta.dirname, '../../fixtures/everything-mysql.sql');
/** As the guide has it. */
const GRANTS = 'SELECT, SHOW VIEW, TRIGGER, EVENT, RELOAD, REPLICATION CLIENT';
/** What this machine needs when the image has no perl. */
const PROGRAMS = ['perl', 'sha256sum', 'mktemp', 'rm', 'cat', 'sh'] as const;

let run: LabRun;
let machine: Machine;
let there: Lab;
const sites = new Map<string, RestoreSite>();
beforeAll(async () => {
  const lab = inject('lab');
  run = await LabRun.start();
  machine = await startMachine(run, 'mysql');
  await machine.query(readFileSync(SCHEMA));
  const user = { dumpUser: 'lifeboat', dumpPassword: lab.mariadb.dumpPassword };
  const password = user.dumpPassword.replaceAll(/[\\']/g, String.raw`\$&`);
  await machine.query(
    `CREATE USER lifeboat@localhost IDENTIFIED BY '${password}'; GRANT ${GRANTS} ON *.* TO lifeboat@localhost`,
  );
  const mariadb = { ...lab.mariadb, ...user, socket: machine.socket };
  there = { ...lab, ssh: { ...lab.ssh, ...machine.address }, mariadb };
  const started = await Promise.all([
    RestoreSite.start(there, (own) => startDockerForSandboxes(own, 'mysql')),
    RestoreSite.start(there, (own) => startPodmanForSandboxes(own, 'mysql')),
  ]);
  for (const site of started) sites.set(site.engine.name, site);
});
afterAll(async () => {
  for (const site of sites.values()) {
    await site.expectClean();
    await site.stop();
  }
  await run.stop();
});

let dumped: Promise<Dumped> | undefined;
const dumpAll = () => (dumped ??= dump(there, 'mysql-all', { engine: 'mysql', consistency: 'snapshot' }));

describe.each(['docker', 'podman'])('%s', (name) => {
  it('gives back everything that a schema and accounts can hold', async () => {
    await dumpAll();
    const site = sites.get(name) as RestoreSite;
    const done = await site.run({ server: 'mysql-all' }, site.withPrograms(...PROGRAMS));
    expect(done.log).not.toContain('::error');
    expect(done.exitCode).toBe(0);
  });
});
