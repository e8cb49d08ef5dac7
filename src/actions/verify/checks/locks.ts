// Whether the newest of each kind is locked as the bucket, or `store-object-lock`, says it should be. A snapshot also needs packs
// and index objects of earlier runs: the oldest of each is the first that anybody may delete.
import { DAY_MS, formatDay } from '../../../domain/text/units.ts';
import { LifeboatError } from '../../../errors.ts';
import type { StoreInspector } from '../../../ports/store.ts';
import { isPackKey, partsOf, snapshotId, type Kept } from '../../catalog/inventory.ts';
import type { Finding, Verdicts } from '../finding.ts';
import { seriesOf, type Judged } from '../judged.ts';

/** The store counts from its own moment, which no list tells. */
const SLACK_MS = 3_600_000;
const WHY = 'the service does not say, or the reader lacks s3:GetObjectRetention';
/** Of each dump; each costs a request, and all are stored the same way. */
const MAX_ASKED = 5;

export interface WantedLock {
  readonly ms: number;
  /** Whether `store-object-lock` says so: then it has to be seen. */
  readonly isAskedFor: boolean;
}

/** What is asked about, by what `acknowledge` calls it: the same from day to day, as the settings that make it so. */
interface Question {
  readonly subject: string;
  readonly keys: readonly string[];
  /** What of the newest snapshot was stored first: a pack, and an object of its index. */
  readonly oldest?: { readonly keys: readonly string[]; readonly snapshot: string };
}

type Locks = ReadonlyMap<string, Date | null>;

export async function checkLocks(
  judged: Judged,
  wanted: WantedLock | undefined,
  inspector: StoreInspector,
  now: Date,
  signal: AbortSignal,
): Promise<Verdicts> {
  if (wanted === undefined) return { findings: [], unchecked: [] };
  const findings: Finding[] = [];
  for (const question of listQuestions(judged)) {
    const locks = await readLocks(question, inspector, signal);
    if (locks === undefined) return describeUntold(judged, wanted);
    const ended = findEnded(question, locks, now);
    findings.push(...ended, ...findShort(question, locks, ended.length > 0, judged, wanted.ms));
  }
  return { findings, unchecked: [] };
}

function listQuestions({
  currentDumps,
  wholeBinlogs: [binlog],
  currentSnapshots,
  inventory,
}: Judged): readonly Question[] {
  const keptOf = (kind: Kept['kind'], wanted: string) =>
    inventory.kept.filter((one) => one.kind === kind && one.id === wanted);
  return [
    ...currentDumps.flatMap(({ id }) =>
      keptOf('dump', id).map((kept) => ({
        subject: seriesOf(id),
        keys: [kept.manifestKey, ...partsOf(kept).map(({ key }) => key)].slice(0, MAX_ASKED),
      })),
    ),
    ...(binlog === undefined ? [] : keptOf('binlog', binlog.manifest.id)).map((kept) => ({
      subject: 'binlogs',
      keys: partsOf(kept).map(({ key }) => key),
    })),
    ...currentSnapshots.flatMap((facts) =>
      keptOf('snapshot', snapshotId(facts)).map((kept) => askAboutSnapshot(facts.name, kept, inventory.keys)),
    ),
  ];
}

function askAboutSnapshot(name: string, kept: Kept, keys: Judged['inventory']['keys']): Question {
  const storedAt = (key: string) => keys.get(key)?.current?.lastModified.getTime() ?? 0;
  const byAge = partsOf(kept)
    .map(({ key }) => key)
    .toSorted((a, b) => storedAt(a) - storedAt(b));
  const packs = byAge.filter(isPackKey);
  const index = byAge.filter((key) => !isPackKey(key));
  const oldest = [...packs.slice(0, 1), ...index.slice(0, 1)];
  return {
    subject: `storage/${name}`,
    keys: [...new Set([kept.manifestKey, ...packs.slice(-1), ...oldest])],
    oldest: { keys: oldest, snapshot: kept.id },
  };
}

/** Undefined where nobody tells. */
async function readLocks(
  { keys }: Question,
  inspector: StoreInspector,
  signal: AbortSignal,
): Promise<Locks | undefined> {
  const locks = new Map<string, Date | null>();
  for (const key of keys) {
    const until = await readLock(key, inspector, signal);
    if (until === undefined) return undefined;
    locks.set(key, until);
  }
  return locks;
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
    if (isRefusal(error) && !signal.aborted) return undefined;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof LifeboatError && error.class === 'store' && error.code !== 'store-unreachable';
}

function findEnded({ subject, oldest }: Question, locks: Locks, now: Date): Finding[] {
  const ended = (oldest?.keys ?? [])
    .flatMap((key) => ({ key, until: locks.get(key) ?? now }))
    .filter(({ until }) => until < now)
    .sort((a, b) => a.until.getTime() - b.until.getTime());
  const [first] = ended;
  if (oldest === undefined || first === undefined) return [];
  const until = first.until.toISOString();
  return [
    {
      check: 'lock',
      severity: 'red',
      line: `the newest snapshot \`${oldest.snapshot}\` needs \`${first.key}\`, whose lock ended on ${formatDay(until)}: who may delete can end this snapshot and every other that needs it`,
      fix: 'Let `sync-storage` store it again before that: a smaller `refresh-after`, or a longer lock (docs/store-setup.md, Retention).',
      subject: `${subject}/ended`,
      since: until,
    },
  ];
}

/** Not locked, or for less than is wanted. Of what has a lock that is over that is said already. */
function findShort(
  { subject, oldest }: Question,
  locks: Locks,
  hasEnded: boolean,
  { inventory: { keys } }: Judged,
  lockMs: number,
): Finding[] {
  const faults = [...locks].flatMap(([key, until]) => {
    const storedAt = keys.get(key)?.current?.lastModified.getTime() ?? 0;
    if (until === null) return [`\`${key}\` is not locked`];
    if (until.getTime() >= storedAt + lockMs - SLACK_MS || (hasEnded && oldest?.keys.includes(key)))
      return [];
    return [`\`${key}\` is locked until ${formatDay(until.toISOString())} only`];
  });
  const [first] = faults;
  if (first === undefined) return [];
  const more = faults.length === 1 ? '' : `; ${faults.length - 1} more that belong to it are not either`;
  const line = `${first}, and should be for ${lockMs / DAY_MS} days from when it was stored${more}`;
  const fix =
    "Set the bucket's default retention (docs/store-setup.md, Retention): what is stored from then on is locked.";
  return [{ check: 'lock', severity: 'red', line, fix, subject }];
}

function describeUntold({ inventory: { server } }: Judged, { isAskedFor }: WantedLock): Verdicts {
  const line = `whether the newest backups are locked: ${WHY}`;
  if (!isAskedFor) return { findings: [], unchecked: [{ check: 'lock', server, line }] };
  const finding: Finding = {
    check: 'lock',
    severity: 'red',
    line: `whether the newest backups are locked cannot be told, and \`store-object-lock\` asks for it: ${WHY}`,
    fix: "Give the reader's policy of docs/store-setup.md, or leave `store-object-lock` out.",
  };
  return { findings: [finding], unchecked: [] };
}
