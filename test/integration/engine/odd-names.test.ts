// A schema whose names look like lines of a dump: dumped whole, and equal when it is dumped again.
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WITHOUT_OBJECT_GRANTS } from '../../../src/domain/recovery/stock-commands.ts';
import { digestsOf, dump, namesOf, textOf, type Dumped } from '../../helpers/dumped.ts';
import { DUMP_GRANTS } from '../../lab/lab.ts';
import { createDumpUser, query, queryRows, startMariadb, type MariadbAddress } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const ROOT = path.resolve(import.meta.dirname, '../../..');
const fixture = (name: string) => readFileSync(path.join(ROOT, 'test/fixtures', name));

describe('a schema whose names look like lines of a dump', () => {
  let dumped: Dumped;
  beforeAll(async () => {
    await query(lab.mariadb, fixture('odd-names.sql').toString('latin1'));
  });
  beforeAll(async () => {
    dumped = await dump(lab, 'odd', { databases: 'odd' });
  });
  afterAll(() =>
    query(
      lab.mariadb,
      "DROP DATABASE odd; DROP USER `event admin`@localhost, ``@localhost, `new\nline`@`%`, `o'brien`@`%`; DROP ROLE `a\\\\'b`, rowers",
    ),
  );

  it('is dumped whole: every object by its own name, every row counted', async () => {
    const tables = dumped.inventory.objects.filter(({ kind }) => kind === 'table');
    expect(tables).toHaveLength(8);
    for (const { name, rows } of tables) {
      const [[expected] = []] = await queryRows(
        lab.mariadb,
        `SELECT COUNT(*) FROM odd.\`${name.replaceAll('`', '``')}\``,
      );
      expect(`${name} ${rows}`).toBe(`${name} ${expected}`);
    }
    expect(namesOf(dumped.inventory, 'odd').filter((name) => !name.startsWith('table'))).toEqual([
      ...['database odd', 'event procedure x', 'event second', 'function f trigger x', 'procedure in_sjis'],
      ...[
        'procedure look_alike',
        'procedure no_escapes',
        'procedure plain',
        'procedure quotes',
        'sequence moved',
      ],
      ...['trigger first_one', 'trigger second one', 'trigger third', 'view ghostly', 'view spoofed_view'],
    ]);
  });

  it('comes back equal', async () => {
    const run = await LabRun.start();
    try {
      const { address } = await startMariadb(run);
      await query(address, 'SET GLOBAL log_bin_trust_function_creators = 1');
      // Others may have given rights on tables of their own.
      execClient(address, dumped.backup.texts.get('accounts'), WITHOUT_OBJECT_GRANTS);
      execClient(address, dumped.backup.texts.get('odd'));
      const user = { dumpUser: 'again', dumpPassword: 'again' };
      await createDumpUser(address, DUMP_GRANTS, user);
      const again = await dump({ ...lab, mariadb: { ...address, ...user } }, 'odd-again', {
        databases: 'odd',
      });
      const [one, other] = await Promise.all([digestsOf(textOf(dumped)), digestsOf(textOf(again))]);
      expect(other).toEqual(one);
      expect(again.inventory.rest).toEqual(dumped.inventory.rest);
    } finally {
      await run.stop();
    }
  });
});

/** The stock client, as somebody who restores by hand runs it; bytes stay bytes. */
function execClient(server: MariadbAddress, text: Buffer | undefined, filter = 'cat'): void {
  const connection = ['--no-defaults', `--socket=${server.socket}`, `--user=${server.adminUser}`];
  const script = `set -o pipefail; ${filter} | mariadb "$@" --binary-mode --comments`;
  execFileSync('bash', ['-c', script, 'bash', ...connection], {
    input: text ?? '',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}
