// What a test that passed says: the page of RECOVERY.md, and the facts of its proof.
import { describeRestored } from '../../domain/proofs/proof-figures.ts';
import type { SampledStorage } from '../../domain/proofs/proof.ts';
import { renderRecovery } from '../../domain/recovery/recovery.ts';
import { renderFilesRecovery, type ReadFiles } from '../../domain/recovery/recovery-files.ts';
import { recoveredTo, type Examination } from './examination.ts';
import type { FilesExamination } from './prove-files.ts';
import type { DescribedTest, TestRun } from './write-proof.ts';

export function describeDumpTest(
  examination: Examination,
  run: TestRun,
  sandboxEngine: 'docker' | 'podman',
): DescribedTest {
  return {
    recovery: renderRecovery(recoveryFacts(examination, run)),
    facts: describeProof(examination, run, sandboxEngine),
  };
}

export function describeFilesTest(
  { sampled, limits, recoveredTo: until }: FilesExamination,
  run: TestRun,
): DescribedTest {
  const { server, runId, startedAt, finishedAt, lifeboatVersion, storeLocation, storeEndpoint } = run;
  const said = { server, startedAt: startedAt.toISOString(), recoveredTo: until, limits };
  return {
    recovery: renderFilesRecovery({
      ...said,
      storage: sampled,
      storeLocation,
      ...(storeEndpoint === undefined ? {} : { storeEndpoint }),
    }),
    facts: {
      ...said,
      ...{ kind: 'files', id: runId, finishedAt: finishedAt.toISOString() },
      storage: sampled.map(describeFiles),
      versions: { lifeboat: lifeboatVersion },
    },
  };
}

function describeFiles({ signedBy, ...files }: ReadFiles): SampledStorage {
  return { ...files, isSigned: signedBy !== undefined };
}

function recoveryFacts(
  { backup, timings, limits, versions, replay, storage }: Examination,
  { startedAt, storeLocation, storeEndpoint }: TestRun,
): Parameters<typeof renderRecovery>[0] {
  return {
    manifest: backup.manifest,
    manifestSha256: backup.manifestSha256,
    storeLocation,
    ...(storeEndpoint === undefined ? {} : { storeEndpoint }),
    ...(backup.signedBy === undefined ? {} : { signerFingerprint: backup.signedBy }),
    ...(replay === undefined
      ? {}
      : {
          replay: {
            recoveredTo: replay.recoveredTo,
            binlogs: replay.replayed,
            stopPosition: replay.stopPosition,
          },
        }),
    test: {
      startedAt: startedAt.toISOString(),
      timings,
      limits,
      ...(storage.length === 0 ? {} : { storage }),
      versions: { sandboxServer: versions.server },
    },
  };
}

function describeProof(
  examination: Examination,
  run: TestRun,
  sandboxEngine: 'docker' | 'podman',
): DescribedTest['facts'] {
  const { backup, restored, versions, image, replay, storage } = examination;
  const { manifest } = backup;
  return {
    id: run.runId,
    server: run.server,
    kind: 'dump',
    backup: {
      id: backup.id,
      manifestSha256: backup.manifestSha256,
      instant: manifest.instant,
      isSigned: backup.signedBy !== undefined,
    },
    level: examination.level,
    assertions: examination.assertions.length,
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt.toISOString(),
    recoveredTo: recoveredTo(examination, run.startedAt),
    ...(replay === undefined
      ? {}
      : {
          replay: {
            target: replay.target,
            transactions: replay.transactions,
            binlogs: replay.replayed.map(({ manifest: { id }, manifestSha256 }) => ({ id, manifestSha256 })),
          },
        }),
    ...(storage.length === 0 ? {} : { storage: storage.map(describeFiles) }),
    timings: examination.timings,
    versions: {
      server: manifest.versions.server,
      dumpTool: manifest.versions.dumpTool,
      sandboxServer: versions.server,
      sandboxDumpTool: versions.dumpTool,
      sandboxEngine,
      image: image.reference,
      imageId: image.id,
      lifeboat: run.lifeboatVersion,
    },
    ...(restored === undefined
      ? { databases: manifest.databases }
      : { ...describeRestored(restored, manifest), inventorySha256: examination.inventorySha256 }),
    excluded: manifest.excluded,
    notProvable: manifest.notProvable,
    limits: examination.limits,
  };
}
