// From a location to the adapter that serves it.
import type { StoreLocation } from '../domain/store-url.ts';
import type { StoreInspector, StoreReader, StoreWriter } from '../ports/store.ts';
import { DirectoryStoreReader } from './directory/reader.ts';
import { DirectoryStoreWriter } from './directory/writer.ts';
import { S3StoreInspector } from './s3/inspector.ts';
import type { S3StoreOptions, S3WriterOptions } from './s3/options.ts';
import { S3StoreReader } from './s3/reader.ts';
import { S3StoreWriter } from './s3/writer.ts';

/** Everything but the location; a directory needs none of it. */
export type StoreSettings = Omit<S3StoreOptions, 'bucket' | 'prefix'>;
export type StoreWriterSettings = Omit<S3WriterOptions, 'bucket' | 'prefix'>;

export function openStoreWriter(location: StoreLocation, settings: StoreWriterSettings): StoreWriter {
  if (location.kind === 'directory') return new DirectoryStoreWriter({ directory: location.path });
  return new S3StoreWriter({ ...settings, bucket: location.bucket, prefix: location.prefix });
}

export function openStoreReader(location: StoreLocation, settings: StoreSettings): StoreReader {
  if (location.kind === 'directory') return new DirectoryStoreReader({ directory: location.path });
  return new S3StoreReader({ ...settings, bucket: location.bucket, prefix: location.prefix });
}

/** Undefined where credentials have no limits that could be looked at: whoever runs this may do everything to a directory. */
export function openStoreInspector(
  location: StoreLocation,
  settings: StoreSettings,
): StoreInspector | undefined {
  if (location.kind !== 's3') return undefined;
  return new S3StoreInspector({ ...settings, bucket: location.bucket, prefix: location.prefix });
}
