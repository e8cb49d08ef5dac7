// What the steps of a dump work with, and the backup that they make.
import type { DumpEngine } from '../../ports/engine.ts';
import type { Remote } from '../../ports/remote.ts';
import type { Sealing, SealingPorts } from '../sealing/sealing.ts';
import type { DumpInputs } from './inputs.ts';

export interface DumpPorts extends SealingPorts {
  readonly remote: Remote;
  readonly engine: DumpEngine;
}

/** A backup on its way into the store. */
export interface Backup extends Sealing {
  readonly inputs: DumpInputs;
  readonly ports: DumpPorts;
  readonly id: string;
  /** Key prefix of all its objects, with a slash at the end. */
  readonly folder: string;
}
