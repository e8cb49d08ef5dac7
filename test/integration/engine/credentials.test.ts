// How the dump user logs in: passwords and option files with every kind of character.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpInputs } from '../../helpers/dump-inputs.ts';
import { refused } from '../../helpers/dumped.ts';
import { runAction } from '../../helpers/runner.ts';
import { DUMP_GRANTS } from '../../lab/lab.ts';
import { createDumpUser, query } from '../../lab/mariadb.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();

describe('credentials', () => {
  beforeAll(() => query(lab.mariadb, 'CREATE DATABASE some_data'));
  afterAll(() => query(lab.mariadb, 'DROP DATABASE some_data'));
  const passwords = [
    `quo"te's`,
    'back\\slash\\',
    '#no comment',
    ' blanks ',
    '\\n is no line',
    '$(id)`id`',
    'é⚓ ü',
    ';%_!',
  ];

  it.each(passwords)('reach the server as they are: %j', async (password) => {
    const dumpUser = `o'br"ien\\`;
    await createDumpUser(lab.mariadb, DUMP_GRANTS, { dumpUser, dumpPassword: password });
    const file = path.join(lab.ssh.home, 'database password');
    writeFileSync(file, password, { mode: 0o400 });
    execFileSync('chown', ['--reference', lab.ssh.home, file]);
    try {
      for (const given of [
        { 'db-password': password },
        { 'db-password': '', 'db-password-file': '~/database password' },
      ]) {
        const run = await runAction(
          'dump',
          dumpInputs(lab, { 'db-user': dumpUser, 'dry-run': 'true', 'allow-empty': 'true', ...given }),
        );
        expect(run.log).not.toContain('::error');
        expect(run.exitCode).toBe(0);
      }
    } finally {
      await query(lab.mariadb, "DROP USER 'o\\'br\"ien\\\\'@localhost");
      execFileSync('rm', ['-f', file]);
    }
  });

  it.each([
    ['[client]\nuser=lifeboat\n[mariadb-dump]\nwhere=1=0\n', '[mariadb-dump] where'],
    ['[client]\nuser=lifeboat\n!include /etc/mysql/my.cnf\n', '[client] !include'],
    ['[client]\nignore-table=a.b\n', '[client] ignore-table'],
    ['\t[client]\n  ssl_ca = "/x y"\n  loose-skip-triggers\n', '[client] loose-skip-triggers'],
  ])('come from an option file only if nothing else stands in it: %j', async (text, named) => {
    const file = path.join(lab.ssh.home, 'my options.cnf');
    writeFileSync(file, text, { mode: 0o600 });
    execFileSync('chown', ['--reference', lab.ssh.home, file]);
    const log = await refused(lab, {
      'db-user': '',
      'db-password': '',
      'db-socket': '',
      'db-defaults-file': '~/my options.cnf',
    });
    expect(log).toContain(`holds more than how to log in: ${named}`);
    execFileSync('rm', [file]);
  });

  it('come from an option file with blanks and quotes in its name and in it', async () => {
    const file = path.join(lab.ssh.home, `my "options".cnf`);
    const { dumpUser, dumpPassword, socket } = lab.mariadb;
    const quoted = `"${dumpPassword.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
    writeFileSync(file, `# mine\n[client]\n  user = ${dumpUser}\npassword=${quoted}\nsocket='${socket}'\n`, {
      mode: 0o600,
    });
    execFileSync('chown', ['--reference', lab.ssh.home, file]);
    const inputs = {
      'db-user': '',
      'db-password': '',
      'db-socket': '',
      'db-defaults-file': file,
      'dry-run': 'true',
      'allow-empty': 'true',
    };
    const run = await runAction('dump', dumpInputs(lab, inputs));
    expect(run.exitCode).toBe(0);
    execFileSync('rm', [file]);
  });
});
