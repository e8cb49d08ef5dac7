// Runs the built doctor as a command line does, and finds single findings in what it prints.
import path from 'node:path';
import { runStep, type StepResult } from './step.ts';

export const CLI = path.resolve(import.meta.dirname, '../../dist/cli.js');

/** Otherwise the lab's user is whoever runs it: never root, perhaps in the group docker, and with the machine's own /dev/shm. */
export const HAS_OWN_USERS = process.getuid?.() === 0;

/** Inputs by name, as variables: some are secrets. */
export function runCommand(
  command: string,
  inputs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<StepResult> {
  const variables = Object.entries(inputs).map(([name, value]) => [
    `LIFEBOAT_${name.toUpperCase().replaceAll('-', '_')}`,
    value,
  ]);
  return runStep([CLI, command], {
    ...(Object.fromEntries(variables) as Record<string, string>),
    ...environment,
  });
}

/** Every finding with its fix, as the doctor prints them: `❌ …` or `⚠️ …`. */
export function findingsIn({ stdout }: Pick<StepResult, 'stdout'>): string[] {
  const [upTo = ''] = stdout.split(/^(?:Not looked at|Stored for these checks.*|Good)$/m);
  return upTo
    .split(/^(?=- )|\n\n/m)
    .filter((part) => part.startsWith('- '))
    .map((part) => part.slice(2).trimEnd())
    .filter((finding) => HAS_OWN_USERS || !finding.includes('is in the group docker'));
}
