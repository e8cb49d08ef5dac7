// Puts the restore action together: constructs the adapters, hands them to the action.
import { connectionOf } from '../actions/database-connection.ts';
import { restoreDeclaration } from '../actions/restore/inputs.ts';
import { renderRestoreSummary } from '../actions/restore/report.ts';
import { restore } from '../actions/restore/restore.ts';
import { createOpenPgpEncryption } from '../encryption/openpgp-encryption.ts';
import { connectLiveServer } from '../engines/mysql/live/connect.ts';
import { LifeboatError } from '../errors.ts';
import { checkFor } from '../inputs/gather.ts';
import { defineAction } from '../platform/action.ts';
import { createLocalMachine } from '../remote/local-machine.ts';
import { createSshMachine } from '../remote/ssh-machine.ts';
import { openReader } from './open-reader.ts';
import { sshOptionsOf, sshRules } from './ssh-login.ts';
import { storeSshRules } from './store-settings.ts';

const encryption = createOpenPgpEncryption();
const { inputs: declared } = restoreDeclaration;

const MAX_NAMED = 10;

export const restoreAction = defineAction(restoreDeclaration, {
  rules: [...sshRules, ...storeSshRules],
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
    const ssh = sshOptionsOf(inputs);
    const machine = ssh === undefined ? createLocalMachine() : createSshMachine(ssh);
    try {
      const outcome = await restore(
        inputs,
        keys,
        { directory: temporaryDirectory, connection: connectionOf(inputs) },
        { store, encryption, machine, connect: connectLiveServer, reporter, ask },
        signal,
      );
      const { backup, plan, replay, differences, timings } = outcome;
      outcome.warnings.forEach((warning) => reporter.warning(warning));
      reporter.summary(renderRestoreSummary(inputs.server, outcome));
      reporter.output('backup-id', backup.id);
      reporter.output('databases', plan.databases.map(({ to }) => to).join(','));
      reporter.output('recovered-to', replay?.recoveredTo ?? backup.manifest.instant);
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
