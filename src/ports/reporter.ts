// How a run tells people what it does. Everything given here is cleaned of control characters and workflow commands before it
// is shown, so callers may pass text from servers.

/** How far something is whose bytes are counted. */
export interface Progress {
  readonly label: string;
  readonly doneBytes: number;
  /** Undefined: not known. */
  readonly totalBytes: number | undefined;
  readonly bytesPerSecond: number;
  readonly elapsedMs: number;
}

export interface Reporter {
  /** A phase of the run; on GitHub a foldable group. */
  group<T>(title: string, body: () => Promise<T>): Promise<T>;
  info(message: string): void;
  debug(message: string): void;
  /**
   * Shows how far something is in place of what it showed before, where there is a terminal; undefined takes it away. False, or not
   * there at all: only lines can be shown.
   */
  progress?(progress: Progress | undefined): boolean;
  /** Shown as an annotation, at most five a run; further ones go to the log only. */
  warning(message: string): void;
  /** Markdown for the job summary; values from outside must have gone through `escapeMarkdown` (src/domain/text/markdown.ts). */
  summary(markdown: string): void;
  output(name: string, value: string | number): void;
  /** From now on this text is replaced by *** wherever the run prints. Values shorter than four characters are ignored. */
  mask(secret: string): void;
}
