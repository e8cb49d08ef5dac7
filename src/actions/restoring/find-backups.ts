// Which backups of a server there are, and which of them is the newest.
import { createHash } from 'node:crypto';
import { listDumps, type DumpList, type FoundDump } from '../../domain/stores/catalog.ts';
import { MAX_MANIFEST_BYTES, parseManifest } from '../../domain/dumps/manifest-text.ts';
import {
  dumpFolder,
  MANIFEST_NAME,
  parseBackupId,
  SIGNATURE_NAME,
} from '../../domain/stores/object-names.ts';
import { parseRunId } from '../../domain/run-id.ts';
import { formatInstant } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { Encryption, TrustedSigner } from '../../ports/encryption.ts';
import type { ListedObject, StoreReader } from '../../ports/store.ts';
import type { ReadBackup } from './backup.ts';
import { passOverFuture, warnOf, type Watch } from './pass-over.ts';
import { MAX_SIGNATURE_BYTES, readSmallObject } from './read-small-object.ts';

/** Runs may overlap, so that the one that began last need not hold the newest state: at least so many are looked at. */
const MIN_LOOKED_AT = 5;

export interface Reading extends Watch {
  readonly store: StoreReader;
  readonly encryption: Encryption;
  readonly server: string;
  /** Undefined: signatures are not asked for. */
  readonly trustedSigners: readonly TrustedSigner[] | undefined;
  readonly signal: AbortSignal;
}

/** A folder with a manifest, read or refused. */
export type Candidate =
  | { readonly id: string; readonly backup: ReadBackup }
  | { readonly id: string; readonly failure: LifeboatError };

/** All folders of dumps that have a manifest, newest id first. */
export async function listBackups(reading: Reading): Promise<readonly FoundDump[]> {
  return (await readDumpList(reading)).dumps;
}

/** Everything below the folder of dumps: backups, runs that left none, and what does not belong there. */
export async function readDumpList({ store, server, signal }: Reading): Promise<DumpList> {
  const keys: ListedObject[] = [];
  for await (const listed of store.list(`${server}/dumps`, signal)) keys.push(listed);
  return listDumps(keys, server);
}

/** Of which backups the newest is looked for. */
export interface Wanted {
  /** Only those whose state is not later. */
  readonly latest?: Date | undefined;
  /** Only those onto which binlogs can be replayed, as long as there is one. */
  readonly isAnchor?: boolean;
  /** Only those with this label. Default: only those without one, as long as there is one. */
  readonly label?: string | undefined;
}

/**
 * The newest backup and up to `older` more, newest state first. One whose manifest is refused stands where its id puts it, but for one of a
 * time that has not come: it would be the newest for ever. Throws `backup-not-found`.
 */
export async function findNewest(
  reading: Reading,
  older: number,
  { latest, isAnchor = false, label }: Wanted = {},
): Promise<readonly Candidate[]> {
  const isEarlyEnough = (time: number) => latest === undefined || time <= latest.getTime();
  const isFit = (candidate: Candidate) =>
    !isAnchor || 'failure' in candidate || candidate.backup.manifest.pitrAnchor.isAnchor;
  const listed = passOverFuture(await listBackups(reading), ({ id }) => startOf(id), reading);
  const early = listed.filter(({ id }) => isEarlyEnough(startOf(id)));
  // Binlogs can be replayed only onto what holds everything, whatever its label.
  const found = isAnchor && label === undefined ? early : ofSeries(early, label);
  const candidates: Candidate[] = [];
  let fitCount = 0;
  for (const { id } of found) {
    if (candidates.length >= MIN_LOOKED_AT && fitCount > older) break;
    const candidate = await readCandidate(reading, id);
    candidates.push(candidate);
    if (isFit(candidate) && isEarlyEnough(timeOf(candidate))) fitCount += 1;
  }
  const inOrder = passOverFuture(candidates, timeOf, reading)
    .filter((candidate) => isEarlyEnough(timeOf(candidate)))
    .toSorted((a, b) => timeOf(b) - timeOf(a));
  const fit = inOrder.filter(isFit);
  const [first] = fit;
  if (first !== undefined) {
    const newer = inOrder.slice(0, inOrder.indexOf(first)).map(({ id }) => id);
    warnOf(newer, 'Newer backups, onto which binlogs cannot be replayed, were passed over', reading);
    const isPassedOver = ({ id }: FoundDump) => label === undefined && startOf(id) > startOf(first.id);
    const labelled = early.filter((one) => isPassedOver(one) && !found.includes(one)).map(({ id }) => id);
    warnOf(labelled, 'Newer backups have a label that `label` does not name, and were passed over', reading);
    return fit.slice(0, older + 1);
  }
  // What makes it unfit is said when it is used.
  if (inOrder.length > 0) return ofSeries(inOrder, label).slice(0, older + 1);
  const which = label === undefined ? '' : ` with the label ${label}`;
  const before = latest === undefined ? '' : ` of ${formatInstant(latest.toISOString())} or before`;
  throw new LifeboatError(
    'backup-not-found',
    `${reading.server} has no backup${which}${before} in ${reading.store.location}`,
    {
      hint: 'Check `server` and the prefix in `store`. A dump that failed leaves no manifest and is no backup.',
    },
  );
}

/** Throws `backup-not-found`. */
export async function findById(reading: Reading, id: string): Promise<Candidate> {
  const candidate = await readCandidate(reading, id);
  if (!('failure' in candidate) || candidate.failure.code !== 'backup-not-found') return candidate;
  throw candidate.failure;
}

/** What is wrong with the manifest is the candidate's failure; an answer that did not come from the store is thrown. */
export async function readCandidate(reading: Reading, id: string): Promise<Candidate> {
  try {
    return { id, backup: await readBackup(reading, id) };
  } catch (error) {
    if (error instanceof LifeboatError && error.class === 'restore-test') return { id, failure: error };
    throw error;
  }
}

/** Throws `backup-not-found`, `signature-invalid`, `manifest-invalid`. The signature comes first: nobody else's text is looked at. */
async function readBackup(reading: Reading, id: string): Promise<ReadBackup> {
  const { store, server, signal } = reading;
  const folder = dumpFolder(server, id);
  const bytes = await readSmallObject(
    store,
    folder + MANIFEST_NAME,
    MAX_MANIFEST_BYTES,
    'manifest-invalid',
    signal,
  );
  if (bytes === undefined) {
    throw new LifeboatError('backup-not-found', `${folder}${MANIFEST_NAME} is not in ${store.location}`, {
      hint: '`lifeboat list` shows what is there. A folder without a manifest is a run that failed.',
    });
  }
  const keys = { document: folder + MANIFEST_NAME, signature: folder + SIGNATURE_NAME };
  const signedBy = await checkSignature(reading, keys, bytes);
  const manifest = parseManifest(bytes, { server, id });
  return { id, folder, manifest, manifestSha256: createHash('sha256').update(bytes).digest('hex'), signedBy };
}

/** Returns the fingerprint of the signer, where one is asked for. Throws `signature-invalid`. */
export async function checkSignature(
  { store, encryption, trustedSigners, now, signal }: Omit<Reading, 'server'>,
  { document, signature: key }: { readonly document: string; readonly signature: string },
  manifest: Uint8Array,
): Promise<string | undefined> {
  if (trustedSigners === undefined) return undefined;
  const signature = await readSmallObject(store, key, MAX_SIGNATURE_BYTES, 'signature-invalid', signal);
  if (signature === undefined) {
    throw new LifeboatError('signature-invalid', `${document} is not signed`, {
      hint: 'Give the backup job a `signing-key`. A backup that anybody may have written is not restored.',
    });
  }
  try {
    return (await encryption.verifyDetached(manifest, signature, trustedSigners, now)).fingerprint;
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    throw new LifeboatError('signature-invalid', `${key}: ${error.message}`, {
      hint: 'Somebody else wrote this manifest, or it was changed, or `trusted-signers` lacks a key. Find out which before you trust anything newer than the last proven backup.',
      cause: error,
    });
  }
}

/** Those with the label; where none is asked for those without one, as long as there are any. */
function ofSeries<T extends { readonly id: string }>(found: readonly T[], label: string | undefined) {
  const own = found.filter(({ id }) => parseBackupId(id)?.label === label);
  return own.length === 0 && label === undefined ? found : own;
}

/** Of the state where the manifest is believed, else of the run. */
function timeOf(candidate: Candidate): number {
  if ('backup' in candidate) return Date.parse(candidate.backup.manifest.instant);
  return startOf(candidate.id);
}

function startOf(backupId: string): number {
  return parseRunId(parseBackupId(backupId)?.runId ?? '')?.startedAt.getTime() ?? 0;
}
