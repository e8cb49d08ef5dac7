// What readers and writers of a directory have in common.
import type { FileTree } from '../../ports/file-tree.ts';
import { localFiles } from './local-files.ts';

export interface DirectoryStoreOptions {
  /** Absolute; must exist, so that backups do not end below the mount point of a disk that is away. */
  readonly directory: string;
  /** Where the directory is, when not on this machine; closed with the store. */
  readonly elsewhere?: {
    readonly files: FileTree;
    /** For people: `sftp://user@host/dir`. */
    readonly location: string;
  };
}

export function locate({ directory, elsewhere }: DirectoryStoreOptions): {
  files: FileTree;
  location: string;
} {
  return elsewhere ?? { files: localFiles, location: `file://${directory}` };
}
