// The fetch action: a backup's objects, as they are in the store, on this machine's disk. Each file is there whole or not at all; the
// manifest comes last, as it does in the store.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ManifestPart } from '../../domain/statements/stored-message.ts';
import { MAX_MANIFEST_BYTES } from '../../domain/dumps/manifest-text.ts';
import { MANIFEST_NAME, SIGNATURE_NAME } from '../../domain/stores/object-names.ts';
import { LifeboatError } from '../../errors.ts';
import type { BackupChoice } from '../../inputs/names.ts';
import type { Encryption, TrustedSigner } from '../../ports/encryption.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { StoreReader } from '../../ports/store.ts';
import { startProgressLog } from '../progress-log.ts';
import { readStoreClock } from '../read-store-clock.ts';
import type { ReadBackup } from '../restoring/backup.ts';
import { checkRoom } from '../restoring/check-room.ts';
import { chooseBackup } from '../restoring/choose-backup.ts';
import { fetchPartAlone } from '../restoring/fetch-object.ts';
import type { Reading } from '../restoring/find-backups.ts';
import { MAX_SIGNATURE_BYTES, readSmallObject } from '../restoring/read-small-object.ts';
import { FetchDirectory } from './directory.ts';
import { findRunbook } from './runbook.ts';

export interface FetchRequest {
  readonly server: string;
  readonly backup: BackupChoice;
  readonly label?: string | undefined;
  readonly directory: string;
  readonly trustedSigners: readonly TrustedSigner[] | undefined;
  readonly trustedProvers: readonly TrustedSigner[] | undefined;
}

export interface FetchPorts {
  readonly store: StoreReader;
  readonly encryption: Encryption;
  readonly reporter: Reporter;
}

export interface FetchOutcome {
  readonly backup: ReadBackup;
  /** Absolute. */
  readonly directory: string;
  readonly fetchedParts: number;
  readonly fetchedBytes: number;
  /** Were there already, and right. */
  readonly keptParts: number;
  readonly hasRunbook: boolean;
  readonly isSigned: boolean;
  readonly warnings: readonly string[];
}

/** Throws `object-mismatch`, `input-invalid` for a directory that holds something else, and what the store throws. */
export async function fetchBackup(
  { server, backup: choice, label, directory, trustedSigners, trustedProvers }: FetchRequest,
  { store, encryption, reporter }: FetchPorts,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const clock = await readStoreClock(store, signal);
  const warn = (sentence: string) => reporter.warning(sentence);
  const reading = {
    store,
    encryption,
    server,
    trustedSigners,
    trustedProvers,
    now: clock.now(),
    signal,
    warn,
  };
  const backup = await chooseBackup(reading, choice, { label });
  reporter.info(`${backup.id}, with the state of ${backup.manifest.instant}`);
  const place = new FetchDirectory(path.resolve(directory), signal);
  await mkdir(place.path, { recursive: true, mode: 0o700 });
  const documents = await readDocuments(reading, backup);
  await place.expect(MANIFEST_NAME, documents.manifest);
  const fetched = await fetchParts(backup, place, { store, encryption, reporter });
  const runbook = await findRunbook(reading, backup);
  if (runbook.text !== undefined) await place.replace('RECOVERY.md', runbook.text);
  if (documents.signature !== undefined) await place.replace(SIGNATURE_NAME, documents.signature);
  await place.replace(MANIFEST_NAME, documents.manifest);
  return {
    backup,
    directory: place.path,
    ...fetched,
    hasRunbook: runbook.text !== undefined,
    isSigned: documents.signature !== undefined,
    warnings: [
      ...(clock.warning === undefined ? [] : [clock.warning]),
      ...(trustedSigners === undefined
        ? ['The signature was not checked: give `trusted-signers`, or check it by hand before you decrypt.']
        : []),
      ...runbook.warnings,
    ],
  };
}

/** The bytes whose signature was checked, and that signature. */
async function readDocuments(
  { store, signal }: Reading,
  { folder, manifestSha256 }: ReadBackup,
): Promise<{ readonly manifest: Buffer; readonly signature: Buffer | undefined }> {
  const key = folder + MANIFEST_NAME;
  const manifest = await readSmallObject(store, key, MAX_MANIFEST_BYTES, 'manifest-invalid', signal);
  if (manifest === undefined || FetchDirectory.digest(manifest) !== manifestSha256)
    throw new LifeboatError('manifest-invalid', `${key} changed while it was read`);
  const signatureKey = folder + SIGNATURE_NAME;
  return {
    manifest,
    signature: await readSmallObject(store, signatureKey, MAX_SIGNATURE_BYTES, 'signature-invalid', signal),
  };
}

async function fetchParts(
  { manifest }: ReadBackup,
  place: FetchDirectory,
  { store, reporter }: FetchPorts,
): Promise<Pick<FetchOutcome, 'fetchedParts' | 'fetchedBytes' | 'keptParts'>> {
  const parts = manifest.objects.flatMap((object) => object.parts);
  const missing: ManifestPart[] = [];
  // All of them before the first byte is fetched: what is in the way is told at once.
  for (const part of parts) if (!(await place.has(part))) missing.push(part);
  const fetchedBytes = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  await checkRoom(place.path, fetchedBytes);
  const progress = startProgressLog('fetched', fetchedBytes, reporter);
  try {
    for (const part of missing) {
      const options = { store, signal: place.signal, onBytes: (count: number) => progress.add(count) };
      await place.add(path.posix.basename(part.key), (file) => fetchPartAlone(part, file, options));
    }
  } finally {
    progress.end();
  }
  return { fetchedParts: missing.length, fetchedBytes, keptParts: parts.length - missing.length };
}
