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

/** What is not plain in a name: a character of UTF-8, or a byte. */
const ODD = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[^ -[\]-~]/g;
const SHORT: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A name that is bytes as latin1 text, for standard output: on one line, nothing that a terminal or the runner of a workflow would obey, and
 * exactly this name. Whatever is unseen or no UTF-8 stands there byte by byte, as bash reads it in `$'…'`: `\n`, `\x1b`.
 */
export function showName(name: string): string {
  const shown = name.replaceAll(ODD, (piece) => {
    const text = Buffer.from(piece, 'latin1').toString('utf8');
    const isText = Buffer.from(text, 'utf8').toString('latin1') === piece;
    return isText && text !== '\\' && text.search(UNSEEN) < 0 ? text : (SHORT[piece] ?? escapeBytes(piece));
  });
  return shown.replaceAll('##[', String.raw`##\x5b`);
}

function escapeBytes(bytes: string): string {
  return Array.from(bytes, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
}
