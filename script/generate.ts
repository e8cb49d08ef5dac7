// Writes every generated file. With --check it writes nothing, names each file that is stale, and exits 1 when there is one.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderGeneratedFiles } from './generated-files.ts';

const root = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');

for (const { path, content } of await renderGeneratedFiles(root)) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === content) continue;
  if (isCheck) {
    process.stderr.write(`stale: ${path} (npm run generate)\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    process.stdout.write(`wrote ${path}\n`);
  }
}
