// What a backup does not hold though its server had it: whoever brings back everything must not take a part for the whole.
import type { DumpManifest } from '../../domain/dumps/manifest.ts';
import { countOf } from '../../domain/text/units.ts';
import type { PlanInputs } from './plan.ts';

const MAX_NAMED = 10;

/** A sentence; undefined where nothing is left out, or what was asked for is a part of the backup anyway. */
export function describeLeftOut(
  { excluded, complete }: DumpManifest,
  { databases = '*', table }: PlanInputs,
): string | undefined {
  if (table !== undefined) return undefined;
  const { databases: others, tables, brokenViews } = excluded;
  const more = others.length > MAX_NAMED ? ` and ${others.length - MAX_NAMED} more` : '';
  const parts = [
    ...(others.length > 0 && databases === '*'
      ? [`${countOf(others.length, 'database')} (${others.slice(0, MAX_NAMED).join(', ')}${more})`]
      : []),
    ...(tables > 0 ? [countOf(tables, 'table')] : []),
    ...(brokenViews > 0 ? [countOf(brokenViews, 'broken view')] : []),
    ...(complete ? [] : ['what could not be dumped']),
  ];
  return parts.length === 0
    ? undefined
    : `This backup is not all that the server had. It leaves out: ${parts.join('; ')}.`;
}
