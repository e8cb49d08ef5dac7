// Judges command lines in the documentation against the declared inputs.
import { actions } from '../../src/entries/actions.ts';
import type { ActionDeclaration } from '../../src/inputs/declaration.ts';

const declarations: Readonly<Record<string, { readonly declaration: ActionDeclaration }>> = actions;

/** Every call of the command line in a piece of shell, continuation lines joined: the arguments behind the program's name. */
export function findCommands(text: string): string[] {
  return Array.from(
    text.replaceAll(/\\\n\s*/g, '').matchAll(/^(?:node dist\/cli\.js|lifeboat) (.+)$/gm),
    ([, rest = '']) => rest,
  );
}

/** Everything that is wrong with a call such as `dump --server atlas …`. */
export function findCommandFaults(command: string): string[] {
  const [name = '', ...words] = command.split(/\s+/);
  const inputs = declarations[name]?.declaration.inputs;
  if (inputs === undefined) return [`there is no action ${name}`];
  const flags = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2));
  if (flags.includes('help')) return [];
  const given = flags.map((flag) => (flag in inputs ? flag : flag.replace(/-file$/, '')));
  return [
    ...flags.flatMap((flag, index) => {
      const field = inputs[given[index] ?? ''];
      if (field === undefined) return [`there is no flag --${flag}`];
      return field.isSecret && given[index] === flag
        ? [`--${flag} takes a secret from the command line`]
        : [];
    }),
    ...Object.entries(inputs)
      .filter(([input, { isRequired }]) => isRequired && !given.includes(input))
      .map(([input]) => `${input} is required`),
  ];
}
