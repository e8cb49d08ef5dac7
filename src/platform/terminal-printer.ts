// Output for people and log files: one line with its time each, on standard error; the summary on standard output.
import type { Printer } from './printer.ts';

export interface TerminalStreams {
  readonly log: NodeJS.WritableStream;
  readonly summary: NodeJS.WritableStream;
  /** Only for a terminal that shows them. */
  readonly hasColours: boolean;
}

const COLOURS = { plain: '', title: '\x1b[1m', warning: '\x1b[33m', error: '\x1b[31m' } as const;
const RESET = '\x1b[0m';

export function createTerminalPrinter({ log, summary, hasColours }: TerminalStreams): Printer {
  const print = (lines: readonly string[], colour: keyof typeof COLOURS = 'plain') => {
    const time = new Date().toISOString().replace(/\.\d+/, '');
    for (const line of lines) {
      const text = hasColours && colour !== 'plain' ? `${COLOURS[colour]}${line}${RESET}` : line;
      log.write(`${time} ${text}\n`);
    }
  };
  const withPrefix = (prefix: string, lines: readonly string[]) =>
    lines.map((line, index) => (index === 0 ? `${prefix}: ${line}` : line));
  return {
    debug: () => undefined,
    info: (lines) => print(lines),
    warning: (lines) => print(withPrefix('warning', lines), 'warning'),
    error: (title, lines) =>
      print([...withPrefix('error', [title]), ...lines.map((line) => `  ${line}`)], 'error'),
    beginGroup: (title) => print([title], 'title'),
    endGroup: () => undefined,
    output: (name, value) => print([`${name}: ${value}`]),
    summary: (markdown) => {
      summary.write(markdown);
      return true;
    },
    mask: () => undefined,
  };
}
