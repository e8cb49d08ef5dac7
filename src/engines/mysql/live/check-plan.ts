// Whether a plan can be carried out with a dump, told from its inventory before anything is loaded.
import type { Inventory, InventoryObject } from '../../../domain/dumps/inventory.ts';
import { LifeboatError } from '../../../errors.ts';
import type { PlanNotes, RestorePlan } from '../../../ports/live-server.ts';
import { quoteIdentifier } from '../client.ts';
import { canBeSelected } from './select-dump.ts';

/** Throws `restore-choice`. */
export function checkPlan(plan: RestorePlan, { objects, rest, onlyNames }: Inventory): PlanNotes {
  const { databases, table, isWhole, withEvents } = plan;
  const chosen = objects.filter((object) => isChosen(object, plan));
  const inDatabases = objects.filter(({ database }) => databases.some(({ from }) => from === database));
  if (table !== undefined && !chosen.some(({ kind }) => kind === 'table')) {
    const database = databases[0]?.from ?? '';
    const view = objects.some(
      (one) => one.database === database && one.name === table && one.kind === 'view',
    );
    throw new LifeboatError(
      'restore-choice',
      `${database}.${table} is ${view ? 'a view' : 'no table of the backup'}`,
      {
        hint: 'A table is given as `database.table`, as it was called when it was dumped. For anything else restore the whole database.',
      },
    );
  }
  if (!isWhole && !canBeSelected(textsOf(inDatabases, objects, rest))) {
    const why =
      onlyNames === undefined
        ? 'names or definitions in this dump look like the marks between its parts'
        : 'only names were taken down when this dump was made, on a target without perl';
    throw new LifeboatError(
      'restore-choice',
      `${why}, so that no part can be taken out or renamed without doubt`,
      {
        hint: 'Restore the whole dump under its own names into an empty server (`same-names: true`, all databases), and copy from there.',
      },
    );
  }
  const isRenamed = databases.some(({ from, to }) => from !== to);
  return {
    namesItself: isRenamed
      ? chosen.filter(namesItself).map(({ kind, database, name }) => `${kind} ${database}.${name}`)
      : [],
    leftOutEvents:
      withEvents || table !== undefined ? 0 : inDatabases.filter(({ kind }) => kind === 'event').length,
    leftOutTriggers: table === undefined ? 0 : inDatabases.filter((one) => isTriggerOf(one, table)).length,
  };
}

/** What can be in the texts that are loaded: where each database has one of its own, what others hold does not matter. */
function textsOf(
  own: readonly InventoryObject[],
  all: readonly InventoryObject[],
  rest: Inventory['rest'],
): readonly InventoryObject[] {
  return Object.keys(rest).length > 1 ? own : all;
}

/** Whether the object is to be there after the restore. */
export function isChosen({ kind, database, name }: InventoryObject, plan: RestorePlan): boolean {
  if (kind === 'account' || !plan.databases.some(({ from }) => from === database)) return false;
  if (plan.table !== undefined) return kind === 'table' && name === plan.table;
  return kind !== 'event' || plan.withEvents;
}

function namesItself({ kind, database, ddl }: InventoryObject): boolean {
  if (kind === 'database') return false;
  if (ddl.includes(`${quoteIdentifier(database)}.`)) return true;
  return /^\w+$/.test(database) && new RegExp(`(?<![\\w\`$@.])${database}\\s*\\.\\s*[\`\\w]`, 'i').test(ddl);
}

function isTriggerOf({ kind, ddl }: InventoryObject, table: string): boolean {
  if (kind !== 'trigger') return false;
  const plain = /^\w+$/.test(table) ? `|\\b${table}\\b` : '';
  const quoted = quoteIdentifier(table).replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(`\\bON\\s+(?:${quoted}${plain})`, 'i').test(ddl);
}
