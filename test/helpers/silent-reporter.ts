// A reporter that tells nobody.
import type { Reporter } from '../../src/ports/reporter.ts';

export const silentReporter: Reporter = {
  group: (_title, body) => body(),
  info: () => undefined,
  debug: () => undefined,
  warning: () => undefined,
  summary: () => undefined,
  output: () => undefined,
  mask: () => undefined,
};
