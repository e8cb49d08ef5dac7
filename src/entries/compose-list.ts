// Puts the list action together: constructs the adapters, hands them to the action.
import { listDeclaration } from '../actions/list/inputs.ts';
import { list } from '../actions/list/list.ts';
import { renderListing } from '../actions/list/report.ts';
import { createOpenPgpEncryption } from '../encryption/openpgp-encryption.ts';
import { defineAction } from '../platform/action.ts';
import { openReader } from './open-reader.ts';
import { signerChecks } from './signer-checks.ts';
import { storeSshRules } from './store-settings.ts';

const encryption = createOpenPgpEncryption();

export const listAction = defineAction(listDeclaration, {
  rules: storeSshRules,
  checks: () => signerChecks(listDeclaration.inputs, encryption),
  run: async (inputs, { trustedSigners, trustedProvers }, context) => {
    const { reporter, signal } = context;
    const store = openReader(inputs, context);
    try {
      const { server, limit } = inputs;
      const listing = await list(
        { server, limit, trustedSigners, trustedProvers },
        { store, encryption },
        signal,
      );
      listing.warnings.forEach((warning) => reporter.warning(warning));
      reporter.summary(renderListing(listing));
    } finally {
      await store.close();
    }
  },
});
