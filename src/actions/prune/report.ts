// The plan as text: it is printed on a terminal, never shown as Markdown.
import { countOf, formatBytes } from '../../domain/text/units.ts';
import { plainLine } from '../../domain/text/visible.ts';
import type { Planned, ServerPlan } from './plan.ts';

export function renderPlan(plans: readonly ServerPlan[], location: string): string {
  const bytes = plans.flatMap(({ remove }) => remove).reduce((sum, one) => sum + one.bytes, 0);
  const count = plans.reduce((sum, { remove }) => sum + remove.length, 0);
  return `${[
    plans.length === 0
      ? `No server has a backup in ${location}.`
      : `${countOf(count, 'thing')} would be removed from ${location}, ${formatBytes(bytes)}. Nothing was removed.`,
    ...plans.map(renderServer),
  ].join('\n\n')}\n`;
}

function renderServer({ server, keep, remove, refused }: ServerPlan): string {
  return [
    `${server}: ${keep.length} kept, ${remove.length} would be removed`,
    ...renderLines('remove', remove),
    ...renderLines('keep', keep),
    ...(refused === 0
      ? []
      : [`  ${countOf(refused, 'document')} not believed, and left alone: \`lifeboat verify\` says why`]),
  ].join('\n');
}

function renderLines(verb: string, items: readonly Planned[]): string[] {
  return items.map(({ kind, id, instant, bytes, why }) => {
    const at = instant === '' ? '' : `, ${instant.slice(0, 19)}Z`;
    return plainLine(`  ${verb.padEnd(6)} ${kind} ${id}${at}, ${formatBytes(bytes)}: ${why}`);
  });
}
