// What stands for a server as a whole: neither a dump with a label beside those that have none, nor one that leaves out databases which
// others hold. Who makes a dump of one database at noon does not bring the others back until noon.
import { parseBackupId } from '../../domain/stores/object-names.ts';
import { DAY_MS } from '../../domain/text/units.ts';
import type { ReadBackup } from '../restoring/backup.ts';
import type { ServerInventory } from '../catalog/inventory.ts';
import { nameSubject } from './finding.ts';

/** A database that no dump held for so long was given up. */
const REMEMBERED_MS = 7 * DAY_MS;

export interface MainSeries {
  /** By a backup id. */
  readonly has: (id: string) => boolean;
  /** What has to come back: all that its dumps of the last days hold. */
  readonly databases: readonly string[];
}

/** `wholeDumps`: newest first. Where databases were left out on purpose, `acknowledge` names the first such dump, as for its size. */
export function findMainSeries(
  { server, dumps, refused }: Pick<ServerInventory, 'server' | 'dumps' | 'refused'>,
  wholeDumps: readonly ReadBackup[],
  acknowledge: readonly string[],
): MainSeries {
  const ids = [...dumps, ...refused.filter(({ kind }) => kind === 'dump')].map(({ id }) => id);
  const hasUnlabelled = ids.some(isUnlabelled);
  const has = (id: string) => !hasUnlabelled || isUnlabelled(id);
  const own = wholeDumps.filter(({ id }) => has(id));
  const meant = own.findIndex(({ id: subject }) =>
    acknowledge.includes(nameSubject({ check: 'size', server, subject })),
  );
  const from = Date.parse(own[0]?.manifest.instant ?? '') - REMEMBERED_MS;
  const recent = (meant < 0 ? own : own.slice(0, meant + 1)).filter(
    ({ manifest }) => Date.parse(manifest.instant) >= from,
  );
  const names = recent.flatMap(({ manifest }) => manifest.databases.map(({ name }) => name));
  return { has, databases: [...new Set(names)] };
}

/**
 * The one with which all databases are there: of each database the newest that does not leave it out, and of these the oldest.
 * Undefined where there is none for some.
 */
export function findFurthestBack<T>(
  newestFirst: readonly T[],
  { databases }: Pick<MainSeries, 'databases'>,
  leftOutOf: (one: T) => readonly string[],
): T | undefined {
  const newest = databases.map((name) => newestFirst.findIndex((one) => !leftOutOf(one).includes(name)));
  return newest.includes(-1) ? undefined : newestFirst[Math.max(0, ...newest)];
}

function isUnlabelled(id: string): boolean {
  return parseBackupId(id)?.label === undefined;
}
