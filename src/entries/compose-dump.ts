// Puts the dump action together: constructs the adapters, hands them to the action.
import { dump } from '../actions/dump/dump.ts';
import { dumpDeclaration } from '../actions/dump/inputs.ts';
import { renderDumpSummary } from '../actions/dump/report.ts';
import { createDumpEngine } from '../engines/mysql/dump-engine.ts';
import { defineAction } from '../platform/action.ts';
import { createSshRemote } from '../remote/ssh-remote.ts';
import { VERSION } from '../version.ts';
import { checkSealingKeys, encryption, openBackupStore } from './sealing.ts';
import { sshOptionsOf, sshRules } from './ssh-login.ts';
import { storeSshRules } from './store-settings.ts';

export const dumpAction = defineAction(dumpDeclaration, {
  rules: [...sshRules, ...storeSshRules],
  checks: () => checkSealingKeys(dumpDeclaration.inputs),
  run: async (inputs, keys, context) => {
    const { reporter, signal, origin } = context;
    const warnings: string[] = [];
    const warn = (warning: string) => {
      warnings.push(warning);
      reporter.warning(warning);
    };
    const store = openBackupStore(inputs, keys, context, warn);
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
