// What differences between a dump and its restore mean: which make a test fail, which are only told, and what is proven then.
import type { CompareOptions, Difference } from './compare-inventories.ts';
import type { ProofLevel } from '../proofs/proof.ts';
import { countOf, formatCount } from '../text/units.ts';

export interface Verdict {
  /** Make the test fail. Both lists keep the order of the differences. */
  readonly red: readonly Difference[];
  /** What only another version of the dump tool may have made. */
  readonly told: readonly Difference[];
  /** What holds, differences considered; it is a proof only when nothing is red. */
  readonly level: ProofLevel;
}

export interface JudgeOptions {
  readonly isSameDumpTool: boolean;
  readonly compare: CompareOptions['compare'];
}

export function judgeDifferences(
  differences: readonly Difference[],
  { isSameDumpTool, compare }: JudgeOptions,
): Verdict {
  const isTold = ({ what }: Difference): boolean => what === 'definition' && !isSameDumpTool;
  const red = differences.filter((difference) => !isTold(difference));
  const told = differences.filter(isTold);
  return { red, told, level: levelOf(differences, compare) };
}

function levelOf(differences: readonly Difference[], compare: CompareOptions['compare']): ProofLevel {
  const isCountOff = differences.some(({ what }) => ['missing', 'rows', 'added'].includes(what));
  if (isCountOff) return 1;
  return compare === 'exact' && differences.length === 0 ? 3 : 2;
}

/** One sentence without a full stop, with the names as they are: "table shop.orders: 11,999 rows, 12,000 were dumped". */
export function describeDifference(difference: Difference): string {
  const { kind, what, expected, found } = difference;
  if (kind === 'rest') return 'what stands between the definitions is not what was dumped';
  const object = describeObject(difference);
  switch (what) {
    case 'missing':
      return `${object} is missing`;
    case 'added':
      return `${object} is there, but was not dumped`;
    case 'rows':
      return found === undefined
        ? `${object}: the rows were not counted, ${shownCount(expected)} were dumped`
        : `${object}: ${shownCount(found)} rows, ${shownCount(expected)} were dumped`;
    case 'data':
      return `${object}: the rows are not the ones that were dumped`;
    case 'definition':
      return `${object} has another definition`;
  }
}

/** For a proof's limits: what is told and what could not be compared, in numbers and without names. */
export function describeLimits(
  told: readonly Difference[],
  { isRestComparable }: { readonly isRestComparable: boolean },
): readonly string[] {
  const definitions = told.filter(({ kind }) => kind !== 'rest').length;
  const by = 'by another version of the dump tool';
  return [
    ...(definitions > 0
      ? [`definitions of ${countOf(definitions, 'object')} are written differently ${by}`]
      : []),
    ...(told.length > definitions
      ? [`what stands between the definitions is written differently ${by}`]
      : []),
    ...(isRestComparable ? [] : ['what stands between the definitions could not be compared']),
  ];
}

function describeObject({ kind, database, name }: Difference): string {
  const noun = kind.replace('-', ' ');
  return kind === 'account' || kind === 'database' ? `${noun} ${name}` : `${noun} ${database}.${name}`;
}

function shownCount(digits: string | undefined): string {
  return digits === undefined ? '?' : formatCount(Number(digits));
}
