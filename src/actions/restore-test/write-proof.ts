// The proof of a test that passed, with the page that says how to do the same by hand.
import { createHash } from 'node:crypto';
import {
  PROOF_NAME,
  PROOF_SIGNATURE_NAME,
  proofFolder,
  RECOVERY_NAME,
} from '../../domain/stores/object-names.ts';
import type { Proof } from '../../domain/proofs/proof.ts';
import {
  parseProof,
  serializeProof,
  type DumpProofFacts,
  type FilesProofFacts,
} from '../../domain/proofs/proof-text.ts';
import type { RestoreTestKeys, RestoreTestPorts } from './examination.ts';

export interface TestRun {
  readonly server: string;
  readonly runId: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly lifeboatVersion: string;
  /** The store's own. */
  readonly storeLocation: string;
  /** Of an S3 service that is not Amazon's. */
  readonly storeEndpoint: URL | undefined;
}

export interface WrittenProof {
  readonly proofKey: string;
  readonly proof: Proof;
  /** Markdown. */
  readonly recovery: string;
}

/** Of a test that passed. */
export interface DescribedTest {
  /** Markdown. */
  readonly recovery: string;
  readonly facts: Omit<DumpProofFacts, 'recoverySha256'> | Omit<FilesProofFacts, 'recoverySha256'>;
}

/** Page, signature, proof: a proof is never there without what belongs to it. */
export async function writeProof(
  { recovery, facts }: DescribedTest,
  {
    adapters: { proofStore },
    keys,
    signal,
  }: { adapters: Pick<RestoreTestPorts, 'proofStore'>; keys: RestoreTestKeys; signal: AbortSignal },
): Promise<WrittenProof> {
  const bytes = serializeProof({
    ...facts,
    recoverySha256: createHash('sha256').update(recovery).digest('hex'),
  });
  const folder = proofFolder(facts.server, facts.id);
  await proofStore.put(folder + RECOVERY_NAME, Buffer.from(recovery), { signal });
  if (keys.proofSigningKey !== undefined) {
    const signature = await keys.proofSigningKey.sign(bytes);
    await proofStore.put(folder + PROOF_SIGNATURE_NAME, signature, { signal });
  }
  const { key } = await proofStore.put(folder + PROOF_NAME, bytes, { signal });
  return { proofKey: key, proof: parseProof(bytes, facts), recovery };
}
