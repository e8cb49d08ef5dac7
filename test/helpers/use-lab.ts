// The lab of the process that runs a test file: those that run at the same time have one each.
import { inject } from 'vitest';
import type { Lab } from '../lab/lab.ts';

/** For top-level code, hooks and tests of integration tests. */
export function useLab(): Lab {
  const lab = inject('labs')[Number(process.env['VITEST_POOL_ID']) - 1];
  if (lab === undefined) throw new Error('there are more test processes than labs');
  return lab;
}
