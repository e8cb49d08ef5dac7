// Puts the restore action together: constructs the adapters, hands them to the action.
import { connectionOf } from '../actions/database-connection.ts';
import { restoreDeclaration } from '../actions/restore/inputs.ts';
import { renderRestoreSummary } from '../actions/restore/report.ts';
import { restore } from '../actions/restore/restore.ts';
import { createOpenPgpEncryption } from '../encryption/openpgp-encryption.ts';
import { connectMariadb } from '../engines/mysql/live/connect.ts';
import { LifeboatError } from '../errors.ts';
import { ruleFor } from '../inputs/declaration.ts';
import { checkFor } from '../inputs/gather.ts';
import { defineAction } from '../platform/action.ts';
import type { Machine } from '../ports/machine.ts';
import { checkKnownHosts, KNOWN_HOSTS_HELP } from '../remote/known-hosts.ts';
import { createLocalMachine } from '../remote/local-machine.ts';
import { checkPrivateKey } from '../remote/private-key.ts';
import { createSshMachine } from '../remote/ssh-machine.ts';
import type { RestoreInputs } from '../actions/restore/inputs.ts';
import { openReader } from './open-reader.ts';

const encryption = createOpenPgpEncryption();
const { inputs: declared } = restoreDeclaration;

const MAX_NAMED = 10;

export const restoreAction = defineAction(restoreDeclaration, {
  rules: [
    ruleFor(declared, ['ssh-key', 'ssh-key-passphrase'], ({ sshKey, sshKeyPassphrase }) => {
      const what = sshKey === undefined ? undefined : checkPrivateKey(sshKey, sshKeyPassphrase);
      return what === undefined ? [] : [{ input: 'ssh-key', what }];
    }),
    ruleFor(declared, ['ssh-known-hosts', 'ssh-host', 'ssh-port'], ({ sshKnownHosts, sshHost, sshPort }) =>
      sshKnownHosts === undefined || sshHost === undefined
        ? []
        : checkKnownHosts(sshKnownHosts, sshHost, sshPort).map((what) => ({
            input: 'ssh-known-hosts',
            what,
            fix: KNOWN_HOSTS_HELP,
          })),
    ),
  ],
  checks: () => ({
    identity: checkFor(declared, ['identity', 'identity-passphrase'], (keys) =>
      encryption.readIdentity(keys.identity, keys.identityPassphrase),
    ),
    trustedSigners: checkFor(declared, ['trusted-signers'], ({ trustedSigners }) =>
      trustedSigners === undefined ? undefined : encryption.readTrustedSigners(trustedSigners),
    ),
  }),
  run: async (inputs, keys, context) => {
    const { reporter, signal, temporaryDirectory, ask } = context;
    const store = openReader(inputs, context);
    const machine = createMachine(inputs);
    try {
      const outcome = await restore(
        inputs,
        keys,
        { directory: temporaryDirectory, connection: connectionOf(inputs) },
        { store, encryption, machine, connect: connectMariadb, reporter, ask },
        signal,
      );
      const { backup, plan, differences, timings } = outcome;
      outcome.warnings.forEach((warning) => reporter.warning(warning));
      reporter.summary(renderRestoreSummary(inputs.server, outcome));
      reporter.output('backup-id', backup.id);
      reporter.output('databases', plan.databases.map(({ to }) => to).join(','));
      reporter.output('recovered-to', backup.manifest.instant);
      reporter.output('duration-seconds', Math.round(timings.totalMs / 1000));
      if (differences.length > 0) {
        throw new LifeboatError(
          'restore-differs',
          [
            'what was restored is not what was dumped:',
            ...differences.slice(0, MAX_NAMED).map((one) => `- ${one}`),
          ].join('\n'),
          { hint: 'It is left there to be looked at; the summary says how to drop it.' },
        );
      }
    } finally {
      await Promise.all([store.close(), machine.close()]);
    }
  },
});

function createMachine(inputs: RestoreInputs): Machine {
  const {
    sshHost: host,
    sshPort: port,
    sshUser: user,
    sshKey: privateKey,
    sshKnownHosts: knownHosts,
  } = inputs;
  if (host === undefined || user === undefined || privateKey === undefined || knownHosts === undefined)
    return createLocalMachine();
  return createSshMachine({ host, port, user, privateKey, passphrase: inputs.sshKeyPassphrase, knownHosts });
}
