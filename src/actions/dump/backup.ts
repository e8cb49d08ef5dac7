// What the steps of a dump work with, and the backup that they make.
import type { Encryption, Recipient, SigningKey } from '../../ports/encryption.ts';
import type { DumpEngine } from '../../ports/engine.ts';
import type { Remote, TargetSession } from '../../ports/remote.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { StoreWriter } from '../../ports/store.ts';
import type { DumpInputs } from './inputs.ts';

export interface DumpPorts {
  readonly remote: Remote;
  readonly store: StoreWriter;
  readonly encryption: Encryption;
  readonly engine: DumpEngine;
  readonly reporter: Reporter;
}

export interface DumpKeys {
  readonly recipients: readonly Recipient[];
  /** Undefined: the manifest stays unsigned, and the summary says so. */
  readonly signingKey: SigningKey | undefined;
}

/** A backup on its way into the store. */
export interface Backup {
  readonly inputs: DumpInputs;
  readonly keys: DumpKeys;
  readonly ports: DumpPorts;
  readonly session: TargetSession;
  readonly signal: AbortSignal;
  readonly id: string;
  /** Key prefix of all its objects, with a slash at the end. */
  readonly folder: string;
}
