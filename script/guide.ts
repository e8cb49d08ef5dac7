// Reads the pages that lead a newcomer to the first proof: which block is typed where. A block that is not known here, one that is gone, and
// a value that no page has are errors: what is followed must be what people read.
import type { CodeBlock, Page } from '../test/helpers/documentation.ts';

export type Place = 'your machine' | 'the server, as root' | 'the database, as its administrator';

export interface Step {
  readonly heading: string;
  readonly place: Place;
  readonly text: string;
}

interface KnownBlock {
  readonly heading: string;
  readonly language: string;
  /** `shown`: output, or what lies in a file. */
  readonly place: Place | 'shown';
}

function known(heading: string, language: string, ...places: readonly KnownBlock['place'][]): KnownBlock[] {
  return places.map((place) => ({ heading, language, place }));
}

/** docs/getting-started.md, in the order of its blocks. */
export const GETTING_STARTED: readonly KnownBlock[] = [
  ...known('What you need', 'sh', 'your machine'),
  ...known('1. init', 'sh', 'your machine'),
  ...known('3. doctor', 'text', 'shown'),
];

/** The page of `init` for a bucket, a database account without a password, and a host key that was compared. */
export const SETUP: readonly KnownBlock[] = [
  ...known('1. The server', 'sh', 'the server, as root'),
  ...known('1. The server', 'text', 'shown'),
  ...known('2. The database', 'sql', 'the database, as its administrator'),
  ...known('3. The store', 'sh', 'your machine'),
  ...known('3. The store', 'json', 'shown', 'shown', 'shown'),
  ...known('3. The store', 'sh', 'your machine'),
  ...known('5. GitHub', 'sh', 'your machine', 'your machine', 'your machine'),
  ...known('6. Look at it all', 'sh', 'your machine'),
  ...known(
    '7. The first dump, and the first proof',
    'sh',
    ...(['your machine', 'your machine', 'your machine', 'your machine'] as const),
  ),
];

/** What is typed, in the order of the page, with these values in place of those that are the reader's own. */
export function readSteps(
  page: Page,
  blocks: readonly KnownBlock[],
  values: Readonly<Record<string, string>>,
): Step[] {
  const shape = ({ heading, language }: Pick<CodeBlock, 'heading' | 'language'>) =>
    `${language} below "${heading}"`;
  for (const [index, block] of page.blocks.entries()) {
    const wanted = blocks[index];
    if (wanted === undefined || shape(wanted) !== shape(block))
      throw new Error(`${page.path} has a block that is not known, ${shape(block)}:\n${block.text}`);
  }
  const gone = blocks[page.blocks.length];
  if (gone !== undefined) throw new Error(`${page.path} has no longer a block ${shape(gone)}`);
  const steps = page.blocks.flatMap(({ heading, text }, index) => {
    const place = blocks[index]?.place ?? 'shown';
    return place === 'shown' ? [] : [{ heading, place, text }];
  });
  for (const value of Object.keys(values)) {
    if (!steps.some(({ text }) => text.includes(value)))
      throw new Error(`${page.path} has "${value}" in no block that is typed`);
  }
  const filled = steps.map((step) => ({ ...step, text: fillIn(step.text, values) }));
  const open = filled.map(({ text }) => /[\w.-]*example\.com|[A-Z-]+-HERE|REPLACE_WITH\w+/.exec(text)?.[0]);
  const forgotten = open.find((text) => text !== undefined);
  if (forgotten !== undefined) throw new Error(`${page.path} has "${forgotten}", and no value for it`);
  return filled;
}

function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((filled, [name, value]) => filled.replaceAll(name, value), text);
}

/** Words that a reader reads, those of code not counted. */
export function countWords(markdown: string): number {
  return markdown
    .replaceAll(/^ *```\w*\n[^]*?^ *```$/gm, '')
    .split(/[\s|]+/)
    .filter((word) => /\p{L}/u.test(word)).length;
}
