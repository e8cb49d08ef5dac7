// What a restore test works with, and what it finds out about one backup.
import type { Assertion } from '../../domain/statements/assertion.ts';
import type { Difference } from '../../domain/dumps/compare-inventories.ts';
import type { InventoryObject } from '../../domain/dumps/inventory.ts';
import type { ProofLevel, ProofTimings } from '../../domain/proofs/proof.ts';
import type { ReadFiles } from '../../domain/recovery/recovery-files.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Encryption, Identity, SigningKey, TrustedSigner } from '../../ports/encryption.ts';
import type { Machine } from '../../ports/machine.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { RestoreEngine, SandboxVersions } from '../../ports/restore-engine.ts';
import type { SandboxHost, SandboxImage } from '../../ports/sandbox.ts';
import type { StoreReader, StoreWriter } from '../../ports/store.ts';
import type { ReadBackup } from '../restoring/backup.ts';
import type { ExaminedReplay } from './point-in-time.ts';

export interface RestoreTestPorts {
  readonly store: StoreReader;
  /** Takes proofs; may have other credentials. */
  readonly proofStore: StoreWriter;
  readonly encryption: Encryption;
  readonly engine: RestoreEngine;
  readonly host: SandboxHost;
  /** This one, where tar reads files. */
  readonly machine: Machine;
  readonly reporter: Reporter;
}

/** Before it is known whether a sandbox is needed. */
export type RestoreTestAdapters = Omit<RestoreTestPorts, 'host'> & {
  /** Throws `sandbox-unavailable`. */
  readonly findHost: (signal: AbortSignal) => Promise<SandboxHost>;
};

export interface RestoreTestKeys {
  readonly identity: Identity;
  /** Undefined: manifests are not asked for a signature, and the summary says so. */
  readonly trustedSigners: readonly TrustedSigner[] | undefined;
  /** Undefined: proofs stay unsigned, and the summary says so. */
  readonly proofSigningKey: SigningKey | undefined;
  readonly trustedProvers: readonly TrustedSigner[] | undefined;
}

/** What the machine gives. */
export interface Workplace {
  /** Private, for ciphertext. */
  readonly directory: string;
  readonly sandboxMemoryBytes: number;
}

/** Why a backup is not proven. */
export interface Finding {
  readonly code: ErrorCode;
  /** Without a full stop; names and texts from databases as they are. */
  readonly sentence: string;
}

export interface CheckedAssertion {
  readonly assertion: Assertion;
  /** The rest of a sentence; undefined when it holds. */
  readonly problem: string | undefined;
}

/** One backup, restored and looked at. */
export interface Examination {
  readonly backup: ReadBackup;
  /** Empty: proven. The worst first. */
  readonly findings: readonly Finding[];
  readonly level: ProofLevel;
  readonly differences: readonly Difference[];
  readonly assertions: readonly CheckedAssertion[];
  /** What was not looked at or cannot be shown, in sentences with numbers. */
  readonly limits: readonly string[];
  /** As restored; undefined when nothing was compared. */
  readonly restored: readonly InventoryObject[] | undefined;
  readonly inventorySha256: string;
  readonly timings: ProofTimings;
  readonly versions: SandboxVersions;
  readonly image: SandboxImage;
  /** Undefined where none was asked for. */
  readonly replay: ExaminedReplay | undefined;
  /** Files that belong to the backup; empty where there are none, or none was asked for. */
  readonly storage: readonly ReadFiles[];
}

/** The newest moment that can be restored, whichever one was. */
export function recoverableUntil({ backup, replay }: Pick<Examination, 'backup' | 'replay'>): string {
  return replay?.recoverableUntil ?? backup.manifest.instant;
}

/** The moment whose state was restored. The clock of a database server may be ahead: of the future nothing is claimed. */
export function recoveredTo({ backup, replay }: Pick<Examination, 'backup' | 'replay'>, now: Date): string {
  const at = replay?.recoveredTo ?? backup.manifest.instant;
  return at > now.toISOString() ? now.toISOString() : at;
}
