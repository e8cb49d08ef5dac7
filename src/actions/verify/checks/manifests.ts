// Documents that do not count although they stand where one would: not signed, of another server, not of the documented form, or stored at
// another time than they tell.
import { isFromTheFuture } from '../../../domain/store-clock.ts';
import { formatDuration, formatInstant } from '../../../domain/units.ts';
import type { ServerCheck } from '../context.ts';
import type { Finding } from '../finding.ts';
import type { Kept } from '../inventory.ts';
import { findLateness } from '../whole.ts';

export const checkManifests: ServerCheck = ({ inventory }, { now, hasStoreTimes }) => [
  ...inventory.refused
    .filter(({ kind }) => kind !== 'proof')
    .map(({ kind, id, failure, storedAt }) => ({
      check: 'manifest' as const,
      severity: 'red' as const,
      line: `the ${kind} \`${id}\` does not count: ${failure.message}`,
      ...(failure.hint === undefined ? {} : { fix: failure.hint }),
      subject: id,
      since: storedAt.toISOString(),
    })),
  ...inventory.kept.flatMap((kept) => {
    if (isFromTheFuture(new Date(kept.finishedAt), now)) return describeFuture(kept);
    const lateMs = hasStoreTimes ? findLateness(kept, inventory.keys) : undefined;
    if (lateMs === undefined) return [];
    const direction = lateMs > 0 ? 'after' : 'before';
    return {
      check: 'manifest' as const,
      severity: 'red' as const,
      line: `the ${kept.kind} \`${kept.id}\` says that it was finished ${formatInstant(kept.finishedAt)}, and was stored ${formatDuration(Math.abs(lateMs))} ${direction} that: it does not count as fresh`,
      fix: 'Somebody put it there again, or copied it. Where you did, acknowledge its id.',
      subject: kept.id,
    };
  }),
];

function describeFuture({ kind, id, finishedAt }: Kept): Finding {
  const line = `the ${kind} \`${id}\` says that it was finished ${formatInstant(finishedAt)}, which has not come yet: it does not count`;
  const fix = 'A clock was wrong when it was made, or somebody forged it: find out which.';
  return { check: 'manifest', severity: 'red', line, fix, subject: id };
}
