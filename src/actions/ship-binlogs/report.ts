// What a person reads about shipped binary logs: the job summary, verdict first.
import type { BinlogManifest } from '../../domain/binlogs/binlog-manifest.ts';
import { codeSpan, escapeMarkdown, markdownTable } from '../../domain/text/markdown.ts';
import { countOf, formatBytes, formatCount, formatDuration, formatInstant } from '../../domain/text/units.ts';
import type { ListedBinlog } from '../../ports/binlog-engine.ts';
import type { ShipOutcome } from './outcome.ts';

type Shipped = Extract<ShipOutcome, { kind: 'shipped' }>;
type DryRun = Extract<ShipOutcome, { kind: 'dry-run' }>;

/** A first run may find hundreds. */
const MAX_ROWS = 50;

export function renderShipSummary(server: string, outcome: ShipOutcome): string {
  const parts = outcome.kind === 'shipped' ? shippedParts(server, outcome) : dryRunParts(server, outcome);
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function shippedParts(server: string, outcome: Shipped): string[] {
  const { manifests, failure, warnings, isSigned, durationMs } = outcome;
  const unsigned = isSigned
    ? []
    : ['Manifests are not signed: whoever can write to the store can forge one. Give `signing-key`.'];
  const what =
    manifests.length === 0 ? 'nothing new to ship' : `${countOf(manifests.length, 'binary log')} shipped`;
  return [
    `## ${failure === undefined ? '✅' : '❌'} ${escapeMarkdown(server)}: ${what} in ${formatDuration(durationMs)}`,
    failure === undefined ? '' : `**${escapeMarkdown(failure.message)}**`,
    recovery(outcome),
    table(manifests),
    whereTheyLie(outcome),
    bullets([...warnings, ...unsigned]),
  ];
}

function recovery({ reach, chainStart, newest }: Shipped): string {
  const begins =
    chainStart === null || newest === undefined
      ? ''
      : ` The unbroken chain begins with ${codeSpan(chainStart.name)}; ${codeSpan(newest)} is the newest shipped.`;
  if (reach === undefined)
    return `**Until when data can be recovered is not known:** no backup is known here to start from.${begins}`;
  const { anchor, until } = reach;
  const from = `backup ${codeSpan(anchor.backupId)} (${formatInstant(anchor.instant)}, ${codeSpan(`${anchor.file}:${anchor.position}`)})`;
  switch (reach.chain) {
    case 'whole':
      return `**Recoverable until ${formatInstant(until)}**, from ${from} through every binary log after it.${begins}`;
    case 'broken':
      return `**Recoverable until ${formatInstant(until)} only**, from ${from}: the chain does not reach back to it.${begins} Make a new dump.`;
    case 'unknown':
      return `**Recoverable until ${formatInstant(until)} for certain**, from ${from}: whether the chain reaches back to it is not known here.${begins}`;
  }
}

function table(manifests: readonly BinlogManifest[]): string {
  if (manifests.length === 0) return '';
  const columns = [
    { title: 'Binary log' },
    { title: 'From' },
    { title: 'To' },
    { title: 'Transactions', align: 'right' as const },
    { title: 'Size', align: 'right' as const },
    { title: 'Stored', align: 'right' as const },
    { title: 'Closed by' },
  ];
  const rows = manifests
    .slice(0, MAX_ROWS)
    .map(({ binlog, object }) => [
      codeSpan(binlog.name),
      formatInstant(binlog.createdAt),
      formatInstant(binlog.closedAt),
      formatCount(binlog.transactions),
      formatBytes(binlog.sizeBytes),
      formatBytes(object.sizeBytes),
      binlog.closedBy,
    ]);
  const left = manifests.length - rows.length;
  return markdownTable(columns, rows) + (left > 0 ? `\n\nand ${countOf(left, 'more')}` : '');
}

function whereTheyLie({ manifests: [first], storeLocation, purged }: Shipped): string {
  const folder = first?.object.parts[0]?.key.replace(/[^/]*$/, '') ?? '';
  return [
    ...(first === undefined ? [] : [`They lie in ${codeSpan(`${storeLocation}/${folder}`)}.`]),
    ...(purged.length === 0
      ? []
      : [`Removed from the server, because an earlier run shipped them: ${names(purged)}.`]),
  ].join(' ');
}

function dryRunParts(server: string, { server: found, due, rotated, warnings }: DryRun): string[] {
  const { flavour, serverVersion } = found.source;
  return [
    `## ☑️ ${escapeMarkdown(server)}: ready to ship binary logs, nothing was written`,
    `Connection, version, rights and settings are in order: ${escapeMarkdown(`${flavour} ${serverVersion}`)}.`,
    due.length === 0 ? 'No closed binary log is due.' : `Would be shipped: ${names(due)}.`,
    rotated === undefined ? '' : `Would be closed, and shipped too: ${codeSpan(rotated.name)}.`,
    bullets(warnings),
  ];
}

function names(binlogs: readonly ListedBinlog[]): string {
  const shown = binlogs.slice(0, MAX_ROWS).map(({ name }) => codeSpan(name));
  const left = binlogs.length - shown.length;
  return [...shown, ...(left > 0 ? [`and ${left} more`] : [])].join(', ');
}

function bullets(warnings: readonly string[]): string {
  return warnings.map((warning) => `- ⚠️ ${escapeMarkdown(warning)}`).join('\n');
}
