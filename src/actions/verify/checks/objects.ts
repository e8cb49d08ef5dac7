// Every object that a manifest names is there, with its size.
import { formatInstant } from '../../../domain/text/units.ts';
import { partsOf, type Kept } from '../../catalog/inventory.ts';
import { findPartFault, type PartFault } from '../../catalog/whole.ts';
import type { Finding } from '../finding.ts';
import type { ServerCheck } from '../judged.ts';
import { describeEnd, findEnding, RULE_SLACK_MS, type End } from '../rules.ts';

const FIX =
  'What is hidden behind a deletion comes back when the deletion is deleted (docs/verify.md). What is gone is gone: find out who may delete, and make a new backup; for files with `repack` (docs/verify.md).';

export const checkObjects: ServerCheck = ({ inventory: { kept, keys } }, context) =>
  kept.flatMap((each): Finding[] => {
    const faults = partsOf(each).flatMap((part) => {
      const fault = findPartFault(part, keys);
      return fault === undefined ? [] : [{ key: part.key, fault, wanted: part.sizeBytes }];
    });
    const [first] = faults;
    if (first === undefined) return [];
    const ends = faults.map(({ key, fault }) => {
      const end = findEnding(each.manifestKey, key, keys, context.settings?.expiry ?? [], context.now);
      return end !== undefined && isDoneByRule(fault, end) ? end : undefined;
    });
    const [end] = ends;
    if (end !== undefined && !ends.includes(undefined))
      return [{ check: 'object', severity: 'note', line: describeEnd(each.kind, each.id, end) }];
    const more = faults.length - 1;
    return [
      {
        check: 'object',
        severity: 'red',
        line: `the ${each.kind} \`${each.id}\` cannot be restored: \`${first.key}\` ${describeFault(first.fault, first.wanted)}${more > 0 ? `, and ${more} more of its objects` : ''}`,
        fix: FIX,
        subject: each.id,
        ...(first.fault.what === 'deleted' ? { since: first.fault.deletedAt.toISOString() } : {}),
      },
    ];
  });

/** Nobody gains by deleting what goes today anyway; what was deleted before, or has another size, was no rule. */
function isDoneByRule(fault: PartFault, end: End): boolean {
  if (fault.what === 'deleted') return fault.deletedAt.getTime() >= end.at - RULE_SLACK_MS;
  return fault.what === 'gone';
}

function describeFault(fault: PartFault, wanted: number): string {
  if (fault.what === 'gone') return 'is gone';
  if (fault.what === 'size') return `has ${fault.sizeBytes} bytes, not ${wanted}`;
  const deleted = `was deleted ${formatInstant(fault.deletedAt.toISOString())}`;
  return `${deleted}, and ${fault.isThere ? 'is still there as an older version' : 'no version of its size is left'}`;
}

/** Packs and index objects that snapshots need and that are not there as they should be: `sync-storage` can store them again. */
export function findMissingPacks(
  kept: readonly Kept[],
  keys: Parameters<typeof findPartFault>[1],
): readonly string[] {
  const parts = kept.filter(({ kind }) => kind === 'snapshot').flatMap(partsOf);
  const missing = parts.filter((part) => findPartFault(part, keys) !== undefined);
  return [...new Set(missing.map(({ key }) => key))];
}
