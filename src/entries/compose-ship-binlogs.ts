// Puts the action that ships binary logs together: constructs the adapters, hands them to the action.
import { shipBinlogsDeclaration } from '../actions/ship-binlogs/inputs.ts';
import { renderShipSummary } from '../actions/ship-binlogs/report.ts';
import { shipBinlogs } from '../actions/ship-binlogs/ship-binlogs.ts';
import { createBinlogEngine } from '../engines/mysql/binlogs/binlog-engine.ts';
import { defineAction } from '../platform/action.ts';
import { createSshRemote } from '../remote/ssh-remote.ts';
import { VERSION } from '../version.ts';
import { checkSealingKeys, encryption, openBackupStore } from './sealing.ts';
import { sshOptionsOf, sshRules } from './ssh-login.ts';
import { storeSshRules } from './store-settings.ts';

export const shipBinlogsAction = defineAction(shipBinlogsDeclaration, {
  rules: [...sshRules, ...storeSshRules],
  checks: () => checkSealingKeys(shipBinlogsDeclaration.inputs),
  run: async (inputs, keys, context) => {
    const { reporter, signal, origin } = context;
    const warnings: string[] = [];
    const warn = (warning: string) => {
      warnings.push(warning);
      reporter.warning(warning);
    };
    const store = openBackupStore(inputs, keys, context, warn);
    const remote = createSshRemote(sshOptionsOf(inputs));
    const ports = { remote, store, encryption, engine: createBinlogEngine(inputs.engine), reporter };
    try {
      const outcome = await shipBinlogs(inputs, keys, { lifeboatVersion: VERSION, origin }, ports, signal);
      outcome.warnings.forEach(warn);
      reporter.summary(renderShipSummary(inputs.server, { ...outcome, warnings }));
      if (outcome.kind === 'shipped') {
        reporter.output('shipped', outcome.manifests.length);
        reporter.output('bytes', outcome.storedBytes);
        reporter.output('newest-binlog', outcome.newest ?? '');
        reporter.output('recoverable-until', outcome.reach?.until ?? '');
        if (outcome.failure !== undefined) throw outcome.failure;
      }
    } finally {
      await store.close();
    }
  },
});
