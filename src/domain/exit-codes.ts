// What the exit code of a run says: the whole list, for users and for the code that ends a run.
import { ERROR_CODES, type ErrorClass, type ErrorCode } from '../errors.ts';

export const EXIT_CODES = {
  good: [0, 'Good: everything was done.'],
  failed: [1, 'Failed: the run did not do what it was asked to do.'],
  configuration: [2, 'Configuration: inputs are missing or wrong; nothing was contacted.'],
  incomplete: [3, 'Incomplete: done, but not everything could be read.'],
  red: [4, 'Red verdict: what was examined is not as it should be.'],
  busy: [5, 'Busy: another run of the same action is at work on the target.'],
  cancelled: [130, 'Cancelled: the run was told to stop, and undid what it had begun.'],
} as const satisfies Record<string, readonly [number, string]>;

export type Outcome = keyof typeof EXIT_CODES;

const OUTCOMES: Readonly<Record<ErrorClass, Outcome>> = {
  configuration: 'configuration',
  target: 'failed',
  store: 'failed',
  encryption: 'failed',
  integrity: 'failed',
  sandbox: 'failed',
  'restore-test': 'red',
  stale: 'red',
  cancelled: 'cancelled',
};

/** How a run ends that fails with this error. */
export function outcomeOf(code: ErrorCode): Outcome {
  if (code === 'storage-incomplete' || code === 'storage-unfinished') return 'incomplete';
  return code === 'target-busy' ? 'busy' : OUTCOMES[ERROR_CODES[code][0]];
}

export function exitCodeOf(outcome: Outcome): number {
  return EXIT_CODES[outcome][0];
}
