// The proof of a test that passed, with the page that says how to do the same by hand.
import { createHash } from 'node:crypto';
import { PROOF_NAME, PROOF_SIGNATURE_NAME, proofFolder, RECOVERY_NAME } from '../../domain/object-names.ts';
import { describeRestored } from '../../domain/proof-figures.ts';
import { parseProof, serializeProof, type Proof, type ProofFacts } from '../../domain/proof.ts';
import { renderRecovery } from '../../domain/recovery.ts';
import { recoveredTo } from './examination.ts';
import type { Examination, RestoreTestKeys, RestoreTestPorts } from './examination.ts';

export interface TestRun {
  readonly server: string;
  readonly runId: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly lifeboatVersion: string;
  /** Of an S3 service that is not Amazon's. */
  readonly storeEndpoint: URL | undefined;
}

export interface WrittenProof {
  readonly proofKey: string;
  readonly proof: Proof;
  /** Markdown. */
  readonly recovery: string;
}

/** Page, signature, proof: a proof is never there without what belongs to it. */
export async function writeProof(
  examination: Examination,
  run: TestRun,
  { ports, keys, signal }: { ports: RestoreTestPorts; keys: RestoreTestKeys; signal: AbortSignal },
): Promise<WrittenProof> {
  const { proofStore, host } = ports;
  const recovery = renderRecovery(recoveryFacts(examination, run, ports.store.location));
  const bytes = serializeProof(describeProof(examination, run, host.name, recovery));
  const folder = proofFolder(run.server, run.runId);
  await proofStore.put(folder + RECOVERY_NAME, Buffer.from(recovery), { signal });
  if (keys.proofSigningKey !== undefined) {
    const signature = await keys.proofSigningKey.sign(bytes);
    await proofStore.put(folder + PROOF_SIGNATURE_NAME, signature, { signal });
  }
  const { key } = await proofStore.put(folder + PROOF_NAME, bytes, { signal });
  return { proofKey: key, proof: parseProof(bytes, { server: run.server, id: run.runId }), recovery };
}

function recoveryFacts(
  { backup, timings, limits, versions, replay, storage }: Examination,
  { startedAt, storeEndpoint }: TestRun,
  storeLocation: string,
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
  recovery: string,
): ProofFacts {
  const { backup, restored, versions, image, replay, storage } = examination;
  const { manifest } = backup;
  return {
    id: run.runId,
    server: run.server,
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
    ...(storage.length === 0 ? {} : { storage }),
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
    notProvable: manifest.notProvable,
    limits: examination.limits,
    recoverySha256: createHash('sha256').update(recovery).digest('hex'),
  };
}
