// Shortens what a program wrote until it fits into a message: annotations end at 4,096 characters, and the advice stands last.

/** Leaves room for the sentence before and the advice after it. */
const MAX_CHARACTERS = 2_400;
const MAX_LINE_CHARACTERS = 400;
/** The end of an output says why it ended; its beginning says how it began to go wrong. */
const FIRST_LINES = 4;
const LAST_LINES = 16;

/** Beginning and end of a text, cut in the middle of long lines and of long texts; what is missing is said. */
export function excerpt(text: string): string {
  const lines = text.trim().split('\n').map(shorten);
  const first = lines.slice(0, FIRST_LINES);
  const last = lines.slice(FIRST_LINES).slice(-LAST_LINES);
  while (sizeOf(first) + sizeOf(last) > MAX_CHARACTERS) last.shift();
  const missing = lines.length - first.length - last.length;
  return [...first, ...(missing > 0 ? [`[… ${missing} more lines …]`] : []), ...last].join('\n');
}

function shorten(line: string): string {
  if (line.length <= MAX_LINE_CHARACTERS) return line;
  const half = MAX_LINE_CHARACTERS / 2;
  const missing = line.length - MAX_LINE_CHARACTERS;
  return `${line.slice(0, half)}[… ${missing} more characters …]${line.slice(-half)}`.toWellFormed();
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
