// Puts the dump action together: constructs the adapters, hands them to the action.
import { dump } from '../actions/dump/dump.ts';
import { dumpDeclaration } from '../actions/dump/inputs.ts';
import { renderDumpSummary } from '../actions/dump/report.ts';
import { createDumpEngine } from '../engines/mysql/dump/dump-engine.ts';
import { defineAction } from '../platform/action.ts';
import { checkSealingKeys, runSealing, sealingRules } from './sealing.ts';

export const dumpAction = defineAction(dumpDeclaration, {
  rules: sealingRules,
  checks: () => checkSealingKeys(dumpDeclaration.inputs),
  run: (inputs, keys, context) => {
    const { reporter, signal } = context;
    const engine = createDumpEngine(inputs.engine);
    return runSealing(
      inputs,
      keys,
      context,
      (adapters, program) => dump(inputs, keys, program, { ...adapters, engine }, signal),
      (outcome) => {
        reporter.summary(renderDumpSummary(inputs.server, outcome, inputs.storeEndpoint));
        if (outcome.kind !== 'stored') return;
        reporter.output('backup-id', outcome.manifest.id);
        reporter.output('manifest-key', outcome.manifestKey);
        reporter.output('bytes', outcome.storedBytes);
        reporter.output('duration-seconds', Math.round(outcome.durationMs / 1000));
        if (outcome.failure !== undefined) throw outcome.failure;
      },
    );
  },
});
