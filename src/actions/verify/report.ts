// What a run found out, as data, and in the form of its outputs.
import { createHash } from 'node:crypto';
import { renderBadge } from '../../domain/text/badge.ts';
import { countOf, formatDuration } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import { monthlyPrice, type Cost } from './cost.ts';
import type { Finding, Unchecked } from './finding.ts';

export interface ServerReport {
  readonly server: string;
  /** Undefined: it cannot be brought back. */
  readonly recoverableUntil: string | undefined;
  /** The newest of each kind that can be restored. */
  readonly newestDump: { readonly id: string; readonly instant: string } | undefined;
  readonly newestBinlog: { readonly id: string; readonly closedAt: string } | undefined;
  readonly newestSnapshots: readonly {
    readonly name: string;
    readonly instant: string;
    /** When a restore test last read files of the storage; undefined: never. */
    readonly provenAt: string | undefined;
  }[];
  /** Of all databases; of a server that has files alone that of the storage that is furthest back, and without a level. */
  readonly newestProof:
    { readonly id: string; readonly startedAt: string; readonly level?: number } | undefined;
  /** Since when dumps came in time, one after the other, up to now. */
  readonly inTimeSince: string | undefined;
  readonly counts: { readonly dumps: number; readonly binlogs: number; readonly snapshots: number };
  readonly bytes: number;
}

export interface VerifyReport {
  readonly location: string;
  /** The store's time, ISO 8601. */
  readonly checkedAt: string;
  readonly servers: readonly ServerReport[];
  readonly findings: readonly Finding[];
  readonly unchecked: readonly Unchecked[];
  readonly missingPacks: readonly string[];
  readonly cost: Cost;
}

/** GitHub takes a megabyte for all outputs of a job. */
const MAX_LISTED = 200;
/** Lines in the error; the summary has more. */
const MAX_NAMED = 10;

/** Of one server and storage more than that are not packed again one by one. */
const MAX_MISSING_PACKS = 2_000;

/** Keys with blanks between; when they are packed again the next run tells the rest. */
export function renderMissingPacks({ missingPacks }: Pick<VerifyReport, 'missingPacks'>): string {
  return missingPacks.slice(0, MAX_MISSING_PACKS).join(' ');
}

export function redOf({ findings }: Pick<VerifyReport, 'findings'>): readonly Finding[] {
  return findings.filter(({ severity }) => severity === 'red');
}

/** Since when at least something is red: what was red before, and is not any more, is not seen. */
export function redSince(report: Pick<VerifyReport, 'findings'>): string | undefined {
  return redOf(report)
    .flatMap(({ since }) => since ?? [])
    .toSorted()[0];
}

/** The end that is furthest back; undefined when a server cannot be brought back, or there is none. */
export function recoverableUntilOf({ servers }: Pick<VerifyReport, 'servers'>): string | undefined {
  const ends = servers.map(({ recoverableUntil }) => recoverableUntil);
  return ends.includes(undefined) ? undefined : ends.toSorted()[0];
}

/** The error that ends a run that is red; undefined when nothing is. */
export function failureOf(report: VerifyReport): LifeboatError | undefined {
  const red = redOf(report);
  if (red.length === 0) return undefined;
  const named = red
    .slice(0, MAX_NAMED)
    .map(({ server, line }) => `- ${server === undefined ? '' : `${server}: `}${line}`);
  const more = red.length - named.length;
  const message = [
    `the backups in ${report.location} are not healthy:`,
    ...named,
    ...(more > 0 ? [`- and ${more} more`] : []),
  ].join('\n');
  return new LifeboatError('unhealthy', message, {
    variant: digestOf(red),
    hint: 'The summary says what to do about each. What is known and meant goes into `acknowledge`, by the id that stands there.',
  });
}

/** The same while the same is wrong: lines tell ages, which change from run to run. */
function digestOf(red: readonly Finding[]): string {
  const subjects = new Set(
    red.map(({ check, server = '', subject = '' }) => `${check} ${server} ${subject}`),
  );
  return createHash('sha256')
    .update([...subjects].sort().join('\n'))
    .digest('hex')
    .slice(0, 12);
}

export function renderReportJson(report: VerifyReport): string {
  const { location, checkedAt, servers, findings, unchecked, missingPacks, cost } = report;
  const red = redOf(report);
  const { price } = cost;
  const order = ['red', 'warning', 'known', 'note'];
  const sorted = findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const json = JSON.stringify({
    schema: 1,
    healthy: red.length === 0,
    since: redSince(report) ?? null,
    checkedAt,
    store: location,
    recoverableUntil: recoverableUntilOf(report) ?? null,
    servers: servers.slice(0, MAX_LISTED).map((server) => ({
      ...server,
      healthy: !red.some((finding) => finding.server === server.server),
    })),
    findings: sorted.slice(0, MAX_LISTED),
    findingsLeftOut: Math.max(0, findings.length - MAX_LISTED),
    notChecked: unchecked.slice(0, MAX_LISTED),
    missingPacks: missingPacks.length,
    bytes: cost.bytes,
    bytesPerDay: cost.bytesPerDay ?? null,
    bytesInAYear: cost.bytesInAYear ?? null,
    usdPerMonth: price === undefined ? null : Number(monthlyPrice(cost.bytes, price).toFixed(2)),
    usdPerMonthInAYear:
      price === undefined || cost.bytesInAYear === undefined
        ? null
        : Number(monthlyPrice(cost.bytesInAYear, price).toFixed(2)),
  });
  // What is shown visibly on its way out would be no JSON any more.
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Green only when nothing is red; the age is that of the proof that is furthest back, of files that were not given up, too. */
export function renderReportBadge(report: VerifyReport): string {
  const red = redOf(report).length;
  if (red > 0) return renderBadge({ message: countOf(red, 'fault'), color: 'red' });
  const given = new Set(
    report.findings.flatMap(({ severity, subject }) => (severity === 'known' ? (subject ?? []) : [])),
  );
  const proofs = report.servers.flatMap(({ server, newestProof, newestSnapshots }) => [
    newestProof?.startedAt,
    ...newestSnapshots
      .filter(({ name }) => !given.has(`proof:${server}:files-of-${name}`))
      .map(({ provenAt }) => provenAt),
  ]);
  const oldest = proofs.includes(undefined) ? undefined : proofs.toSorted()[0];
  if (oldest === undefined) return renderBadge({ message: 'healthy, not proven', color: 'yellow' });
  const ageMs = Date.parse(report.checkedAt) - Date.parse(oldest);
  return renderBadge({ message: `healthy, proven ${formatDuration(ageMs)} ago`, color: 'brightgreen' });
}
