// The proofs of earlier tests: how long restores took, and whether somebody forged one.
import { listProofs } from '../../domain/stores/catalog.ts';
import { PROOF_NAME, PROOF_SIGNATURE_NAME } from '../../domain/stores/object-names.ts';
import type { Proof } from '../../domain/proofs/proof.ts';
import { MAX_PROOF_BYTES, parseProof } from '../../domain/proofs/proof-text.ts';
import { LifeboatError } from '../../errors.ts';
import type { Encryption, TrustedSigner } from '../../ports/encryption.ts';
import type { ListedObject, StoreReader } from '../../ports/store.ts';
import { MAX_SIGNATURE_BYTES, readSmallObject } from './read-small-object.ts';

/** As many as a trend shows. */
const MAX_READ = 8;

export interface EarlierProofs {
  /** Newest first. */
  readonly proofs: readonly Proof[];
  /** Those that are not what they should be. */
  readonly failures: readonly LifeboatError[];
}

export interface ProofReading {
  readonly store: StoreReader;
  readonly encryption: Encryption;
  readonly server: string;
  /** Undefined: signatures are not asked for. */
  readonly trustedProvers: readonly TrustedSigner[] | undefined;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** At most `maxRead` of the newest ones; what they hold is small, and each costs a request or two. */
export async function readEarlierProofs(
  reading: ProofReading,
  maxRead: number = MAX_READ,
): Promise<EarlierProofs> {
  const { store, server, signal } = reading;
  const keys: ListedObject[] = [];
  for await (const listed of store.list(`${server}/proofs`, signal)) keys.push(listed);
  const [proofs, failures]: [Proof[], LifeboatError[]] = [[], []];
  for (const { runId, folder } of listProofs(keys, server).slice(0, maxRead)) {
    try {
      proofs.push(await readProof(reading, runId, folder));
    } catch (error) {
      if (!(error instanceof LifeboatError) || error.class !== 'restore-test') throw error;
      failures.push(error);
    }
  }
  return { proofs, failures };
}

/** Throws `proof-invalid`. */
export async function readProof(reading: ProofReading, id: string, folder: string): Promise<Proof> {
  const { store, encryption, server, trustedProvers, now, signal } = reading;
  const bytes = await readSmallObject(store, folder + PROOF_NAME, MAX_PROOF_BYTES, 'proof-invalid', signal);
  if (bytes === undefined)
    throw new LifeboatError('proof-invalid', `${folder}${PROOF_NAME} went away while it was read`);
  if (trustedProvers !== undefined) {
    const key = folder + PROOF_SIGNATURE_NAME;
    const signature = await readSmallObject(store, key, MAX_SIGNATURE_BYTES, 'proof-invalid', signal);
    if (signature === undefined) throw forged(`${folder}${PROOF_NAME} is not signed`);
    try {
      await encryption.verifyDetached(bytes, signature, trustedProvers, now);
    } catch (error) {
      if (error instanceof LifeboatError) throw forged(`${key}: ${error.message}`, error);
      throw error;
    }
  }
  return parseProof(bytes, { server, id });
}

function forged(message: string, cause?: unknown): LifeboatError {
  return new LifeboatError('proof-invalid', message, {
    hint: 'Somebody else wrote this proof, or `trusted-provers` lacks a key. Whoever could write it could hide that backups do not restore: find out who may put objects below `proofs/`.',
    cause,
  });
}
