// Runs actions as steps of a workflow: one action, or the one that the input `command` names.
import type { Declaration } from '../inputs/field.ts';
import { nearestName } from '../inputs/nearest.ts';
import { quoteValue } from '../inputs/problem.ts';
import { LifeboatError } from '../errors.ts';
import type { ActionEntry, ActionRegistry } from './action.ts';
import { readEnvironment } from './environment.ts';
import { createGitHubPrinter } from './github-printer.ts';
import { createGitHubSource, inputVariable } from './github-source.ts';
import { startRun } from './start.ts';

/** The input of the root action that chooses. */
export const COMMAND_INPUT = 'command';

export async function runOnGitHub(entry: ActionEntry, otherNames: readonly string[] = []): Promise<never> {
  const environment = readEnvironment();
  const source = createGitHubSource(environment.variables, entry.declaration.inputs, otherNames);
  return startRun(entry, source, environment, createGitHubPrinter(environment.summaryPath), {
    isWorkflow: true,
  });
}

/** Runs what `command` names; the inputs of every action are accepted. */
export async function runCommandOnGitHub(registry: ActionRegistry): Promise<never> {
  const steps = Object.entries(registry).filter(([, { declaration }]) => !declaration.isCommandLineOnly);
  const command = readEnvironment().variables[inputVariable(COMMAND_INPUT)]?.trim() ?? '';
  const entry = new Map(steps).get(command);
  const inputs: Declaration = Object.fromEntries(
    steps.flatMap(([, { declaration }]) => Object.entries(declaration.inputs)),
  );
  const names = steps.map(([name]) => name);
  return runOnGitHub(entry ?? unknownCommand(command, names, inputs), [
    COMMAND_INPUT,
    ...Object.keys(inputs),
  ]);
}

/** An action that only says what it should have been; it knows every input, so that secrets stay hidden. */
function unknownCommand(command: string, names: readonly string[], inputs: Declaration): ActionEntry {
  const nearest = nearestName(command, names);
  const what = command === '' ? 'nothing is given' : `there is no command ${quoteValue(command)}`;
  return {
    declaration: { name: 'command', description: '', inputs, outputs: {}, rules: [] },
    load: () =>
      Promise.reject(
        new LifeboatError('input-invalid', `\`${COMMAND_INPUT}\`: ${what}; accepted: ${names.join(', ')}.`, {
          hint: nearest === undefined ? 'Set it under `with:`.' : `Did you mean \`${nearest}\`?`,
        }),
      ),
  };
}
