// Runs vitest in processes of its own, on test files made for the purpose: what the reporter decides shows in the exit status.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PROJECT = path.join(import.meta.dirname, '..', '..');
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'strict-'));
  const reporter = path.join(PROJECT, 'script', 'strict-reporter.ts');
  writeFileSync(
    path.join(directory, 'vitest.config.ts'),
    `import { StrictReporter } from ${JSON.stringify(reporter)};
    export default { test: { globals: true, reporters: [new StrictReporter(), 'default'] } };`,
  );
});
afterEach(() => rmSync(directory, { recursive: true }));

function runTests(source: string, ...args: string[]) {
  writeFileSync(path.join(directory, 'made.test.ts'), source);
  const vitest = path.join(PROJECT, 'node_modules', 'vitest', 'vitest.mjs');
  const run = spawnSync(process.execPath, [vitest, 'run', '--root', directory, ...args], {
    encoding: 'utf8',
  });
  return { status: run.status, said: run.stderr };
}

const passing = `it('passes', () => expect(1).toBe(1));`;
const skipped = `it.skip('rests', () => expect(1).toBe(1));`;

// Each run starts a vitest of its own, which takes seconds on a busy machine.
describe('StrictReporter', { timeout: 60_000 }, () => {
  it('lets a run pass in which every test ran', () => {
    expect(runTests(passing)).toMatchObject({ status: 0 });
  });

  it('fails a run in which a test was skipped, and names it', () => {
    const { status, said } = runTests(passing + skipped);
    expect(said).toContain('skipped: rests');
    expect(status).toBe(1);
  });

  it('fails a run in which no test ran', () => {
    const { status, said } = runTests(passing, '--testNamePattern', 'nothing of the kind');
    expect(said).toContain('no test ran');
    expect(status).toBe(1);
  });

  it('lets a pattern select', () => {
    expect(runTests(passing + skipped, '--testNamePattern', 'passes')).toMatchObject({ status: 0 });
  });
});
