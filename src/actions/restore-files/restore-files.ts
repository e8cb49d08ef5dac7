// The restore-files action: which snapshot, which of its entries, and whether what came out is what was put in.
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { packsOf } from '../../domain/snapshots/packs.ts';
import { LifeboatError } from '../../errors.ts';
import type { Identity, TrustedSigner } from '../../ports/encryption.ts';
import type { Machine } from '../../ports/machine.ts';
import { checkRoom } from '../restoring/check-room.ts';
import { FetchedIndex } from '../restoring/read-index.ts';
import { ExpectedAttributes } from './attributes.ts';
import {
  chooseSnapshot,
  type ChosenSnapshot,
  type SnapshotPorts,
  type SnapshotRequest,
} from './choose-snapshot.ts';
import { compare, type Compared } from './compare.ts';
import type { Names } from './names.ts';
import { selectEntries } from './selection.ts';
import { unpack } from './unpack.ts';

export interface RestoreFilesRequest extends SnapshotRequest {
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

export interface RestoreFilesPorts extends SnapshotPorts {
  /** This one. */
  readonly machine: Machine;
}

export interface RestoreFilesOutcome extends ChosenSnapshot {
  /** Absolute. */
  readonly directory: string;
  readonly files: number;
  readonly bytes: number;
  /** Files that changed while they were backed up: there is nothing to compare them with. */
  readonly unproven: readonly string[];
  /** How many entries only root can read, so that they were not compared. */
  readonly closed: number;
}

/** Throws `restore-choice`, `object-mismatch`, `restore-differs`, and what reading throws. */
export async function restoreFiles(
  request: RestoreFilesRequest,
  { identity, trustedSigners }: RestoreFilesKeys,
  ports: RestoreFilesPorts,
  signal: AbortSignal,
): Promise<RestoreFilesOutcome> {
  const { store, encryption, reporter } = ports;
  const { isRoot } = request;
  const snapshot = await chooseSnapshot(request, trustedSigners, ports, signal);
  const { manifest } = snapshot;
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
    const attributes = new ExpectedAttributes(isRoot);
    const leftOut = await unpack(manifest, index, selection, {
      ...{ ...fetching, machine: ports.machine },
      ...{ to, isRoot, attributes },
    });
    const compared = await compare(index, selection, { to, isRoot, signal });
    const { lost, unread } = await attributes.compare(to, ports.machine, signal);
    if (isRoot && lost.count > 0) throw attributesLost(lost, to);
    return {
      ...snapshot,
      ...{ directory: to, files: selection.files, bytes: selection.bytes },
      ...{ unproven: compared.unproven, closed: compared.closed.count },
      warnings: [
        ...snapshot.warnings,
        ...describeLosses(compared, leftOut),
        ...nameAll('Without attributes or access control lists that they had on the server', lost),
        ...nameAll('Attributes and access control lists could not be compared', unread),
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
    ...nameAll('Only root can read these, so that they were not compared', closed),
  ];
}

function attributesLost(lost: Names, to: string): LifeboatError {
  return new LifeboatError(
    'restore-differs',
    nameAll('without attributes or access control lists that they had on the server', lost).join(''),
    {
      hint: `Everything is in ${to}, and every content is as it was. Does its file system keep attributes and lists, as ext4 and xfs do, and may you set them? In a container root may not set all of them.`,
    },
  );
}

function nameAll(what: string, names: Names): string[] {
  return names.count === 0 ? [] : [`${what}: ${names.text}.`];
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
