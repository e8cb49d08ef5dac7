// The list as a table of text: it is printed on a terminal, never shown as Markdown.
import { countOf, formatBytes } from '../../domain/units.ts';
import { plainLine } from '../../domain/visible.ts';
import type { ListedBackup, Listing } from './list.ts';

const MAX_DATABASES = 3;
const MAX_NAME_CHARACTERS = 30;
/** What is wrong with a backup is told in full below the table. */
const REFUSED = 'refused, see below';

export function renderListing(listing: Listing): string {
  const { server, location, backups, olderBackups, unfinished, areSignersGiven } = listing;
  const refused = backups.filter(({ failure }) => failure !== undefined);
  const lines = [
    backups.length === 0
      ? `${server} has no backup in ${location}.`
      : `${countOf(backups.length, 'backup')} of ${server} in ${location}, newest first:`,
    ...(backups.length === 0 ? [] : ['', ...renderTable(backups, areSignersGiven)]),
    ...(refused.length === 0
      ? []
      : ['', ...refused.map(({ id, failure }) => `${id}: ${plainLine(failure?.message ?? '')}`)]),
    ...(olderBackups === 0 ? [] : ['', `${countOf(olderBackups, 'older backup')} not shown (--limit).`]),
    ...(unfinished === 0
      ? []
      : [
          '',
          `${countOf(unfinished, 'run')} without a manifest: failed, or still at work. They are no backups.`,
        ]),
    ...(backups.length === 0
      ? ['', 'Check `server` and the prefix in `store`.']
      : areSignersGiven
        ? []
        : ['', 'Signatures were not checked: give trusted-signers.']),
  ];
  return `${lines.join('\n')}\n`;
}

function renderTable(backups: readonly ListedBackup[], areSignersGiven: boolean): string[] {
  const rows = backups.map((backup) => [
    backup.id,
    backup.manifest === undefined ? '' : `${backup.manifest.instant.slice(0, 19)}Z`,
    backup.manifest === undefined ? '' : formatBytes(storedBytes(backup)),
    describeSignature(backup, areSignersGiven),
    backup.proof === undefined
      ? 'never'
      : `${backup.proof.startedAt.slice(0, 10)}, level ${backup.proof.level}`,
    describeDatabases(backup),
  ]);
  const table = [['Backup', 'State of', 'Stored', 'Signed by', 'Proven', 'Databases'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => lengthOf(row[column] ?? ''))));
  return table.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths?.[column] ?? 0) - lengthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}

function storedBytes({ manifest }: ListedBackup): number {
  return (manifest?.objects ?? []).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function describeSignature(
  { signedBy, failure, hasSignature }: ListedBackup,
  areSignersGiven: boolean,
): string {
  if (failure !== undefined) return REFUSED;
  // The last 16 digits are what gpg shows as the key's id.
  if (areSignersGiven) return signedBy?.slice(-16) ?? '';
  return hasSignature ? 'not checked' : 'nobody';
}

function describeDatabases({ manifest }: ListedBackup): string {
  const names = manifest?.databases.map(({ name }) => shorten(plainLine(name))) ?? [];
  const more = names.length - MAX_DATABASES;
  return [...names.slice(0, MAX_DATABASES), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

function shorten(name: string): string {
  const characters = Array.from(name);
  return characters.length > MAX_NAME_CHARACTERS
    ? `${characters.slice(0, MAX_NAME_CHARACTERS - 1).join('')}…`
    : name;
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}
