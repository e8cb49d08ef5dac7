// What a person reads after files were restored, on a terminal.
import { countOf, formatBytes, formatInstant } from '../../domain/text/units.ts';
import { showUnseen } from '../../domain/text/visible.ts';
import type { RestoreFilesOutcome } from './restore-files.ts';

export function renderRestoredFiles(outcome: RestoreFilesOutcome): string {
  const { manifest, directory, files, bytes, unproven, closed, signedBy } = outcome;
  const exceptions = [
    ...(unproven.length > 0
      ? [`${countOf(unproven.length, 'file')} that changed while the backup read it`]
      : []),
    ...(closed > 0 ? [`${countOf(closed, 'entry')} that only root can read`] : []),
  ];
  const lines = [
    `${countOf(files, 'file')} (${formatBytes(bytes)}) of ${manifest.id}, with the state of ${formatInstant(manifest.instant)}, in ${showUnseen(directory)}`,
    `Every file is what was read on the server: its SHA-256 matches${exceptions.length === 0 ? '' : `, but for ${exceptions.join(', and ')}`}.`,
    signedBy === undefined
      ? 'The signature of the manifest was not checked.'
      : `The manifest is signed by ${signedBy}.`,
    ...unproven.map((name) => `  ${showUnseen(name)}`),
  ];
  return `${lines.join('\n')}\n`;
}
