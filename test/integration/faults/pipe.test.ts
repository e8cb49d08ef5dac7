// The pipeline on the target: each of its programs killed, flooded, or not telling the truth. Wherever a wrapper stands before a
// program, it is a fake of that one behaviour, made with the real program behind it; nothing else can be made to misbehave on demand.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeBlobs, makeShop } from '../../helpers/blobs.ts';
import { expectFailure } from '../../helpers/expect-failure.ts';
import { putGate } from '../../helpers/gate.ts';
import { Site } from '../../helpers/site.ts';
import { tryCommand } from '../../lab/command.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const site = Site.on(lab, 'pipe');
/** 8 million bytes of text, of which the larger half is still to come. */
const MIDDLE_BYTES = 3_000_000;

let good: string;
beforeAll(async () => {
  await makeShop(site, 'pipe_shop');
  await makeBlobs(site, 'pipe_blobs', 4);
  good = await site.makeGoodBackup({ databases: 'pipe_shop' });
});
afterEach(async () => {
  await site.reset();
  await site.expectNothingNew([good]);
});
afterAll(() => site.expectBackups([good]));

describe('a program that is killed in the middle of the dump', () => {
  it.each([
    ['dump', () => site.findProcesses('mariadb-dump', '--single-transaction')],
    ['filter', () => site.findProcesses('perl')],
    [
      'filter',
      () =>
        site.findProcesses('gpg', '--print-md').filter((pid) => isChildOf(pid, site.findProcesses('perl'))),
    ],
    ['compress', () => site.findProcesses('zstd')],
    ['encrypt', () => site.findProcesses('gpg', '--encrypt')],
    ['send', () => site.findProcesses('tee')],
    [
      'send',
      () =>
        site.findProcesses('gpg', '--print-md').filter((pid) => !isChildOf(pid, site.findProcesses('perl'))),
    ],
  ])('is named: %s (%#)', async (stage, find) => {
    const gate = putGate(site, 'data', MIDDLE_BYTES);
    const run = site.start({ databases: 'pipe_blobs' });
    await gate.reached();
    const [victim] = await vi.waitFor(() => {
      const found = find();
      expect(found).toHaveLength(1);
      return found as [number];
    });
    process.kill(victim, 'SIGKILL');
    gate.open();
    expectFailure(site, await run.ended, {
      code: 'target-stage-failed',
      says: [`dump of databases: ${stage} `, 'Nothing of this run counts'],
    });
  });
});

it('a database connection that is killed in the middle of the dump is told with what the client said', async () => {
  const gate = putGate(site, 'data', MIDDLE_BYTES);
  const run = site.start({ databases: 'pipe_blobs' });
  await gate.reached();
  const user = lab.mariadb.dumpUser;
  const id = await site.query(`SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '${user}'`);
  await site.query(`KILL ${id}`);
  gate.open();
  expectFailure(site, await run.ended, {
    code: 'db-unreachable',
    says: [
      'ended the connection in the middle',
      'Error 2013',
      'when dumping table `blob`',
      'net_write_timeout',
    ],
  });
});

it('a target whose memory for files is full in the middle of the dump ends the run, and is clean afterwards', async () => {
  const gate = putGate(site, 'data', MIDDLE_BYTES);
  const run = site.start({ databases: 'pipe_blobs' });
  await gate.reached();
  const filler = path.join(lab.ssh.sharedMemory, 'filler');
  const { status } = await tryCommand('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k']);
  expect(status).toBe(1);
  gate.open();
  const ended = await run.ended;
  rmSync(filler);
  expectFailure(site, ended, {
    code: 'target-home',
    says: ['dump of databases: /dev/shm on the target is full', 'df /dev/shm'],
  });
});

describe('a dump client that floods its standard error', () => {
  /** Writes 100 MB in one line, and says more before and after it. */
  const flood = 'echo first >&2; head -c 100000000 /dev/zero | tr "\\0" x >&2; echo >&2';

  it.each([0, 3])('and ends with %i', async (status) => {
    site.wrap('mariadb-dump', wrapData(`"$real" "$@"; ${flood}; echo last >&2; exit ${status}`));
    const run = site.start({ databases: 'pipe_shop' });
    const peakBytes = watchMemory(run.child.pid ?? 0);
    const message = expectFailure(site, await run.ended, {
      code: status === 0 ? 'dump-incomplete' : 'target-stage-failed',
      says: ['first', /x{200}/, 'last'],
    });
    expect(message.length).toBeLessThan(10_000);
    expect(peakBytes()).toBeLessThan(250e6);
  });

  it('with warnings, and hides its one error among them', async () => {
    const warnings = `for i in $(seq 3000); do echo "Warning: nothing to worry about, number $i" >&2; done`;
    site.wrap(
      'mariadb-dump',
      wrapData(`"$real" "$@"; ${warnings}; echo "Error: lost a table" >&2; ${warnings}; exit 0`),
    );
    expectFailure(site, await site.run({ databases: 'pipe_shop' }), {
      code: 'dump-incomplete',
      says: ['ended with status 0, but said', 'more was written than is kept'],
    });
  });

  it('with a few hundred warnings, and says its one error at the end', async () => {
    const warnings = `for i in $(seq 250); do echo "Warning: number $i" >&2; done`;
    site.wrap('mariadb-dump', wrapData(`"$real" "$@"; ${warnings}; echo "Error: lost a table" >&2; exit 0`));
    expectFailure(site, await site.run({ databases: 'pipe_shop' }), {
      code: 'dump-incomplete',
      says: [/ended with status 0, but said:\n *Error: lost a table/],
    });
  });
});

describe('a dump that ends with 0 and is not whole', () => {
  it.each([
    [
      'says "Error"',
      `"$real" "$@"; echo "mariadb-dump: Error: could not read a table" >&2`,
      'could not read a table',
    ],
    ['has no trailer', `"$real" "$@" | sed '$d'`, 'its last line is missing'],
    [
      'ends in a statement',
      `"$real" "$@" | { head -c 2500; cat >/dev/null; }`,
      'it ends in the middle of a statement',
    ],
  ])('because it %s', async (_why, command, says) => {
    site.wrap('mariadb-dump', wrapData(command));
    expectFailure(site, await site.run({ databases: 'pipe_shop' }), {
      code: 'dump-incomplete',
      says: ['dump of databases ended with status 0', says, 'Nothing of this run counts'],
    });
  });

  it('because the structure of a table is not in it', async () => {
    const table = '/^-- Table structure for table .item./,/^-- Dumping data for table .item./d';
    site.wrap('mariadb-dump', wrapData(`"$real" "$@" | sed '${table}'`));
    expectFailure(site, await site.run({ databases: 'pipe_shop' }), {
      code: 'dump-incomplete',
      says: ['rows of a table whose structure did not go by: "item"'],
    });
  });

  it('because a table is not in it', async () => {
    site.wrap(
      'mariadb-dump',
      wrapData(`exec "$real" "\${@:1:$#-3}" --ignore-table=pipe_shop.item "\${@: -3}"`),
    );
    expectFailure(site, await site.run({ databases: 'pipe_shop', 'allow-empty': 'true' }), {
      code: 'inventory-mismatch',
      says: ['table pipe_shop.item is missing in the dump'],
    });
  });

  it('because no structure was shown at all', async () => {
    site.wrap('mariadb-dump', wrapCall('*" --no-data "*', `"$real" "$@" | sed -n '1,20p; $p'`));
    expectFailure(site, await site.run({ databases: 'pipe_shop' }), {
      code: 'inventory-mismatch',
      says: ['table pipe_shop.item is missing'],
    });
  });
});

describe('a dump of accounts that ends with 0 and is not whole', () => {
  it.each([
    [
      'says "Error"',
      'dump-incomplete',
      `"$real" "$@"; echo "Error: no SHOW CREATE USER" >&2`,
      'no SHOW CREATE USER',
    ],
    ['has no trailer', 'dump-incomplete', `"$real" "$@" | sed '$d'`, 'its last line is missing'],
    ['is empty', 'dump-incomplete', ':', 'its last line is missing'],
    [
      'lacks an account',
      'inventory-mismatch',
      `"$real" "$@" | sed '/mariadb\\.sys/d'`,
      `account 'mariadb.sys'@'localhost' is missing`,
    ],
  ] as const)('because it %s', async (_why, code, command, says) => {
    site.wrap('mariadb-dump', wrapCall('*" --system=users "*', command));
    expectFailure(site, await site.run({ databases: 'pipe_shop' }), { code, says: ['accounts', says] });
  });
});

describe('a filter that', () => {
  it('never saw a table', async () => {
    site.wrap('perl', wrapFilter('during', `sed -i '/"kind":"table"/d' "$2/seen"`));
    expectFailure(site, await site.run({ databases: 'pipe_shop' }), {
      code: 'inventory-mismatch',
      says: ['table pipe_shop.item is missing in the dump'],
    });
  });

  it.each(['before', 'during', 'after', 'accounts'])('wrote nothing down %s the dump', async (look) => {
    site.wrap('perl', `#!/bin/bash\ncase "$2" in *[/.]${look}) exec cat;; esac\nexec /usr/bin/perl "$@"\n`);
    expectFailure(site, await site.run({ databases: 'pipe_shop' }), {
      code: 'target-stage-failed',
      says: ['Nothing of this run counts'],
    });
  });
});

it('a dump client of the other flavour is refused before it is asked for anything', async () => {
  // A fake: MySQL's own client is in no Debian that has MariaDB's. It says what mysqldump 8.4 says for --version.
  const version = 'mysqldump  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)';
  site.wrap(
    'mariadb-dump',
    `#!/bin/sh\ncase " $* " in *" --version "*) echo '${version}';; *" --help "*) echo '  --databases';; *) touch "$HOME/asked";; esac\n`,
  );
  expectFailure(site, await site.run({ databases: 'pipe_shop' }), {
    code: 'db-flavour-mix',
    says: [
      'the server is MariaDB 10',
      'the dump client on the target is MySQL 8.4.3',
      'Install the mariadb-client package',
    ],
  });
  expect(existsSync(path.join(lab.ssh.home, 'asked'))).toBe(false);
});

/** A wrapper of the dump client that does something else for the dump of the rows. */
function wrapData(command: string): string {
  return wrapCall('*" --single-transaction "*', command);
}

function wrapCall(pattern: string, command: string): string {
  return `#!/bin/bash\nreal=/usr/bin/mariadb-dump\ncase " $* " in\n${pattern}) ;;\n*) exec "$real" "$@" ;;\nesac\n${command}\n`;
}

/** A wrapper of the filter that does something more after one look. */
function wrapFilter(look: string, command: string): string {
  return `#!/bin/bash\n/usr/bin/perl "$@" || exit\ncase "$2" in *[/.]${look}) ${command};; esac\n`;
}

function isChildOf(pid: number, parents: readonly number[]): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return parents.includes(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
}

/** Returns a way to learn the most memory that a process had, also when it has ended. */
function watchMemory(pid: number): () => number {
  let peakBytes = 0;
  const timer = setInterval(() => {
    try {
      const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      peakBytes = Math.max(peakBytes, Number(kilobytes ?? 0) * 1024);
    } catch {
      clearInterval(timer);
    }
  }, 50);
  return () => {
    clearInterval(timer);
    return peakBytes;
  };
}
