// What a person reads about a snapshot: the job summary, verdict first.
import { codeSpan, escapeMarkdown, foldedDetails, markdownTable } from '../../domain/text/markdown.ts';
import { countOf, formatBytes, formatCount, formatDuration, formatInstant } from '../../domain/text/units.ts';
import type { StorageFacts } from '../../ports/storage.ts';
import type { StoredSnapshot, SyncStorageOutcome } from './outcome.ts';

export function renderSyncSummary(
  server: string,
  name: string,
  outcome: Omit<SyncStorageOutcome, 'warnings'> & { readonly warnings: readonly string[] },
): string {
  const { stored, facts, warnings } = outcome;
  const title = `${escapeMarkdown(server)}/${escapeMarkdown(name)}`;
  const parts =
    stored === undefined
      ? [
          `## ☑️ ${title}: ready to be stored, nothing was written`,
          `Would be packed: ${formatBytes(outcome.scan.freshBytes)} in ${countOf(outcome.scan.packs, 'pack')}.`,
        ]
      : [
          `## ${stored.manifest.complete ? '✅' : '⚠️'} ${title}: ${stored.manifest.complete ? 'stored' : 'stored, incomplete,'} in ${formatDuration(stored.durationMs)}`,
          verdict(stored),
        ];
  return `${[
    ...parts,
    figures(outcome),
    adopted(outcome),
    bullets([...warnings, ...troubles(stored)]),
    excluded(outcome),
    foldedDetails('Details', details(facts, stored)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

function verdict({ manifest, storedBytes, newPacks }: StoredSnapshot): string {
  const { holds } = manifest;
  const added =
    newPacks === 0
      ? 'Nothing had to be packed.'
      : `What is new takes ${formatBytes(storedBytes)} in the store, compressed and encrypted: ${countOf(newPacks, 'pack')} and an index.`;
  return `**${countOf(holds.files, 'file')} with ${formatBytes(holds.bytes)}.** ${added} The state is that of ${formatInstant(manifest.instant)}.`;
}

function figures({ scan, stored }: Pick<SyncStorageOutcome, 'scan' | 'stored'>): string {
  const changes = stored?.manifest.changes;
  const scanned = scan.known - scan.deleted + scan.added;
  const rows: [string, number][] = [
    ['Seen', scanned],
    ['New', scan.added],
    ['Changed', scan.changed],
    ['Unchanged', scanned - scan.added - scan.changed - scan.renewed],
    ['Deleted', scan.deleted],
    ['As they were, and packed again', scan.renewed],
    ['Changed while they were read', changes?.unstable ?? 0],
    ['Vanished while they were read', changes?.vanished ?? 0],
    ['Not readable', changes?.unreadable ?? scan.unreadable.count],
    ['Sockets, FIFOs and devices, which are not stored', scan.special],
  ];
  return markdownTable(
    [{ title: 'Files, directories and links' }, { title: 'Number', align: 'right' }],
    rows.filter(([, count], at) => count > 0 || at < 5).map(([what, count]) => [what, formatCount(count)]),
  );
}

function adopted({ scan }: Pick<SyncStorageOutcome, 'scan'>): string {
  if (scan.adopted.size === 0) return '';
  return `A run that was cut off had stored ${countOf(scan.adopted.size, 'pack')} already; what is in them is not counted as new.`;
}

function troubles(stored: StoredSnapshot | undefined): string[] {
  if (stored === undefined) return [];
  const { unstable, unreadable, manifest, isSigned } = stored;
  return [
    ...(unreadable.length === 0 ? [] : [`Could not be read: ${unreadable.join(', ')}`]),
    ...(unstable.length === 0
      ? []
      : [
          `Changed each of the three times they were read, and are stored as they were then: ${unstable.join(', ')}`,
        ]),
    ...(manifest.holds.files === 0 ? ['There is not a single file in the snapshot.'] : []),
    ...(isSigned
      ? []
      : [
          'The manifest is not signed: whoever can write to the store can forge a snapshot. Give `signing-key`.',
        ]),
  ];
}

function bullets(warnings: readonly string[]): string {
  return warnings.map((warning) => `- ⚠️ ${escapeMarkdown(warning)}`).join('\n');
}

function excluded({ scan, stored }: Pick<SyncStorageOutcome, 'scan' | 'stored'>): string {
  if (scan.excluded.length === 0) return '';
  return markdownTable(
    [
      { title: 'Left out by' },
      { title: 'Entries', align: 'right' },
      { title: stored === undefined ? 'Size' : 'Size without what is in directories', align: 'right' },
    ],
    scan.excluded.map(({ rule, entries, bytes }) => [
      codeSpan(rule),
      formatCount(entries),
      formatBytes(bytes),
    ]),
  );
}

function details({ roots, uncovered }: StorageFacts, stored: StoredSnapshot | undefined): string {
  const rows = [
    ['Directories', roots.map(codeSpan).join(', ')],
    ...(uncovered.length === 0
      ? []
      : [['Top directories without a path', uncovered.map(codeSpan).join(', ')]]),
    ...(stored === undefined
      ? []
      : [
          ['Snapshot', codeSpan(stored.manifest.id)],
          ['Manifest', codeSpan(`${stored.storeLocation}/${stored.manifestKey}`)],
          ['Packs that it needs', formatCount(stored.manifest.packs.length)],
          ['SSH host key', codeSpan(stored.manifest.source.sshHostKey)],
        ]),
  ];
  return markdownTable([{ title: 'What' }, { title: 'Value' }], rows);
}
