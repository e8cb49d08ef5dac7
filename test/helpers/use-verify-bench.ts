// For a file of tests of verify: a fresh copy of the good store before each, at a moment after everything in it; and what a report says.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { VerifyKeys } from '../../src/actions/verify/context.ts';
import type { Finding } from '../../src/actions/verify/finding.ts';
import { redOf, type VerifyReport } from '../../src/actions/verify/report.ts';
import { NOW, VerifyBench } from './verify-bench.ts';

/** What makes no finding red: the proof of the bench is fresh. */
export const USUAL = { 'max-proof-age': '8d' };

export function useVerifyBench(): () => VerifyBench {
  let good: VerifyBench;
  let bench: VerifyBench;
  beforeAll(async () => {
    good = await VerifyBench.make();
  });
  afterAll(() => good[Symbol.dispose]());
  beforeEach(() => {
    // Only the date: the store's clock is the machine's.
    vi.useFakeTimers({ toFake: ['Date'], now: NOW });
    bench = good.copy();
  });
  afterEach(() => {
    vi.useRealTimers();
    bench[Symbol.dispose]();
  });
  return () => bench;
}

/** Everything in the bench is encrypted to the one key of the test vectors: a warning in every report. */
export const ONE_RECIPIENT = 'there is only one recipient of';

/** `object: the dump … is gone` */
export function linesOf(
  { findings }: Pick<VerifyReport, 'findings'>,
  severity: Finding['severity'] = 'red',
): readonly string[] {
  return findings
    .filter((finding) => finding.severity === severity && !finding.line.startsWith(ONE_RECIPIENT))
    .map(({ check, line }) => `${check}: ${line}`);
}

/** One thing that is wrong with the good store. */
export interface Fault {
  readonly what: string;
  readonly spoil: (bench: VerifyBench) => unknown;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly keys?: (bench: VerifyBench) => Promise<Partial<VerifyKeys>>;
  /** The whole of what is red. */
  readonly red: readonly RegExp[];
}

export function itIsRed(useBench: () => VerifyBench, faults: readonly Fault[]): void {
  it.each(faults)('$what: red, with its own line', async ({ spoil, inputs = {}, keys, red }) => {
    const bench = useBench();
    await spoil(bench);
    const report = await bench.look({ ...USUAL, ...inputs }, await keys?.(bench));
    const lines = linesOf(report);
    expect(lines).toHaveLength(red.length);
    for (const [index, pattern] of red.entries()) expect(lines[index]).toMatch(pattern);
    for (const { fix, line } of redOf(report)) expect(`${line} ${fix ?? ''}`).not.toMatch(/undefined|NaN/);
  });
}

interface Warned extends Pick<Fault, 'what' | 'inputs'> {
  readonly spoil: (bench: VerifyBench) => unknown;
  readonly warning: RegExp;
}

export function itWarns(useBench: () => VerifyBench, warnings: readonly Warned[]): void {
  it.each(warnings)('$what: a warning', async ({ spoil, inputs = USUAL, warning }) => {
    const bench = useBench();
    await spoil(bench);
    const report = await bench.look(inputs);
    expect(linesOf(report)).toEqual([]);
    expect(linesOf(report, 'warning')).toEqual([expect.stringMatching(warning)]);
  });
}
