// Whether the newest backup is locked as the bucket, or `store-object-lock`, says it should be.
import { formatDay } from '../../../domain/units.ts';
import type { StoreInspector } from '../../../ports/store.ts';
import type { Judged } from '../context.ts';
import type { Finding } from '../finding.ts';
import type { Verdicts } from './bucket.ts';

const DAY_MS = 86_400_000;
/** The store counts from its own moment, which no list tells. */
const SLACK_MS = 3_600_000;
const NOT_TOLD =
  'whether the newest backup is locked: the service does not say, or the reader lacks s3:GetObjectRetention';
/** Each costs a request, and all are stored the same way. */
const MAX_ASKED = 6;

export async function checkLocks(
  { inventory: { server, keys }, wholeDumps, wholeBinlogs }: Judged,
  lockMs: number | undefined,
  inspector: StoreInspector,
  signal: AbortSignal,
): Promise<Verdicts> {
  const [dump] = wholeDumps;
  if (lockMs === undefined || dump === undefined) return { findings: [], unchecked: [] };
  const asked = [
    `${dump.folder}manifest.json`,
    ...dump.manifest.objects.flatMap(({ parts }) => parts.map(({ key }) => key)),
  ].slice(0, MAX_ASKED - 1);
  const binlog = wholeBinlogs[0]?.manifest.object.parts[0]?.key;
  const faults: string[] = [];
  for (const key of [...asked, ...(binlog === undefined ? [] : [binlog])]) {
    const until = await inspector.readLock(key, signal);
    if (until === undefined) return { findings: [], unchecked: [{ check: 'lock', server, line: NOT_TOLD }] };
    const storedAt = keys.get(key)?.current?.lastModified.getTime() ?? 0;
    if (until === null) faults.push(`\`${key}\` is not locked`);
    else if (until.getTime() < storedAt + lockMs - SLACK_MS)
      faults.push(`\`${key}\` is locked until ${formatDay(until.toISOString())} only`);
  }
  const [first] = faults;
  if (first === undefined) return { findings: [], unchecked: [] };
  const more = faults.length === 1 ? '' : `; ${faults.length - 1} more of the newest objects are not either`;
  const finding: Finding = {
    check: 'lock',
    severity: 'red',
    line: `${first}, and should be for ${lockMs / DAY_MS} days from when it was stored${more}`,
    fix: "Set the bucket's default retention (docs/store-setup.md, Retention): what is stored from then on is locked.",
    subject: dump.id,
  };
  return { findings: [finding], unchecked: [] };
}
