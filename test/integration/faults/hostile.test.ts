// Names, versions and messages that were chosen to be obeyed: by the runner that reads the log, by a terminal, by GitHub's Markdown.
// They are told as they are, and nobody obeys them.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectFailure } from '../../helpers/expect-failure.ts';
import { expectHarmless, HOSTILE_NAMES as LISTED } from '../../helpers/harmless.ts';
import { Site } from '../../helpers/site.ts';
import { DUMP_GRANTS } from '../../lab/lab.ts';
import { createDumpUser, query, startMariadb, type MariadbAddress } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
/** These cannot be given in a list of one a line. */
const UNLISTED = ['a\n::error::pwned', '##[error]pwned'];
const VERSION = '10.11.19-MariaDB-::error::pwned';

let labRun: LabRun;
let site: Site;
const good: string[] = [];
beforeAll(async () => {
  labRun = await LabRun.start();
  const { address } = await startMariadb(labRun, { options: [`--version=${VERSION}`] });
  const user = { dumpUser: 'lifeboat', dumpPassword: lab.mariadb.dumpPassword };
  await createDumpUser(address, DUMP_GRANTS, user);
  for (const name of [...LISTED, ...UNLISTED]) await createDatabase(address, name);
  site = Site.on({ ...lab, mariadb: { ...address, ...user } }, 'hostile');
  good.push(await site.makeGoodBackup({ databases: LISTED[0] ?? '', consistency: 'snapshot' }));
});
afterEach(async () => {
  await site.reset();
  await site.expectBackups(good);
});
afterAll(() => labRun.stop());

/**
 * With a table, a table that no snapshot covers, a routine and a view that nobody can read any more, all of the same name; the last
 * not where there is a dot in the name, because mariadb-dump cannot leave it out there.
 */
async function createDatabase(server: MariadbAddress, name: string): Promise<void> {
  const quote = (text: string) => `\`${text.replaceAll('`', '``')}\``;
  await query(
    server,
    `CREATE DATABASE ${quote(name)}; USE ${quote(name)};
     CREATE TABLE ${quote(name)} (id INT PRIMARY KEY, ${quote(name)} TEXT) COMMENT '::error::pwned';
     INSERT INTO ${quote(name)} VALUES (1, '::error::pwned\\n##[error]pwned');
     CREATE TABLE ${quote(`${name} 2`)} (id INT) ENGINE=MyISAM; INSERT INTO ${quote(`${name} 2`)} VALUES (1);
     CREATE TABLE gone (id INT);
     ${name.includes('.') ? '' : `CREATE VIEW ${quote(`${name} 3`)} AS SELECT id FROM gone;`}
     DROP TABLE gone;
     CREATE PROCEDURE ${quote(name)}() SELECT '::error::pwned';`,
  );
}

describe('hostile names', () => {
  it.each([
    ['listed', LISTED.join('\n'), LISTED],
    ['found', '*', [...LISTED, ...UNLISTED]],
  ])('are dumped and told as they are when they are %s', async (_how, databases, names) => {
    const run = await site.run({ databases, consistency: 'snapshot', 'log-level': 'debug' });
    expectHarmless(site, run);
    expect(run.log).not.toContain('::error');
    expect(run.exitCode).toBe(0);
    expect(Object.keys(run.outputs).sort()).toEqual([
      'backup-id',
      'bytes',
      'duration-seconds',
      'manifest-key',
    ]);
    expect(JSON.stringify(run.outputs)).not.toContain('pwned');
    good.push(run.outputs['backup-id'] ?? '');
    const backup = (await site.expectBackups(good)).at(-1);
    const dumped = backup?.manifest['databases'] as { name: string }[];
    expect(dumped.map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  it('are told as they are when they do not exist', async () => {
    const run = await site.run({ databases: LISTED.map((name) => `${name} no more`).join('\n') });
    expectFailure(site, run, { code: 'db-not-found', says: ['pwned'] });
    expectHarmless(site, run);
  });

  it('are told as they are when tables cannot be dumped consistently', async () => {
    const run = await site.run();
    expectFailure(site, run, { code: 'db-not-transactional', says: ['pwned'] });
    expectHarmless(site, run);
  });
});

describe('hostile words of programs', () => {
  const words = String.raw`::error::pwned\n::set-output name=backup-id::pwned\n##[error]pwned\r::error::pwned\n\033[31m[pwned](https://pwned.example)\n<img src=x onerror=pwned>\n`;

  it('on the standard error of the dump client', async () => {
    site.wrap(
      'mariadb-dump',
      `#!/bin/sh\ncase " $* " in *" --single-transaction "*) printf '${words}' >&2; exit 3 ;; esac\nexec /usr/bin/mariadb-dump "$@"\n`,
    );
    const run = await site.run({ consistency: 'snapshot' });
    expectFailure(site, run, { code: 'target-stage-failed', says: ['pwned'] });
    expectHarmless(site, run);
  });

  it('as the version of the dump client', async () => {
    site.wrap(
      'mariadb-dump',
      `#!/bin/sh\ncase " $* " in *" --version "*) printf '${words}'; exit 0 ;; esac\nexec /usr/bin/mariadb-dump "$@"\n`,
    );
    const run = await site.run({ consistency: 'snapshot' });
    expectFailure(site, run, { code: 'db-version-unsupported', says: ['pwned'] });
    expectHarmless(site, run);
  });

  it('as noise of the login shell', async () => {
    const startUp = path.join(lab.ssh.home, '.bashrc');
    writeFileSync(startUp, `printf '${words}'; printf '${words}' >&2; exit 1\n`);
    const run = await site.run({ consistency: 'snapshot' });
    writeFileSync(startUp, '');
    expectFailure(site, run, { code: 'ssh-lost', says: [/ended early.*status 1/, 'pwned'] });
    expectHarmless(site, run);
  });
});
