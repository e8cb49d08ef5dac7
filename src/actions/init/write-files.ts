// Puts new files where nothing is: secret ones for their owner alone, and never into a git checkout.
import { existsSync, realpathSync, statSync } from 'node:fs';
import { mkdir, open, rm, rmdir } from 'node:fs/promises';
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

/** Throws `input-invalid`. */
export function refuseUnusable(checkouts: readonly string[], keysDirectory: string): void {
  for (const directory of checkouts) {
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new LifeboatError('input-invalid', `${directory} is no directory`, {
        hint: 'Give the checkout of a repository that gets workflow files.',
      });
  }
  const mode = statSync(keysDirectory, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o077) !== 0)
    throw new LifeboatError('input-invalid', `keys-directory: ${keysDirectory} is open to others`, {
      hint: 'Take one that is not there yet, or make it private: chmod 700',
    });
}

type Undo = () => Promise<void>;

/** All of them or none: what was made before one fails is removed. Throws `input-invalid`. */
export async function writeFiles(files: readonly NewFile[]): Promise<void> {
  const undo: Undo[] = [];
  try {
    for (const { path: file, isSecret } of files)
      await makeDirectory(path.dirname(file), isSecret ? 0o700 : 0o777, undo);
    for (const file of files) await writeNew(file, undo);
  } catch (error) {
    for (const one of undo.toReversed()) await one().catch(() => undefined);
    if (!(error instanceof Error && 'code' in error && 'path' in error)) throw error;
    const what = `${String(error.path)} cannot be written (${String(error.code)})`;
    throw new LifeboatError('input-invalid', what, {
      hint: 'Nothing was kept. Choose a directory that you may write to, and whose path holds directories alone.',
      cause: error,
    });
  }
}

/** One after the other: in /proc `mkdir` with `recursive` never returns. */
async function makeDirectory(directory: string, mode: number, undo: Undo[]): Promise<void> {
  const missing: string[] = [];
  for (let at = directory; !existsSync(at); at = path.dirname(at)) missing.unshift(at);
  for (const one of missing) {
    await mkdir(one, { mode });
    undo.push(() => rmdir(one));
  }
}

async function writeNew({ path: file, text, isSecret }: NewFile, undo: Undo[]): Promise<void> {
  const handle = await open(file, 'wx', isSecret ? 0o600 : 0o644);
  undo.push(() => rm(file));
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}
