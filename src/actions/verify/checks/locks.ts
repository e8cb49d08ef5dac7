// Whether the newest backup is locked as the bucket, or `store-object-lock`, says it should be.
import { formatDay } from '../../../domain/units.ts';
import { LifeboatError } from '../../../errors.ts';
import type { StoreInspector } from '../../../ports/store.ts';
import type { Judged } from '../context.ts';
import type { Finding } from '../finding.ts';
import type { Verdicts } from './bucket.ts';

const DAY_MS = 86_400_000;
/** The store counts from its own moment, which no list tells. */
const SLACK_MS = 3_600_000;
const WHY = 'the service does not say, or the reader lacks s3:GetObjectRetention';
/** Each costs a request, and all are stored the same way. */
const MAX_ASKED = 6;

export interface WantedLock {
  readonly ms: number;
  /** Whether `store-object-lock` says so: then it has to be seen. */
  readonly isAskedFor: boolean;
}

export async function checkLocks(
  judged: Judged,
  wanted: WantedLock | undefined,
  inspector: StoreInspector,
  signal: AbortSignal,
): Promise<Verdicts> {
  const { currentDumps, wholeBinlogs } = judged;
  const [first] = currentDumps;
  if (wanted === undefined || first === undefined) return { findings: [], unchecked: [] };
  const binlogs = wholeBinlogs[0]?.manifest.object.parts ?? [];
  const findings: Finding[] = [];
  for (const dump of currentDumps) {
    const asked = [
      `${dump.folder}manifest.json`,
      ...dump.manifest.objects.flatMap(({ parts }) => parts.map(({ key }) => key)),
    ].slice(0, MAX_ASKED - 1);
    if (dump === first) asked.push(...binlogs.map(({ key }) => key).slice(0, 1));
    const faults = await findFaults(asked, judged, wanted.ms, inspector, signal);
    if (faults === undefined) return describeUntold(judged, wanted);
    findings.push(...describeFaults(dump.id, faults, wanted.ms));
  }
  return { findings, unchecked: [] };
}

/** Undefined where nobody tells. */
async function findFaults(
  asked: readonly string[],
  { inventory: { keys } }: Judged,
  lockMs: number,
  inspector: StoreInspector,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const faults: string[] = [];
  for (const key of asked) {
    const until = await readLock(key, inspector, signal);
    if (until === undefined) return undefined;
    const storedAt = keys.get(key)?.current?.lastModified.getTime() ?? 0;
    if (until === null) faults.push(`\`${key}\` is not locked`);
    else if (until.getTime() < storedAt + lockMs - SLACK_MS)
      faults.push(`\`${key}\` is locked until ${formatDay(until.toISOString())} only`);
  }
  return faults;
}

/** A service that answers in a way of its own does not tell. */
async function readLock(
  key: string,
  inspector: StoreInspector,
  signal: AbortSignal,
): Promise<Date | null | undefined> {
  try {
    return await inspector.readLock(key, signal);
  } catch (error) {
    if (error instanceof LifeboatError && error.class === 'store' && error.code !== 'store-unreachable')
      return undefined;
    throw error;
  }
}

function describeFaults(subject: string, faults: readonly string[], lockMs: number): readonly Finding[] {
  const [first] = faults;
  if (first === undefined) return [];
  const more = faults.length === 1 ? '' : `; ${faults.length - 1} more of the newest objects are not either`;
  const line = `${first}, and should be for ${lockMs / DAY_MS} days from when it was stored${more}`;
  const fix =
    "Set the bucket's default retention (docs/store-setup.md, Retention): what is stored from then on is locked.";
  return [{ check: 'lock', severity: 'red', line, fix, subject }];
}

function describeUntold({ inventory: { server } }: Judged, { isAskedFor }: WantedLock): Verdicts {
  const line = `whether the newest backup is locked: ${WHY}`;
  if (!isAskedFor) return { findings: [], unchecked: [{ check: 'lock', server, line }] };
  const finding: Finding = {
    check: 'lock',
    severity: 'red',
    line: `whether the newest backup is locked cannot be told, and \`store-object-lock\` asks for it: ${WHY}`,
    fix: "Give the reader's policy of docs/store-setup.md, or leave `store-object-lock` out.",
  };
  return { findings: [finding], unchecked: [] };
}
