// What a person reads after a fetch, on a terminal: what is there, and what to do with it.
import { shellQuote } from '../../domain/text/shell.ts';
import { countOf, formatBytes, formatInstant } from '../../domain/text/units.ts';
import { showUnseen } from '../../domain/text/visible.ts';
import type { FetchOutcome } from './fetch.ts';

export function renderFetched(outcome: FetchOutcome): string {
  const { backup, directory, fetchedParts, fetchedBytes, keptParts, hasRunbook, isSigned } = outcome;
  const kept = keptParts === 0 ? '' : `; ${countOf(keptParts, 'file')} had been there already`;
  const lines = [
    `${backup.id}, with the state of ${formatInstant(backup.manifest.instant)}, is in ${showUnseen(directory)}`,
    `${countOf(fetchedParts, 'file')} fetched (${formatBytes(fetchedBytes)})${kept}. Each one is what the manifest says, and still encrypted.`,
    backup.signedBy === undefined
      ? isSigned
        ? 'The signature of the manifest was not checked.'
        : 'The manifest is not signed.'
      : `The manifest is signed by ${backup.signedBy}.`,
    '',
    'What next:',
    `  cd ${shellQuote(directory)}`,
    hasRunbook
      ? '  RECOVERY.md is the page that a restore test wrote for exactly this backup: follow it; what it fetches is there already.'
      : '  docs/restore-by-hand.md, from step 3 on, tells how to check and load it with stock tools.',
    `  To load it with Lifeboat: lifeboat restore ${backup.id} --server ${backup.manifest.server} …`,
  ];
  return `${lines.join('\n')}\n`;
}
