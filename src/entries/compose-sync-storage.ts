// Puts the sync-storage action together: constructs the adapters, hands them to the action.
import { syncStorageDeclaration } from '../actions/sync-storage/inputs.ts';
import { renderSyncSummary } from '../actions/sync-storage/report.ts';
import { syncStorage } from '../actions/sync-storage/sync-storage.ts';
import { storageLayer } from '../files/storage-layer.ts';
import { defineAction } from '../platform/action.ts';
import { checkSealingKeys, runSealing, sealingRules } from './sealing.ts';

export const syncStorageAction = defineAction(syncStorageDeclaration, {
  rules: sealingRules,
  checks: () => checkSealingKeys(syncStorageDeclaration.inputs),
  run: (inputs, keys, context) => {
    const { reporter, signal } = context;
    return runSealing(
      inputs,
      keys,
      context,
      (adapters, program) =>
        syncStorage(inputs, keys, program, { ...adapters, storage: storageLayer }, signal),
      (outcome) => {
        reporter.summary(renderSyncSummary(inputs.server, inputs.name, outcome));
        const { scan, stored } = outcome;
        reporter.output('new-files', scan.added + scan.changed);
        if (stored === undefined) return;
        reporter.output('snapshot-id', stored.manifest.id);
        reporter.output('bytes', stored.storedBytes);
        if (stored.failure !== undefined) throw stored.failure;
      },
    );
  },
});
