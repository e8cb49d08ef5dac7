// Puts the dump action together: constructs the adapters, hands them to the action.
import { dump } from '../actions/dump/dump.ts';
import { dumpDeclaration } from '../actions/dump/inputs.ts';
import { renderDumpSummary } from '../actions/dump/report.ts';
import { createOpenPgpEncryption } from '../encryption/openpgp-encryption.ts';
import { recipientWarnings, signingKeyWarnings } from '../encryption/recipient-warnings.ts';
import { createDumpEngine } from '../engines/mysql/dump-engine.ts';
import { checkFor } from '../inputs/gather.ts';
import { defineAction } from '../platform/action.ts';
import { createSshRemote } from '../remote/ssh-remote.ts';
import { openStoreWriter } from '../store/open-store.ts';
import { VERSION } from '../version.ts';
import { sshOptionsOf, sshRules } from './ssh-login.ts';
import { storeSettings, storeSshRules } from './store-settings.ts';

const encryption = createOpenPgpEncryption();
const { inputs: declared } = dumpDeclaration;

export const dumpAction = defineAction(dumpDeclaration, {
  rules: [...sshRules, ...storeSshRules],
  checks: () => ({
    recipients: checkFor(declared, ['recipients'], ({ recipients }) =>
      encryption.readRecipients(recipients, new Date()),
    ),
    signingKey: checkFor(declared, ['signing-key', 'signing-key-passphrase'], (keys) =>
      keys.signingKey === undefined
        ? undefined
        : encryption.readSigningKey(keys.signingKey, keys.signingKeyPassphrase, new Date()),
    ),
  }),
  run: async (inputs, keys, context) => {
    const { reporter, signal, origin } = context;
    const warnings: string[] = [];
    const warn = (warning: string) => {
      warnings.push(warning);
      reporter.warning(warning);
    };
    recipientWarnings(keys.recipients, new Date()).forEach(warn);
    if (keys.signingKey !== undefined) signingKeyWarnings(keys.signingKey, new Date()).forEach(warn);
    const { storeStorageClass: storageClass } = inputs;
    const store = openStoreWriter(inputs.store, {
      ...storeSettings(inputs, context),
      allowUnversioned: inputs.allowUnversioned,
      ...(storageClass === undefined ? {} : { storageClass }),
      onNotice: warn,
    });
    const remote = createSshRemote(sshOptionsOf(inputs));
    const ports = { remote, store, encryption, engine: createDumpEngine(inputs.engine), reporter };
    try {
      const outcome = await dump(inputs, keys, { lifeboatVersion: VERSION, origin }, ports, signal);
      outcome.warnings.forEach(warn);
      reporter.summary(renderDumpSummary(inputs.server, { ...outcome, warnings }, inputs.storeEndpoint));
      if (outcome.kind === 'stored') {
        reporter.output('backup-id', outcome.manifest.id);
        reporter.output('manifest-key', outcome.manifestKey);
        reporter.output('bytes', outcome.storedBytes);
        reporter.output('duration-seconds', Math.round(outcome.durationMs / 1000));
        if (outcome.failure !== undefined) throw outcome.failure;
      }
    } finally {
      await store.close();
    }
  },
});
