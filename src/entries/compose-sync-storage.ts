// Puts the sync-storage action together: constructs the adapters, hands them to the action.
import { syncStorageDeclaration } from '../actions/sync-storage/inputs.ts';
import { renderSyncSummary } from '../actions/sync-storage/report.ts';
import { syncStorage } from '../actions/sync-storage/sync-storage.ts';
import { storageLayer } from '../files/storage-layer.ts';
import { defineAction } from '../platform/action.ts';
import { createSshRemote } from '../remote/ssh-remote.ts';
import { VERSION } from '../version.ts';
import { checkSealingKeys, encryption, openBackupStore } from './sealing.ts';
import { sshOptionsOf, sshRules } from './ssh-login.ts';

export const syncStorageAction = defineAction(syncStorageDeclaration, {
  rules: sshRules,
  checks: () => checkSealingKeys(syncStorageDeclaration.inputs),
  run: async (inputs, keys, context) => {
    const { reporter, signal, origin } = context;
    const warnings: string[] = [];
    const warn = (warning: string) => {
      warnings.push(warning);
      reporter.warning(warning);
    };
    const store = openBackupStore(inputs, keys, context, warn);
    const ports = {
      remote: createSshRemote(sshOptionsOf(inputs)),
      store,
      encryption,
      storage: storageLayer,
      reporter,
    };
    try {
      const program = { lifeboatVersion: VERSION, origin };
      const outcome = await syncStorage(inputs, keys, program, ports, signal);
      outcome.warnings.forEach(warn);
      reporter.summary(renderSyncSummary(inputs.server, inputs.name, { ...outcome, warnings }));
      const { scan, stored } = outcome;
      reporter.output('new-files', scan.added + scan.changed);
      if (stored === undefined) return;
      reporter.output('snapshot-id', stored.manifest.id);
      reporter.output('bytes', stored.storedBytes);
      if (stored.failure !== undefined) throw stored.failure;
    } finally {
      await store.close();
    }
  },
});
