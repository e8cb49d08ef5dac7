// Fails a run in which nothing was tested, and one of whole files in which a test was skipped. vitest is content with both.
import type { Reporter, TestModule, Vitest } from 'vitest/node';

export class StrictReporter implements Reporter {
  #hasPattern = false;

  onInit(vitest: Vitest): void {
    // With -t everything that does not fit the pattern counts as skipped.
    this.#hasPattern = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    if (skipped.length === tests.length) fail('no test ran');
    else if (!this.#hasPattern) skipped.forEach(({ fullName }) => fail(`skipped: ${fullName}`));
  }
}

function fail(message: string): void {
  process.stderr.write(`\nThis run fails: ${message}\n`);
  process.exitCode = 1;
}
