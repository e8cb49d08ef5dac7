// What actions share that bring something sealed into the store: their keys, and the store as its writer.
import { createOpenPgpEncryption } from '../encryption/openpgp-encryption.ts';
import { recipientWarnings, signingKeyWarnings } from '../encryption/recipient-warnings.ts';
import type { InputsOf } from '../inputs/field.ts';
import { checkFor } from '../inputs/gather.ts';
import type { keyInputs } from '../inputs/groups/keys.ts';
import type { backupStoreInputs } from '../inputs/groups/store.ts';
import type { Recipient, SigningKey } from '../ports/encryption.ts';
import type { StoreWriter } from '../ports/store.ts';
import { openStoreWriter } from '../store/open-store.ts';
import { storeSettings, type StoreContext } from './store-settings.ts';

export const encryption = createOpenPgpEncryption();

/** `declared` are the inputs of an action that has those about keys. */
export function checkSealingKeys(declared: typeof keyInputs) {
  return {
    recipients: checkFor(declared, ['recipients'], ({ recipients }) =>
      encryption.readRecipients(recipients, new Date()),
    ),
    signingKey: checkFor(declared, ['signing-key', 'signing-key-passphrase'], (keys) =>
      keys.signingKey === undefined
        ? undefined
        : encryption.readSigningKey(keys.signingKey, keys.signingKeyPassphrase, new Date()),
    ),
  };
}

export interface CheckedKeys {
  readonly recipients: readonly Recipient[];
  readonly signingKey: SigningKey | undefined;
}

/** Opens the store to write to, and tells what is to be told of it and of the keys. */
export function openBackupStore(
  inputs: InputsOf<typeof backupStoreInputs>,
  keys: CheckedKeys,
  context: StoreContext,
  warn: (warning: string) => void,
): StoreWriter {
  recipientWarnings(keys.recipients, new Date()).forEach(warn);
  if (keys.signingKey !== undefined) signingKeyWarnings(keys.signingKey, new Date()).forEach(warn);
  const { storeStorageClass: storageClass } = inputs;
  return openStoreWriter(inputs.store, {
    ...storeSettings(inputs, context),
    allowUnversioned: inputs.allowUnversioned,
    ...(storageClass === undefined ? {} : { storageClass }),
    onNotice: warn,
  });
}
