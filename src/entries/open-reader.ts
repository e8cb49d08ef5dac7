// The store of actions that only read, from their inputs.
import type { StoreLocation } from '../domain/stores/store-url.ts';
import type { StoreReader } from '../ports/store.ts';
import { openStoreReader } from '../store/open-store.ts';
import { storeSettings, type StoreContext, type StoreInputs } from './store-settings.ts';

export function openReader(
  inputs: StoreInputs & { readonly store: StoreLocation },
  context: StoreContext,
): StoreReader {
  return openStoreReader(inputs.store, storeSettings(inputs, context));
}
