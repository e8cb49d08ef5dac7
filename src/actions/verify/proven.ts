// Which proofs count, and for what: what a restore test has shown of a backup that is there, of its own time, and signed.
import { PROOF_NAME, proofFolder } from '../../domain/stores/object-names.ts';
import type { DumpProof, Proof, SampledStorage } from '../../domain/proofs/proof.ts';
import { isFromTheFuture } from '../../domain/stores/store-clock.ts';
import { DAY_MS, formatDuration } from '../../domain/text/units.ts';
import type { CheckContext } from './context.ts';
import { snapshotId, type ServerInventory } from '../catalog/inventory.ts';

/** From here on everything was seen to be there; below, it was loaded and nothing was compared. */
const MIN_LEVEL = 2;
/** Tests take the newest backup; by hand any can be tested, which says nothing of today's. */
const MAX_BACKUP_AGE_MS = 7 * DAY_MS;
/** Of a snapshot; older ones make the test red. */
const MAX_SNAPSHOT_AGE_MS = 8 * DAY_MS;

export interface Doubt {
  /** Words that follow "does not count:". */
  readonly why: string;
  /** Whether no test could have written it like this. */
  readonly isWrong: boolean;
}

type Stored = Pick<ServerInventory, 'dumps' | 'snapshots' | 'keys'>;

/** Undefined for a proof that counts; one of files alone counts for those that `findFilesProof` finds in it. */
export function doubtProof(proof: Proof, stored: Stored, context: CheckContext): Doubt | undefined {
  const why = findWrong(proof, stored, context);
  if (why !== undefined) return { why, isWrong: true };
  return proof.kind === 'dump' ? doubtDump(proof, context) : undefined;
}

/** The newest that read files of a storage, whatever it says of the dump that they belong to. */
export function findFilesProof(
  name: string,
  { proofs, ...stored }: Stored & Pick<ServerInventory, 'proofs'>,
  context: CheckContext,
): Proof | undefined {
  return proofs.find(
    (proof) =>
      proof.storage?.some((files) => files.name === name && shows(files, proof, context)) === true &&
      findWrong(proof, stored, context) === undefined,
  );
}

function shows(
  { instant, isSigned, files, directories, links }: SampledStorage,
  { startedAt }: Proof,
  { asksWhoSigned, limits: { maxStorageAge } }: CheckContext,
): boolean {
  const ageMs = Date.parse(startedAt) - Date.parse(instant);
  return (
    (isSigned || !asksWhoSigned) &&
    ageMs <= Math.max(MAX_SNAPSHOT_AGE_MS, maxStorageAge) &&
    files + directories + links > 0
  );
}

/** What no test could have written. */
function findWrong(
  { id, server, finishedAt, storage = [], ...proof }: Proof,
  { dumps, snapshots, keys }: Stored,
  { now, hasStoreTimes }: CheckContext,
): string | undefined {
  const storedAt = hasStoreTimes
    ? keys.get(proofFolder(server, id) + PROOF_NAME)?.current?.lastModified
    : undefined;
  const finished = new Date(finishedAt);
  if (isFromTheFuture(finished, now) || (storedAt !== undefined && isFromTheFuture(finished, storedAt)))
    return 'it is of a time that had not come yet';
  const isOther = [
    ...(proof.kind === 'dump'
      ? dumps.filter((one) => isAnother(one, proof.backup)).map((one) => one.id)
      : []),
    ...storage
      .filter(({ name, snapshot, manifestSha256 }) =>
        snapshots.some((one) => one.name === name && isAnother(one, { id: snapshot, manifestSha256 })),
      )
      .map(({ name, snapshot }) => snapshotId({ name, id: snapshot })),
  ];
  return isOther[0] === undefined
    ? undefined
    : `the manifest of \`${isOther[0]}\` is another one than was tested`;
}

interface Named {
  readonly id: string;
  readonly manifestSha256: string;
}

function isAnother(found: Named, tested: Named): boolean {
  return found.id === tested.id && found.manifestSha256 !== tested.manifestSha256;
}

function doubtDump(
  { level, backup, startedAt }: DumpProof,
  { limits, asksWhoSigned }: CheckContext,
): Doubt | undefined {
  if (asksWhoSigned && !backup.isSigned)
    return { why: 'the test did not look who signed the backup', isWrong: false };
  if (level < MIN_LEVEL) return { why: `level ${level}: nothing was compared`, isWrong: false };
  const ageMs = Date.parse(startedAt) - Date.parse(backup.instant);
  if (ageMs > Math.max(MAX_BACKUP_AGE_MS, limits.maxDumpAge))
    return { why: `the backup was ${formatDuration(ageMs)} old when it was tested`, isWrong: false };
  return undefined;
}
