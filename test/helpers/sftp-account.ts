// An account on one of the lab's SSH servers as a store, and a look at what is in it past SFTP.
import { readFileSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FileTree } from '../../src/ports/file-tree.ts';
import { createSftpFiles } from '../../src/remote/sftp-files.ts';
import type { SftpOptions } from '../../src/remote/sftp-session.ts';
import { DirectoryStoreReader } from '../../src/store/directory/reader.ts';
import { DirectoryStoreWriter } from '../../src/store/directory/writer.ts';
import type { TargetAddress } from '../lab/target.ts';

/** Requests that are denied to a key that may only add, as in docs/store-setup.md. */
export const ADD_ONLY = 'remove,rmdir,rename,posix-rename,setstat,fsetstat,lsetstat,symlink,copy-data';

export function sftpOptionsOf(target: TargetAddress, changes: Partial<SftpOptions> = {}): SftpOptions {
  const { host, port, user, knownHosts } = target;
  return {
    host,
    port,
    user,
    knownHosts,
    privateKey: readFileSync(target.privateKeyPath, 'utf8'),
    ...changes,
  };
}

/** Makes a directory as the account's own, and returns its path on this machine. */
export async function makeStoreDirectory(parent: string): Promise<string> {
  const directory = await mkdtemp(path.join(parent, 'store-'));
  const { uid, gid } = await stat(parent);
  await chown(directory, uid, gid);
  return directory;
}

export interface SftpStore {
  readonly writer: DirectoryStoreWriter;
  readonly reader: DirectoryStoreReader;
  readonly notices: string[];
}

/** `directory` is the path that the account sees. */
export function openSftpStore(files: FileTree, directory: string, maxObjectBytes?: number): SftpStore {
  const notices: string[] = [];
  const store = { directory, elsewhere: { files, location: `sftp://deploy@store.example.com${directory}` } };
  const limit = maxObjectBytes === undefined ? {} : { maxObjectBytes };
  return {
    writer: new DirectoryStoreWriter({ ...store, ...limit, onNotice: (notice) => notices.push(notice) }),
    reader: new DirectoryStoreReader(store),
    notices,
  };
}

/** Files that stay open over many stores: a connection for each would take longer than most tests. */
export function keepOpen(options: SftpOptions): { files: FileTree; end: () => Promise<void> } {
  const files = createSftpFiles(options);
  const end = files.close.bind(files);
  files.close = () => Promise.resolve();
  return { files, end };
}

export async function findFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .toSorted();
}

export async function plantFile(directory: string, key: string, bytes: Uint8Array): Promise<void> {
  const { uid, gid } = await stat(directory);
  let parent = directory;
  for (const name of key.split('/').slice(0, -1)) {
    parent = path.join(parent, name);
    await mkdir(parent, { recursive: true });
    await chown(parent, uid, gid);
  }
  await writeFile(path.join(directory, key), bytes);
  await chown(path.join(directory, key), uid, gid);
}
