// The manifest of a dump: says what was stored, and makes a backup of it by being there.
import type { DumpManifest } from '../../domain/dumps/manifest.ts';
import { serializeManifest } from '../../domain/dumps/manifest-text.ts';
import { MANIFEST_NAME, SIGNATURE_NAME } from '../../domain/stores/object-names.ts';
import type { DumpPlan } from '../../ports/engine.ts';
import { identityOf } from '../source-identity.ts';
import { storeManifest } from '../sealing/store-sealed.ts';
import type { Backup } from './backup.ts';
import type { StoredDump } from './store-objects.ts';

export interface BackupTimes {
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly lifeboatVersion: string;
}

export function describeBackup(
  { inputs, session, id }: Backup,
  plan: DumpPlan,
  { objects, findings, instant }: StoredDump,
  { startedAt, finishedAt, lifeboatVersion }: BackupTimes,
): DumpManifest {
  const { source, replicaOf } = plan;
  const { lockedMs } = findings;
  const { label, server, set } = inputs;
  return {
    schema: 1,
    type: 'dump',
    id,
    server,
    ...(set === undefined ? {} : { set }),
    ...(label === undefined ? {} : { label }),
    source: identityOf(source, session),
    ...(replicaOf.length === 0 ? {} : { replicaOf }),
    versions: { server: source.serverVersion, dumpTool: source.dumpToolVersion, lifeboat: lifeboatVersion },
    startedAt: startedAt.toISOString(),
    instant: instant.toISOString(),
    finishedAt: finishedAt.toISOString(),
    consistency:
      lockedMs === undefined
        ? { kind: 'snapshot', uncoveredTables: plan.uncoveredTables }
        : { kind: 'lock', uncoveredTables: 0, lockedMs },
    coordinates: findings.coordinates,
    layout: inputs.layout,
    complete: true,
    pitrAnchor: { isAnchor: findings.anchorObstacles.length === 0, reasons: findings.anchorObstacles },
    notProvable: findings.notProvable,
    databases: findings.databases.map(({ rows, plainBytes, ...figures }) => ({
      ...figures,
      rows: rows ?? null,
      plainBytes: plainBytes ?? null,
    })),
    excluded: plan.excluded,
    objects,
  };
}

/** Returns the manifest's key. */
export function writeManifest(backup: Backup, manifest: DumpManifest): Promise<string> {
  const names = {
    signature: `${backup.folder}${SIGNATURE_NAME}`,
    manifest: `${backup.folder}${MANIFEST_NAME}`,
  };
  return storeManifest(backup, names, serializeManifest(manifest));
}
