// The dump of a schema that holds everything: stored by a put-only user, complete, and equal when it is dumped again.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkBucket, type CheckedBackup } from '../helpers/bucket-checker.ts';
import { dumpInputs } from '../helpers/dump-inputs.ts';
import { runAction, type ActionRun } from '../helpers/runner.ts';
import {
  KEEP_INVALID_DATES,
  OBJECT_GRANTS_ONLY,
  WITHOUT_OBJECT_GRANTS,
} from '../../src/domain/recovery/stock-commands.ts';
import { query } from '../lab/mariadb.ts';
import { LabRun } from '../lab/run.ts';
import { startMariadb } from '../lab/mariadb.ts';
import { useLab } from '../helpers/use-lab.ts';

const lab = useLab();
const SCHEMA = path.resolve(import.meta.dirname, '../fixtures/everything.sql');

/** Other tests leave databases of their own on the lab's server. */
const DATABASES = ['everything', "-we`ird ⚓ na'me;", 'empty_one'];

let run: ActionRun;
let backup: CheckedBackup;

beforeAll(async () => {
  await query(lab.mariadb, readFileSync(SCHEMA, 'utf8'));
  run = await runAction('dump', dumpInputs(lab, { server: 'everything', databases: DATABASES.join('\n') }));
  const bucket = await checkBucket(lab, 'everything');
  expect(run.log).not.toContain('::error');
  expect(bucket.backups).toHaveLength(1);
  backup = bucket.backups[0] as CheckedBackup;
});

describe('a dump of everything', () => {
  it('is good, and an independent reader finds it whole', () => {
    expect(run.exitCode).toBe(0);
    expect(backup.faults).toEqual([]);
    expect(run.outputs).toMatchObject({ 'backup-id': backup.id });
    expect(run.outputs['manifest-key']).toMatch(/^everything\/dumps\/\d{4}\/\d\d\/\d\d\/.*\/manifest\.json$/);
  });

  it('counts exactly the rows that the server counts', async () => {
    const inventory = JSON.parse(backup.texts.get('inventory')?.toString() ?? '') as Inventory;
    const tables = inventory.objects.filter((object) => object.kind === 'table');
    expect(tables.length).toBeGreaterThan(25);
    for (const { database, name, rows } of tables) {
      const history = name === 'remembered' ? ' FOR SYSTEM_TIME ALL' : '';
      const table = [database, name].map((part) => `\`${part.replaceAll('`', '``')}\``).join('.');
      expect(`${name} ${rows}`).toBe(
        `${name} ${(await query(lab.mariadb, `SELECT COUNT(*) FROM ${table}${history}`)).trim()}`,
      );
    }
  });

  it('comes back equal on a fresh server, with stock tools alone', async () => {
    const labRun = await LabRun.start();
    try {
      const { address } = await startMariadb(labRun, { hasBinlog: false });
      const load = async (name: string, filter: string) => {
        const text = execFileSync('bash', ['-c', filter], { input: backup.texts.get(name) ?? '' });
        await query(address, text.toString('utf8'));
      };
      await load('accounts', WITHOUT_OBJECT_GRANTS);
      await load('databases', KEEP_INVALID_DATES);
      // Others may have given rights on what is not in this dump.
      await load('accounts', `${OBJECT_GRANTS_ONLY} | grep -F '\`everything\`.'`);
      const broken = '--ignore-table=everything.broken_view';
      const again = execFileSync(
        'mariadb-dump',
        [
          '--no-defaults',
          `--socket=${address.socket}`,
          `--user=${address.adminUser}`,
          '--default-character-set=utf8mb4',
          '--routines',
          '--events',
          '--hex-blob',
          '--no-tablespaces',
          '--single-transaction',
          '--dump-history',
          '--max-allowed-packet=1G',
          broken,
          '--databases',
          '--',
          ...databasesIn(backup, DATABASES),
        ],
        { maxBuffer: 1 << 28 },
      );
      expect(canonical(again)).toBe(canonical(backup.texts.get('databases') ?? Buffer.alloc(0)));
      const accounts = await query(
        address,
        "SELECT User, Host FROM mysql.global_priv WHERE User IN ('app', 'clerks', 'o\\'brien') ORDER BY User",
      );
      expect(accounts).toBe("app\t%\nclerks\t\no'brien\t10.0.0.%\n");
      const rights =
        'SELECT User, Table_name, Table_priv, Column_priv FROM mysql.tables_priv WHERE Db = "everything"';
      expect(await query(address, rights)).toBe('app\tchoices\tUpdate\tSelect\n');
    } finally {
      await labRun.stop();
    }
  });
});

interface Inventory {
  readonly objects: readonly { kind: string; database: string; name: string; rows?: number }[];
}

/** In the order in which the dump has them. */
function databasesIn(checked: CheckedBackup, names: readonly string[]): string[] {
  const databases = checked.manifest['databases'] as { name: string }[];
  return databases.map(({ name }) => name).filter((name) => names.includes(name));
}

/** Without comment lines and blank lines, and without the one client's own first line. */
function canonical(text: Buffer): string {
  return text
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('--'))
    .join('\n');
}
