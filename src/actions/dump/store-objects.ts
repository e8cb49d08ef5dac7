// Brings the objects of a dump into the store: accounts, databases, inventory, each checked on its way.
import type { ManifestObject } from '../../domain/manifest.ts';
import { dataStem, objectFileName, type ObjectRole } from '../../domain/object-names.ts';
import type { StoreClock } from '../../domain/store-clock.ts';
import { formatBytes, formatDuration } from '../../domain/units.ts';
import type { DumpFindings, DumpPlan, DumpTask } from '../../ports/engine.ts';
import type { SealedResult } from '../../ports/remote.ts';
import type { Backup } from './backup.ts';
import { withProgress } from './progress.ts';
import { sealObject } from './seal-object.ts';

export interface StoredDump {
  readonly objects: readonly ManifestObject[];
  readonly findings: DumpFindings;
  /** Not later than the moment whose state the dump holds. */
  readonly instant: Date;
}

export async function storeObjects(backup: Backup, plan: DumpPlan, clock: StoreClock): Promise<StoredDump> {
  const accounts =
    plan.accounts &&
    (await storeSealed(backup, 'accounts', 'accounts', plan.accounts, plan.accounts.check)).object;
  const instant = clock.now();
  const { objects: data, findings } = await storeData(backup, plan);
  const head = { schema: 1, type: 'inventory', id: backup.id, server: backup.inputs.server };
  const stems = data.map(({ name }) => name);
  const inventory = await storeSealed(
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
    const stored = await storeSealed(backup, 'data', dataStem(databases), data, async (dumped) => {
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

/**
 * Stores what a task prints; `judge` looks at the result while the store still confirms the last parts. When anything fails, the
 * upload has ended before this throws: nobody would be left to abort it.
 */
async function storeSealed<T>(
  backup: Backup,
  role: ObjectRole,
  name: string,
  dumpTask: DumpTask,
  judge: (result: SealedResult) => T | Promise<T>,
): Promise<{ object: ManifestObject; judgement: T }> {
  const { keys, ports, signal, folder } = backup;
  const { store, reporter } = ports;
  const { task } = dumpTask;
  const startedMs = performance.now();
  const sealed = sealObject(backup, dumpTask);
  const stream = withProgress(sealed.bytes, task.label, reporter);
  const stop = new AbortController();
  const upload = store.upload(`${folder}${objectFileName(role, name)}`, stream, {
    signal: AbortSignal.any([signal, stop.signal]),
  });
  const outcome = Promise.all([upload, sealed.result, sealed.result.then(judge)]);
  const [parts, { sha256 }, judgement] = await outcome.catch(async (error: unknown) => {
    stop.abort(error);
    await upload.catch(() => undefined);
    throw error;
  });
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const elapsed = formatDuration(performance.now() - startedMs);
  reporter.info(`${task.label}: ${formatBytes(sizeBytes)} stored in ${elapsed}`);
  const object: ManifestObject = {
    role,
    name,
    codec: 'zstd',
    sizeBytes,
    sha256,
    recipients: keys.recipients.map((recipient) => recipient.encryptionKeyId),
    parts: parts.map((part) => ({ key: part.key, sizeBytes: part.sizeBytes, sha256: part.sha256 })),
  };
  return { object, judgement };
}
