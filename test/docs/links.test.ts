import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { anchorOf, parsePage, readPage, readPages, ROOT, type Page } from '../helpers/documentation.ts';

/** What GitHub itself serves below the address of a repository, seen from its root. */
const SERVED_BY_GITHUB = '../../actions/';

function findBrokenLinks({ path: file, links }: Page): string[] {
  return links.filter((link) => {
    if (/^https?:/.test(link) || link.startsWith(SERVED_BY_GITHUB)) return false;
    const [target = '', anchor] = link.split('#');
    const found = target === '' ? file : path.join(path.dirname(file), target);
    if (!existsSync(path.join(ROOT, found))) return true;
    if (anchor === undefined) return false;
    return !readPage(found).headings.some((heading) => anchorOf(heading) === anchor);
  });
}

it.each(readPages())('every link of $path leads somewhere', (page) => {
  expect(findBrokenLinks(page)).toEqual([]);
});

it('broken ones are found', () => {
  const text = '[a](docs/format.md#manifest) [b](docs/fromat.md) [c](docs/format.md#threats) [d](#nowhere)\n';
  expect(findBrokenLinks(parsePage('page.md', `${text}\`[e](code)\`\n`))).toEqual([
    'docs/fromat.md',
    'docs/format.md#threats',
    '#nowhere',
  ]);
});
