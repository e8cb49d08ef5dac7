// Writes every generated file. With --check it writes nothing, names each file that is stale, and exits 1 when there is one.
// --root works on a copy of the project.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderGeneratedFiles } from './generated-files.ts';

const { values: options } = parseArgs({ options: { check: { type: 'boolean' }, root: { type: 'string' } } });
const root = options.root ?? join(import.meta.dirname, '..');

for (const { path, content } of await renderGeneratedFiles(root)) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === content) continue;
  if (options.check === true) {
    process.stderr.write(`stale: ${path} (npm run generate)\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    process.stdout.write(`wrote ${path}\n`);
  }
}
