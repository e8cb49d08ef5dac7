import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderGeneratedFiles } from '../../script/generated-files.ts';
import { runStep } from '../helpers/step.ts';

const ROOT = join(import.meta.dirname, '../..');
const PATIENT = { timeout: 30_000 };

it('every generated file is what the declarations give', async () => {
  for (const { path, content } of await renderGeneratedFiles(ROOT)) {
    const file = join(ROOT, path);
    expect(
      existsSync(file) && readFileSync(file, 'utf8') === content,
      `${path} is stale: npm run generate`,
    ).toBe(true);
  }
});

describe('the generator', PATIENT, () => {
  const copy = mkdtempSync(join(tmpdir(), 'generate-'));
  const generate = (...flags: string[]) =>
    runStep([join(ROOT, 'script/generate.ts'), '--root', copy, ...flags]);
  beforeAll(() => {
    cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
    mkdirSync(join(copy, 'dump'));
    cpSync(join(ROOT, 'dump/README.md'), join(copy, 'dump/README.md'));
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  it('names every missing file, and writes none of them when it only checks', async () => {
    const { exitCode, stderr } = await generate('--check');
    expect(exitCode).toBe(1);
    for (const path of [
      'action.yml',
      'dump/action.yml',
      'docs/reference/dump.md',
      'docs/reference/errors.md',
      'src/version.ts',
    ]) {
      expect(stderr).toContain(`stale: ${path} `);
      expect(existsSync(join(copy, path))).toBe(false);
    }
  });

  it('writes them, and finds each one that was changed, and no other', async () => {
    expect((await generate()).exitCode).toBe(0);
    appendFileSync(join(copy, 'dump/action.yml'), '# edited\n');
    const readme = join(copy, 'dump/README.md');
    writeFileSync(readme, readFileSync(readme, 'utf8').replace('`ssh-host`', '`shs-host`'));
    const { exitCode, stderr } = await generate('--check');
    expect(exitCode).toBe(1);
    expect(stderr.trim().split('\n').sort()).toEqual([
      'stale: dump/README.md (npm run generate)',
      'stale: dump/action.yml (npm run generate)',
    ]);
  });
});
