import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import {
  codeBlock,
  codeSpan,
  escapeMarkdown,
  foldedDetails,
  formatSentence,
  markdownTable,
} from '../../../src/domain/text/markdown.ts';
import { showUnseen } from '../../../src/domain/text/visible.ts';
import { randomText, seededRandom } from '../../helpers/random-text.ts';

/** The HTML that GitHub's dialect of Markdown becomes. */
function render(markdown: string): string {
  return micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
}

/** What a reader sees of HTML without any element but the invisible `<wbr>`; undefined when there is another one. */
function readText(html: string): string | undefined {
  const text = html.replaceAll('<wbr>', '');
  if (text.includes('<')) return undefined;
  return normalise(
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
  );
}

function normalise(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** The HTML of a piece of Markdown alone on a line, between words, and as a cell of a table. */
function renderEverywhere(markdown: string): (string | undefined)[] {
  const table = render(markdownTable([{ title: 'A' }, { title: 'B' }], [[markdown, 'end']]));
  return [
    /^<p>([^]*)<\/p>$/.exec(render(markdown))?.[1],
    /^<p>begin ([^]*) end<\/p>$/.exec(render(`begin ${markdown} end`))?.[1],
    /<tbody>\n<tr>\n<td>([^]*)<\/td>\n<td>end<\/td>\n<\/tr>\n<\/tbody>/.exec(table)?.[1],
  ];
}

const PIECES = [
  ...[
    '|',
    '`',
    '``',
    '\\',
    '*',
    '**',
    '_',
    '~',
    '~~',
    '[',
    ']',
    '(',
    ')',
    '<',
    '>',
    '&',
    '!',
    '$',
    '#',
    '@',
    ':',
  ],
  ...[
    'http://x.example',
    'www.x.example',
    'a@b.example',
    'xmpp:a@b.example',
    '://',
    '&amp;',
    '&#35;',
    '[^1]',
  ],
  ...[
    '<script>',
    '</td>',
    '<!--',
    '-->',
    '[x](y)',
    '![x](y)',
    '- [ ] ',
    '> ',
    '# ',
    '---',
    '===',
    '1.',
    '2)',
  ],
  ...[
    'a',
    'b1',
    ' ',
    '  ',
    '-',
    '+',
    '=',
    '\n',
    '\t',
    '\x1b[31m',
    '\u202e',
    '\u2028',
    'é',
    '文',
    '😀',
    '\ud800',
  ],
];

describe('values from outside', () => {
  it('show as they are, whatever they hold, and make nothing but text', () => {
    const random = seededRandom(1);
    for (let round = 0; round < 400; round += 1) {
      const text = randomText(random, PIECES, 6);
      const expected = normalise(showUnseen(text));
      if (expected === '') continue;
      for (const html of renderEverywhere(escapeMarkdown(text))) {
        expect(readText(html ?? '<lost>'), JSON.stringify(text)).toBe(expected);
      }
      for (const html of renderEverywhere(codeSpan(text))) {
        const inner = /^<code>([^]*)<\/code>$/.exec(html ?? '')?.[1];
        expect(readText(inner ?? '<lost>'), JSON.stringify(text)).toBe(expected);
      }
    }
  });

  it('end no code block', () => {
    const random = seededRandom(2);
    for (let round = 0; round < 400; round += 1) {
      const html = render(codeBlock(randomText(random, [...PIECES, '```', '````', '\n```\n'], 6)));
      expect(html).toMatch(/^<pre><code>[^<]*<\/code><\/pre>$/);
    }
  });

  it('make no mention, no reference, no emoji', () => {
    expect(escapeMarkdown('@team #12 GH-3 :smile: www.x.example')).toBe(
      '@<wbr>team #<wbr>12 GH<wbr>-3 :<wbr>smile: www<wbr>.x.example',
    );
  });

  it('stay readable where they are harmless', () => {
    expect(escapeMarkdown('cerb_prod, 12.5 MB (100 %)')).toBe('cerb_prod, 12.5 MB (100 %)');
    expect(codeSpan('cerb_prod.*')).toBe('`cerb_prod.*`');
    expect(codeSpan('')).toBe('');
  });
});

it('keeps the code spans of our own sentences and nothing else', () => {
  expect(formatSentence('`ssh-port`: "*x*" is no number')).toBe('`ssh-port`: "\\*x\\*" is no number');
  expect(render(formatSentence('a `b` <i>c</i> ``d`` `e'))).not.toMatch(/<i>|<code>/);
});

it('writes tables with aligned columns and filled rows', () => {
  const table = markdownTable(
    [{ title: 'Database' }, { title: 'Rows', align: 'right' }],
    [['`a`', '1'], ['`b`']],
  );
  expect(table).toBe('| Database | Rows |\n| --- | ---: |\n| `a` | 1 |\n| `b` |  |');
  expect(render(table)).toContain('<td align="right">1</td>');
});

it('folds details, with a title that is text', () => {
  expect(foldedDetails('a <b> & c', '**x**')).toBe(
    '<details><summary>a &lt;b&gt; &amp; c</summary>\n\n**x**\n\n</details>',
  );
});
