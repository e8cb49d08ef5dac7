import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { serverCommand } from '../../../../src/engines/mysql/restore/sandbox-server.ts';

const script = (variables: Readonly<Record<string, string>> = {}, memoryBytes = 2 ** 30): string =>
  serverCommand('mariadb', variables, { memoryBytes, replays: false })[2] ?? '';
const install = (text: string) =>
  text.split('\n').find((line) => line.startsWith('mariadb-install-db')) ?? '';
const start = (text: string) => text.split('\n').find((line) => line.startsWith('exec mariadbd')) ?? '';

describe('the server of a sandbox', () => {
  it('has a shell text that a shell can read', () => {
    expect(serverCommand('mariadb', {}, { memoryBytes: 2 ** 30, replays: false }).slice(0, 2)).toEqual([
      '/bin/sh',
      '-c',
    ]);
    expect(spawnSync('/bin/sh', ['-n'], { input: script({ sql_mode: 'ANSI_QUOTES' }) })).toMatchObject({
      status: 0,
    });
  });

  it('can be reached from nowhere, and writes nowhere else', () => {
    const text = start(script());
    for (const option of [
      '--skip-networking',
      '--event-scheduler=OFF',
      '--local-infile=0',
      '--skip-log-bin',
      '--skip-slave-start',
    ])
      expect(text).toContain(option);
    expect(text).toContain('--datadir=/var/lib/mysql/lifeboat/data');
    expect(text).toContain('--secure-file-priv=/var/lib/mysql/lifeboat/none');
    expect(text).toContain('exec mariadbd --no-defaults ');
  });

  it('takes over what shapes the data, some of it already when the directory is made', () => {
    const text = script({
      ...{
        sql_mode: 'ANSI_QUOTES,STRICT_ALL_TABLES',
        lower_case_table_names: '1',
        innodb_page_size: '32768',
      },
      ...{
        character_set_server: 'utf8mb4',
        collation_server: 'utf8mb4_unicode_ci',
        default_storage_engine: 'Aria',
      },
    });
    expect(start(text)).toContain('--loose-sql-mode=ANSI_QUOTES,STRICT_ALL_TABLES');
    expect(start(text)).toContain('--loose-collation-server=utf8mb4_unicode_ci');
    for (const part of [install(text), start(text)]) {
      expect(part).toMatch(/--(?:loose-)?lower-case-table-names=1/);
      expect(part).toMatch(/--(?:loose-)?innodb-page-size=32768/);
    }
    expect(install(text)).not.toContain('sql-mode');
  });

  it('takes over nothing of another form, and nothing else', () => {
    const plain = script();
    const hostile = {
      sql_mode: "'; touch /tmp/x; '",
      lower_case_table_names: '2',
      innodb_page_size: '1',
      character_set_server: '$(id)',
      default_storage_engine: 'CONNECT',
      plugin_load_add: 'evil.so',
      init_file: '/etc/passwd',
      datadir: '/',
    };
    expect(script(hostile)).toBe(plain);
  });

  it('gives half of its memory to pages, but no less than it needs', () => {
    expect(start(script({}, 4 * 2 ** 30))).toContain(`--innodb-buffer-pool-size=${2 * 2 ** 30}`);
    expect(start(script({}, 1))).toContain(`--innodb-buffer-pool-size=${128 * 2 ** 20}`);
  });
});

describe('that of MySQL', () => {
  const lines = (variables: Readonly<Record<string, string>> = {}) =>
    (serverCommand('mysql', variables, { memoryBytes: 2 ** 30, replays: false })[2] ?? '').split('\n');

  it('is made by itself, and closed in its own words', () => {
    const text = lines({ lower_case_table_names: '1', partial_revokes: '1', sql_mode: 'ANSI_QUOTES' });
    const [initialise = ''] = text.filter((line) => line.startsWith('mysqld --no-defaults --initialize'));
    expect(initialise).toContain('--lower-case-table-names=1');
    expect(initialise).not.toContain('partial-revokes');
    const start = text.at(-1) ?? '';
    expect(start).toMatch(/^exec mysqld --no-defaults /);
    for (const option of ['--skip-networking', '--mysqlx=OFF', '--event-scheduler=OFF', '--skip-log-bin'])
      expect(start).toContain(`'${option}'`);
    expect(start).toContain('--loose-partial-revokes=1');
    expect(start).not.toContain('slave');
  });

  it('is not taken for that of MariaDB, whose programs have the same names', () => {
    const [check = ''] = lines().filter((line) => line.includes('MariaDB'));
    const run = (version: string) =>
      spawnSync('/bin/sh', ['-c', `mysqld() { echo '${version}'; }\n${check}\necho good`]);
    expect(run('mysqld  Ver 9.7.4 for Linux on x86_64').stdout.toString()).toBe('good\n');
    const other = run('mysqld  Ver 10.11.19-MariaDB for debian-linux-gnu on x86_64');
    expect(other.status).toBe(127);
    expect(other.stderr.toString()).toContain('this image has no MySQL, but MariaDB');
  });
});
