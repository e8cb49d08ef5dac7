// The file systems of this machine.
import { constants } from 'node:fs';
import { link, lstat, mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import path from 'node:path';
import type { FileFacts, FileTree, NamedFile, NewFile, OpenFile } from '../../ports/file-tree.ts';

/** Backups are nobody else's to read, encrypted or not. */
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

export const localFiles: FileTree = {
  stat: async (place) => describe(await stat(place)),
  lstat: async (place) => describe(await lstat(place)),
  list: async (directory) => {
    const names = await readdir(directory);
    return (await Promise.all(names.map((name) => describeEntry(directory, name)))).flat();
  },
  makeDirectory: (place) => mkdir(place, { mode: DIRECTORY_MODE }),
  create: async (place) => new LocalNewFile(await open(place, 'wx', FILE_MODE)),
  open: async (place) =>
    openFile(await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)),
  publish: async (from, to) => {
    await link(from, to);
    await rm(from);
  },
  remove: (place) => rm(place),
  syncDirectory: async (place) => {
    const handle = await open(place, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  findLacks: () => Promise.resolve([]),
  close: () => Promise.resolve(),
};

function describe(found: Stats): FileFacts {
  const kind = found.isFile()
    ? 'file'
    : found.isDirectory()
      ? 'directory'
      : found.isSymbolicLink()
        ? 'link'
        : 'other';
  return { kind, sizeBytes: found.size, modifiedAt: found.mtime };
}

/** Nothing for a file that went away since the directory was read. */
async function describeEntry(directory: string, name: string): Promise<NamedFile[]> {
  const found = await lstat(path.join(directory, name)).catch(() => undefined);
  return found === undefined ? [] : [{ name, ...describe(found) }];
}

async function openFile(handle: FileHandle): Promise<OpenFile> {
  const { kind, sizeBytes } = describe(await handle.stat());
  return { kind, sizeBytes, read: () => handle.createReadStream(), close: () => handle.close() };
}

class LocalNewFile implements NewFile {
  readonly #handle: FileHandle;
  writtenBytes = 0;
  #isOpen = true;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#handle.writeFile(bytes);
    this.writtenBytes += bytes.length;
  }

  async finish(): Promise<void> {
    await this.#handle.sync();
    await this.close();
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#handle.close();
  }
}
