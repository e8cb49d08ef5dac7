// Builds the bundle into a directory of its own, for tests that run or compare what is shipped.
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');

/** Returns the directory; the caller removes it. */
export async function buildBundle(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'bundle-'));
  const rolldown = join(ROOT, 'node_modules/.bin/rolldown');
  await promisify(execFile)(rolldown, ['--config', '--configLoader', 'native', '--dir', directory], {
    cwd: ROOT,
  });
  return directory;
}
