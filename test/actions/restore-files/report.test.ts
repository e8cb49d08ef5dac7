// What a person reads after files were restored.
import { expect, it } from 'vitest';
import { renderRestoredFiles } from '../../../src/actions/restore-files/report.ts';
import type { RestoreFilesOutcome } from '../../../src/actions/restore-files/restore-files.ts';

it.each([
  [[], 0, 'its SHA-256 matches.'],
  [['/log'], 0, 'its SHA-256 matches, but for 1 file that changed while the backup read it.'],
  [[], 2, 'its SHA-256 matches, but for 2 entries that only root can read.'],
  [
    ['/log'],
    1,
    'its SHA-256 matches, but for 1 file that changed while the backup read it, and 1 entry that only root can read.',
  ],
])('says what was not compared: %j changed, %i closed', (unproven, closed, expected) => {
  const outcome = {
    manifest: { id: '20261120T030512Z-7f3a9c1e', instant: '2026-11-20T03:05:12.000Z' },
    ...{ directory: '/srv/restored', files: 3, bytes: 3, warnings: [], signedBy: undefined },
    ...{ unproven, closed },
  };
  expect(renderRestoredFiles(outcome as unknown as RestoreFilesOutcome)).toContain(
    `Every file is what was read on the server: ${expected}\n`,
  );
});
