// The page that a restore test wrote for exactly this backup.
import { createHash } from 'node:crypto';
import { isOfDump } from '../../domain/proofs/proof.ts';
import { proofFolder, RECOVERY_NAME } from '../../domain/stores/object-names.ts';
import { LifeboatError } from '../../errors.ts';
import { readEarlierProofs, type ProofReading } from '../restoring/earlier-proofs.ts';
import type { ReadBackup } from '../restoring/backup.ts';
import { readSmallObject } from '../restoring/read-small-object.ts';

const MAX_PROOFS = 100;
/** A page for 20,000 databases stays below. */
const MAX_RUNBOOK_BYTES = 16 * 2 ** 20;

export interface Runbook {
  readonly text: Buffer | undefined;
  readonly warnings: readonly string[];
}

/** Of the newest proof of this very manifest; a page that is not the one that the proof names is left where it is. */
export async function findRunbook(reading: ProofReading, backup: ReadBackup): Promise<Runbook> {
  const { store, server, signal, trustedProvers } = reading;
  const { proofs, failures } = await readEarlierProofs(reading, MAX_PROOFS);
  const warnings = failures.map(({ message }) => `A proof does not count: ${message}`);
  const proof = proofs
    .filter(isOfDump)
    .find((one) => one.backup.id === backup.id && one.backup.manifestSha256 === backup.manifestSha256);
  if (proof === undefined) return { text: undefined, warnings };
  const key = proofFolder(server, proof.id) + RECOVERY_NAME;
  const text = await readRunbook(store, key, signal);
  if (text === undefined || createHash('sha256').update(text).digest('hex') !== proof.recoverySha256) {
    return { text: undefined, warnings: [...warnings, `${key} is not the page that its proof names.`] };
  }
  const unchecked = `Nobody checked who wrote ${RECOVERY_NAME}: read its commands before you run them, or give \`trusted-provers\`.`;
  return { text, warnings: trustedProvers === undefined ? [...warnings, unchecked] : warnings };
}

async function readRunbook(
  store: ProofReading['store'],
  key: string,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  try {
    return await readSmallObject(store, key, MAX_RUNBOOK_BYTES, 'proof-invalid', signal);
  } catch (error) {
    if (error instanceof LifeboatError && error.code === 'proof-invalid') return undefined;
    throw error;
  }
}
