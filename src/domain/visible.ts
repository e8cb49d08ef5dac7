// Makes characters visible that would change how the text around them is shown, so that text from outside cannot pretend.

// Control characters, line and paragraph separators, bidirectional controls, the byte order mark, invisible tag characters.
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u{FEFF}\u{E0000}-\u{E007F}]/gu;
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\0': '\\0' };

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/** The same text on one line, with every unseen character but the tab as an escape such as `\n`, `\x1b` or `\u202e`. */
export function showUnseen(text: string): string {
  return text
    .toWellFormed()
    .replace(UNSEEN, (character) =>
      character === '\t' ? character : (NAMED[character] ?? escapeCharacter(character)),
    );
}

/** For standard output without Markdown: on one line, and nothing that the runner of a workflow would obey, should it be a workflow's log. */
export function plainLine(text: string): string {
  return showUnseen(text).replaceAll('\t', ' ').replaceAll('##[', '## [').replace(/^ *::/, ': :');
}
