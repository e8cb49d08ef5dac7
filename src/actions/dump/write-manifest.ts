// The manifest of a dump: says what was stored, and makes a backup of it by being there.
import { serializeManifest, type DumpManifest } from '../../domain/manifest.ts';
import { MANIFEST_NAME, SIGNATURE_NAME } from '../../domain/object-names.ts';
import type { DumpPlan } from '../../ports/engine.ts';
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
  const { source } = plan;
  const { lockedMs } = findings;
  const { label, server, set } = inputs;
  return {
    schema: 1,
    type: 'dump',
    id,
    server,
    ...(set === undefined ? {} : { set }),
    ...(label === undefined ? {} : { label }),
    source: {
      flavour: source.flavour,
      serverId: source.serverId,
      ...(source.serverUuid === undefined ? {} : { serverUuid: source.serverUuid }),
      hostName: source.hostName,
      sshHostKey: session.hostKeyFingerprint,
    },
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

/** Signature first: a manifest is never there without the signature that it will be asked for. Returns the manifest's key. */
export async function writeManifest(
  { ports, keys, signal, folder }: Backup,
  manifest: DumpManifest,
): Promise<string> {
  const bytes = serializeManifest(manifest);
  signal.throwIfAborted();
  if (keys.signingKey) {
    await ports.store.put(`${folder}${SIGNATURE_NAME}`, await keys.signingKey.sign(bytes), { signal });
  }
  const { key } = await ports.store.put(`${folder}${MANIFEST_NAME}`, bytes, { signal });
  return key;
}
