// Manifests and proofs that do not count although they stand where one would: not signed, of another server, not of the documented form, or stored at
// another time than they tell.
import { isFromTheFuture } from '../../../domain/stores/store-clock.ts';
import { formatDuration, formatInstant } from '../../../domain/text/units.ts';
import type { Kept, Refused, ServerInventory } from '../../catalog/inventory.ts';
import { findLateness } from '../../catalog/whole.ts';
import type { CheckContext } from '../context.ts';
import type { Finding } from '../finding.ts';
import type { ServerCheck } from '../judged.ts';
import { describeEnd, findEnding } from '../rules.ts';

export const checkManifests: ServerCheck = ({ inventory }, context) => [
  ...inventory.refused.map((refused) => judgeRefused(refused, inventory.keys, context)),
  ...inventory.kept.flatMap((kept) => {
    if (isFromTheFuture(new Date(kept.finishedAt), context.now)) return describeFuture(kept);
    const lateMs = context.hasStoreTimes ? findLateness(kept, inventory.keys) : undefined;
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

function judgeRefused(
  { kind, id, key, failure, storedAt }: Refused,
  keys: ServerInventory['keys'],
  { settings, now }: CheckContext,
): Finding {
  const check = kind === 'proof' ? 'proof' : 'manifest';
  const signature = `${key}.sig`;
  const end =
    keys.get(signature)?.current === undefined
      ? findEnding(key, signature, keys, settings?.expiry ?? [], now)
      : undefined;
  if (end !== undefined) {
    return { check, severity: 'note', line: describeEnd(kind, id, end) };
  }
  return {
    ...{ check, severity: 'red', line: `the ${kind} \`${id}\` does not count: ${failure.message}` },
    ...(failure.hint === undefined ? {} : { fix: failure.hint }),
    ...{ subject: id, since: storedAt.toISOString() },
  };
}

function describeFuture({ kind, id, finishedAt }: Kept): Finding {
  const line = `the ${kind} \`${id}\` says that it was finished ${formatInstant(finishedAt)}, which has not come yet: it does not count`;
  const fix = 'A clock was wrong when it was made, or somebody forged it: find out which.';
  return { check: 'manifest', severity: 'red', line, fix, subject: id };
}
