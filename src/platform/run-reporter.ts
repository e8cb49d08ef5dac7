// The reporter of a run: cleans what is said, counts annotations, and keeps the summary until the end.
import type { LogLevel } from '../inputs/groups/telling.ts';
import { plainLine } from '../domain/text/visible.ts';
import type { Progress, Reporter } from '../ports/reporter.ts';
import type { Printer } from './printer.ts';
import type { Sanitizer } from './sanitize.ts';
import { limitSummary } from './summary-size.ts';

/** GitHub shows ten a step; people read fewer. */
export const MAX_WARNING_ANNOTATIONS = 5;
const CONTINUATION = '  ';
/** Of the log: what people would scroll to first. */
const TAIL_LINES = 40;

export class RunReporter implements Reporter {
  readonly #printer: Printer;
  readonly #sanitizer: Sanitizer;
  readonly #warnings = new Set<string>();
  readonly #summary: string[] = [];
  readonly #tail: string[] = [];
  #level: LogLevel = 'info';
  #openGroups = 0;

  constructor(printer: Printer, sanitizer: Sanitizer) {
    this.#printer = printer;
    this.#sanitizer = sanitizer;
  }

  set level(level: LogLevel) {
    this.#level = level;
  }

  /** The end of what was said, line by line. */
  get tail(): readonly string[] {
    return this.#tail.map((line) => this.#sanitizer.hide(line));
  }

  /** Markdown without secrets and control characters, for a place that is no log. */
  clean(markdown: string): string {
    return this.#sanitizer.document(markdown);
  }

  async group<T>(title: string, body: () => Promise<T>): Promise<T> {
    this.#beginGroup(this.#sanitizer.line(title));
    try {
      return await body();
    } finally {
      this.#endGroup();
    }
  }

  info(message: string): void {
    if (this.#level !== 'warning') this.#printer.info(this.#keep(this.#lines(message)));
  }

  debug(message: string): void {
    if (this.#level === 'debug') this.#printer.info(this.#keep(this.#lines(`debug: ${message}`)));
    else this.#printer.debug(this.#lines(message));
  }

  progress(progress: Progress | undefined): boolean {
    if (this.#printer.progress === undefined || this.#level === 'warning') return false;
    this.#printer.progress(progress && { ...progress, label: this.#sanitizer.line(progress.label) });
    return true;
  }

  warning(message: string): void {
    const lines = this.#lines(message);
    const text = lines.join('\n');
    if (this.#warnings.has(text)) return;
    this.#warnings.add(text);
    this.#keep([`Warning: ${text}`]);
    this.#printer.warning(lines, this.#warnings.size <= MAX_WARNING_ANNOTATIONS);
  }

  summary(markdown: string): void {
    this.#summary.push(markdown);
  }

  output(name: string, value: string | number): void {
    this.#printer.output(name, this.#sanitizer.value(String(value)));
  }

  /** Nothing is cut, and no name is changed by more than what would make a line obeyed. */
  print(lines: readonly string[]): Promise<boolean> {
    return this.#printer.print(lines.map((line) => plainLine(this.#sanitizer.hide(line))));
  }

  mask(secret: string): void {
    this.#printer.mask(this.#sanitizer.addSecret(secret));
  }

  /** A stack: shown at every level, because nobody can ask for it afterwards. */
  bug(trace: string): void {
    this.#printer.info(this.#keep(this.#lines(trace)));
  }

  /** The one error of the run. */
  error(title: string, message: string): void {
    while (this.#openGroups > 0) this.#endGroup();
    this.#printer.error(this.#sanitizer.line(title), this.#keep(this.#lines(message)));
  }

  /** Puts what the run is about to say last before everything else in the summary. */
  summaryFirst(markdown: string): void {
    this.#summary.unshift(markdown);
  }

  /** Writes the summary; nothing more may be said in it. */
  writeSummary(): void {
    if (this.#summary.length === 0) return;
    const markdown = limitSummary(`${this.#sanitizer.document(this.#summary.splice(0).join('\n\n'))}\n`);
    if (!this.#printer.summary(markdown)) this.#printer.info(this.#lines(markdown));
  }

  #keep(lines: readonly string[]): readonly string[] {
    this.#tail.push(...lines);
    this.#tail.splice(0, this.#tail.length - TAIL_LINES);
    return lines;
  }

  #lines(message: string): readonly string[] {
    // Lines after the first are set in, so that text from a server cannot pass for a line of ours.
    return this.#sanitizer
      .lines(message)
      .map((line, index) => (index === 0 ? line : `${CONTINUATION}${line}`));
  }

  #beginGroup(title: string): void {
    this.#openGroups += 1;
    this.#keep([title]);
    if (this.#level === 'warning') return;
    // Groups do not nest on GitHub.
    if (this.#openGroups === 1) this.#printer.beginGroup(title);
    else this.#printer.info([title]);
  }

  #endGroup(): void {
    if (this.#openGroups === 0) return;
    this.#openGroups -= 1;
    if (this.#openGroups === 0 && this.#level !== 'warning') this.#printer.endGroup();
  }
}
