// A backup that was restored and examined, for tests to spoil.
import type { Examination } from '../../../src/actions/restore-test/examination.ts';
import type { ExaminedReplay } from '../../../src/actions/restore-test/point-in-time.ts';
import type { TestOutcome } from '../../../src/actions/restore-test/restore-test.ts';
import type { ReadBackup } from '../../../src/actions/restoring/backup.ts';
import type { Inventory, InventoryObject, ObjectKind } from '../../../src/domain/dumps/inventory.ts';
import { exampleBinlogManifest } from '../../domain/binlogs/binlog-manifest-example.ts';
import { exampleManifest } from '../../domain/dumps/manifest-example.ts';
import { exampleProof } from '../../domain/proofs/proof-example.ts';

export const SAME_VERSIONS = {
  server: '10.11.19-MariaDB-ubu2204',
  dumpTool: '10.19 Distrib 10.11.19-MariaDB',
  isSameVersion: true,
};

export function exampleObject(
  kind: ObjectKind,
  name: string,
  changes: Partial<InventoryObject> = {},
): InventoryObject {
  const ddl = `CREATE ${kind} ${name};\n`;
  return {
    ...{ kind, database: kind === 'account' ? '' : 'shop', name, ddl, ddlSha256: ddl },
    ...(kind === 'table' ? { rows: 12_000, dataSha256: 'rows' } : {}),
    ...changes,
  };
}

export function exampleInventory(changes: Partial<Inventory> = {}): Inventory {
  return {
    ...{ schema: 1, type: 'inventory', id: exampleManifest().id, server: 'atlas', variables: {} },
    rest: { databases: 'rest' },
    objects: [
      exampleObject('database', 'shop'),
      exampleObject('table', 'orders'),
      exampleObject('view', 'totals'),
      exampleObject('trigger', 'audit'),
      exampleObject('account', "'app'@'%'"),
    ],
    brokenViews: [],
    notProvable: [],
    ...changes,
  };
}

export function exampleBackup(changes: Partial<ReadBackup> = {}): ReadBackup {
  const manifest = exampleManifest();
  return {
    id: manifest.id,
    folder: `atlas/dumps/2026/11/20/${manifest.id}/`,
    manifest,
    manifestSha256: 'a'.repeat(64),
    signedBy: 'F'.repeat(40),
    ...changes,
  };
}

export function exampleExamination(changes: Partial<Examination> = {}): Examination {
  return {
    ...{ backup: exampleBackup(), findings: [], level: 3, differences: [], assertions: [], limits: [] },
    restored: exampleInventory().objects,
    inventorySha256: 'c'.repeat(64),
    timings: { fetchMs: 12_000, loadMs: 180_000, checksMs: 60_000, totalMs: 252_000 },
    versions: SAME_VERSIONS,
    replay: undefined,
    storage: [],
    image: { reference: 'docker.io/library/mariadb:10.11.19', id: `sha256:${'b'.repeat(64)}` },
    ...changes,
  };
}

/** Onto the example backup. */
export function exampleReplay(changes: Partial<ExaminedReplay> = {}): ExaminedReplay {
  return {
    ...{ target: 'random', transactions: 1_200, binlogs: 1, stopPosition: 7_000, isComparedById: true },
    last: { gtid: '0-1-1299', committedAt: new Date('2026-11-20T03:59:58Z') },
    next: { gtid: '0-1-1300', committedAt: new Date('2026-11-20T04:00:01Z') },
    ...{ recoveredTo: '2026-11-20T04:00:00.000Z', recoverableUntil: '2026-11-20T04:05:13.000Z', limits: [] },
    replayed: [{ manifest: exampleBinlogManifest(), manifestSha256: 'a'.repeat(64) }],
    ...changes,
  };
}

/** Of a test that passed. */
export function exampleOutcome(changes: Partial<TestOutcome> = {}): TestOutcome {
  const proof = {
    ...exampleProof(),
    ...{
      startedAt: '2026-11-21T04:00:00.000Z',
      notProvable: [],
      limits: [],
      rtoSeconds: 252,
      rpoSeconds: 11_040,
    },
    timings: exampleExamination().timings,
  };
  return {
    tried: [{ id: exampleManifest().id, examination: exampleExamination(), failure: undefined }],
    files: undefined,
    written: {
      proof,
      proofKey: `atlas/proofs/${proof.id}/proof.json`,
      recovery: '# Bring back atlas\n\n```sh\nset -e\n```\n',
    },
    earlierProofs: [],
    failure: undefined,
    warnings: [],
    isProofSigned: true,
    ...changes,
  };
}
