// Brings the objects of a dump into the store: accounts, databases, inventory, each checked on its way.
import type { ManifestObject } from '../../domain/dumps/manifest.ts';
import { dataStem, objectFileName, type ObjectRole } from '../../domain/stores/object-names.ts';
import type { StoreClock } from '../../domain/stores/store-clock.ts';
import type { DumpFindings, DumpPlan, DumpTask } from '../../ports/engine.ts';
import type { SealedResult } from '../../ports/remote.ts';
import { storeSealed } from '../sealing/store-sealed.ts';
import type { Backup } from './backup.ts';

export interface StoredDump {
  readonly objects: readonly ManifestObject[];
  readonly findings: DumpFindings;
  /** Not later than the moment whose state the dump holds. */
  readonly instant: Date;
}

export async function storeObjects(backup: Backup, plan: DumpPlan, clock: StoreClock): Promise<StoredDump> {
  const accounts =
    plan.accounts &&
    (await storeObject(backup, 'accounts', 'accounts', plan.accounts, plan.accounts.check)).object;
  const instant = clock.now();
  const { objects: data, findings } = await storeData(backup, plan);
  const head = { schema: 1, type: 'inventory', id: backup.id, server: backup.inputs.server };
  const stems = data.map(({ name }) => name);
  const inventory = await storeObject(
    backup,
    'inventory',
    'inventory',
    plan.inventory(head, stems),
    () => undefined,
  );
  return { objects: [...data, ...(accounts ? [accounts] : []), inventory.object], findings, instant };
}

/** One after the other: a target has other work to do. */
async function storeData(
  backup: Backup,
  plan: DumpPlan,
): Promise<{ readonly objects: readonly ManifestObject[]; readonly findings: DumpFindings }> {
  const objects: ManifestObject[] = [];
  const results: SealedResult[] = [];
  let findings: DumpFindings | undefined;
  for (const data of plan.data) {
    const { databases } = data;
    const stored = await storeObject(backup, 'data', dataStem(databases), data, async (dumped) => {
      data.check(dumped);
      results.push(dumped);
      if (results.length === plan.data.length) findings = await plan.conclude(results);
    });
    objects.push({ ...stored.object, databases });
  }
  if (findings === undefined) throw new TypeError('a plan dumps something');
  const { plainBytes } = findings;
  return {
    objects: objects.map((object, index) => ({ ...object, plainBytes: plainBytes[index] ?? 0 })),
    findings,
  };
}

/** An object of the backup's folder. */
async function storeObject<T>(
  backup: Backup,
  role: ObjectRole,
  name: string,
  dumpTask: DumpTask,
  judge: (result: SealedResult) => T | Promise<T>,
): Promise<{ object: ManifestObject; judgement: T }> {
  const key = `${backup.folder}${objectFileName(role, name)}`;
  const { object, judgement } = await storeSealed(backup, key, dumpTask, judge);
  return { object: { role, name, ...object }, judgement };
}
