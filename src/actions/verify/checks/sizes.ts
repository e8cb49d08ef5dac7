// Whether the newest backups hold about what the ones before them held: dumps with one label, snapshots of one storage.
import { plainBytesOf, storedBytesOf } from '../../../domain/dumps/manifest.ts';
import { formatBytes, formatCount } from '../../../domain/text/units.ts';
import type { ReadBackup } from '../../restoring/backup.ts';
import { snapshotId, type SnapshotFacts } from '../../catalog/inventory.ts';
import type { CheckContext } from '../context.ts';
import { nameSubject, type Finding } from '../finding.ts';
import type { ServerCheck } from '../judged.ts';

/** How many earlier ones the newest is compared with. */
const COMPARED = 10;
const FIX = 'Look whether somebody deleted data. Where it was meant, acknowledge this id.';

const SHOWN = {
  sql: (bytes: number) => `${formatBytes(bytes)} of SQL`,
  rows: (rows: number) => `${formatCount(rows)} rows`,
  files: (files: number) => `${formatCount(files)} files`,
  bytes: (bytes: number) => `${formatBytes(bytes)} of files`,
} as const;

interface Figure {
  readonly unit: keyof typeof SHOWN;
  readonly database?: string;
  /** Null where it was not counted. */
  readonly value: number | null;
}

/** A backup, and what was counted of it. */
interface Counted {
  readonly kind: 'dump' | 'snapshot';
  readonly id: string;
  /** ISO 8601. */
  readonly instant: string;
  readonly figures: readonly Figure[];
}

export const checkSizes: ServerCheck = (
  { series, isMain, wholeSnapshots, currentSnapshots, inventory: { server } },
  { limits },
) => [
  ...[...series.values()].flatMap((dumps) => [
    // A dump with a label, of one database, is as small as that.
    ...(isMain(dumps[0].id) ? judgeSize(dumps[0], limits) : []),
    ...judgeShrinking(dumps.map(countDump), server, limits),
    ...judgeCompleteness(dumps[0]),
  ]),
  ...currentSnapshots.flatMap(({ name }) =>
    judgeShrinking(
      wholeSnapshots.filter((snapshot) => snapshot.name === name).map(countSnapshot),
      server,
      limits,
    ),
  ),
];

function judgeSize({ id, manifest }: ReadBackup, { minSize }: CheckContext['limits']): Finding[] {
  const bytes = storedBytesOf(manifest);
  if (minSize === undefined || bytes >= minSize) return [];
  const line = `the dump \`${id}\` is stored in ${formatBytes(bytes)}, less than \`min-size\` (${formatBytes(minSize)})`;
  return [{ check: 'size', severity: 'red', line, fix: FIX, subject: id, since: manifest.instant }];
}

/** The newest, which comes first, beside the ones before it. */
function judgeShrinking(
  [newest, ...before]: readonly Counted[],
  server: string,
  { maxShrink, acknowledge }: CheckContext['limits'],
): Finding[] {
  const compared = before.slice(0, COMPARED);
  // What shrank and was meant to is what is usual from then on.
  const meant = compared.findIndex(({ id }) =>
    acknowledge.includes(nameSubject({ check: 'size', server, subject: id })),
  );
  const earlier = meant < 0 ? compared : compared.slice(0, meant + 1);
  if (newest === undefined || earlier.length === 0) return [];
  const { kind, id, instant } = newest;
  const figures = new Map(
    earlier
      .flatMap((one) => one.figures)
      .map((figure) => [`${figure.unit} ${figure.database ?? ''}`, figure]),
  );
  return [...figures.values()].flatMap((figure): Finding[] => {
    const now = valueOf(newest, figure);
    const usual = medianOf(earlier.flatMap((one) => valueOf(one, figure) ?? []));
    // What is empty, or was never counted, cannot shrink.
    if (now === null || usual === undefined || usual === 0) return [];
    const shrunk = (1 - now / usual) * 100;
    if (shrunk <= maxShrink) return [];
    const { unit, database } = figure;
    const what = database === undefined ? '' : `, database \`${database}\``;
    const line = `the ${kind} \`${id}\`${what} has ${SHOWN[unit](now)}, ${Math.floor(shrunk)}% less than the median of the last ${earlier.length} before it (${SHOWN[unit](usual)}): more than \`max-shrink\` (${maxShrink}%)`;
    return [{ check: 'size', severity: 'red', line, fix: FIX, subject: id, since: instant }];
  });
}

function judgeCompleteness({ id, manifest: { complete, instant } }: ReadBackup): Finding[] {
  if (complete) return [];
  const line = `the dump \`${id}\` is not complete: something that was chosen could not be dumped`;
  return [{ check: 'size', severity: 'red', line, subject: id, since: instant }];
}

function countDump({ id, manifest }: ReadBackup): Counted {
  const plain = plainBytesOf(manifest);
  return {
    ...{ kind: 'dump', id, instant: manifest.instant },
    figures: [
      { unit: 'sql', value: plain > 0 ? plain : storedBytesOf(manifest) },
      ...manifest.databases.map(({ name, rows }) => ({ unit: 'rows', database: name, value: rows }) as const),
    ],
  };
}

function countSnapshot(facts: SnapshotFacts): Counted {
  const { files, bytes } = facts.holds;
  return {
    ...{ kind: 'snapshot', id: snapshotId(facts), instant: facts.instant },
    figures: [
      { unit: 'files', value: files },
      { unit: 'bytes', value: bytes },
    ],
  };
}

/** 0 of a database that is not there. */
function valueOf({ figures }: Counted, { unit, database }: Figure): number | null {
  const found = figures.find((figure) => figure.unit === unit && figure.database === database);
  return found === undefined ? 0 : found.value;
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
