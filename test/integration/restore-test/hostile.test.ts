// Backups whose text was chosen to get out of the sandbox, signed with the right key: somebody was in the server, or in the backup job.
// Nothing happens outside, and nothing that they tell is obeyed.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dump } from '../../helpers/dumped.ts';
import { expectFailure } from '../../helpers/expect-failure.ts';
import { forgeBackup, readTemplate, type Forged, type Template } from '../../helpers/forge-backup.ts';
import { expectHarmless, HOSTILE_NAMES } from '../../helpers/harmless.ts';
import { RestoreSite } from '../../helpers/restore-site.ts';
import { query } from '../../lab/mariadb.ts';
import { startPodmanForSandboxes } from '../../lab/sandbox-engines.ts';
import { useLab } from '../../helpers/use-lab.ts';

const quote = (name: string) => `\`${name.replaceAll('`', '``')}\``;
const NAMES = [...HOSTILE_NAMES, 'a\n::error::pwned', '##[error]pwned'];
/** Shown as a difference, inside a fence. */
const BODY = "SELECT '\n```\n<img src=x onerror=pwned>\n::error::pwned\n~~~~\n##[error]pwned\n'";
const DATABASE = '<!-- ::error::pwned';

let site: RestoreSite;
let template: Template;
let listener: Server;
let port: number;
let connections = 0;
/** On this machine; nothing makes it. */
let file: string;
beforeAll(async () => {
  site = await RestoreSite.startWithDatabase(useLab(), startPodmanForSandboxes);
  file = site.labRun.path('made-by-a-dump');
  listener = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  ({ port } = listener.address() as AddressInfo);
  const { mariadb } = site.lab;
  const tables = NAMES.map(
    (name) =>
      `CREATE TABLE ${quote(name)} (id INT, ${quote(name)} TEXT); INSERT INTO ${quote(name)} VALUES (1, '::error::pwned\\n##[error]pwned');`,
  );
  await query(
    mariadb,
    `CREATE DATABASE ${quote(DATABASE)}; USE ${quote(DATABASE)}; ${tables.join('\n')}
     CREATE PROCEDURE ${quote('::error::pwned')}() ${BODY};
     CREATE TABLE fired (at INT); INSERT INTO fired VALUES (1);
     CREATE EVENT every_second ON SCHEDULE EVERY 1 SECOND DO INSERT INTO fired VALUES (2);`,
  );
  const dumped = await dump(site.lab, 'hostile-restore', { databases: DATABASE });
  template = readTemplate(dumped.backup);
});
afterEach(() => {
  expect(connections).toBe(0);
  expect(existsSync(file)).toBe(false);
});
afterAll(async () => {
  await site.expectClean();
  // It would have seen somebody.
  await once(connect(port, '127.0.0.1'), 'close');
  expect(connections).toBe(1);
  listener.close();
  await site.stop();
});

const trailer = '\n-- Dump completed';
/** A backup whose text runs this after everything else. */
function forge(sql: string, change = (text: string) => text): Promise<Forged> {
  const bytes = Buffer.from(sql).toString('latin1');
  return forgeBackup(site.lab, template, {
    text: (text, role) =>
      role === 'data' ? change(text).replace(trailer, () => `\n${bytes}\n${trailer}`) : text,
  });
}

describe.concurrent('a text that would have something done', () => {
  it.each<[string, () => string, RegExp]>([
    ['a shell command', () => `\\! touch ${file}`, /Unknown command/],
    ['a shell command, in words', () => `system touch ${file};`, /ERROR 1064/],
    ['a file of output', () => `tee ${file}`, /ERROR 1064/],
    ['a file of output, after a statement', () => `SELECT 1 \\o ${file}\n;`, /Unknown command/],
    ['a pager', () => `pager cat >${file};`, /ERROR 1064/],
    ['a file to read', () => `source /etc/passwd;`, /ERROR 1064/],
    [
      'a file of the runner',
      () => `LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE fired;`,
      /ERROR (?:4166|1148|3948)/,
    ],
    ['a file of the server', () => `LOAD DATA INFILE '/etc/passwd' INTO TABLE fired;`, /ERROR 1290/],
    ['a file to be written', () => `SELECT 1 INTO OUTFILE '${file}';`, /ERROR 1290/],
    [
      'a table of another server',
      () =>
        `INSTALL SONAME 'ha_federatedx'; CREATE TABLE far (id INT) ENGINE=FEDERATED CONNECTION='mysql://root@127.0.0.1:${port}/a/b';`,
      /ERROR (?:1429|1434|1125|1126)/,
    ],
    ['a library', () => `CREATE FUNCTION run RETURNS STRING SONAME '${file}.so';`, /ERROR 1\d\d\d/],
  ])('%s: it is refused', async (_what, sql, error) => {
    const { server } = await forge(sql());
    const run = await site.run({ server, 'walk-back': '0' });
    expectFailure(site, run, {
      ...{ code: 'load-failed', exitCode: 4, outputs: { passed: 'false' } },
      says: ['the databases could not be loaded', error],
    });
    expect(run.remains).toEqual([]);
    expect(await site.listProofs(server)).toEqual([]);
  });

  it('a replica and an event scheduler: they find nobody, and what they change is seen', async () => {
    const { server } = await forge(
      `CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=${port}, MASTER_USER='a'; START SLAVE; SET GLOBAL event_scheduler = ON; DO SLEEP(2.5);`,
    );
    const run = await site.run({ server, 'walk-back': '0' });
    expectFailure(site, run, {
      ...{ code: 'restore-differs', exitCode: 4, outputs: { passed: 'false' } },
      says: [/\.fired: \d+ rows, 1 were dumped/],
    });
  });
});

describe.concurrent('names and texts', () => {
  it('of a good backup are told as they are, and its events stay still', async () => {
    const run = await site.run({
      server: 'hostile-restore',
      'log-level': 'debug',
      assertions: [
        'SELECT SLEEP(2.5) => 0',
        `\`${DATABASE}\`: SELECT COUNT(*) FROM fired => 1`,
        `\`${DATABASE}\`: SELECT LEFT(\`**pwned**\`, 14) FROM \`**pwned**\` => ::error::pwned`,
      ].join('\n'),
    });
    expect(run.log).not.toContain('::error');
    expect(run.outputs).toMatchObject({ passed: 'true', level: '3' });
    expect(run.exitCode).toBe(0);
    expectHarmless(site, run);
  });

  it('of what is different are told as they are', async () => {
    const { server } = await forge(
      NAMES.map((name) => `DROP TABLE ${quote(name)}; CREATE TABLE ${quote(`${name} 2`)} (id INT);`).join(
        '\n',
      ),
      (text) => text.replace('\n~~~~\n', '\n~~~\n'),
    );
    const run = await site.run({
      server,
      'walk-back': '0',
      'log-level': 'debug',
      assertions: "SELECT '::error::pwned\\n::error::pwned' => 1\nSELECT `::error::pwned` => 1",
    });
    expectFailure(site, run, {
      ...{ code: 'restore-differs', exitCode: 4, outputs: { passed: 'false' } },
      says: ['pwned is missing'],
    });
    expect(run.summary).toContain('~~~~');
    expectHarmless(site, run);
  });

  it('of what the server complains of are told as they are', async () => {
    const { server } = await forge(`CREATE TABLE ${quote('::error::pwned')} (id INT);`);
    const run = await site.run({ server, 'walk-back': '0', 'log-level': 'debug' });
    expectFailure(site, run, {
      ...{ code: 'load-failed', exitCode: 4, outputs: { passed: 'false' } },
      says: ['pwned'],
    });
    expectHarmless(site, run);
  });
});
