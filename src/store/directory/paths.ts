// Where a key lies below a store's directory, and that it lies nowhere else: no step on the way may be a link.
import { lstat, mkdir, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { LifeboatError } from '../../errors.ts';

/** Backups are nobody else's to read, encrypted or not. */
const DIRECTORY_MODE = 0o700;

/** The store's own directory is never made: it may be missing because its disk is. It may be a link. */
export async function checkRoot(root: string): Promise<void> {
  const found = await stat(root).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (found?.isDirectory() === true) return;
  throw new LifeboatError('store-not-found', `the directory ${root} of the store does not exist`, {
    hint: 'Mount the disk that it is on; for a new store, make the directory with mode 700.',
  });
}

/** Makes the directories above `key`, one by one, and returns the last one's path. `key` is a safe one. */
export async function makeParent(root: string, key: string): Promise<string> {
  await checkRoot(root);
  let parent = root;
  for (const name of key.split('/').slice(0, -1)) {
    const child = path.join(parent, name);
    if (await makeDirectory(child)) await syncDirectory(parent);
    await checkDirectory(child);
    parent = child;
  }
  return parent;
}

/** Throws for a directory on the way to `key` that is a link, and what lstat throws. Returns the path of the file. */
export async function findFile(root: string, key: string): Promise<string> {
  await checkRoot(root);
  let parent = root;
  for (const name of key.split('/').slice(0, -1)) {
    parent = path.join(parent, name);
    await checkDirectory(parent);
  }
  return path.join(root, key);
}

/** What was linked into a directory is there for good only after this. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function makeDirectory(directory: string): Promise<boolean> {
  try {
    await mkdir(directory, { mode: DIRECTORY_MODE });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function checkDirectory(directory: string): Promise<void> {
  const found = await lstat(directory);
  if (found.isDirectory()) return;
  const what = found.isSymbolicLink() ? 'a link, which could lead out of the store' : 'not a directory';
  throw new LifeboatError('store-denied', `${directory} is ${what}`);
}
