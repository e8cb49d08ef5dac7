// What actions share that bring something sealed into the store: what only adapters can say against their inputs, and how they are run.
import type { SealingKeys, SealingPorts } from '../actions/sealing/sealing.ts';
import { createOpenPgpEncryption } from '../encryption/openpgp-encryption.ts';
import { recipientWarnings, signingKeyWarnings } from '../encryption/recipient-warnings.ts';
import type { Rule } from '../inputs/declaration.ts';
import type { InputsOf } from '../inputs/field.ts';
import { checkFor } from '../inputs/gather.ts';
import type { keyInputs } from '../inputs/groups/keys.ts';
import type { backupStoreInputs } from '../inputs/groups/store.ts';
import type { RunContext } from '../platform/action.ts';
import type { Remote } from '../ports/remote.ts';
import type { StoreWriter } from '../ports/store.ts';
import { createSshRemote } from '../remote/ssh-remote.ts';
import { openStoreWriter } from '../store/open-store.ts';
import { VERSION } from '../version.ts';
import { sshOptionsOf, sshRules, type NamedServer, type SshInputs } from './ssh-login.ts';
import { storeSettings, storeSshRules } from './store-settings.ts';

const encryption = createOpenPgpEncryption();

export const sealingRules: readonly Rule[] = [...sshRules, ...storeSshRules];

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

export interface SealingAdapters extends SealingPorts {
  readonly remote: Remote;
}

export interface Program {
  readonly lifeboatVersion: string;
  readonly origin: string;
}

/** Runs an action with the store open to write to, then has its outcome told, with everything in it that is to be told of keys and store. */
export async function runSealing<Outcome extends { readonly warnings: readonly string[] }>(
  inputs: InputsOf<typeof backupStoreInputs> & SshInputs & NamedServer,
  keys: SealingKeys,
  context: RunContext,
  run: (adapters: SealingAdapters, program: Program) => Promise<Outcome>,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  const { reporter, origin } = context;
  const warnings: string[] = [];
  const warn = (warning: string) => {
    warnings.push(warning);
    reporter.warning(warning);
  };
  const store = openBackupStore(inputs, keys, context, warn);
  try {
    const remote = createSshRemote(sshOptionsOf(inputs));
    const outcome = await run({ remote, store, encryption, reporter }, { lifeboatVersion: VERSION, origin });
    outcome.warnings.forEach(warn);
    tell({ ...outcome, warnings });
  } finally {
    await store.close();
  }
}

/** Opens the store to write to, and tells what is to be told of it and of the keys. */
function openBackupStore(
  inputs: InputsOf<typeof backupStoreInputs>,
  keys: SealingKeys,
  context: RunContext,
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
