// Whether the newest dump holds about what the ones before it held.
import { plainBytesOf, type DumpManifest } from '../../../domain/manifest.ts';
import { formatBytes, formatCount } from '../../../domain/units.ts';
import type { ReadBackup } from '../../restoring/backup.ts';
import type { ServerCheck } from '../context.ts';
import { nameSome, nameSubject, type Finding } from '../finding.ts';

/** How many earlier dumps the newest is compared with. */
const COMPARED = 10;
const FIX = 'Look whether somebody deleted data. Where it was meant, acknowledge this id.';

/** Dumps with different labels hold different things: the newest of each is compared with its like. */
export const checkSizes: ServerCheck = (
  { series, inventory: { server } },
  { limits: { maxShrink, minSize, acknowledge } },
) =>
  [...series.values()].flatMap(([newest, ...earlier]) => {
    const isMeant = ({ id }: ReadBackup) =>
      acknowledge.includes(nameSubject({ check: 'size', server, subject: id }));
    const before = earlier.slice(0, COMPARED);
    // What shrank and was meant to is what is usual from then on.
    const from = before.findIndex(isMeant);
    return [
      ...judgeSize(newest, minSize),
      ...judgeShrinking(newest, from < 0 ? before : before.slice(0, from + 1), maxShrink),
      ...judgeTables(newest, earlier[0]),
      ...judgeCompleteness(newest),
    ];
  });

function judgeSize({ id, manifest }: ReadBackup, minSize: number | undefined): Finding[] {
  const bytes = sizeOf(manifest);
  if (minSize === undefined || bytes >= minSize) return [];
  const line = `the dump \`${id}\` has ${formatBytes(bytes)}, less than \`min-size\` (${formatBytes(minSize)})`;
  return [{ check: 'size', severity: 'red', line, fix: FIX, subject: id, since: manifest.instant }];
}

function judgeShrinking(
  { id, manifest }: ReadBackup,
  earlier: readonly ReadBackup[],
  maxShrink: number,
): Finding[] {
  if (earlier.length === 0) return [];
  const names = new Set(earlier.flatMap((one) => one.manifest.databases.map(({ name }) => name)));
  const figures = [
    {
      what: '',
      now: sizeOf(manifest),
      before: medianOf(earlier.map((one) => sizeOf(one.manifest))),
      show: (bytes: number) => `${formatBytes(bytes)} of SQL`,
    },
    ...[...names].map((name) => ({
      what: `, database \`${name}\``,
      now: rowsOf(manifest, name),
      before: medianOf(earlier.flatMap((one) => rowsOf(one.manifest, name) ?? [])),
      show: (rows: number) => `${formatCount(rows)} rows`,
    })),
  ];
  return figures.flatMap(({ what, now, before, show }): Finding[] => {
    // A database that is empty, or was never counted, cannot shrink.
    if (now === undefined || before === undefined || before === 0) return [];
    const shrunk = (1 - now / before) * 100;
    if (shrunk <= maxShrink) return [];
    const line = `the dump \`${id}\`${what} has ${show(now)}, ${Math.floor(shrunk)}% less than the median of the last ${earlier.length} before it (${show(before)}): more than \`max-shrink\` (${maxShrink}%)`;
    return [{ check: 'size', severity: 'red', line, fix: FIX, subject: id, since: manifest.instant }];
  });
}

/** Names of tables are encrypted; how many there are is not. */
function judgeTables({ id, manifest }: ReadBackup, before: ReadBackup | undefined): Finding[] {
  const fewer = (before?.manifest.databases ?? []).flatMap(({ name, tables }) => {
    const now = manifest.databases.find((database) => database.name === name)?.tables ?? 0;
    return now < tables ? [`${name}: ${tables - now} of ${tables}`] : [];
  });
  if (fewer.length === 0) return [];
  const line = `the dump \`${id}\` has fewer tables than the one before: gone are ${nameSome(fewer)}`;
  return [{ check: 'size', severity: 'warning', line }];
}

function judgeCompleteness({ id, manifest: { complete, instant } }: ReadBackup): Finding[] {
  if (complete) return [];
  const line = `the dump \`${id}\` is not complete: something that was chosen could not be dumped`;
  return [{ check: 'size', severity: 'red', line, subject: id, since: instant }];
}

/** Of SQL, or where that was not counted of what is stored. */
function sizeOf(manifest: DumpManifest): number {
  const plain = plainBytesOf(manifest);
  return plain > 0 ? plain : manifest.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** 0 for a database that is not there any more; undefined where rows were not counted. */
function rowsOf({ databases }: DumpManifest, name: string): number | undefined {
  const database = databases.find((one) => one.name === name);
  return database === undefined ? 0 : (database.rows ?? undefined);
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
