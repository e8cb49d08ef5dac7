// Every server that there is a machine of, wherever it is encrypted and however databases are put into objects: one schema with whatever can
// be held and called odd names is dumped, restored into a sandbox, and proven equal.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDumpProof } from '../helpers/dump-proof.ts';
import { dump } from '../helpers/dumped.ts';
import { expectNoSecrets } from '../helpers/expect-failure.ts';
import { RestoreSite, startDatabase } from '../helpers/restore-site.ts';
import { getStored } from '../helpers/stored-objects.ts';
import { runCommand } from '../lab/command.ts';
import { DUMP_GRANTS, type Lab } from '../lab/lab.ts';
import { startMachine } from '../lab/machine.ts';
import { query } from '../lab/mariadb.ts';
import { LabRun } from '../lab/run.ts';
import { startDockerForSandboxes, startPodmanForSandboxes } from '../lab/sandbox-engines.ts';
import { useLab } from '../helpers/use-lab.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../fixtures');
/** Several at once, and each sandbox makes a server of its own. */
const TIMEOUT_MS = 300_000;
const ZONE = 'Europe/Amsterdam';
/** What the machine that runs the test needs for an image that has no perl. */
const FILTER_PROGRAMS = ['perl', 'sha256sum', 'mktemp', 'rm', 'cat', 'sh'] as const;
const ASSERTIONS = [
  "everything: SELECT d FROM times WHERE id = 2 => '2024-02-30'",
  "odd: SELECT COUNT(*) FROM counted WHERE 'a => b' <> '' => >= 2",
  "SELECT COUNT(*) FROM information_schema.EVENTS WHERE TIME_ZONE = 'Europe/Amsterdam' => 1",
  'SELECT @@event_scheduler => OFF',
];
const HISTORY = 'SELECT COUNT(*) FROM everything.remembered FOR SYSTEM_TIME ALL => 3';
/** The definer of odd.ghostly was gone before anything was dumped. */
const GHOST =
  '1 view cannot be opened here and could not be in the source: the definer is not among its accounts';
const REST = 'what stands between the definitions could not be compared';

const SERVERS = ['MariaDB 10.11', 'MariaDB 11.8', 'MySQL 9.7'] as const;
type Server = (typeof SERVERS)[number];
const SCHEMAS: Readonly<Record<Server, string>> = {
  'MariaDB 10.11': 'everything',
  'MariaDB 11.8': 'everything',
  'MySQL 9.7': 'everything-mysql',
};
/** An image takes seconds to make: each is in one of the engines. */
const SANDBOXES: Readonly<Record<Server, 'docker' | 'podman'>> = {
  'MariaDB 10.11': 'docker',
  'MariaDB 11.8': 'podman',
  'MySQL 9.7': 'docker',
};
const CELLS = SERVERS.flatMap((server) =>
  (['target', 'runner'] as const).flatMap((encryptOn) =>
    (['one', 'per-database'] as const).map((layout) => ({
      ...{ server, encryptOn, layout },
      sandbox: SANDBOXES[server],
      name: `matrix-${server}-${encryptOn}-${layout}`.toLowerCase().replace(' ', '-'),
    })),
  ),
);

let run: LabRun;
let sites: Record<'docker' | 'podman', RestoreSite>;
const labs = new Map<Server, Lab>();
beforeAll(async () => {
  run = await LabRun.start();
  const [docker, podman] = await Promise.all([
    RestoreSite.start(useLab(), (own) => startDockerForSandboxes(own, 'mariadb', 'mysql')),
    RestoreSite.start(useLab(), (own) => startPodmanForSandboxes(own, 'newer mariadb')),
    startOwn(),
    startOther('MariaDB 11.8'),
    startOther('MySQL 9.7'),
  ]);
  sites = { docker, podman };
});
afterAll(async () => {
  for (const site of Object.values(sites)) {
    await site.expectClean();
    await site.stop();
  }
  await run.stop();
});

async function startOwn(): Promise<void> {
  const lab = await startDatabase(run, useLab());
  const zone = await runCommand('mariadb-tzinfo-to-sql', [`/usr/share/zoneinfo/${ZONE}`, ZONE]);
  await query(lab.mariadb, zone, 'mysql');
  for (const text of fixturesOf('MariaDB 10.11')) await query(lab.mariadb, Readable.from([text]));
  labs.set('MariaDB 10.11', lab);
}

async function startOther(server: Exclude<Server, 'MariaDB 10.11'>): Promise<void> {
  const isMysql = server === 'MySQL 9.7';
  const machine = await startMachine(run, isMysql ? 'mysql' : 'mariadb');
  const [client, toSql] = isMysql ? ['mysql', 'mysql_tzinfo_to_sql'] : ['mariadb', 'mariadb-tzinfo-to-sql'];
  const load = `${toSql} /usr/share/zoneinfo/${ZONE} ${ZONE} | ${client} --no-defaults --socket=${machine.socket} mysql`;
  expect(await machine.exec(['bash', '-c', `set -o pipefail; ${load}`])).toMatchObject({ status: 0 });
  for (const text of fixturesOf(server)) await machine.query(text);
  const { mariadb, ssh, ...lab } = useLab();
  const password = mariadb.dumpPassword.replaceAll(/[\\']/g, String.raw`\$&`);
  const grants = isMysql
    ? ['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT', 'RELOAD', 'REPLICATION CLIENT']
    : DUMP_GRANTS;
  await machine.query(
    `CREATE USER lifeboat@localhost IDENTIFIED BY '${password}'; GRANT ${grants.join(', ')} ON *.* TO lifeboat@localhost`,
  );
  const database = { ...mariadb, dumpUser: 'lifeboat', socket: machine.socket };
  labs.set(server, { ...lab, ssh: { ...ssh, ...machine.address }, mariadb: database });
}

function fixturesOf(server: Server): Buffer[] {
  const read = (name: string) => readFileSync(path.join(FIXTURES, `${name}.sql`), 'latin1');
  const zoned = `SET time_zone = '${ZONE}'; CREATE EVENT everything.zoned ON SCHEDULE EVERY 1 DAY STARTS '2020-07-01 03:00:00' DO DO 1;`;
  // Of the odd names MySQL takes all but two statements.
  const odd =
    server === 'MySQL 9.7'
      ? read('odd-names')
          .replace(/^(?:CREATE SEQUENCE|DO NEXTVAL).*\n/gm, '')
          .replace('CREATE OR REPLACE TRIGGER', 'CREATE TRIGGER')
      : read('odd-names');
  return [read(SCHEMAS[server]), odd, zoned].map((text) => Buffer.from(text, 'latin1'));
}

describe.concurrent('equal to what was dumped is', () => {
  it.each(CELLS)(
    '$server, encrypted on the $encryptOn, layout $layout, in $sandbox',
    async ({ server, encryptOn, layout, sandbox, name }) => {
      const lab = labs.get(server) as Lab;
      const isMysql = server === 'MySQL 9.7';
      const { backup, inventory } = await dump(lab, name, {
        ...{ 'encrypt-on': encryptOn, layout, consistency: 'snapshot' },
        ...(isMysql ? { engine: 'mysql' } : {}),
      });
      const series = server.split(' ')[1] ?? '';
      expect(backup.manifest).toMatchObject({
        layout,
        versions: { server: expect.stringMatching(`^${series}`) as string },
      });

      const site = sites[sandbox];
      const assertions = [...ASSERTIONS, ...(isMysql ? [] : [HISTORY])];
      // Half of them without gpg beside the engine: both ways of decrypting.
      const programs = [...(encryptOn === 'target' ? ['gpg'] : []), ...(isMysql ? FILTER_PROGRAMS : [])];
      const tested = await site.run(
        { server: name, assertions: assertions.join('\n') },
        programs.length === 0 ? {} : site.withPrograms(...programs),
      );
      expect(tested.log).not.toContain('::error');
      expect(tested.outputs).toMatchObject({ passed: 'true', level: '3' });
      expect(tested.remains).toEqual([]);
      expectNoSecrets(site, tested);
      const key = tested.outputs['proof-key'] ?? '';
      const proof = parseDumpProof(await getStored(lab, key), {
        server: name,
        id: key.split('/').at(-2) ?? '',
      });
      expect(proof).toMatchObject({
        ...{ level: 3, assertions: assertions.length, backup: { id: backup.id } },
        limits: [GHOST, ...(layout === 'one' ? [] : [REST])],
        versions: { sandboxEngine: sandbox },
      });
      for (const [kind, count] of Object.entries(proof.counts ?? {}))
        expect(`${kind} ${count}`).toBe(
          `${kind} ${inventory.objects.filter((object) => object.kind === kind).length}`,
        );
    },
    TIMEOUT_MS,
  );
});
