import { defineConfig } from 'vitest/config';
import { StrictReporter } from './script/strict-reporter.ts';
import { textPlugin } from './script/text-plugin.ts';

// Timeouts are for what hangs: a busy machine must not fail a test.
// `unit` needs nothing but Node; `integration` needs labs (real servers), which its global set-up starts.
export default defineConfig({
  plugins: [textPlugin()],
  test: {
    passWithNoTests: false,
    reporters: [new StrictReporter(), 'default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**'],
          testTimeout: 30_000,
          // Much of their time goes by waiting for processes.
          maxWorkers: 4,
          // A process for each file would cost more than most files do; what a test changes of the process it changes back.
          isolate: false,
          unstubEnvs: true,
          restoreMocks: true,
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
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
