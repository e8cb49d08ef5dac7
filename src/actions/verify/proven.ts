// Which proofs count: what a restore test has shown of a backup that is there, of its own time, and signed.
import { PROOF_NAME, proofFolder } from '../../domain/object-names.ts';
import type { Proof } from '../../domain/proof.ts';
import { isFromTheFuture } from '../../domain/store-clock.ts';
import { formatDuration } from '../../domain/units.ts';
import type { CheckContext } from './context.ts';
import type { ServerInventory } from './inventory.ts';

/** From here on everything was seen to be there; below, it was loaded and nothing was compared. */
const MIN_LEVEL = 2;
/** Tests take the newest backup; by hand any can be tested, which says nothing of today's. */
const MAX_BACKUP_AGE_MS = 7 * 86_400_000;

export interface Doubt {
  /** Words that follow "does not count:". */
  readonly why: string;
  /** Whether no test could have written it like this. */
  readonly isWrong: boolean;
}

/** Undefined for a proof that counts. */
export function doubtProof(
  { id, server, level, backup, startedAt, finishedAt }: Proof,
  { dumps, keys }: Pick<ServerInventory, 'dumps' | 'keys'>,
  { now, limits, hasStoreTimes, asksWhoSigned }: CheckContext,
): Doubt | undefined {
  const storedAt = hasStoreTimes
    ? keys.get(proofFolder(server, id) + PROOF_NAME)?.current?.lastModified
    : undefined;
  const finished = new Date(finishedAt);
  if (isFromTheFuture(finished, now) || (storedAt !== undefined && isFromTheFuture(finished, storedAt)))
    return { why: 'it is of a time that had not come yet', isWrong: true };
  const dump = dumps.find((one) => one.id === backup.id);
  if (dump !== undefined && dump.manifestSha256 !== backup.manifestSha256)
    return { why: `the manifest of \`${backup.id}\` is another one than was tested`, isWrong: true };
  if (asksWhoSigned && !backup.isSigned)
    return { why: 'the test did not look who signed the backup', isWrong: false };
  if (level < MIN_LEVEL) return { why: `level ${level}: nothing was compared`, isWrong: false };
  const ageMs = Date.parse(startedAt) - Date.parse(backup.instant);
  if (ageMs > Math.max(MAX_BACKUP_AGE_MS, limits.maxDumpAge))
    return { why: `the backup was ${formatDuration(ageMs)} old when it was tested`, isWrong: false };
  return undefined;
}
