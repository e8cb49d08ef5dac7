// Dumps through the built action, and what of them a test compares.
import { expect } from 'vitest';
import { parseInventory, type Inventory } from '../../src/domain/dumps/inventory.ts';
import type { Lab } from '../lab/lab.ts';
import { checkBucket, type CheckedBackup } from './bucket-checker.ts';
import { dumpInputs } from './dump-inputs.ts';
import { runFilter } from './run-filter.ts';
import { runAction, type ActionRun } from './runner.ts';

export interface Dumped {
  readonly run: ActionRun;
  readonly backup: CheckedBackup;
  readonly inventory: Inventory;
}

/** Runs the built action and reads what it stored, which has to be whole. */
export async function dump(lab: Lab, server: string, changes: Record<string, string>): Promise<Dumped> {
  const run = await runAction('dump', dumpInputs(lab, { server, ...changes }));
  expect(run.log).not.toContain('::error');
  expect(run.exitCode).toBe(0);
  const { backups } = await checkBucket(lab, server);
  const backup = backups.find(({ id }) => id === run.outputs['backup-id']);
  if (backup === undefined) throw new Error('no backup');
  expect(backup.faults).toEqual([]);
  const inventory = parseInventory(backup.texts.get('inventory') ?? Buffer.alloc(0), backup);
  return { run, backup, inventory };
}

/** Runs it, sees it fail without a manifest, and returns its log. */
export async function refused(lab: Lab, changes: Record<string, string>): Promise<string> {
  const run = await runAction('dump', dumpInputs(lab, { server: 'refused', ...changes }));
  expect(run.exitCode).not.toBe(0);
  const { keys } = await checkBucket(lab, 'refused');
  expect(keys.filter((key) => key.endsWith('manifest.json'))).toEqual([]);
  return run.log;
}

/** "table item", … of one database, sorted. */
export function namesOf({ objects }: Inventory, database: string): string[] {
  return objects
    .filter((object) => object.database === database)
    .map(({ kind, name }) => `${kind} ${name}`)
    .toSorted();
}

/** The SQL text of the databases. */
export function textOf({ backup }: Dumped): Buffer {
  return (
    [...backup.texts].find(([name]) => name !== 'inventory' && name !== 'accounts')?.[1] ?? Buffer.alloc(0)
  );
}

/** What the filter sees in a text: every object, every digest, and that of the rest. */
export async function digestsOf(text: Buffer) {
  const { seen, facts } = await runFilter(text);
  return { seen, rest: facts.restSha256 };
}
