// What a person reads about a dump: the job summary, verdict first.
import {
  codeBlock,
  codeSpan,
  escapeMarkdown,
  foldedDetails,
  markdownTable,
} from '../../domain/text/markdown.ts';
import { plainBytesOf, type DumpManifest, type ManifestObject } from '../../domain/dumps/manifest.ts';
import { shellQuote } from '../../domain/text/shell.ts';
import {
  fetchCommand,
  KEEP_INVALID_DATES,
  LOAD_OPTIONS,
  OBJECT_GRANTS_ONLY,
  STOCK_CLIENTS,
  WITHOUT_OBJECT_GRANTS,
} from '../../domain/recovery/stock-commands.ts';
import { countOf, formatBytes, formatCount, formatDuration, formatInstant } from '../../domain/text/units.ts';
import type { DumpOutcome } from './dump.ts';

type Stored = Extract<DumpOutcome, { kind: 'stored' }>;
type DryRun = Extract<DumpOutcome, { kind: 'dry-run' }>;

/** A summary of hundreds of databases stays one that can be read, and below what GitHub shows. */
const MAX_OBJECTS_BY_HAND = 5;
const MAX_OBJECTS_IN_DETAIL = 50;

/** `endpoint` is the address of an S3 service that is not Amazon's, for the commands that fetch a backup. */
export function renderDumpSummary(server: string, outcome: DumpOutcome, endpoint?: URL): string {
  const parts =
    outcome.kind === 'stored' ? storedParts(server, outcome, endpoint) : dryRunParts(server, outcome);
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function storedParts(server: string, outcome: Stored, endpoint: URL | undefined): string[] {
  const { manifest, storedBytes, durationMs } = outcome;
  const plainBytes = plainBytesOf(manifest);
  const ratio = storedBytes === 0 ? '' : `, ${(plainBytes / storedBytes).toFixed(1)} times smaller`;
  return [
    `## ✅ ${escapeMarkdown(server)}: dumped in ${formatDuration(durationMs)}`,
    `**${countOf(manifest.databases.length, 'database')}, ${formatBytes(plainBytes)} of SQL, stored as ${formatBytes(storedBytes)}${ratio}.** ` +
      `${stateOf(manifest)} ${replicaOf(manifest)}${lockOf(manifest)}${pointInTime(manifest)}`,
    databaseTable(manifest),
    warningList(outcome),
    whereItLies(outcome),
    foldedDetails('Restore it by hand', restoreByHand(outcome, endpoint)),
    foldedDetails('Details', details(manifest)),
  ];
}

function dryRunParts(server: string, { plan, hasCommands, warnings }: DryRun): string[] {
  const { source, databases, excluded } = plan;
  return [
    `## ☑️ ${escapeMarkdown(server)}: ready to dump, nothing was written`,
    `Connection, versions, rights and choice are in order: ${escapeMarkdown(`${source.flavour} ${source.serverVersion}`)}, dump client ${escapeMarkdown(source.dumpToolVersion)}.`,
    `Would be dumped: ${databases.map(codeSpan).join(', ')}.`,
    excluded.databases.length === 0
      ? ''
      : `Would be left out: ${excluded.databases.map(codeSpan).join(', ')}.`,
    hasCommands ? '`before` and `after` were not run.' : '',
    bullets(warnings),
  ];
}

function databaseTable(manifest: DumpManifest): string {
  const columns = [
    { title: 'Database' },
    { title: 'Tables', align: 'right' as const },
    { title: 'Views', align: 'right' as const },
    { title: 'Rows', align: 'right' as const },
    { title: 'SQL', align: 'right' as const },
  ];
  const rows = manifest.databases.map((database) => [
    codeSpan(database.name),
    formatCount(database.tables),
    formatCount(database.views),
    database.rows === null ? 'not counted' : formatCount(database.rows),
    database.plainBytes === null ? 'not counted' : formatBytes(database.plainBytes),
  ]);
  return markdownTable(columns, rows);
}

function stateOf({ instant, finishedAt, layout }: DumpManifest): string {
  return layout === 'one'
    ? `The state is that of ${formatInstant(instant)}.`
    : `Each database has the state of a moment of its own, from ${formatInstant(instant)} to ${formatInstant(finishedAt)}.`;
}

function replicaOf({ replicaOf: sources = [] }: DumpManifest): string {
  if (sources.length === 0) return '';
  const each = sources.map(
    ({ host, port, lagSeconds }) =>
      `${codeSpan(`${host}:${port}`)}, ${formatDuration(lagSeconds * 1_000)} behind it`,
  );
  return `It comes from a replica of ${each.join(', and of ')}. `;
}

function lockOf({ consistency: { lockedMs } }: DumpManifest): string {
  return lockedMs === undefined
    ? ''
    : `Nobody could write to tables without transactions for ${formatDuration(lockedMs)}. `;
}

function pointInTime({ pitrAnchor, coordinates }: DumpManifest): string {
  if (!pitrAnchor.isAnchor)
    return `Point-in-time recovery cannot start here: ${escapeMarkdown(pitrAnchor.reasons.join('; '))}.`;
  return coordinates === null
    ? ''
    : `Point-in-time recovery can start here, at ${codeSpan(`${coordinates.file}:${coordinates.position}`)}.`;
}

function warningList({ manifest, warnings, isSigned }: Stored): string {
  const unprovable = manifest.notProvable.map(
    ({ what, why }) => `A restore test cannot show that ${what} come back: ${why}.`,
  );
  const unsigned = isSigned
    ? []
    : ['The manifest is not signed: whoever can write to the store can forge a backup. Give `signing-key`.'];
  return bullets([...warnings, ...unprovable, ...unsigned]);
}

function bullets(warnings: readonly string[]): string {
  return warnings.map((warning) => `- ⚠️ ${escapeMarkdown(warning)}`).join('\n');
}

function whereItLies({ manifest, storeLocation, manifestKey, encryptedOn }: Stored): string {
  const folder = manifestKey.slice(0, manifestKey.lastIndexOf('/'));
  const recipients = [...new Set(manifest.objects.flatMap((object) => object.recipients))];
  return [
    `Backup ${codeSpan(manifest.id)} lies in ${codeSpan(`${storeLocation}/${folder}/`)},`,
    `encrypted on the ${encryptedOn === 'target' ? 'server' : 'runner'} to ${recipients.map(codeSpan).join(', ')}.`,
  ].join(' ');
}

/** Commands with stock tools only, ready to paste. */
function restoreByHand({ manifest, storeLocation }: Stored, endpoint: URL | undefined): string {
  const { flavour } = manifest.source;
  const objects = ['accounts', 'data'].flatMap((role) =>
    manifest.objects.filter((object) => object.role === role),
  );
  const shown = objects
    .slice(0, MAX_OBJECTS_BY_HAND)
    .map((object) => restoreCommands(storeLocation, endpoint, object, flavour));
  const left = objects.length - shown.length;
  const more = left > 0 ? [`# and so on: ${countOf(left, 'object')} more, in the order of the manifest`] : [];
  const intro =
    'On a machine with the secret key of a recipient, a new server of the same flavour, `gpg`, `zstd` and its client. Fetch the objects first' +
    (storeLocation.startsWith('s3://') ? ', for example with `aws s3 cp`' : '') +
    '. Check each before you open it:';
  const rights = objects
    .filter(({ role }) => role === 'accounts')
    .map(
      (object) =>
        `# at last rights on single tables and routines\n${loadCommand(object, OBJECT_GRANTS_ONLY, flavour)}`,
    );
  return [intro, codeBlock([...shown, ...more, ...rights].join('\n'), 'sh')].join('\n\n');
}

function restoreCommands(
  storeLocation: string,
  endpoint: URL | undefined,
  object: ManifestObject,
  flavour: DumpManifest['source']['flavour'],
): string {
  const { command, base } = fetchCommand(storeLocation, endpoint);
  const files = object.parts.map(({ key }) => key.slice(key.lastIndexOf('/') + 1));
  const fetch = object.parts.map(({ key }) => `${command} ${shellQuote(`${base}/${key}`)} .`);
  const check = object.parts.map(
    ({ sha256 }, index) => `echo ${shellQuote(`${sha256}  ${files[index] ?? ''}`)} | sha256sum --check`,
  );
  return [
    `# ${object.role === 'accounts' ? 'accounts first' : `then ${object.name}`}`,
    ...fetch,
    ...check,
    loadCommand(object, object.role === 'accounts' ? WITHOUT_OBJECT_GRANTS : KEEP_INVALID_DATES, flavour),
  ].join('\n');
}

function loadCommand(
  { parts }: ManifestObject,
  filter: string,
  flavour: DumpManifest['source']['flavour'],
): string {
  const files = parts.map(({ key }) => key.slice(key.lastIndexOf('/') + 1));
  return `cat ${files.map(shellQuote).join(' ')} | gpg --decrypt | zstd -dc | ${filter} | ${STOCK_CLIENTS[flavour]} ${LOAD_OPTIONS} --default-character-set=utf8mb4`;
}

function details(manifest: DumpManifest): string {
  const { versions, source, excluded, set, objects } = manifest;
  const leftOut = [
    ...(excluded.databases.length > 0 ? [excluded.databases.map(codeSpan).join(', ')] : []),
    ...(excluded.tables > 0 ? [countOf(excluded.tables, 'table')] : []),
    ...(excluded.brokenViews > 0 ? [countOf(excluded.brokenViews, 'broken view')] : []),
  ];
  const rows = [
    [
      'Server',
      escapeMarkdown(
        `${source.flavour} ${versions.server} on ${source.hostName}, server_id ${source.serverId}`,
      ),
    ],
    ['Dump client', escapeMarkdown(versions.dumpTool)],
    ['Consistency', describeConsistency(manifest)],
    ['GTID', manifest.coordinates === null ? 'none' : codeSpan(manifest.coordinates.gtid)],
    ['Left out', leftOut.length === 0 ? 'nothing' : leftOut.join(', ')],
    ...(set === undefined ? [] : [['Set', codeSpan(set)]]),
    ['SSH host key', codeSpan(source.sshHostKey)],
    ...objects
      .slice(0, MAX_OBJECTS_IN_DETAIL)
      .map((object) => [
        `Object ${codeSpan(object.name)}`,
        `${formatBytes(object.sizeBytes)}, SHA-256 ${codeSpan(object.sha256)}`,
      ]),
  ];
  const left = objects.length - MAX_OBJECTS_IN_DETAIL;
  if (left > 0) rows.push(['Objects', `and ${left} more, see the manifest`]);
  return markdownTable([{ title: 'What' }, { title: 'Value' }], rows);
}

function describeConsistency({ consistency, layout }: DumpManifest): string {
  const { uncoveredTables, lockedMs } = consistency;
  const snapshot = layout === 'one' ? 'one snapshot' : 'a snapshot of each database';
  if (lockedMs !== undefined)
    return `${snapshot}, and a read lock on tables without transactions for ${formatDuration(lockedMs)}`;
  return uncoveredTables === 0 ? snapshot : `${snapshot}, but for ${countOf(uncoveredTables, 'table')}`;
}
