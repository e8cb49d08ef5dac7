// Puts the action that ships binary logs together: constructs the adapters, hands them to the action.
import { shipBinlogsDeclaration } from '../actions/ship-binlogs/inputs.ts';
import { renderShipSummary } from '../actions/ship-binlogs/report.ts';
import { shipBinlogs } from '../actions/ship-binlogs/ship-binlogs.ts';
import { createBinlogEngine } from '../engines/mysql/binlogs/binlog-engine.ts';
import { defineAction } from '../platform/action.ts';
import { checkSealingKeys, runSealing, sealingRules } from './sealing.ts';

export const shipBinlogsAction = defineAction(shipBinlogsDeclaration, {
  rules: sealingRules,
  checks: () => checkSealingKeys(shipBinlogsDeclaration.inputs),
  run: (inputs, keys, context) => {
    const { reporter, signal } = context;
    const engine = createBinlogEngine(inputs.engine);
    return runSealing(
      inputs,
      keys,
      context,
      (adapters, program) => shipBinlogs(inputs, keys, program, { ...adapters, engine }, signal),
      (outcome) => {
        reporter.summary(renderShipSummary(inputs.server, outcome));
        if (outcome.kind !== 'shipped') return;
        reporter.output('shipped', outcome.manifests.length);
        reporter.output('bytes', outcome.storedBytes);
        reporter.output('newest-binlog', outcome.newest ?? '');
        reporter.output('recoverable-until', outcome.reach?.until ?? '');
        if (outcome.failure !== undefined) throw outcome.failure;
      },
    );
  },
});
