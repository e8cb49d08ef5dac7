// What the storage layer is asked for, of the inputs of an action.
import { patternsOf } from '../../domain/snapshots/exclude-presets.ts';
import type { StorageLayer, StorageRequest } from '../../ports/storage.ts';
import { commandTools } from '../commands.ts';
import { SEALING_TOOLS } from '../sealing/seal-object.ts';
import type { SyncStorageInputs } from './inputs.ts';

/** Linux writes what a program changed in its memory of a file after 30 s, and only then is a further change seen in its times. */
const SETTLED_SECONDS = 60;

/** What it takes to look at the directories. */
export type StorageRequestInputs = Pick<
  SyncStorageInputs,
  'paths' | 'become' | 'exclude' | 'oneFileSystem' | 'dryRun' | 'packSize' | 'encryptOn' | 'before' | 'after'
>;

export function toolsFor(inputs: StorageRequestInputs, storage: StorageLayer): string[] {
  return [...storage.tools, ...SEALING_TOOLS[inputs.encryptOn], ...commandTools(inputs)];
}

export function requestOf(
  inputs: StorageRequestInputs,
  folder: string,
  settledSeconds = SETTLED_SECONDS,
): StorageRequest {
  return {
    folder,
    paths: inputs.paths,
    become: inputs.become === 'sudo' ? 'sudo' : undefined,
    exclude: inputs.exclude.map((text) => ({ text, patterns: patternsOf(text) ?? [] })),
    oneFileSystem: inputs.oneFileSystem,
    weighExcluded: inputs.dryRun,
    packBytes: inputs.packSize,
    settledSeconds,
  };
}
