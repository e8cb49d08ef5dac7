// What a person reads about a restore test: the job summary, verdict first.
import { describeDifference } from '../../domain/judge-differences.ts';
import type { ObjectKind } from '../../domain/inventory.ts';
import {
  codeBlock,
  codeSpan,
  escapeMarkdown,
  foldedDetails,
  formatSentence,
  markdownTable,
} from '../../domain/markdown.ts';
import { renderTrend, trendOf } from '../../domain/trend.ts';
import {
  countOf,
  formatBytes,
  formatCount,
  formatDay,
  formatDuration,
  formatInstant,
} from '../../domain/units.ts';
import { describeReplay } from '../restoring/describe-replay.ts';
import type { Examination } from './examination.ts';
import type { TestOutcome, Tried } from './restore-test.ts';

/** A summary is read by people; the log has no more either. */
const MAX_FINDINGS = 50;
const MAX_DIFFS = 10;
const LEVELS: Readonly<Record<number, string>> = {
  1: 'it loads',
  2: 'every object and every row is there',
  3: 'equal to what was dumped, byte by byte',
  4: 'equal to what was dumped, byte by byte, and from there replayed to the second',
};

export function renderTestSummary(server: string, outcome: TestOutcome): string {
  const parts = outcome.written === undefined ? redParts(server, outcome) : provenParts(server, outcome);
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function provenParts(server: string, outcome: TestOutcome): string[] {
  const { written, tried, earlierProofs, warnings } = outcome;
  const [first] = tried;
  if (written === undefined || first?.examination === undefined) return [];
  const { proof, proofKey, recovery } = written;
  const { examination } = first;
  const unprovable = proof.notProvable.map(({ what }) => what).join(', ');
  return [
    `## ✅ ${escapeMarkdown(server)}: proven ${formatDay(proof.startedAt)}, restored in ${formatDuration(proof.timings.totalMs)}${unprovable === '' ? '' : escapeMarkdown(` (without ${unprovable})`)}`,
    `**Level ${proof.level}: ${LEVELS[proof.level] ?? ''}.** ${assertionSentence(examination)}Backup ${codeSpan(proof.backup.id)} with the state of ${formatInstant(proof.recoveredTo)}: had the server been lost when this test began, ${formatDuration(proof.rpoSeconds * 1000)} of work would have been lost with it.`,
    replaySentence(examination),
    storageTable(examination),
    databaseTable(examination, proof.databases),
    timingTable(examination),
    bullets([
      ...warnings,
      ...proof.limits.map(sentence),
      ...proof.notProvable.map(({ what, why }) => `Not shown: ${what}: ${why}.`),
      ...(outcome.isProofSigned
        ? []
        : [
            'The proof is not signed: whoever can write to the store can forge one. Give `proof-signing-key`.',
          ]),
    ]),
    earlierProofs.length === 0
      ? ''
      : `### Earlier tests\n\n${renderTrend(trendOf([proof, ...earlierProofs]))}`,
    foldedDetails('The runbook: bring this backup back by hand', codeBlock(recovery, 'markdown')),
    foldedDetails('Details', details(examination, proofKey)),
  ];
}

/** What failed, and what to do, stands above already. */
function redParts(server: string, { tried, failure, earlierProofs, warnings }: TestOutcome): string[] {
  const [first] = tried;
  const newest = earlierProofs[0];
  return [
    `### ❌ ${escapeMarkdown(server)}: ${first?.failure === undefined ? 'restored and compared, but the test is red' : 'what was tried'}`,
    triedTable(tried),
    ...tried.flatMap(({ examination }) => (examination === undefined ? [] : findingParts(examination))),
    first?.examination === undefined ? '' : timingTable(first.examination),
    bullets(failure?.code === 'proof-invalid' ? [] : warnings),
    newest === undefined
      ? 'No earlier proof was found.'
      : `The newest proof is of ${formatDay(newest.startedAt)}, for the state of ${formatInstant(newest.recoveredTo)}.`,
  ];
}

function findingParts({ findings, differences, backup }: Examination): string[] {
  if (findings.length === 0) return [];
  const listed = findings.slice(0, MAX_FINDINGS).map((finding) => `- ${escapeMarkdown(finding.sentence)}`);
  const more = findings.length - listed.length;
  const diffs = differences.filter(({ diff }) => diff !== undefined).slice(0, MAX_DIFFS);
  return [
    `### ${escapeMarkdown(backup.id)}\n\n${[...listed, ...(more > 0 ? [`- and ${formatCount(more)} more`] : [])].join('\n')}`,
    ...diffs.map((difference) =>
      foldedDetails(describeDifference(difference), codeBlock(difference.diff ?? '', 'diff')),
    ),
  ];
}

function triedTable(tried: readonly Tried[]): string {
  const rows = tried.map(({ id, examination, failure }) => [
    codeSpan(id),
    examination === undefined ? '' : formatInstant(examination.backup.manifest.instant),
    failure === undefined ? '✅ good' : `❌ ${codeSpan(failure.code)}`,
  ]);
  return markdownTable([{ title: 'Backup' }, { title: 'State of' }, { title: 'Result' }], rows);
}

function assertionSentence({ assertions }: Examination): string {
  return assertions.length === 0 ? '' : `${countOf(assertions.length, 'assertion')} of yours held. `;
}

function databaseTable(
  { restored }: Examination,
  databases: readonly {
    name: string;
    tables: number;
    views: number;
    rows: number | null;
    plainBytes: number | null;
  }[],
): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  const rows = databases.map((database) => [
    codeSpan(database.name),
    formatCount(database.tables),
    formatCount(database.views),
    others(restored, database.name),
    database.rows === null ? 'not counted' : formatCount(database.rows),
    database.plainBytes === null ? 'not counted' : formatBytes(database.plainBytes),
  ]);
  return markdownTable(
    [
      { title: 'Database' },
      right('Tables'),
      right('Views'),
      right('Other objects'),
      right('Rows'),
      right('SQL'),
    ],
    rows,
  );
}

const COUNTED_ALREADY = new Set<ObjectKind>(['database', 'table', 'view']);

function others(restored: Examination['restored'], name: string): string {
  if (restored === undefined) return 'not compared';
  return formatCount(
    restored.filter(({ database, kind }) => database === name && !COUNTED_ALREADY.has(kind)).length,
  );
}

function timingTable({ timings }: Examination): string {
  const { fetchMs, loadMs, replayMs, checksMs, totalMs } = timings;
  const columns: readonly (readonly [string, number])[] = [
    ['Fetch', fetchMs],
    ['Load', loadMs],
    ...(replayMs === undefined ? [] : [['Replay', replayMs] as const]),
    ['Checks', checksMs],
    ['Whole restore', totalMs],
  ];
  return markdownTable(
    columns.map(([title]) => ({ title, align: 'right' as const })),
    [columns.map(([, durationMs]) => formatDuration(durationMs))],
  );
}

/** Both sides of the moment: what is there, and what is not. */
function replaySentence({ replay }: Examination): string {
  if (replay === undefined) return '';
  return describeReplay(replay, replay.replayed.length);
}

/** Which files were read besides: the draw stands in the proof. */
function storageTable({ storage }: Examination): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  if (storage.length === 0) return '';
  return markdownTable(
    [
      { title: 'Files' },
      { title: 'Snapshot' },
      right('Sample'),
      right('Packs read'),
      right('Compared'),
      right('Bytes'),
    ],
    storage.map(({ name, snapshot, share, packs, files, directories, links, bytes }) => [
      codeSpan(name),
      codeSpan(snapshot),
      share,
      formatCount(packs.length),
      `${countOf(files, 'file')}, ${formatCount(directories + links)} other`,
      formatBytes(bytes),
    ]),
  );
}

function details({ backup, versions, image, assertions }: Examination, proofKey: string): string {
  const { manifest } = backup;
  const rows = [
    ['Proof', codeSpan(proofKey)],
    [
      'Manifest',
      backup.signedBy === undefined ? 'signature not checked' : `signed by ${codeSpan(backup.signedBy)}`,
    ],
    ['Source', escapeMarkdown(`${manifest.versions.server}, dump client ${manifest.versions.dumpTool}`)],
    ['Sandbox', escapeMarkdown(`${versions.server}, dump client ${versions.dumpTool}`)],
    ['Image', `${codeSpan(image.reference)} ${codeSpan(image.id)}`],
    ...assertions.map(({ assertion }) => ['Assertion', codeSpan(assertion.text)]),
  ];
  return markdownTable([{ title: 'What' }, { title: 'Value' }], rows);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function bullets(warnings: readonly string[]): string {
  return warnings.map((warning) => `- ⚠️ ${formatSentence(warning)}`).join('\n');
}
