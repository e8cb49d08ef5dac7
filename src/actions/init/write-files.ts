// Puts new files where nothing is: secret ones for their owner alone, and never into a git checkout.
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LifeboatError } from '../../errors.ts';

export interface NewFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly isSecret: boolean;
}

/** Throws `input-invalid` when the directory lies in a git checkout, where one `git add` makes a secret known. */
export function refuseCheckout(directory: string): void {
  for (let at = realPathOf(directory); ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git')))
      throw new LifeboatError(
        'input-invalid',
        `keys-directory: ${directory} lies in the git checkout ${at}`,
        {
          hint: 'Secret keys do not belong into a repository. Choose a directory outside of every checkout.',
        },
      );
    if (at === path.dirname(at)) return;
  }
}

/** Where it would really be: what is there of its path may be links. */
function realPathOf(directory: string): string {
  let there = directory;
  while (!existsSync(there)) there = path.dirname(there);
  return path.join(realpathSync(there), path.relative(there, directory));
}

/** Throws `input-invalid` when one of them is there already; nothing is written then. */
export function refuseExisting(files: readonly string[]): void {
  const taken = files.filter((file) => existsSync(file));
  if (taken.length === 0) return;
  throw new LifeboatError(
    'input-invalid',
    `these files are there already, and are not overwritten: ${taken.join(', ')}`,
    {
      hint: 'Choose another `keys-directory`, or move them away. Keys that backups were made with are still needed.',
    },
  );
}

export async function writeFiles(files: readonly NewFile[]): Promise<void> {
  for (const { path: file, text, isSecret } of files) {
    await mkdir(path.dirname(file), { recursive: true, mode: isSecret ? 0o700 : 0o777 });
    await writeFile(file, text, { flag: 'wx', mode: isSecret ? 0o600 : 0o644 });
  }
}
