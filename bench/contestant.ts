// What is compared: somebody who brings one dump of the helpdesk database from the target into the store.
import type { Started } from './measure.ts';

export interface Contestant {
  readonly name: string;
  /** Gets ready for one run; not measured. */
  prepare(): Promise<void>;
  /** `ended` rejects unless the program itself said that all is well. */
  start(): Started<StoredDump>;
}

export interface StoredDump {
  readonly sizeBytes: number;
  /**
   * Brings it back with stock tools. Resolves with the SHA-256 of the SQL text without comment lines, which two dumps of the same
   * data have in common; throws when anything is missing.
   */
  restore(): Promise<string>;
}
