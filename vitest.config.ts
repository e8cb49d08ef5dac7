import { defineConfig } from 'vitest/config';
import { StrictReporter } from './script/strict-reporter.ts';
import { textPlugin } from './script/text-plugin.ts';

// Timeouts are for what hangs: a busy machine must not fail a test.
// `unit` is the product's own code, in this process; `programs` is what of it other programs do or have to understand: shells, gpg, perl, tar,
// and whole runs; `tooling` is what surrounds it, and has to build or to start what it tests; `integration` needs labs (real servers), which
// its global set-up starts.
const PROGRAMS = ['test/**/*.program.test.ts'];
const TOOLING = ['bench', 'bundle', 'lab', 'script'].map((folder) => `test/${folder}/**/*.test.ts`);
/** A process for each file would cost more than most files do; what a test changes of the process it changes back. */
const ONE_PROCESS_FOR_MANY = { isolate: false, unstubEnvs: true, restoreMocks: true } as const;

export default defineConfig({
  plugins: [textPlugin()],
  test: {
    passWithNoTests: false,
    expect: { poll: { timeout: 20_000 } },
    reporters: [new StrictReporter(), 'default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**', ...PROGRAMS, ...TOOLING],
          testTimeout: 30_000,
          // Much of their time goes by waiting for files.
          maxWorkers: 4,
          ...ONE_PROCESS_FOR_MANY,
        },
      },
      {
        extends: true,
        test: {
          name: 'programs',
          include: PROGRAMS,
          testTimeout: 30_000,
          // Much of their time goes by waiting for processes.
          maxWorkers: 4,
          ...ONE_PROCESS_FOR_MANY,
        },
      },
      {
        extends: true,
        test: {
          name: 'tooling',
          include: TOOLING,
          testTimeout: 60_000,
          ...ONE_PROCESS_FOR_MANY,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/lab/global-setup.ts'],
          // Each has a lab of its own. Half their time goes by waiting; more would make late what has to be in time.
          maxWorkers: 2,
          testTimeout: 240_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
