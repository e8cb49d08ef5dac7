// What both sources of inputs share: misspelt variables, and finding what must be hidden.
import type { Declaration } from '../inputs/field.ts';
import { nearestName } from '../inputs/nearest.ts';
import type { Problem } from '../inputs/problem.ts';
import type { InputSource } from '../inputs/source.ts';
import type { Variables } from './environment.ts';

export interface PlatformSource extends InputSource {
  /** Secrets that were given in a place where they do not belong; hidden all the same. */
  readonly leaked: readonly string[];
}

/** Values that must never be printed: every secret input, and a private key that was put into any other. */
export function findSecrets(declaration: Declaration, source: PlatformSource): readonly string[] {
  const values = Object.entries(declaration).flatMap(([name, { isSecret }]) => {
    const value = source.read(name) ?? '';
    return isSecret || /PRIVATE KEY/.test(value) ? [value] : [];
  });
  return [...values, ...source.leaked].filter((value) => value.trim() !== '');
}

export interface UnknownVariables {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/**
 * Variables that look like inputs but are none. One whose name is near to an input's was meant to be it: a backup must not run
 * without. Any other may belong to something else.
 */
export function findUnknownVariables(
  variables: Variables,
  prefix: string,
  toVariable: (name: string) => string,
  known: readonly string[],
): UnknownVariables {
  const expected = new Set(known.map(toVariable));
  const unknown = Object.entries(variables)
    .filter(([name, value]) => name.startsWith(prefix) && !expected.has(name) && value?.trim() !== '')
    .map(([name]) => name);
  const problems: Problem[] = [];
  const warnings: string[] = [];
  for (const variable of unknown) {
    const name = variable.slice(prefix.length).toLowerCase().replaceAll('_', '-');
    const nearest = nearestName(name, known);
    if (nearest === undefined)
      warnings.push(`The variable ${variable} is no input of Lifeboat; it is not used.`);
    else problems.push({ input: name, what: 'there is no such input', fix: `Did you mean \`${nearest}\`?` });
  }
  return { problems, warnings };
}
