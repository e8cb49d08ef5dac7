// What a person reads of a run: the job summary, verdict first, then each server, each finding with what to do, and what was not looked at.
import {
  codeSpan,
  escapeMarkdown,
  foldedDetails,
  formatSentence,
  markdownTable,
} from '../../domain/text/markdown.ts';
import {
  countOf,
  formatBytes,
  formatCount,
  formatDay,
  formatDuration,
  formatInstant,
} from '../../domain/text/units.ts';
import { monthlyPrice, type Cost } from './cost.ts';
import type { Finding } from './finding.ts';
import { redOf, redSince, type ServerReport, type VerifyReport } from './report.ts';

/** More is read by nobody; the JSON has more. */
const MAX_LISTED = 50;

export function renderPage(report: VerifyReport): string {
  const { findings, unchecked } = report;
  const of = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity);
  const parts = [
    renderVerdict(report),
    renderServers(report),
    renderFindings('What is wrong', of('red')),
    renderFindings('Worth a look', of('warning')),
    renderList('Not looked at', unchecked.map(renderLine)),
    renderList('Known, and not counted', of('known').map(renderLine)),
    renderCost(report.cost),
    of('note').length === 0
      ? ''
      : foldedDetails(
          'Details',
          of('note')
            .slice(0, MAX_LISTED)
            .map((note) => `- ${renderLine(note)}`)
            .join('\n'),
        ),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function renderVerdict(report: VerifyReport): string {
  const { servers, location, findings } = report;
  const red = redOf(report);
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  const where = `${countOf(servers.length, 'server')} in ${codeSpan(location)}`;
  const also = warnings === 0 ? '' : `, ${countOf(warnings, 'warning')}`;
  if (red.length > 0) {
    const since = redSince(report);
    return `### ❌ not healthy: ${countOf(red.length, 'fault')}${also}; ${where}\n\n${since === undefined ? 'Since when cannot be told from what is in the store.' : `Since ${formatInstant(since)} at the latest.`}`;
  }
  const since = servers.map(({ inTimeSince }) => inTimeSince);
  const last = since
    .flatMap((one) => one ?? [])
    .toSorted()
    .at(-1);
  return [
    `## ✅ healthy: ${where}${also}`,
    ...(last === undefined || since.includes(undefined)
      ? []
      : [
          `Dumps have come in time since ${formatInstant(last)}: that is how far back those in the store can tell.`,
        ]),
  ].join('\n\n');
}

function renderServers({ servers, findings, checkedAt }: VerifyReport): string {
  if (servers.length === 0) return '';
  const ageOf = (iso: string) =>
    `${keepTogether(formatDuration(Date.parse(checkedAt) - Date.parse(iso)))} ago`;
  const isRed = ({ server }: ServerReport) =>
    findings.some((finding) => finding.severity === 'red' && finding.server === server);
  const rows = servers.map((server) => {
    const { newestDump, newestBinlog, newestSnapshots, counts, bytes } = server;
    return [
      `${isRed(server) ? '❌' : '✅'}&nbsp;${codeSpan(server.server)}`,
      server.recoverableUntil === undefined
        ? '**not at all**'
        : keepInTwo(formatInstant(server.recoverableUntil)),
      newestDump === undefined ? 'none' : ageOf(newestDump.instant),
      newestBinlog === undefined ? 'none' : ageOf(newestBinlog.closedAt),
      newestSnapshots.length === 0
        ? 'none'
        : newestSnapshots.map(({ name, instant }) => `${codeSpan(name)} ${ageOf(instant)}`).join(', '),
      renderProven(server),
      formatCount(counts.dumps),
      keepTogether(formatBytes(bytes)),
    ];
  });
  const right = (title: string) => ({ title, align: 'right' as const });
  return markdownTable(
    [
      { title: 'Server' },
      { title: 'Can be brought back until' },
      right('Newest dump'),
      right('Newest binlog'),
      { title: 'Newest snapshots' },
      { title: 'Proven' },
      right('Dumps'),
      right('Stored'),
    ],
    rows,
  );
}

function renderProven({ newestProof, newestSnapshots }: ServerReport): string {
  if (newestProof === undefined) return '**never**';
  const { startedAt, level } = newestProof;
  const unproven = newestSnapshots.filter(({ provenAt }) => provenAt === undefined);
  return [
    keepTogether(formatDay(startedAt)),
    level === undefined ? 'files' : `level&nbsp;${level}`,
    ...unproven.map(({ name }) => `**never** ${codeSpan(name)}`),
  ].join(', ');
}

function renderFindings(title: string, findings: readonly Finding[]): string {
  return renderList(
    title,
    findings.map((finding) => {
      const { fix, subject } = finding;
      const id = subject === undefined ? '' : ` Id: ${codeSpan(subject)}.`;
      return `${renderLine(finding)}${fix === undefined ? '' : ` ${formatSentence(fix)}`}${id}`;
    }),
  );
}

function renderList(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const listed = lines.slice(0, MAX_LISTED).map((line) => `- ${line}`);
  const more = lines.length - listed.length;
  return [`### ${title}`, '', ...listed, ...(more > 0 ? [`- and ${formatCount(more)} more`] : [])].join('\n');
}

/** A sentence; behind the name of its server, where it has one, it goes on in lower case. */
function renderLine({ server, line }: { readonly server?: string; readonly line: string }): string {
  const text = formatSentence(line);
  if (server === undefined) return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  return `**${escapeMarkdown(server)}**: ${text}.`;
}

/** Day and time, each on one line. */
function keepInTwo(instant: string): string {
  return instant.split(', ').map(keepTogether).join(', ');
}

/** Text of our own making: in a narrow column a number and its unit stay on one line. */
function keepTogether(text: string): string {
  return text.replaceAll(' ', '&nbsp;');
}

function renderCost({
  bytes,
  hiddenBytes,
  bytesPerDay,
  bytesInAYear,
  isAnyRemoved,
  removedAfterDays,
  price,
}: Cost): string {
  const dollars = (of: number) =>
    price === undefined ? '' : `, about ${monthlyPrice(of, price).toFixed(2)} USD a month`;
  const hidden = hiddenBytes === 0 ? '' : ` (${formatBytes(hiddenBytes)} of it hidden versions)`;
  const part = isAnyRemoved ? 'rules remove part of it' : 'no rule removes any of it for good';
  const removal =
    removedAfterDays === undefined
      ? part
      : `rules remove all of it after ${countOf(removedAfterDays, 'day')}`;
  const growth =
    bytesPerDay === undefined || bytesInAYear === undefined
      ? 'How it grows cannot be told yet.'
      : `${formatBytes(bytesPerDay)} come in a day, and ${removal}: if it goes on like this, ${formatBytes(bytesInAYear)} in a year${dollars(bytesInAYear)}.`;
  const source =
    price === undefined
      ? ''
      : ` An estimate, for keeping the data alone: ${price.service}, ${price.tier}, ${price.perGigabyteMonth} USD for a gigabyte and month as read in ${price.readIn}.`;
  return escapeMarkdown(`Stored: ${formatBytes(bytes)}${hidden}${dollars(bytes)}. ${growth}${source}`);
}
