// Puts the fetch action together: constructs the adapters, hands them to the action.
import { fetchBackup } from '../actions/fetch/fetch.ts';
import { fetchDeclaration } from '../actions/fetch/inputs.ts';
import { renderFetched } from '../actions/fetch/report.ts';
import { createOpenPgpEncryption } from '../encryption/openpgp-encryption.ts';
import { defineAction } from '../platform/action.ts';
import { openReader } from './open-reader.ts';
import { signerChecks } from './signer-checks.ts';
import { storeSshRules } from './store-settings.ts';

const encryption = createOpenPgpEncryption();

export const fetchAction = defineAction(fetchDeclaration, {
  rules: storeSshRules,
  checks: () => signerChecks(fetchDeclaration.inputs, encryption),
  run: async (inputs, { trustedSigners, trustedProvers }, context) => {
    const { reporter, signal } = context;
    const store = openReader(inputs, context);
    try {
      const { server, backup, label, directory } = inputs;
      const outcome = await fetchBackup(
        { server, backup, label, directory, trustedSigners, trustedProvers },
        { store, encryption, reporter },
        signal,
      );
      outcome.warnings.forEach((warning) => reporter.warning(warning));
      reporter.summary(renderFetched(outcome));
    } finally {
      await store.close();
    }
  },
});
