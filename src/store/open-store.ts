// From a location to the adapter that serves it.
import { formatSftpLocation, type SftpLocation, type StoreLocation } from '../domain/stores/store-url.ts';
import type { FileTree } from '../ports/file-tree.ts';
import type { StoreInspector, StoreReader, StoreWriter } from '../ports/store.ts';
import type { DirectoryStoreOptions } from './directory/options.ts';
import { DirectoryStoreReader } from './directory/reader.ts';
import { DirectoryStoreWriter } from './directory/writer.ts';
import { S3StoreInspector } from './s3/inspector.ts';
import type { S3StoreOptions, S3WriterOptions } from './s3/options.ts';
import { S3StoreReader } from './s3/reader.ts';
import { S3StoreWriter } from './s3/writer.ts';

/** Everything but the location; a directory needs none of it. */
export type StoreSettings = Omit<S3StoreOptions, 'bucket' | 'prefix'> & {
  /** Files of an SFTP account. */
  readonly openSftp: (location: SftpLocation) => FileTree;
};
export type StoreWriterSettings = StoreSettings & Omit<S3WriterOptions, 'bucket' | 'prefix'>;

export function openStoreWriter(location: StoreLocation, settings: StoreWriterSettings): StoreWriter {
  const { onNotice } = settings;
  return location.kind === 's3'
    ? new S3StoreWriter({ ...settings, bucket: location.bucket, prefix: location.prefix })
    : new DirectoryStoreWriter({
        ...directoryOf(location, settings),
        ...(onNotice === undefined ? {} : { onNotice }),
      });
}

export function openStoreReader(location: StoreLocation, settings: StoreSettings): StoreReader {
  return location.kind === 's3'
    ? new S3StoreReader({ ...settings, bucket: location.bucket, prefix: location.prefix })
    : new DirectoryStoreReader(directoryOf(location, settings));
}

function directoryOf(
  location: Exclude<StoreLocation, { readonly kind: 's3' }>,
  { openSftp }: StoreSettings,
): DirectoryStoreOptions {
  const { path: directory } = location;
  return location.kind === 'directory'
    ? { directory }
    : { directory, elsewhere: { files: openSftp(location), location: formatSftpLocation(location) } };
}

/** Undefined where credentials have no limits that could be looked at: whoever runs this may do everything to a directory. */
export function openStoreInspector(
  location: StoreLocation,
  settings: StoreSettings,
): StoreInspector | undefined {
  if (location.kind !== 's3') return undefined;
  return new S3StoreInspector({ ...settings, bucket: location.bucket, prefix: location.prefix });
}
