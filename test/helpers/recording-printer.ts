// A printer that keeps what it was given, for tests of what is printed.
import type { Printer } from '../../src/platform/printer.ts';

export interface RecordingPrinter extends Printer {
  readonly calls: (readonly [string, ...unknown[]])[];
}

export function createRecordingPrinter(canSummarise = true): RecordingPrinter {
  const calls: (readonly [string, ...unknown[]])[] = [];
  const record =
    (name: string) =>
    (...values: unknown[]): void => {
      calls.push([name, ...values]);
    };
  return {
    calls,
    debug: record('debug'),
    info: record('info'),
    warning: record('warning'),
    error: record('error'),
    beginGroup: record('beginGroup'),
    endGroup: record('endGroup'),
    output: record('output'),
    print: (lines) => {
      calls.push(['print', lines]);
      return Promise.resolve(true);
    },
    summary: (markdown) => {
      calls.push(['summary', markdown]);
      return canSummarise;
    },
    mask: record('mask'),
  };
}
