// Markdown for job summaries and generated pages. Values from outside get in through `escapeMarkdown` or `codeSpan` only.
import { showUnseen } from './visible.ts';

// Characters that mean something inside a line of GitHub's Markdown, with what stands for them. Entities cannot take part in
// any structure; backslashes are used where they do as well, because they read better as plain text.
const INLINE: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  $: '&#36;',
  '\t': ' ',
  // An element between the two halves keeps GitHub from making a mention or an issue link of them.
  '@': '@<wbr>',
  '#': '#<wbr>',
};
const SPECIAL = /[\\`*[\]|~!&<>$@#\t]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
// What GitHub turns into links and emoji by itself: `://`, `www.`, `GH-1`, `:name:`.
const AUTOMATIC = /:(?=\/\/|[\w+-]+:)|www(?=\.)|GH(?=-\d)/gi;
const BLOCK_START = /^( ?)([-+=]|\d{1,9}(?=[.)]))/;
/** Two or more blanks mean something at both ends of a line. */
const OUTER_SPACE = /^ (?= )|(?<= ) $/g;

/** Text that is shown as it is, at any place of a line and in table cells; unseen characters become visible escapes. */
export function escapeMarkdown(text: string): string {
  return showUnseen(text)
    .replace(SPECIAL, (character) => INLINE[character] ?? `\\${character}`)
    .replace(AUTOMATIC, '$&<wbr>')
    .replace(BLOCK_START, (_, space: string, mark: string) =>
      /\d/.test(mark) ? `${space}${mark}<wbr>` : `${space}\\${mark}`,
    )
    .replace(OUTER_SPACE, '&#32;');
}

/** Text in a fixed-width font, safe at any place of a line and in table cells. An empty text gives an empty string. */
export function codeSpan(text: string): string {
  const visible = showUnseen(text).replaceAll('\t', ' ');
  if (visible === '') return '';
  // Backquotes and pipes have rules of their own, which differ between tables and text; so have blanks at the ends.
  if (!/[`|\\]|^ | $/.test(visible)) return `\`${visible}\``;
  const encoded = visible.replace(
    /[^\p{L}\p{N} ,/-]/gu,
    (character) => `&#${character.codePointAt(0) ?? 0};`,
  );
  return `<code>${encoded}</code>`;
}

/** A sentence in which parts between backquotes are shown in a fixed-width font, and everything else as it is. */
export function formatSentence(text: string): string {
  const parts = text.split('`');
  const isPaired = parts.length % 2 === 1 && parts.slice(1, -1).every((part) => part !== '');
  if (!isPaired) return escapeMarkdown(text);
  return parts.map((part, index) => (index % 2 === 1 ? codeSpan(part) : escapeMarkdown(part))).join('');
}

/** A fenced block; only line feeds and tabs of the text stay what they are. */
export function codeBlock(text: string, language = ''): string {
  const lines = text.replace(/\n$/, '').split('\n').map(showUnseen);
  const longestFence = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longestFence + 1);
  return [`${fence}${language}`, ...lines, fence].join('\n');
}

export interface TableColumn {
  /** Markdown. */
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A table; cells are Markdown without line feeds, already escaped. Short rows are filled with empty cells. */
export function markdownTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${columns.map((_, index) => cells[index] ?? '').join(' | ')} |`;
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map(line),
  ].join('\n');
}

/** A folded part of a summary; the title is plain text, the body Markdown. */
export function foldedDetails(title: string, body: string): string {
  const heading = showUnseen(title).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<details><summary>${heading}</summary>\n\n${body}\n\n</details>`;
}
