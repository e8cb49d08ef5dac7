// Puts the prune action together: constructs the adapters, hands them to the action.
import { pruneDeclaration } from '../actions/prune/inputs.ts';
import { planPruning } from '../actions/prune/plan.ts';
import { renderPlan } from '../actions/prune/report.ts';
import { createOpenPgpEncryption } from '../encryption/openpgp-encryption.ts';
import { defineAction } from '../platform/action.ts';
import { openReader } from './open-reader.ts';
import { signerChecks } from './signer-checks.ts';
import { storeSshRules } from './store-settings.ts';

const encryption = createOpenPgpEncryption();

export const pruneAction = defineAction(pruneDeclaration, {
  rules: storeSshRules,
  checks: () => signerChecks(pruneDeclaration.inputs, encryption),
  run: async (inputs, keys, context) => {
    const { reporter, signal } = context;
    const store = openReader(inputs, context);
    try {
      const plans = await planPruning(inputs, keys, { store, encryption }, signal);
      reporter.summary(renderPlan(plans, store.location));
    } finally {
      await store.close();
    }
  },
});
