// The list as a table of text: it is printed on a terminal, never shown as Markdown.
import { countOf, formatBytes, formatCount, formatInstant } from '../../domain/text/units.ts';
import { plainLine } from '../../domain/text/visible.ts';
import type { ListedBackup, Listing } from './list.ts';
import type { ListedSample } from './snapshots.ts';
import { renderColumns } from './table.ts';

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
    ...renderBinlogs(listing),
    ...renderSnapshots(listing),
    ...(backups.length === 0 && listing.snapshots.length === 0
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
  return renderColumns([['Backup', 'State of', 'Stored', 'Signed by', 'Proven', 'Databases'], ...rows]);
}

function renderSnapshots({ snapshots, olderSnapshots, server, areSignersGiven }: Listing): string[] {
  if (snapshots.length === 0) return [];
  const rows = snapshots.map(({ name, id, manifest, signedBy, failure, sample }) => [
    id,
    name,
    ...(manifest === undefined
      ? ['', '', '', '']
      : [
          `${manifest.instant.slice(0, 19)}Z`,
          formatCount(manifest.holds.files),
          formatBytes(manifest.holds.bytes),
          manifest.complete ? 'yes' : 'no',
        ]),
    ...(failure === undefined
      ? [areSignersGiven ? keyId(signedBy) : 'not checked', describeSample(sample)]
      : [REFUSED, '']),
  ]);
  const titles = ['Snapshot', 'Storage', 'State of', 'Files', 'Bytes', 'Complete', 'Signed by', 'Proven'];
  return [
    '',
    `${countOf(snapshots.length, 'snapshot')} of ${server}:`,
    '',
    ...renderColumns([titles, ...rows]),
    ...snapshots.flatMap(({ name, id, failure }) =>
      failure === undefined ? [] : ['', `${name}/${id}: ${plainLine(failure.message)}`],
    ),
    ...(olderSnapshots === 0
      ? []
      : ['', `${countOf(olderSnapshots, 'older snapshot')} not shown (--limit).`]),
  ];
}

function describeSample(sample: ListedSample | undefined): string {
  return sample === undefined ? 'never' : `${sample.startedAt.slice(0, 10)}, ${sample.share} of it`;
}

function renderBinlogs({ backups, binlogs }: Listing): string[] {
  if (backups.length === 0) return [];
  if (binlogs === undefined) return ['', 'Binlogs cannot be replayed onto any of these backups.'];
  const { anchorId, chain, recoverableUntil, gap, alarms, refused } = binlogs;
  const [first, last] = [chain.at(0), chain.at(-1)];
  return [
    '',
    first === undefined || last === undefined
      ? `No binlog goes on from ${anchorId}: its own state is the newest that can be brought back.`
      : `Can be brought back until ${formatInstant(recoverableUntil)}: ${anchorId} and ${countOf(chain.length, 'binlog')} without a gap, ${plainLine(first.facts.name)} to ${plainLine(last.facts.name)}.`,
    ...(gap === undefined ? [] : [`Not any later: ${plainLine(gap)}.`]),
    ...alarms.map(plainLine),
    ...refused.map((one) => `Refused, and counted as missing: ${plainLine(one)}`),
  ];
}

function storedBytes({ manifest }: ListedBackup): number {
  return (manifest?.objects ?? []).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function describeSignature(
  { signedBy, failure, hasSignature }: ListedBackup,
  areSignersGiven: boolean,
): string {
  if (failure !== undefined) return REFUSED;
  if (areSignersGiven) return keyId(signedBy);
  return hasSignature ? 'not checked' : 'nobody';
}

/** The last 16 digits are what gpg shows as the key's id. */
function keyId(fingerprint: string | undefined): string {
  return fingerprint?.slice(-16) ?? '';
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
