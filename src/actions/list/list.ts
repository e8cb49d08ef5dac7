// The list action: what backups of a server there are, without opening one.
import type { DumpManifest } from '../../domain/dumps/manifest.ts';
import { isOfDump, type DumpProof } from '../../domain/proofs/proof.ts';
import type { LifeboatError } from '../../errors.ts';
import type { Encryption, TrustedSigner } from '../../ports/encryption.ts';
import type { StoreReader } from '../../ports/store.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { readEarlierProofs } from '../restoring/earlier-proofs.ts';
import { readCandidate, readDumpList } from '../restoring/find-backups.ts';
import { listBinlogs, type ListedBinlogs } from './binlogs.ts';
import { listSnapshots, type ListedSnapshots } from './snapshots.ts';

/** Proofs come once a week where backups come every night. */
const MAX_PROOFS = 100;

export interface ListRequest {
  readonly server: string;
  readonly limit: number;
  /** Undefined: signatures are not asked for. */
  readonly trustedSigners: readonly TrustedSigner[] | undefined;
  readonly trustedProvers: readonly TrustedSigner[] | undefined;
}

export interface ListedBackup {
  readonly id: string;
  /** Undefined for one that is refused. */
  readonly manifest: DumpManifest | undefined;
  /** Fingerprint of a trusted signer. */
  readonly signedBy: string | undefined;
  readonly hasSignature: boolean;
  readonly failure: LifeboatError | undefined;
  /** The newest proof of exactly this manifest. */
  readonly proof: DumpProof | undefined;
}

export interface Listing extends ListedSnapshots {
  readonly server: string;
  readonly location: string;
  /** Newest first. */
  readonly backups: readonly ListedBackup[];
  readonly olderBackups: number;
  readonly unfinished: number;
  /** Undefined where none of the backups is one that binlogs can be replayed onto. */
  readonly binlogs: ListedBinlogs | undefined;
  readonly areSignersGiven: boolean;
  readonly warnings: readonly string[];
}

export async function list(
  { server, limit, trustedSigners, trustedProvers }: ListRequest,
  { store, encryption }: { readonly store: StoreReader; readonly encryption: Encryption },
  signal: AbortSignal,
): Promise<Listing> {
  const clock = await readStoreClock(store, signal);
  const reading = { store, encryption, server, trustedSigners, trustedProvers, now: clock.now(), signal };
  const { dumps, unfinished } = await readDumpList(reading);
  const { proofs, failures } = await readEarlierProofs(reading, MAX_PROOFS);
  const backups: ListedBackup[] = [];
  for (const { id, hasSignature } of dumps.slice(0, limit)) {
    const candidate = await readCandidate(reading, id);
    const backup = 'backup' in candidate ? candidate.backup : undefined;
    backups.push({
      id,
      manifest: backup?.manifest,
      signedBy: backup?.signedBy,
      hasSignature,
      failure: 'failure' in candidate ? candidate.failure : undefined,
      proof: proofs
        .filter(isOfDump)
        .find((proof) => proof.backup.id === id && proof.backup.manifestSha256 === backup?.manifestSha256),
    });
  }
  backups.sort((a, b) => compareText(timeOf(b), timeOf(a)) || compareText(b.id, a.id));
  const anchor = backups.find(({ manifest }) => manifest?.pitrAnchor.isAnchor)?.manifest;
  return {
    server,
    location: store.location,
    backups,
    ...(await listSnapshots(reading, limit, proofs)),
    binlogs: anchor && (await listBinlogs(reading, anchor)),
    olderBackups: Math.max(0, dumps.length - limit),
    unfinished: unfinished.length,
    areSignersGiven: trustedSigners !== undefined,
    warnings: [
      ...(clock.warning === undefined ? [] : [clock.warning]),
      ...failures.map(({ message }) => `A proof does not count: ${message}`),
    ],
  };
}

/** Of the state where the manifest can be read, else of the run; both sort as text. */
function timeOf({ id, manifest }: ListedBackup): string {
  return (manifest?.instant ?? id).replaceAll(/[-:]/g, '').slice(0, '20261120T030512'.length);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
