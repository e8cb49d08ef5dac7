// The one backup that was asked for, believed or refused.
import { LifeboatError } from '../../errors.ts';
import type { BackupChoice } from '../../inputs/names.ts';
import type { ReadBackup } from './backup.ts';
import { findById, findNewest, type Reading, type Wanted } from './find-backups.ts';

/**
 * Never another one than asked for; `wanted` is for the newest one. Throws `backup-not-found`, `signature-invalid`,
 * `manifest-invalid`.
 */
export async function chooseBackup(
  reading: Reading,
  choice: BackupChoice,
  wanted?: Wanted,
): Promise<ReadBackup> {
  const [candidate] =
    choice.kind === 'id' ? [await findById(reading, choice.id)] : await findNewest(reading, 0, wanted);
  if (candidate === undefined) throw new TypeError('a search that finds nothing throws');
  if ('backup' in candidate) return candidate.backup;
  if (choice.kind === 'id') throw candidate.failure;
  const { code, message, hint = '' } = candidate.failure;
  throw new LifeboatError(code, `the newest backup is refused: ${message}`, {
    hint: `${hint} \`lifeboat list\` shows the older ones; name one by its id.`.trim(),
    cause: candidate.failure,
  });
}
