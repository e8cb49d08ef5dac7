// Where a key lies below a store's directory, and that it lies nowhere else: no step on the way may be a link.
import { lstat, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { LifeboatError } from '../../errors.ts';

/** Backups are nobody else's to read, encrypted or not. */
const DIRECTORY_MODE = 0o700;

/** Makes the directories above `key`, one by one, and returns the last one's path. `key` is a safe one. */
export async function makeParent(root: string, key: string): Promise<string> {
  await checkDirectory(root, { mayBeLink: true });
  let parent = root;
  for (const name of key.split('/').slice(0, -1)) {
    const child = path.join(parent, name);
    if (await makeDirectory(child)) await syncDirectory(parent);
    await checkDirectory(child, { mayBeLink: false });
    parent = child;
  }
  return parent;
}

/** Throws for a directory on the way to `key` that is a link, and what lstat throws. Returns the path of the file. */
export async function findFile(root: string, key: string): Promise<string> {
  await checkDirectory(root, { mayBeLink: true });
  let parent = root;
  for (const name of key.split('/').slice(0, -1)) {
    parent = path.join(parent, name);
    await checkDirectory(parent, { mayBeLink: false });
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

async function checkDirectory(directory: string, { mayBeLink }: { mayBeLink: boolean }): Promise<void> {
  const found = await lstat(mayBeLink ? `${directory}/` : directory);
  if (found.isDirectory()) return;
  const what = found.isSymbolicLink() ? 'a link, which could lead out of the store' : 'not a directory';
  throw new LifeboatError('store-denied', `${directory} is ${what}`);
}
