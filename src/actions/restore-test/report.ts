// What a person reads about a restore test: the job summary, verdict first.
import { describeDifference } from '../../domain/dumps/judge-differences.ts';
import type { ObjectKind } from '../../domain/dumps/inventory.ts';
import {
  codeBlock,
  codeSpan,
  escapeMarkdown,
  foldedDetails,
  formatSentence,
  markdownTable,
} from '../../domain/text/markdown.ts';
import { isOfDump, type DumpProof, type FilesProof } from '../../domain/proofs/proof.ts';
import { renderTrend, trendOf } from '../../domain/proofs/trend.ts';
import {
  countOf,
  formatBytes,
  formatCount,
  formatDay,
  formatDuration,
  formatInstant,
} from '../../domain/text/units.ts';
import { describeReplay } from '../restoring/describe-replay.ts';
import type { Examination, Finding } from './examination.ts';
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
  const proof = outcome.written?.proof;
  const parts =
    proof === undefined
      ? redParts(server, outcome)
      : proof.kind === 'files'
        ? provenFiles(server, proof, outcome)
        : provenParts(server, proof, outcome);
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What is missing is said first: nobody shall take it for the proof of a database. */
function provenFiles(
  server: string,
  proof: FilesProof,
  { written, files, ...outcome }: TestOutcome,
): string[] {
  const { proofKey = '', recovery = '' } = written ?? {};
  return [
    `## ✅ ${escapeMarkdown(server)}: files proven ${formatDay(proof.startedAt)}, no dump is there`,
    `**A sample of the files was read: each is as it was on the server.** The state is that of ${formatInstant(proof.recoveredTo)}: had the server been lost when this test began, ${formatDuration(proof.rpoSeconds * 1000)} of work would have been lost with it. No database was tested, for there is no dump of one in the store.`,
    storageTable(files?.sampled ?? []),
    bullets([...outcome.warnings, ...proof.limits.map(sentence), ...unsignedProof(outcome)]),
    foldedDetails('The runbook: bring these files back by hand', codeBlock(recovery, 'markdown')),
    foldedDetails(
      'Details',
      markdownTable([{ title: 'What' }, { title: 'Value' }], [['Proof', codeSpan(proofKey)]]),
    ),
  ];
}

function unsignedProof({ isProofSigned }: Pick<TestOutcome, 'isProofSigned'>): string[] {
  return isProofSigned
    ? []
    : ['The proof is not signed: whoever can write to the store can forge one. Give `proof-signing-key`.'];
}

function provenParts(server: string, proof: DumpProof, outcome: TestOutcome): string[] {
  const { written, tried, earlierProofs, warnings } = outcome;
  const [first] = tried;
  if (written === undefined || first?.examination === undefined) return [];
  const { proofKey, recovery } = written;
  const { examination } = first;
  const earlierDumps = earlierProofs.filter(isOfDump);
  const unprovable = proof.notProvable.map(({ what }) => what).join(', ');
  return [
    `## ✅ ${escapeMarkdown(server)}: proven ${formatDay(proof.startedAt)}, restored in ${formatDuration(proof.timings.totalMs)}${unprovable === '' ? '' : escapeMarkdown(` (without ${unprovable})`)}`,
    `**Level ${proof.level}: ${LEVELS[proof.level] ?? ''}.** ${assertionSentence(examination)}Backup ${codeSpan(proof.backup.id)} with the state of ${formatInstant(proof.recoveredTo)}: had the server been lost when this test began, ${formatDuration(proof.rpoSeconds * 1000)} of work would have been lost with it.`,
    replaySentence(examination),
    storageTable(examination.storage),
    databaseTable(examination, proof.databases),
    timingTable(examination),
    bullets([
      ...warnings,
      ...proof.limits.map(sentence),
      ...proof.notProvable.map(({ what, why }) => `Not shown: ${what}: ${why}.`),
      ...unsignedProof(outcome),
    ]),
    earlierDumps.length === 0 ? '' : `### Earlier tests\n\n${renderTrend(trendOf([proof, ...earlierDumps]))}`,
    foldedDetails('The runbook: bring this backup back by hand', codeBlock(recovery, 'markdown')),
    foldedDetails('Details', details(examination, proofKey)),
  ];
}

/** What failed, and what to do, stands above already. */
function redParts(server: string, { tried, files, failure, earlierProofs, warnings }: TestOutcome): string[] {
  const [first] = tried;
  const newest = earlierProofs[0];
  return [
    `### ❌ ${escapeMarkdown(server)}: ${first === undefined ? 'the files are not proven' : first.failure === undefined ? 'restored and compared, but the test is red' : 'what was tried'}`,
    first === undefined ? '' : triedTable(tried),
    listFindings(files?.findings ?? []),
    storageTable(files?.sampled ?? []),
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
  const diffs = differences.filter(({ diff }) => diff !== undefined).slice(0, MAX_DIFFS);
  return [
    `### ${escapeMarkdown(backup.id)}\n\n${listFindings(findings)}`,
    ...diffs.map((difference) =>
      foldedDetails(describeDifference(difference), codeBlock(difference.diff ?? '', 'diff')),
    ),
  ];
}

function listFindings(findings: readonly Finding[]): string {
  const listed = findings.slice(0, MAX_FINDINGS).map((finding) => `- ${escapeMarkdown(finding.sentence)}`);
  const more = findings.length - listed.length;
  return [...listed, ...(more > 0 ? [`- and ${formatCount(more)} more`] : [])].join('\n');
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
function storageTable(storage: Examination['storage']): string {
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
