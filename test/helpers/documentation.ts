// The pages that people write and read, cut into headings, code blocks and links, for tests that hold them to the code.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export interface CodeBlock {
  /** What stands behind the opening fence: `sh`, `yaml`; may be empty. */
  readonly language: string;
  /** Without the indentation of a list that it stands in. */
  readonly text: string;
  /** The heading above it, without `#`. */
  readonly heading: string;
}

export interface Page {
  /** Relative to the root of the project. */
  readonly path: string;
  readonly headings: readonly string[];
  readonly blocks: readonly CodeBlock[];
  /** Targets of links and pictures outside of code, as they are written. */
  readonly links: readonly string[];
}

/** Every Markdown page of the project, generated ones too. */
export function readPages(): Page[] {
  return [
    '.',
    'docs',
    'dump',
    'restore',
    'restore-test',
    'ship-binlogs',
    'verify',
    '.github',
    'test/fixtures',
  ]
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: folder !== '.', encoding: 'utf8' })
        .filter((name) => name.endsWith('.md'))
        .map((name) => path.join(folder, name)),
    )
    .map((file) => readPage(file));
}

/** One page by its path from the root. */
export function readPage(file: string): Page {
  return parsePage(file, readFileSync(path.join(ROOT, file), 'utf8'));
}

export function parsePage(file: string, text: string): Page {
  const page = { path: file, headings: [] as string[], blocks: [] as CodeBlock[], links: [] as string[] };
  let open: { fence: string; indent: string; language: string; lines: string[] } | undefined;
  for (const line of text.split('\n')) {
    const [, indent = '', fence, language = ''] = /^( *)(`{3,})(\w*)$/.exec(line) ?? [];
    if (open) {
      if (fence === open.fence) {
        const heading = page.headings.at(-1) ?? '';
        page.blocks.push({ language: open.language, text: `${open.lines.join('\n')}\n`, heading });
        open = undefined;
      } else {
        open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
      }
    } else if (fence !== undefined) {
      open = { fence, indent, language, lines: [] };
    } else {
      const heading = /^#+ (.+)$/.exec(line)?.[1];
      if (heading !== undefined) page.headings.push(heading);
      const plain = line.replaceAll(/`[^`]*`/g, '');
      page.links.push(...Array.from(plain.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target));
    }
  }
  if (open) throw new Error(`${file}: a code block has no end`);
  return page;
}

/** The text of all blocks of this language below these headings, in the order of the page. Throws where a heading has none. */
export function blocksBelow(page: Page, language: string, ...headings: readonly string[]): string[] {
  return headings.flatMap((heading) => {
    const found = page.blocks.filter((block) => block.heading === heading && block.language === language);
    if (found.length === 0) throw new Error(`${page.path}: no ${language} below "${heading}"`);
    return found.map(({ text }) => text);
  });
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return words.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
}
