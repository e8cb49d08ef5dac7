// Proofs with every field set, for tests to spoil.
import type { DumpProof, FilesProof } from '../../../src/domain/proofs/proof.ts';

export const proofPlace = { server: 'atlas', id: '20261122T040000Z-0badcafe' };

/** A fresh copy each time. */
export function exampleProof(): DumpProof {
  return {
    schema: 1,
    type: 'proof',
    id: proofPlace.id,
    server: proofPlace.server,
    kind: 'dump',
    backup: {
      id: '20261120T030512Z-7f3a9c1e-mariadb-nightly',
      manifestSha256: 'a'.repeat(64),
      instant: '2026-11-20T03:05:14.250Z',
      isSigned: true,
    },
    level: 3,
    assertions: 2,
    startedAt: '2026-11-22T04:00:00.000Z',
    finishedAt: '2026-11-22T04:05:31.000Z',
    recoveredTo: '2026-11-20T03:05:14.250Z',
    storage: [
      {
        ...{
          manifestSha256: 'f'.repeat(64),
          instant: '2026-11-20T03:35:01.000Z',
          isSigned: true,
          name: 'files',
        },
        ...{ snapshot: '20261120T033500Z-7f3a9c1f', share: '5%', packs: ['20261120T033500Z-7f3a9c1f-1'] },
        ...{ files: 120, directories: 3, links: 1, bytes: 1_000_000 },
      },
    ],
    rtoSeconds: 331,
    rpoSeconds: 176_086,
    timings: { fetchMs: 12_000, loadMs: 250_000, checksMs: 60_000, totalMs: 330_001 },
    versions: {
      server: '10.11.19-MariaDB-log',
      dumpTool: '10.19 Distrib 10.11.19-MariaDB',
      sandboxServer: '10.11.19-MariaDB-ubu2204',
      sandboxDumpTool: '10.19 Distrib 10.11.19-MariaDB',
      sandboxEngine: 'docker',
      image: 'docker.io/library/mariadb:10.11.19',
      imageId: `sha256:${'b'.repeat(64)}`,
      lifeboat: '0.1.0',
    },
    databases: [
      { name: 'shop', tables: 12, views: 1, rows: 34567, plainBytes: 8_000_000 },
      { name: 'Wiki – neu', tables: 3, views: 0, rows: null, plainBytes: 1000 },
    ],
    excluded: { databases: ['scratch'], tables: 1, brokenViews: 2 },
    counts: {
      ...{ database: 2, table: 15, view: 1, sequence: 0, trigger: 1, function: 0, procedure: 2 },
      ...{ package: 0, 'package-body': 0, event: 1, account: 4 },
    },
    inventorySha256: 'c'.repeat(64),
    dataSha256: 'd'.repeat(64),
    notProvable: [{ what: '1 account', why: 'it logs in through the unix socket' }],
    limits: ['FLOAT columns keep six digits in any text dump'],
    recoverySha256: 'e'.repeat(64),
  };
}

/** Of files alone. */
export function exampleFilesProof(): FilesProof {
  const {
    schema,
    type,
    id,
    server,
    startedAt,
    finishedAt,
    storage = [],
    limits,
    recoverySha256,
  } = exampleProof();
  return {
    ...{ schema, type, id, server, kind: 'files', startedAt, finishedAt },
    ...{ recoveredTo: '2026-11-20T03:35:01.000Z', storage, rpoSeconds: 174_299 },
    versions: { lifeboat: '0.1.0' },
    ...{ limits, recoverySha256 },
  };
}
