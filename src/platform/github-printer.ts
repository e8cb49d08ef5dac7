// Output as GitHub's runner reads it: commands in the log, files for outputs and the summary.
import { appendFileSync } from 'node:fs';
import * as core from '@actions/core';
import type { Printer } from './printer.ts';

/** The runner cuts at 4,096 characters. */
const MAX_ANNOTATION_CHARACTERS = 4_000;

/** `summaryPath` is the file of the job summary, where the runner has one. */
export function createGitHubPrinter(summaryPath: string | undefined): Printer {
  const print = (lines: readonly string[]) => lines.forEach((line) => core.info(line));
  return {
    debug: (lines) => lines.forEach((line) => core.debug(line)),
    info: print,
    warning: (lines, isAnnotated) => {
      if (isAnnotated) core.warning(limitAnnotation(lines));
      else print(lines.map((line, index) => (index === 0 ? `Warning: ${line}` : line)));
    },
    error: (title, lines) => core.error(limitAnnotation(lines), { title }),
    beginGroup: (title) => core.startGroup(title),
    endGroup: () => core.endGroup(),
    output: (name, value) => core.setOutput(name, value),
    print: async (lines) => {
      print(lines);
      return Promise.resolve(true);
    },
    summary: (markdown) => {
      try {
        if (summaryPath !== undefined) appendFileSync(summaryPath, markdown);
        return summaryPath !== undefined;
      } catch {
        // A full disk must not turn a good backup into a failed run.
        return false;
      }
    },
    mask: (forms) => {
      // The runner would mask each line of a longer text, however short.
      for (const form of forms) if (!/[\r\n]/.test(form)) core.setSecret(form);
    },
  };
}

function limitAnnotation(lines: readonly string[]): string {
  const text = lines.join('\n');
  if (text.length <= MAX_ANNOTATION_CHARACTERS) return text;
  return `${text.slice(0, MAX_ANNOTATION_CHARACTERS).toWellFormed()}…`;
}
