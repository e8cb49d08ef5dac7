// What it takes to bring something from a target into the store, sealed and signed.
import type { Encryption, Recipient, SigningKey } from '../../ports/encryption.ts';
import type { SealedTask, TargetSession } from '../../ports/remote.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { StoreWriter } from '../../ports/store.ts';

export interface SealingPorts {
  readonly store: StoreWriter;
  readonly encryption: Encryption;
  readonly reporter: Reporter;
}

export interface SealingKeys {
  readonly recipients: readonly Recipient[];
  /** Undefined: manifests stay unsigned, and the summary says so. */
  readonly signingKey: SigningKey | undefined;
}

export interface Sealing {
  readonly inputs: {
    readonly encryptOn: 'target' | 'runner';
    readonly compression: SealedTask['compression'];
  };
  readonly keys: SealingKeys;
  readonly ports: SealingPorts;
  readonly session: TargetSession;
  readonly signal: AbortSignal;
}
