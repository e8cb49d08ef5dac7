// The store of actions that only read, from their inputs.
import type { StoreLocation } from '../domain/store-url.ts';
import type { StoreReader } from '../ports/store.ts';
import type { AmbientCredentials } from '../platform/environment.ts';
import { openStoreReader } from '../store/open-store.ts';

interface ReaderInputs {
  readonly store: StoreLocation;
  readonly storeEndpoint: URL | undefined;
  readonly storeRegion: string | undefined;
  readonly storeAccessKeyId: string | undefined;
  readonly storeSecretAccessKey: string | undefined;
}

export function openReader(
  inputs: ReaderInputs,
  ambientCredentials: AmbientCredentials | undefined,
): StoreReader {
  const { storeAccessKeyId: accessKeyId, storeSecretAccessKey: secretAccessKey } = inputs;
  return openStoreReader(inputs.store, {
    endpoint: inputs.storeEndpoint,
    region: inputs.storeRegion,
    credentials:
      accessKeyId !== undefined && secretAccessKey !== undefined
        ? { accessKeyId, secretAccessKey }
        : ambientCredentials,
  });
}
