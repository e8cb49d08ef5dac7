// Quoting for the shell on a target: the only way by which text from outside gets into a task's script.

/** One word of POSIX shell that stands for exactly these characters. Throws on NUL, which no shell word can hold. */
export function shellQuote(text: string): string {
  if (text.includes('\0')) throw new TypeError('a shell word cannot hold a NUL character');
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Several words, separated by spaces. */
export function shellQuoteAll(words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}
