// What every step of a run has at hand.
import type { StatePlace } from '../../domain/sealed-state.ts';
import type { Remote } from '../../ports/remote.ts';
import type { StorageLayer, StorageWork } from '../../ports/storage.ts';
import type { Sealing, SealingPorts } from '../sealing/sealing.ts';
import type { SyncStorageInputs } from './inputs.ts';

export interface SyncStoragePorts extends SealingPorts {
  readonly remote: Remote;
  readonly storage: StorageLayer;
}

/** All that a run has at hand. */
export interface Run extends Sealing {
  readonly inputs: SyncStorageInputs;
  readonly id: string;
  readonly work: StorageWork;
  readonly place: StatePlace;
  /** Of the steady clock: from then on no pack is begun. */
  readonly stopMs: number;
}

/** Of what is remembered on the target. */
export function secretOf({ stateKey, sshKey }: SyncStorageInputs): string {
  return stateKey ?? sshKey;
}

/** When it changes, what is missing was not deleted. */
export function choiceOf({ inputs: { exclude, oneFileSystem }, work }: Run): string {
  return JSON.stringify({ paths: work.facts.roots, exclude, oneFileSystem });
}
