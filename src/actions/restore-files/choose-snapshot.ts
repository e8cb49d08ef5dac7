// Which snapshot is meant, and what there is to say about it.
import { storageFolder } from '../../domain/stores/object-names.ts';
import { formatInstant } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { SnapshotChoice } from '../../inputs/storage.ts';
import type { Encryption, TrustedSigner } from '../../ports/encryption.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { StoreReader } from '../../ports/store.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { findById, type Reading } from '../restoring/find-backups.ts';
import { findSnapshot, findSnapshotOf, listStorages, type ReadSnapshot } from '../restoring/find-snapshot.ts';

export interface SnapshotRequest {
  readonly server: string;
  readonly name: string;
  readonly snapshot: SnapshotChoice;
}

export interface SnapshotPorts {
  readonly store: StoreReader;
  readonly encryption: Encryption;
  readonly reporter: Reporter;
}

export interface ChosenSnapshot extends ReadSnapshot {
  readonly warnings: readonly string[];
}

/** Throws `backup-not-found`, `signature-invalid`, `manifest-invalid`. */
export async function chooseSnapshot(
  { server, name, snapshot: choice }: SnapshotRequest,
  trustedSigners: readonly TrustedSigner[] | undefined,
  { store, encryption, reporter }: SnapshotPorts,
  signal: AbortSignal,
): Promise<ChosenSnapshot> {
  const clock = await readStoreClock(store, signal);
  const reading = { store, encryption, server, trustedSigners, now: clock.now(), signal };
  const chosen =
    typeof choice === 'object' && 'backup' in choice
      ? await findOf(choice.backup, name, reading)
      : await findChosen(choice, name, reading);
  const { id, instant, complete } = chosen.manifest;
  reporter.info(`${id}, with the state of ${instant}`);
  return {
    ...chosen,
    warnings: [
      ...(clock.warning === undefined ? [] : [clock.warning]),
      ...chosen.warnings,
      ...(complete ? [] : ['The snapshot is incomplete: some files could not be read.']),
    ],
  };
}

async function findChosen(
  choice: 'latest' | { readonly id: string },
  name: string,
  reading: Reading,
): Promise<ChosenSnapshot> {
  const { refused, ...found } = await findSnapshot(reading, name, choice);
  const warnings = refused.map((one) => `A newer snapshot is not to be believed and was passed over. ${one}`);
  return { ...found, warnings };
}

/** As restore tests choose it. */
async function findOf(backupId: string, name: string, reading: Reading): Promise<ChosenSnapshot> {
  const candidate = await findById(reading, backupId);
  if ('failure' in candidate) throw candidate.failure;
  const { manifest } = candidate.backup;
  const [storage] = await listStorages(reading, `${storageFolder(reading.server, name)}snapshots`);
  const { after, before, refused } =
    storage === undefined
      ? { after: undefined, before: undefined, refused: [] }
      : await findSnapshotOf(manifest, storage, reading, reading.now);
  const found = after ?? before;
  if (found === undefined)
    throw new LifeboatError(
      'backup-not-found',
      `no snapshot of ${name} belongs to ${backupId} in ${reading.store.location}`,
      { hint: '`lifeboat list` shows what snapshots there are, with the moment whose state each holds.' },
    );
  return {
    ...found,
    warnings: [
      ...refused.map((one) => `A snapshot was passed over. ${one}`),
      ...(after === undefined
        ? [
            `No snapshot was begun after the backup: this one has the files of ${formatInstant(found.manifest.instant)}, the backup the databases of ${formatInstant(manifest.instant)}.`,
          ]
        : []),
    ],
  };
}
