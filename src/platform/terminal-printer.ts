// Output for people and log files: one line with its time each, on standard error; the summary on standard output.
import type { Progress } from '../ports/reporter.ts';
import type { Printer } from './printer.ts';
import { renderProgressBar } from './progress-bar.ts';

export interface TerminalStreams {
  readonly log: NodeJS.WritableStream;
  readonly summary: NodeJS.WritableStream;
  /** Only for a terminal that shows them. */
  readonly hasColours: boolean;
  /** Columns of a terminal on which a line can be drawn anew; undefined for files and pipes. */
  readonly columns?: (() => number) | undefined;
}

const COLOURS = { plain: '', title: '\x1b[1m', warning: '\x1b[33m', error: '\x1b[31m' } as const;
const RESET = '\x1b[0m';
/** To the beginning of the line, and nothing on it. */
const CLEAR_LINE = '\r\x1b[K';

export function createTerminalPrinter({ log, summary, hasColours, columns }: TerminalStreams): Printer {
  let shown: Progress | undefined;
  const draw = () => {
    // One column less: a terminal would go on in the next line.
    if (shown !== undefined) log.write(CLEAR_LINE + renderProgressBar(shown, (columns?.() ?? 0) - 1));
  };
  const print = (lines: readonly string[], colour: keyof typeof COLOURS = 'plain') => {
    const time = new Date().toISOString().replace(/\.\d+/, '');
    if (shown !== undefined) log.write(CLEAR_LINE);
    for (const line of lines) {
      const text = hasColours && colour !== 'plain' ? `${COLOURS[colour]}${line}${RESET}` : line;
      log.write(`${time} ${text}\n`);
    }
    draw();
  };
  const withPrefix = (prefix: string, lines: readonly string[]) =>
    lines.map((line, index) => (index === 0 ? `${prefix}: ${line}` : line));
  return {
    debug: () => undefined,
    info: (lines) => print(lines),
    ...(columns === undefined
      ? {}
      : {
          progress: (progress: Progress | undefined) => {
            if (progress === undefined && shown !== undefined) log.write(CLEAR_LINE);
            shown = progress;
            draw();
          },
        }),
    warning: (lines) => print(withPrefix('warning', lines), 'warning'),
    error: (title, lines) =>
      print([...withPrefix('error', [title]), ...lines.map((line) => `  ${line}`)], 'error'),
    beginGroup: (title) => print([title], 'title'),
    endGroup: () => undefined,
    output: (name, value) => print([`${name}: ${value}`]),
    print: (lines) => {
      if (shown !== undefined) log.write(CLEAR_LINE);
      return new Promise((resolve) => {
        summary.write(`${lines.join('\n')}\n`, (error) => resolve(error === undefined || error === null));
      });
    },
    summary: (markdown) => {
      if (shown !== undefined) log.write(CLEAR_LINE);
      summary.write(markdown);
      return true;
    },
    mask: () => undefined,
  };
}
