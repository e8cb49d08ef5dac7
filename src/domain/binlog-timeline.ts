// Which binlogs follow a dump, and how far they lead: derived from signed manifests, never from names alone (docs/format.md, "Binlogs").
import type { BinlogFacts, BinlogManifest } from './binlog-manifest.ts';
import type { DumpManifest, SourceIdentity } from './manifest.ts';

export interface ShippedBinlog {
  readonly manifest: BinlogManifest;
  readonly manifestSha256: string;
}

/** One file, and every object that it was shipped as: any of them that is whole serves. */
export interface BinlogLink {
  readonly facts: BinlogFacts;
  readonly copies: readonly [ShippedBinlog, ...ShippedBinlog[]];
}

export interface Timeline {
  /** What can be replayed, in its order. The first file holds the dump's position. */
  readonly chain: readonly BinlogLink[];
  /** Until when, by the clock of the database server; without binlogs the dump's instant. */
  readonly recoverableUntil: string;
  /** Why the chain ends although there are later binlogs; undefined where it ends with the newest. */
  readonly gap: string | undefined;
  /** What should not be in the store at all. */
  readonly alarms: readonly string[];
}

export type Anchor = Pick<DumpManifest, 'source' | 'instant' | 'coordinates'>;

/** The dump's instant is of the store's clock, what is in a binlog of the database server's. */
const CLOCK_TOLERANCE_MS = 10 * 60_000;
/** A rotation closes a file and begins the next one. */
const ROTATION_MS = 60_000;

/** Throws RangeError for a dump without coordinates. */
export function buildTimeline(anchor: Anchor, shipped: readonly ShippedBinlog[]): Timeline {
  const { coordinates, instant, source } = anchor;
  if (coordinates === null) throw new RangeError('a dump without coordinates has no timeline');
  const own = shipped.filter(({ manifest }) => isSameSource(manifest.source, source));
  const { files, alarms } = groupFiles(own);
  if (own.length < shipped.length) alarms.unshift(describeStrangers(source, shipped));
  const first = findFirst(files, anchor, coordinates.file);
  if (first === undefined) {
    const isLost = files.some(({ facts }) => facts.createdAt >= instant || facts.closedAt > instant);
    const gap = isLost ? `${coordinates.file}, where the dump was made, is missing` : undefined;
    return { chain: [], recoverableUntil: instant, gap, alarms };
  }
  const chain = [first];
  let last = first;
  for (;;) {
    const next = findFollower(files, last);
    if (next === undefined) break;
    chain.push(next);
    last = next;
  }
  return { chain, recoverableUntil: last.facts.closedAt, gap: describeGap(files, last), alarms };
}

/** MySQL has an id of its own for each server; elsewhere it takes what the server and its host say. */
export function isSameSource(a: SourceIdentity, b: SourceIdentity): boolean {
  if (a.serverUuid !== undefined || b.serverUuid !== undefined) return a.serverUuid === b.serverUuid;
  return a.serverId === b.serverId && a.hostName === b.hostName && a.sshHostKey === b.sshHostKey;
}

function describeStrangers(source: SourceIdentity, shipped: readonly ShippedBinlog[]): string {
  const strangers = shipped.filter(({ manifest }) => !isSameSource(manifest.source, source));
  const names = [...new Set(strangers.map(({ manifest }) => manifest.binlog.name))];
  return `${names.join(', ')}: shipped by another database server than the one that was dumped`;
}

function groupFiles(shipped: readonly ShippedBinlog[]): { files: BinlogLink[]; alarms: string[] } {
  const groups = new Map<string, [ShippedBinlog, ...ShippedBinlog[]]>();
  for (const binlog of shipped) {
    const { name, serverId, createdAt } = binlog.manifest.binlog;
    const key = JSON.stringify([name, serverId, createdAt]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [binlog]);
    else group.push(binlog);
  }
  const [files, alarms]: [BinlogLink[], string[]] = [[], []];
  for (const copies of groups.values()) {
    const [{ manifest }] = copies;
    const isOne = copies.every((copy) => copy.manifest.binlog.sha256 === manifest.binlog.sha256);
    if (isOne) files.push({ facts: manifest.binlog, copies });
    else alarms.push(`${manifest.binlog.name} was shipped ${copies.length} times, with different contents`);
  }
  return { files, alarms };
}

/** The newest file of that name that had begun when the dump was made: a reset counts from the beginning again. */
function findFirst(
  files: readonly BinlogLink[],
  { source, instant }: Anchor,
  name: string,
): BinlogLink | undefined {
  const latest = Date.parse(instant) + CLOCK_TOLERANCE_MS;
  return files
    .filter(
      ({ facts }) =>
        facts.name === name && facts.serverId === source.serverId && Date.parse(facts.createdAt) <= latest,
    )
    .toSorted(byAge)
    .at(-1);
}

function findFollower(files: readonly BinlogLink[], { facts }: BinlogLink): BinlogLink | undefined {
  const candidates = files.filter((file) => follows(file.facts, facts)).toSorted(byAge);
  const [next] = candidates;
  return next !== undefined && !(facts.gtidsAfter === '' && wasReset(files, facts, next.facts))
    ? next
    : undefined;
}

function follows(next: BinlogFacts, last: BinlogFacts): boolean {
  const [number, lastNumber] = [numberOf(next.name), numberOf(last.name)];
  const isNamed = last.next === null ? baseOf(next.name) === baseOf(last.name) : next.name === last.next;
  return (
    isNamed &&
    number === lastNumber + 1 &&
    next.serverId === last.serverId &&
    next.gtidsBefore === last.gtidsAfter &&
    (last.gtidsAfter !== '' || isInTime(next, last))
  );
}

/**
 * Without transactions to compare only the clock tells it from a file of the same name after a reset. With them it does not count: a file
 * begins at the time of the statement that filled the one before, which may have begun earlier than that one.
 */
function isInTime({ createdAt }: BinlogFacts, last: BinlogFacts): boolean {
  const waitedMs = Date.parse(createdAt) - Date.parse(last.closedAt);
  return last.closedBy === 'rotate' ? Math.abs(waitedMs) <= ROTATION_MS : createdAt >= last.createdAt;
}

/** Whether numbers began again between the two. */
function wasReset(files: readonly BinlogLink[], from: BinlogFacts, to: BinlogFacts): boolean {
  return files.some(
    ({ facts }) =>
      facts.createdAt > from.createdAt &&
      facts.createdAt <= to.createdAt &&
      numberOf(facts.name) <= numberOf(from.name),
  );
}

function describeGap(files: readonly BinlogLink[], { facts: last }: BinlogLink): string | undefined {
  const later = files
    .filter(({ facts }) => isLater(facts, last))
    .toSorted(byAge)
    .map(({ facts }) => facts);
  const [next] = later;
  if (next === undefined) return undefined;
  const number = numberOf(last.name) + 1;
  if (numberOf(next.name) < number)
    return `the server's binlogs were reset after ${last.name}: they begin again with ${next.name}`;
  if (numberOf(next.name) > number) return `what followed ${last.name} is missing; ${next.name} is there`;
  return `${next.name} does not go on where ${last.name} ended`;
}

function isLater(facts: BinlogFacts, last: BinlogFacts): boolean {
  if (facts.createdAt !== last.createdAt) return facts.createdAt > last.createdAt;
  return numberOf(facts.name) > numberOf(last.name);
}

function byAge(a: BinlogLink, b: BinlogLink): number {
  const byTime = Date.parse(a.facts.createdAt) - Date.parse(b.facts.createdAt);
  return byTime === 0 ? numberOf(a.facts.name) - numberOf(b.facts.name) : byTime;
}

function numberOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? 0);
}

function baseOf(name: string): string {
  return name.replace(/\d+$/, '');
}
