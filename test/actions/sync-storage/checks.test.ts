// What a run refuses: how much may be gone.
import { expect, it } from 'vitest';
import { checkDeleted } from '../../../src/actions/sync-storage/checks.ts';
import { choiceOf, type Run } from '../../../src/actions/sync-storage/run.ts';
import type { StorageState } from '../../../src/actions/sync-storage/state.ts';
import type { StorageScan } from '../../../src/ports/storage.ts';

/** Of 44 entries 25 were deleted since the last run, and 25 of the 40 that are there now vanished. */
function check(maxDeleted: number, emptied: readonly string[] = []): void {
  const inputs = { exclude: [], oneFileSystem: true, maxDeleted };
  const run = { inputs, work: { facts: { roots: ['/srv'] } } } as unknown as Run;
  const scan = { known: 44, scanned: 40, deleted: 25, empty: emptied, emptied } as unknown as StorageScan;
  checkDeleted(run, scan, { choice: choiceOf(run) } as unknown as StorageState, 25);
}

it('refuses more than max-deleted allows, and at 100% nothing', () => {
  expect(() => check(99)).toThrow('50 of 44 entries are gone, more than max-deleted (99%)');
  expect(() => check(99, ['/srv'])).toThrow('there is nothing below /srv');
  expect(() => check(100, ['/srv'])).not.toThrow();
});
