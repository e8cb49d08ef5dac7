// Inputs as the runner hands them over: one variable each.
import type { Declaration } from '../inputs/field.ts';
import type { Variables } from './environment.ts';
import { findUnknownVariables, type PlatformSource } from './sources.ts';

const PREFIX = 'INPUT_';

/** The runner's own rule: upper case, blanks become underscores, dashes stay. */
export function inputVariable(name: string): string {
  return PREFIX + name.replaceAll(' ', '_').toUpperCase();
}

/** `otherNames` are inputs that are accepted but belong to other actions. */
export function createGitHubSource(
  variables: Variables,
  declaration: Declaration,
  otherNames: readonly string[] = [],
): PlatformSource {
  const known = [...Object.keys(declaration), ...otherNames];
  return {
    read: (name) => variables[inputVariable(name)],
    howToGive: (name, isSecret) =>
      isSecret
        ? `Set it under \`with:\` from a secret that exists for this repository, organisation or environment: \`${name}: \${{ secrets.${name.toUpperCase().replaceAll('-', '_')} }}\`.`
        : `Set it under \`with:\`.`,
    leaked: [],
    ...findUnknownVariables(variables, PREFIX, inputVariable, known),
  };
}
