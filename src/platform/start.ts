// Begins a run: hides secrets, takes them out of the environment, and only then loads the code that could start programs.
import { LOG_LEVELS } from '../inputs/groups/telling.ts';
import type { ActionEntry } from './action.ts';
import { deleteSecrets, type Environment } from './environment.ts';
import { live, type LifeOptions } from './life.ts';
import type { Printer } from './printer.ts';
import { RunReporter } from './run-reporter.ts';
import { Sanitizer } from './sanitize.ts';
import { createTelling } from './telling/telling.ts';
import { findSecrets, type PlatformSource } from './sources.ts';

export async function startRun(
  entry: ActionEntry,
  source: PlatformSource,
  environment: Environment,
  printer: Printer,
  how: Pick<LifeOptions, 'isWorkflow' | 'ask'> = {},
): Promise<never> {
  const reporter = new RunReporter(printer, new Sanitizer());
  const { secretAccessKey, sessionToken } = environment.ambientCredentials ?? {};
  const ambient = [secretAccessKey, sessionToken, environment.idTokenRequest?.token].filter(
    (secret) => secret !== undefined,
  );
  const secrets = [...findSecrets(entry.declaration.inputs, source), ...ambient];
  for (const secret of secrets) reporter.mask(secret);
  deleteSecrets(secrets);
  reporter.level = LOG_LEVELS.find((level) => level === source.read('log-level')?.trim()) ?? 'info';

  return live({
    name: entry.declaration.name,
    environment,
    reporter,
    ...how,
    telling: createTelling(entry.declaration, source, environment, reporter),
    body: async (context) => {
      for (const warning of source.warnings) reporter.warning(warning);
      const action = await entry.load();
      await action.run(source, context);
    },
  });
}
