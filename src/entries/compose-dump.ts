// Puts the dump action together: constructs the adapters, hands them to the action.
import { dump } from '../actions/dump/dump.ts';
import { dumpDeclaration } from '../actions/dump/inputs.ts';
import { renderDumpSummary } from '../actions/dump/report.ts';
import { createOpenPgpEncryption } from '../encryption/openpgp-encryption.ts';
import { recipientWarnings, signingKeyWarnings } from '../encryption/recipient-warnings.ts';
import { mariadbDumpEngine } from '../engines/mysql/mariadb-dump-engine.ts';
import { ruleFor } from '../inputs/declaration.ts';
import { checkFor } from '../inputs/gather.ts';
import { defineAction } from '../platform/action.ts';
import { checkKnownHosts, KNOWN_HOSTS_HELP } from '../remote/known-hosts.ts';
import { checkPrivateKey } from '../remote/private-key.ts';
import { createSshRemote } from '../remote/ssh-remote.ts';
import { openStoreWriter } from '../store/open-store.ts';
import { VERSION } from '../version.ts';
import { storeSettings } from './store-settings.ts';

const encryption = createOpenPgpEncryption();
const { inputs: declared } = dumpDeclaration;

export const dumpAction = defineAction(dumpDeclaration, {
  rules: [
    ruleFor(declared, ['ssh-key', 'ssh-key-passphrase'], ({ sshKey, sshKeyPassphrase }) => {
      const what = checkPrivateKey(sshKey, sshKeyPassphrase);
      return what === undefined ? [] : [{ input: 'ssh-key', what }];
    }),
    ruleFor(declared, ['ssh-known-hosts', 'ssh-host', 'ssh-port'], ({ sshKnownHosts, sshHost, sshPort }) =>
      checkKnownHosts(sshKnownHosts, sshHost, sshPort).map((what) => ({
        input: 'ssh-known-hosts',
        what,
        fix: KNOWN_HOSTS_HELP,
      })),
    ),
  ],
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
    const remote = createSshRemote({
      host: inputs.sshHost,
      port: inputs.sshPort,
      user: inputs.sshUser,
      privateKey: inputs.sshKey,
      passphrase: inputs.sshKeyPassphrase,
      knownHosts: inputs.sshKnownHosts,
    });
    const ports = { remote, store, encryption, engine: mariadbDumpEngine, reporter };
    try {
      const outcome = await dump(inputs, keys, { lifeboatVersion: VERSION, origin }, ports, signal);
      outcome.warnings.forEach(warn);
      reporter.summary(renderDumpSummary(inputs.server, { ...outcome, warnings }, inputs.storeEndpoint));
      if (outcome.kind === 'stored') {
        reporter.output('backup-id', outcome.manifest.id);
        reporter.output('manifest-key', outcome.manifestKey);
        reporter.output('bytes', outcome.storedBytes);
        reporter.output('duration-seconds', Math.round(outcome.durationMs / 1000));
      }
    } finally {
      await store.close();
    }
  },
});
