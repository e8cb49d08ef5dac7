// The restore-files action: which snapshot, which of its entries, and whether what came out is what was put in.
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { packsOf } from '../../domain/packs.ts';
import { LifeboatError } from '../../errors.ts';
import type { Encryption, Identity, TrustedSigner } from '../../ports/encryption.ts';
import type { Machine } from '../../ports/machine.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { StoreReader } from '../../ports/store.ts';
import { checkRoom } from '../restoring/check-room.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { findSnapshot, type FoundSnapshot } from '../restoring/find-snapshot.ts';
import { FetchedIndex } from '../restoring/read-index.ts';
import { compare, type Compared } from './compare.ts';
import { selectEntries } from './selection.ts';
import { unpack } from './unpack.ts';

/** Names in a warning. */
const MAX_NAMED = 10;

export interface RestoreFilesRequest {
  readonly server: string;
  readonly name: string;
  readonly snapshot: 'latest' | { readonly id: string };
  /** As they are called on the target; undefined: everything. */
  readonly paths: readonly string[] | undefined;
  /** A directory on this machine, empty or not there. */
  readonly to: string;
  /** For ciphertext, removed at the end. */
  readonly temporaryDirectory: string;
  /** Whether owners and all attributes can be set. */
  readonly isRoot: boolean;
}

export interface RestoreFilesKeys {
  readonly identity: Identity;
  readonly trustedSigners: readonly TrustedSigner[] | undefined;
}

export interface RestoreFilesPorts {
  readonly store: StoreReader;
  readonly encryption: Encryption;
  readonly reporter: Reporter;
  /** This one. */
  readonly machine: Machine;
}

export interface RestoreFilesOutcome extends FoundSnapshot {
  /** Absolute. */
  readonly directory: string;
  readonly files: number;
  readonly bytes: number;
  /** Files that changed while they were backed up: there is nothing to compare them with. */
  readonly unproven: readonly string[];
  readonly warnings: readonly string[];
}

/** Throws `restore-choice`, `object-mismatch`, `restore-differs`, and what reading throws. */
export async function restoreFiles(
  request: RestoreFilesRequest,
  { identity, trustedSigners }: RestoreFilesKeys,
  ports: RestoreFilesPorts,
  signal: AbortSignal,
): Promise<RestoreFilesOutcome> {
  const { store, encryption, reporter } = ports;
  const clock = await readStoreClock(store, signal);
  const { server, name, isRoot } = request;
  const reading = { store, encryption, server, trustedSigners, now: clock.now(), signal };
  const snapshot = await findSnapshot(reading, name, request.snapshot);
  const { manifest } = snapshot;
  reporter.info(`${manifest.id}, with the state of ${manifest.instant}`);
  const to = path.resolve(request.to);
  await makeEmpty(to);
  const directory = await mkdtemp(path.join(request.temporaryDirectory, 'restore-files-'));
  try {
    const fetching = { store, encryption, identity, reporter, directory, signal };
    const index = await FetchedIndex.fetch(manifest, fetching);
    const selection = await selectEntries(index, request.paths);
    // One pack lies there at a time.
    const sizes = packsOf(manifest).flatMap(({ packId, stored }) =>
      selection.packs.has(packId) ? [stored.sizeBytes] : [],
    );
    await checkRoom(directory, Math.max(0, ...sizes));
    const leftOut = await unpack(manifest, index, selection, {
      ...{ ...fetching, machine: ports.machine },
      ...{ to, isRoot },
    });
    const compared = await compare(index, selection, { to, isRoot, signal });
    return {
      ...snapshot,
      ...{ directory: to, files: selection.files, bytes: selection.bytes, unproven: compared.unproven },
      warnings: [
        ...(clock.warning === undefined ? [] : [clock.warning]),
        ...snapshot.refused.map(
          (one) => `A newer snapshot is not to be believed and was passed over. ${one}`,
        ),
        ...(manifest.complete ? [] : ['The snapshot is incomplete: some files could not be read.']),
        ...describeLosses(compared, leftOut),
      ],
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What only root can bring back. */
function describeLosses(
  { strangers, loose, closed }: Compared,
  leftOut: ReadonlyMap<string, number>,
): string[] {
  const list = (counts: ReadonlyMap<string, number>) =>
    [...counts].map(([what, count]) => `${what} (${count})`).join(', ');
  return [
    ...(strangers.size === 0
      ? []
      : [
          `Everything belongs to you. Run as root to give these back to their owners, user:group: ${list(strangers)}.`,
        ]),
    ...(leftOut.size === 0 ? [] : [`Attributes that only root can set were left out: ${list(leftOut)}.`]),
    ...nameAll('Other permissions or times than on the server', loose),
    ...nameAll('Only root can read these, so that their contents were not compared', closed),
  ];
}

function nameAll(what: string, names: readonly string[]): string[] {
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return names.length === 0 ? [] : [`${what}: ${names.slice(0, MAX_NAMED).join(', ')}${more}.`];
}

/** Nothing is there that could be overwritten, or that leads anywhere else. */
async function makeEmpty(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found = await readdir(directory);
  if (found.length === 0) return;
  throw new LifeboatError('input-invalid', `\`to\`: ${directory} is not empty`, {
    hint: 'Files are restored into an empty directory, so that nothing is overwritten. Move them from there to where they belong.',
  });
}
