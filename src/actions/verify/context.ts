// What checks know besides what is in the store of a server.
import type { LifeboatError } from '../../errors.ts';
import type { Recipient, TrustedSigner } from '../../ports/encryption.ts';
import type { StoreSettings } from '../../ports/store.ts';

export interface Limits {
  readonly maxDumpAge: number;
  readonly maxBinlogAge: number;
  readonly maxStorageAge: number;
  readonly maxProofAge: number | undefined;
  readonly minSize: number | undefined;
  readonly maxShrink: number;
  /** What `acknowledge` names. */
  readonly acknowledge: readonly string[];
}

export interface VerifyKeys {
  readonly trustedSigners: readonly TrustedSigner[] | undefined;
  readonly trustedProvers: readonly TrustedSigner[] | undefined;
  /** Undefined: not given. An error: one of them cannot be used any more. */
  readonly recipients: readonly Recipient[] | LifeboatError | undefined;
}

export interface CheckContext {
  readonly now: Date;
  readonly limits: Limits;
  /** Undefined: not given. */
  readonly recipients: readonly Recipient[] | undefined;
  /** Whether there are keys that signatures of backups are checked with. */
  readonly asksWhoSigned: boolean;
  /** Undefined: the store has none. */
  readonly settings: StoreSettings | undefined;
  /** Whether the store says itself when it got something. */
  readonly hasStoreTimes: boolean;
}
