// What a person reads after files were restored, on a terminal.
import { countOf, formatBytes, formatInstant } from '../../domain/text/units.ts';
import { showUnseen } from '../../domain/text/visible.ts';
import type { RestoreFilesOutcome } from './restore-files.ts';

export function renderRestoredFiles(outcome: RestoreFilesOutcome): string {
  const { manifest, directory, files, bytes, unproven, signedBy } = outcome;
  const lines = [
    `${countOf(files, 'file')} (${formatBytes(bytes)}) of ${manifest.id}, with the state of ${formatInstant(manifest.instant)}, in ${showUnseen(directory)}`,
    `Every file is what was read on the server: ${unproven.length === 0 ? 'its SHA-256 matches' : `its SHA-256 matches, but for ${countOf(unproven.length, 'file')} that changed while the backup read it`}.`,
    signedBy === undefined
      ? 'The signature of the manifest was not checked.'
      : `The manifest is signed by ${signedBy}.`,
    ...unproven.map((name) => `  ${showUnseen(name)}`),
  ];
  return `${lines.join('\n')}\n`;
}
