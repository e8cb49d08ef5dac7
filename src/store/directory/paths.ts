// Where a key lies below a store's directory, and that it lies nowhere else: no step on the way may be a link.
import { posix } from 'node:path';
import { LifeboatError } from '../../errors.ts';
import type { FileFacts, FileTree } from '../../ports/file-tree.ts';
import { orUndefined } from './failure.ts';

/** The store's own directory is never made: it may be missing because its disk is. It may be a link. */
export async function checkRoot(files: FileTree, root: string): Promise<void> {
  const found = await orUndefined('ENOENT', files.stat(root));
  if (found?.kind === 'directory') return;
  throw new LifeboatError('store-not-found', `the directory ${root} of the store does not exist`, {
    hint: 'Mount the disk that it is on; for a new store, make the directory with mode 700. Over SFTP it is the path as the account sees it.',
  });
}

/** Makes the directories above `key`, one by one, and returns the last one's path. `key` is a safe one. */
export async function makeParent(files: FileTree, root: string, key: string): Promise<string> {
  await checkRoot(files, root);
  let parent = root;
  for (const name of key.split('/').slice(0, -1)) {
    const child = posix.join(parent, name);
    // Asked first: nearly always it is there, and each question may be a journey.
    const found = await orUndefined('ENOENT', files.lstat(child));
    if (found === undefined && (await makeDirectory(files, child))) await files.syncDirectory(parent);
    checkDirectory(found ?? (await files.lstat(child)), child);
    parent = child;
  }
  return parent;
}

/** Throws for a directory on the way to `key` that is a link, and what lstat throws. Returns the path of the file. */
export async function findFile(files: FileTree, root: string, key: string): Promise<string> {
  await checkRoot(files, root);
  let parent = root;
  for (const name of key.split('/').slice(0, -1)) {
    parent = posix.join(parent, name);
    checkDirectory(await files.lstat(parent), parent);
  }
  return posix.join(root, key);
}

async function makeDirectory(files: FileTree, directory: string): Promise<boolean> {
  const isMade = files.makeDirectory(directory).then(() => true);
  return (await orUndefined('EEXIST', isMade)) ?? false;
}

function checkDirectory({ kind }: FileFacts, directory: string): void {
  if (kind === 'directory') return;
  const what = kind === 'link' ? 'a link, which could lead out of the store' : 'not a directory';
  throw new LifeboatError('store-denied', `${directory} is ${what}`);
}
