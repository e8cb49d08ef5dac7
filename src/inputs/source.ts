// Where the text of inputs comes from: the runner's variables or a command line.
import type { Problem } from './problem.ts';

export interface InputSource {
  /** The text as it was given, undefined when it was not. */
  read(name: string): string | undefined;
  /** How to give an input here, for the fix of a missing one: "Set it under `with:`." */
  howToGive(name: string, isSecret: boolean): string;
  /** What is wrong with what was given, whatever the values: unknown names, secrets in plain sight. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}
