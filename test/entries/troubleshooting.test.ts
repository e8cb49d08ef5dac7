import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/errors.ts';

it('every error leads to a section of the page, and every section belongs to an error', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/troubleshooting.md'), 'utf8');
  const sections = Array.from(page.matchAll(/^### `?([^`\n]+)`?$/gm), ([, title = '']) =>
    title.toLowerCase(),
  );
  expect(sections.sort()).toEqual([...Object.keys(ERROR_CODES), 'bugs'].sort());
});
