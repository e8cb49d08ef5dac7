// What a person is told of a replay: both sides of the moment, what is there and what is not, and what was not exact.
import { codeSpan } from '../../domain/text/markdown.ts';
import { countOf, formatInstant } from '../../domain/text/units.ts';
import type {
  BinlogSurvey,
  ReplayableBinlog,
  Replayed,
  ReplayedTransaction,
} from '../../ports/restore-engine.ts';

/** Markdown, of `binlogs` files. */
export function describeReplay(
  { transactions, last, next }: Pick<Replayed, 'transactions' | 'last' | 'next'>,
  binlogs: number,
): string {
  return [
    `${countOf(transactions, 'transaction')} of ${countOf(binlogs, 'binlog')} replayed onto the dump.`,
    `The last one that is there: ${show(last)}. The first one that is not: ${show(next)}.`,
  ].join(' ');
}

/** A sentence without full stop; undefined where every file holds rows alone. */
export function describeStatements(binlogs: readonly Pick<ReplayableBinlog, 'facts'>[]): string | undefined {
  const count = binlogs.filter(({ facts }) => facts.format !== 'ROW').length;
  return count === 0
    ? undefined
    : `${countOf(count, 'binlog')} may hold statements, which were executed again, and not the rows that they changed`;
}

/** A sentence without full stop: of what is left out though its time is before the moment; undefined where there is none. */
export function describeDisorder({ outOfOrder }: Pick<BinlogSurvey, 'outOfOrder'>): string | undefined {
  return outOfOrder === 0
    ? undefined
    : `left out: ${countOf(outOfOrder, 'transaction')} behind the end of the replay, with a time before that moment; the order of the log counts, and a session may set its own time`;
}

function show(transaction: ReplayedTransaction | undefined): string {
  if (transaction === undefined) return 'none';
  const name = transaction.gtid === '' ? 'one' : codeSpan(transaction.gtid);
  return `${name} of ${formatInstant(transaction.committedAt.toISOString())}`;
}
