// Puts the restore-files action together: constructs the adapters, hands them to the action.
import { restoreFilesDeclaration } from '../actions/restore-files/inputs.ts';
import { listFiles } from '../actions/restore-files/list-files.ts';
import { renderRestoredFiles } from '../actions/restore-files/report.ts';
import { restoreFiles } from '../actions/restore-files/restore-files.ts';
import { createOpenPgpEncryption } from '../encryption/openpgp-encryption.ts';
import { checkFor } from '../inputs/gather.ts';
import { defineAction } from '../platform/action.ts';
import { createLocalMachine } from '../remote/local-machine.ts';
import { openReader } from './open-reader.ts';

const encryption = createOpenPgpEncryption();
const { inputs: declared } = restoreFilesDeclaration;

export const restoreFilesAction = defineAction(restoreFilesDeclaration, {
  checks: () => ({
    identity: checkFor(declared, ['identity', 'identity-passphrase'], (keys) =>
      encryption.readIdentity(keys.identity, keys.identityPassphrase),
    ),
    trustedSigners: checkFor(declared, ['trusted-signers'], ({ trustedSigners }) =>
      trustedSigners === undefined ? undefined : encryption.readTrustedSigners(trustedSigners),
    ),
  }),
  run: async (inputs, keys, context) => {
    const { reporter, print, signal, temporaryDirectory } = context;
    const store = openReader(inputs, context);
    const machine = createLocalMachine();
    const ports = { store, encryption, machine, reporter, print };
    try {
      const { to, list } = inputs;
      if (to === undefined) {
        const request = { ...inputs, pattern: list, temporaryDirectory };
        const { warnings } = await listFiles(request, keys, ports, signal);
        warnings.forEach((warning) => reporter.warning(warning));
        return;
      }
      const isRoot = process.geteuid?.() === 0;
      const outcome = await restoreFiles({ ...inputs, to, temporaryDirectory, isRoot }, keys, ports, signal);
      outcome.warnings.forEach((warning) => reporter.warning(warning));
      reporter.summary(renderRestoredFiles(outcome));
    } finally {
      await Promise.all([store.close(), machine.close()]);
    }
  },
});
