// How the two kinds of output, the runner's log and a terminal, differ. All text has been through the sanitiser already.

import type { Progress } from '../ports/reporter.ts';

export interface Printer {
  debug(lines: readonly string[]): void;
  info(lines: readonly string[]): void;
  /** A line that is drawn again and again; only where there is a terminal. */
  progress?(progress: Progress | undefined): void;
  /** An annotation only where `isAnnotated`; else a line of the log. */
  warning(lines: readonly string[], isAnnotated: boolean): void;
  error(title: string, lines: readonly string[]): void;
  beginGroup(title: string): void;
  endGroup(): void;
  output(name: string, value: string): void;
  /** What was asked for, when it is more than fits in memory: resolves when it is written. False when nobody reads it any more. */
  print(lines: readonly string[]): Promise<boolean>;
  /** False when there is nowhere to write it. */
  summary(markdown: string): boolean;
  /** Hands texts to the runner that it must never print; these alone are not sanitised. */
  mask(forms: readonly string[]): void;
}
