// A backup as its manifest describes it, and who vouches for it.
import type { DumpManifest } from '../../domain/dumps/manifest.ts';

export interface ReadBackup {
  readonly id: string;
  /** With a slash at its end. */
  readonly folder: string;
  readonly manifest: DumpManifest;
  readonly manifestSha256: string;
  /** Fingerprint of the trusted signer; undefined where no signature was asked for. */
  readonly signedBy: string | undefined;
}
