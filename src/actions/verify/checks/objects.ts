// Every object that a manifest names is there, with its size.
import { formatInstant } from '../../../domain/units.ts';
import type { ServerCheck } from '../context.ts';
import { partsOf, type Kept } from '../inventory.ts';
import { findPartFault, type PartFault } from '../whole.ts';

const FIX =
  'What is hidden behind a deletion comes back when the deletion is deleted (docs/verify.md). What is gone is gone: find out who may delete, and make a new backup.';

export const checkObjects: ServerCheck = ({ inventory: { kept, keys } }) =>
  kept.flatMap((each) => {
    const faults = partsOf(each).flatMap((part) => {
      const fault = findPartFault(part, keys);
      return fault === undefined ? [] : [{ key: part.key, fault, wanted: part.sizeBytes }];
    });
    const [first] = faults;
    if (first === undefined) return [];
    const more = faults.length - 1;
    return {
      check: 'object' as const,
      severity: 'red' as const,
      line: `the ${each.kind} \`${each.id}\` cannot be restored: \`${first.key}\` ${describeFault(first.fault, first.wanted)}${more > 0 ? `, and ${more} more of its objects` : ''}`,
      fix: FIX,
      subject: each.id,
      ...(first.fault.what === 'deleted' ? { since: first.fault.deletedAt.toISOString() } : {}),
    };
  });

function describeFault(fault: PartFault, wanted: number): string {
  if (fault.what === 'gone') return 'is gone';
  if (fault.what === 'size') return `has ${fault.sizeBytes} bytes, not ${wanted}`;
  const deleted = `was deleted ${formatInstant(fault.deletedAt.toISOString())}`;
  return `${deleted}, and ${fault.isThere ? 'is still there as an older version' : 'no version of its size is left'}`;
}

/** Packs that snapshots need and that are not there as they should be. */
export function findMissingPacks(
  kept: readonly Kept[],
  keys: Parameters<typeof findPartFault>[1],
): readonly string[] {
  const packs = kept.filter(({ kind }) => kind === 'snapshot').flatMap(partsOf);
  const missing = packs.filter(
    (part) => part.key.includes('/packs/') && findPartFault(part, keys) !== undefined,
  );
  return [...new Set(missing.map(({ key }) => key))];
}

/** Counted, for people who wonder what takes the room. */
export const checkLeftovers: ServerCheck = ({ inventory: { unfinished, unnamed } }) => [
  ...(unfinished === 0
    ? []
    : [
        {
          check: 'object' as const,
          severity: 'note' as const,
          line: `${unfinished} ${unfinished === 1 ? 'run' : 'runs'} without a manifest: failed, or still at work; no backups`,
        },
      ]),
  ...(unnamed === 0
    ? []
    : [
        {
          check: 'object' as const,
          severity: 'note' as const,
          line: `${unnamed} ${unnamed === 1 ? 'object' : 'objects'} that no manifest names`,
        },
      ]),
];
